"""Gradients through depth follow mean-field theory."""

import numpy as np
import pytest

from learndyn.experiments import gradient_depth


def test_the_mean_squared_gradient_is_multiplied_by_chi_in_each_layer():
    result = gradient_depth.run()
    np.testing.assert_allclose(result.chi, [0.647, 1.0, 1.209], atol=5e-4)
    np.testing.assert_allclose(result.ratios, result.chi, rtol=0.04)
    assert result.log_mean_squares.shape == result.predicted.shape == (3, 40)
    np.testing.assert_allclose(result.log_mean_squares[:, -1], 0.0, atol=1e-12)
    # Vanishing, neither, exploding.
    first = result.log_mean_squares[:, 0]
    assert first[0] < -15 and abs(first[1]) < 2 and first[2] > 6


def test_the_same_seed_gives_the_same_bits():
    first, second = (gradient_depth.run((1.5,), width=30, depth=9, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.log_mean_squares, second.log_mean_squares)


def test_the_measured_growth_changes_sign_on_the_critical_line():
    variances = tuple(np.geomspace(1.2, 3.6, 7))
    result = gradient_depth.criticality_map(variances, (0.05, 0.2), samples=4)
    np.testing.assert_allclose(result.measured, result.predicted, atol=0.04)
    np.testing.assert_allclose(result.crossings, result.critical, rtol=0.15)
    assert (result.measured[:, 0] < 0).all() and (result.measured[:, -1] > 0).all()


def test_a_map_that_does_not_reach_the_line_says_so():
    result = gradient_depth.criticality_map((0.3, 0.4), (0.0,), width=40, depth=10)
    assert np.isnan(result.crossings).all()
    np.testing.assert_allclose(result.predicted[0], 0.5 * np.log([0.3, 0.4]), rtol=1e-12)
    assert result.critical[0] == pytest.approx(1.0)
