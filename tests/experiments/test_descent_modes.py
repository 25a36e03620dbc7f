"""Laws of the page on gradient descent as a difference equation."""

import numpy as np
import pytest

from learndyn.experiments import descent_modes
from learndyn.learning import optimal_rate, optimal_step_size


@pytest.mark.parametrize("step_size", [None, 0.01, 0.0399])
@pytest.mark.parametrize("seed", [0, 1])
def test_each_mode_follows_its_multiplier_on_the_scale_of_the_largest(step_size, seed):
    result = descent_modes.run(step_size=step_size, seed=seed)
    assert result.measured.shape == (61, 8)
    assert result.error < 1e-12


def test_a_decayed_mode_cannot_be_compared_on_its_own_scale():
    assert descent_modes.run().error_of_each_mode.max() > 1e20


def test_brute_force_finds_the_best_step_and_its_rate():
    sweep = descent_modes.rates(50.0)
    assert sweep.best_step == pytest.approx(optimal_step_size(1.0, 50.0), rel=5e-4)
    assert sweep.best_rate == pytest.approx(optimal_rate("gradient descent", 50.0), rel=1e-4)


def test_the_measured_rate_is_that_of_the_slowest_mode():
    sweep = descent_modes.rates(10.0, modes=5, low=0.02, high=0.25, count=40)
    np.testing.assert_allclose(sweep.rates, sweep.predicted, rtol=1e-12)


def test_slope_changes_no_time_and_curvature_does():
    scales = descent_modes.time_scales()
    assert all(case.measured == case.predicted for case in scales)
    one, steep, curved = (case.measured for case in scales)
    assert one == steep > 10 * curved
