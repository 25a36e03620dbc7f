"""Singular values and single nets: what the mean squared signal does not show."""

import numpy as np
import pytest

from learndyn.experiments import gradient_isometry
from learndyn.learning.signal import gaussian_product_exponents


def test_orthogonal_weights_keep_all_directions_and_gaussian_ones_do_not():
    result = gradient_isometry.isometry((2, 8, 32), width=40)
    np.testing.assert_allclose(result.orthogonal, 0.0, atol=1e-12)
    spread = result.gaussian[:, 0] - result.gaussian[:, -1]
    assert spread[0] < spread[1] < spread[2]
    # Beyond what an explicit product could hold: ln(1e-16) is -37.
    smallest = 32 * gaussian_product_exponents(40)[-1]
    assert result.gaussian[-1, -1] == pytest.approx(smallest, rel=0.3)
    assert result.gaussian[-1, -1] - result.gaussian[-1, 0] < -50


def test_orthogonal_weights_and_small_signals_keep_a_tanh_net_close_to_isometry():
    result = gradient_isometry.isometry((10,), activation="tanh", width=32, input_std=0.05)
    assert np.ptp(result.orthogonal) < 0.1
    assert np.ptp(result.gaussian) > 5.0


def test_the_largest_stretch_of_wide_gaussian_products():
    result = gradient_isometry.largest_stretch((2, 5), nets=4)
    np.testing.assert_allclose(result.measured.mean(axis=1), result.predicted, rtol=0.12)
    np.testing.assert_allclose(result.predicted, [27 / 4, 6**6 / 5**5], rtol=1e-13)


def test_the_logarithm_varies_from_net_to_net_linear():
    result = gradient_isometry.log_norms("linear", width=20, depth=10, nets=3000)
    assert result.moments.variance == pytest.approx(1.052, abs=5e-4)
    assert result.variance == pytest.approx(result.moments.variance, rel=0.10)


def test_he_initialisation_preserves_the_mean_and_the_median_falls():
    result = gradient_isometry.log_norms("relu", width=30, depth=10, nets=3000)
    assert result.variance == pytest.approx(5 * 10 / 30, rel=0.30)
    assert result.variance == pytest.approx(result.moments.variance, rel=0.10)
    assert result.mean_square == pytest.approx(1.0, abs=0.15)
    assert result.median < 0.55
    assert result.logs.mean() == pytest.approx(result.moments.mean, abs=0.1)
