"""The step size selects the minimum of a net: stay below 2 / lambda, settle flatter beyond."""

import numpy as np
import pytest

from learndyn.experiments import net_step_sizes


@pytest.fixture(scope="module")
def result():
    return net_step_sizes.run(np.array([0.1, 0.22, 0.29, 0.46, 0.9, 1.2]), steps=1200)


def test_the_limit_of_a_minimum_is_two_over_its_sharpness(result):
    minimum = result.minimum
    assert minimum.measured_limit == pytest.approx(minimum.predicted_limit, rel=1e-6)
    # 4 examples fix at most 4 of the 33 parameters.
    assert minimum.neutral >= 29


def test_below_the_limit_the_loss_never_rises_and_the_minimum_is_the_same(result):
    below = [run for run in result.runs if run.step_size < result.minimum.predicted_limit]
    assert len(below) == 2
    for run in below:
        assert run.rises == 0
        assert run.losses[-1] < 1e-6
        assert run.sharpness == pytest.approx(result.minimum.sharpness, rel=1e-2)


def test_beyond_it_the_run_rises_and_settles_where_the_loss_is_flat_enough(result):
    above = [run for run in result.settled if run.step_size > result.minimum.predicted_limit]
    assert len(above) == 2
    for run in above:
        assert run.rises > 0
        assert run.losses[-1] < 1e-4
        assert run.sharpness < 2.0 / run.step_size
        assert run.sharpness < result.minimum.sharpness


def test_an_explosion_is_that_of_the_last_layer_on_saturated_units(result):
    assert [run.step_size for run in result.exploded] == [0.9, 1.2]
    for run in result.exploded:
        assert run.growth == pytest.approx(result.saturated_growth(run.step_size), rel=1e-6)
        assert np.isnan(run.sharpness)
