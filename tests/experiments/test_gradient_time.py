"""Gradients through time grow at half the logarithm of chi."""

import numpy as np
import pytest

from learndyn.experiments import gradient_time
from learndyn.learning import orthogonal


def test_the_cotangent_of_a_driven_net_grows_at_the_rate_of_mean_field_theory():
    result = gradient_time.run()
    np.testing.assert_allclose(result.predicted, [-0.452, -0.017, 0.299], atol=6e-4)
    np.testing.assert_allclose(result.measured, result.predicted, atol=0.03)
    np.testing.assert_allclose(result.variances, result.predicted_variances, rtol=0.03)
    assert result.log_norms[0, 0] < -100 and result.log_norms[2, 0] > 60


def test_a_drive_silences_chaos():
    result = gradient_time.silenced_chaos((0.8, 1.6), (0.1, 1.0), hidden=150, steps=120)
    np.testing.assert_allclose(result.measured, result.predicted, atol=0.05)
    assert result.measured[0, 1] > 0 > result.measured[1, 1]  # the same g, another drive


def test_orthogonal_recurrence_has_the_same_mean_growth():
    result = gradient_time.run((1.5,), steps=200, samples=2, recurrent_initialiser=orthogonal)
    np.testing.assert_allclose(result.measured, result.predicted, atol=0.03)


def test_the_largest_exponent_is_the_growth_of_the_cotangent():
    result = gradient_time.spectrum(steps=200, burn_in=50, count=3, hidden=150)
    assert result.exponents[0] == pytest.approx(result.predicted, abs=0.04)
    assert (np.diff(result.exponents) < 0.01).all()
    assert result.history.shape == (200, 3)
