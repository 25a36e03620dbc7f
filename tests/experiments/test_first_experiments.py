"""Laws behind the landing page's figure and the step of a finite difference."""

import numpy as np
import pytest

from learndyn import exp
from learndyn.experiments import descent_regimes, finite_differences


@pytest.mark.parametrize("curvature", [0.5, 1.0, 8.0])
def test_descent_on_a_parabola_multiplies_by_one_minus_eta_lambda(curvature):
    result = descent_regimes.run(curvature=curvature, start=3.0)
    expected = 3.0 * result.multipliers[:, None] ** result.steps
    np.testing.assert_allclose(result.positions, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(result.measured, result.multipliers, rtol=1e-12)


def test_a_multiplier_of_minus_one_repeats_with_period_two_exactly():
    (positions,) = descent_regimes.run((2.0,), steps=10_000).positions
    np.testing.assert_array_equal(positions[::2], 1.0)
    np.testing.assert_array_equal(positions[1::2], -1.0)


def sweep(scale: float) -> finite_differences.StepSweep:
    return finite_differences.run(lambda p: exp(p * scale).sum(), np.array([0.3, -0.2]), seed=1)


def test_the_engine_supplies_the_first_and_third_derivative():
    v = np.random.default_rng(1).standard_normal(2)
    terms = np.exp([0.3, -0.2])
    result = sweep(1.0)
    assert result.value == pytest.approx(terms.sum(), rel=1e-15)
    assert result.slope == pytest.approx(terms @ v, rel=1e-14)
    assert result.third == pytest.approx(terms @ v**3, rel=1e-13)


@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_errors_of_a_central_difference_follow_both_predictions(scale):
    result = sweep(scale)
    assert result.truncation_order == pytest.approx(2.0, abs=0.01)
    truncated = (result.truncation > 100 * result.rounding) & (result.steps < 0.03)
    np.testing.assert_allclose(result.errors[truncated], result.truncation[truncated], rtol=0.02)
    rounded = result.rounding > 100 * result.truncation
    assert np.all(result.errors[rounded] < 4 * result.rounding[rounded])
    assert np.median(result.errors[rounded] / result.rounding[rounded]) > 0.02
    assert 0.1 < result.measured_best_step / result.predicted_best_step < 10
