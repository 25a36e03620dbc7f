"""What random directions, principal planes and other coordinates make of a loss."""

from functools import cache

import numpy as np
import pytest

from learndyn.experiments import (
    landscape_directions,
    landscape_rescaling,
    landscape_walk,
)
from learndyn.experiments.landscape_rescaling import rescaled
from learndyn.learning import MLP


@cache
def directions():
    return landscape_directions.run()


@cache
def walk():
    return landscape_walk.run()


@cache
def rescaling():
    return landscape_rescaling.run()


def test_random_directions_show_the_mean_curvature():
    found = directions()
    n = found.eigenvalues.size
    assert n == 645
    error = found.deviation / np.sqrt(found.curvatures.size)
    assert abs(found.curvatures.mean() - found.mean) < 5.0 * error
    assert found.curvatures.std() == pytest.approx(found.deviation, rel=0.15)


def test_no_random_plane_shows_a_descent_though_a_quarter_of_the_curvatures_are_negative():
    found = directions()
    assert found.negative > 0.2
    assert (found.least > 0.0).all()
    assert found.extremes[0] < 0.0 < found.extremes[1]
    np.testing.assert_allclose(found.extremes, found.eigenvalues[[0, -1]], rtol=0.05)


def test_the_law_of_random_curvatures_holds_for_a_known_spectrum():
    """Mean and variance of v'Hv on the sphere, against many draws; independent of the slices."""
    values = np.array([5.0, 1.0, 0.0, -1.0, -2.0, 3.0])
    v = np.random.default_rng(0).standard_normal((200_000, 6))
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    q = (v * v) @ values
    law = landscape_directions.RandomDirections(values, q, q, values[[0, -1]], 0.0)
    assert q.mean() == pytest.approx(law.mean, abs=0.02)
    assert q.std() == pytest.approx(law.deviation, rel=0.01)
    assert law.negative == pytest.approx(1 / 3)


def test_a_random_walk_has_the_shares_and_the_shape_of_its_law():
    found = walk()
    np.testing.assert_allclose(found.predicted, [0.6079, 0.1520], atol=1e-4)
    np.testing.assert_allclose(found.walk.seen.shares, found.predicted, rtol=0.1)
    for k in range(2):
        match = np.corrcoef(found.arc[:, k], found.walk.seen.coordinates[:, k])[0, 1]
        assert abs(match) > 0.98


def test_descent_lies_in_its_plane_more_than_a_walk_does():
    found = walk()
    assert found.descent.seen.explained > 0.99
    assert found.walk.seen.explained < found.noisy.seen.explained < found.descent.seen.explained


def test_the_plane_does_not_show_the_loss_on_the_way():
    """Half-way down, the noisy run is outside the plane, and its loss is higher than the picture's."""
    noisy = walk().noisy
    early = slice(20, 40)
    assert np.mean(noisy.losses[early] / noisy.shown[early]) > 1.2
    assert noisy.losses[-1] == pytest.approx(noisy.shown[-1])


def test_rescaled_nets_are_the_same_function():
    found = rescaling()
    assert found.disagreement < 1e-13
    np.testing.assert_allclose(found.losses, found.losses[0], rtol=1e-12)


def test_curvature_changes_as_the_change_of_coordinates_says():
    found = rescaling()
    np.testing.assert_allclose(found.sharpness, found.predicted, rtol=1e-9)
    assert found.bound <= found.sharpness[1] * (1 + 1e-12)
    assert found.sharpness[1] > 30 * found.sharpness[0]


def test_filter_normalisation_is_invariant_to_rescaled_layers_and_not_to_rescaled_units():
    found = rescaling()
    assert found.change("filtered", 1) < 1e-10
    assert found.change("filtered", 2) > 0.5
    assert found.change("plain", 1) > 1.0
    assert found.change("plain", 2) > 1.0


def test_bad_input_is_named():
    theta = MLP((2, 3, 1), "relu").init(np.random.default_rng(0))
    with pytest.raises(ValueError, match="factors must be positive, got a smallest of -1"):
        rescaled(theta, [1.0, -1.0, 2.0])


def test_the_same_seed_gives_the_same_bits():
    one, other = (landscape_rescaling.run(width=4, steps=20, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.filtered, other.filtered)
    one, other = (landscape_directions.run(classes=2, steps=5, planes=3, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.curvatures, other.curvatures)
