"""Three renumbered copies of a net: what their plane shows, and what it leaves out."""

from functools import cache

import numpy as np
import pytest

from learndyn.dynamics import ravel
from learndyn.experiments import landscape_copies
from learndyn.experiments.landscape_problems import clusters, regression, with_decay
from learndyn.learning.symmetry import permute_units


@cache
def result():
    return landscape_copies.run()


def test_the_copies_are_minima_at_the_corners_of_an_equilateral_triangle():
    found = result()
    sides = np.linalg.norm(found.corners - np.roll(found.corners, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, np.sqrt(3.0) * found.radius, rtol=1e-12)
    assert len(found.marks.minima) == len(found.marks.saddles) == 3
    assert len(found.marks.maxima) == 1
    gaps = np.linalg.norm(found.marks.minima[:, None] - found.corners, axis=-1).min(axis=1)
    assert gaps.max() < 0.01 * found.radius
    assert found.minimum.slope < 1e-9
    assert found.minimum.negative == 0
    assert len(found.basins.minima) == 3


def test_the_copies_are_one_function():
    assert result().disagreement < 1e-13


def test_the_slice_is_the_same_after_a_turn_by_120_degrees():
    """L(P theta) = L(theta), and P turns the plane."""
    _, error = regression(9, rng=np.random.default_rng(0))
    found = result()
    loss = with_decay(error, found.decay)
    turn = 2.0 * np.pi / 3.0
    for radius, angle in ((0.7, 0.3), (1.9, 1.1), (3.0, -2.0)):
        values = [
            float(loss(found.surface.plane.parameters(radius * np.cos(a), radius * np.sin(a))))
            for a in angle + turn * np.arange(3)
        ]
        np.testing.assert_allclose(values, values[0], rtol=1e-12)


def test_at_the_centre_the_slice_is_flat_by_symmetry_and_the_loss_is_not():
    top = result().top
    assert top.slope_in_plane < 1e-13
    assert top.slope > 0.1
    assert top.negative > 2


def test_a_saddle_of_the_slice_is_no_saddle_of_the_loss():
    found = result()
    assert found.saddle.slope_in_plane < 0.01 * found.saddle.slope
    assert found.saddle.negative > 1
    assert found.newton.converged
    assert found.newton.gradient_norm < 1e-10
    assert found.newton.distance > 0.5 * found.radius
    assert found.newton.index > 1


def test_a_descent_from_the_centre_keeps_the_symmetry_and_ends_at_a_saddle_of_even_index():
    end = result().descended
    assert end.converged
    z = ravel(end.theta)[0]
    order = np.arange(9).reshape(-1, 3)[:, [1, 2, 0]].ravel()
    np.testing.assert_allclose(ravel(permute_units(end.theta, [order]))[0], z, atol=1e-9)
    assert end.index == 2
    # P has no real eigenvector in the plane that it turns: curvatures there come in pairs.
    np.testing.assert_allclose(end.eigenvalues[0], end.eigenvalues[1], rtol=1e-6)
    assert end.loss < result().top.loss


def test_the_way_down_has_no_bump_and_the_way_across_has_one():
    found = result()
    assert (np.diff(found.way_down.losses) < 0.0).all()
    across = found.across.losses
    assert across.argmax() == len(across) // 2
    np.testing.assert_allclose(across, across[::-1], rtol=1e-12)


def test_the_ridges_that_are_kept_lie_between_basins_and_pass_through_the_saddles():
    """The slice has an axis of least loss through each saddle, by symmetry at 30, 150 and 270 degrees."""
    found = result()
    cell = found.surface.xs[1] - found.surface.xs[0]
    for saddle in found.marks.saddles:
        assert np.linalg.norm(found.ridges.points - saddle, axis=1).min() < cell
    assert (found.ridges.curvatures < 0.0).all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="multiple of 3, got 4"):
        landscape_copies.run(width=4)
    with pytest.raises(RuntimeError, match="no minimum"):
        landscape_copies.run(width=3, steps=3)
    with pytest.raises(ValueError, match="2 to 10 classes"):
        clusters(11)
    with pytest.raises(ValueError, match="got 3 and -1"):
        clusters(3, noise=-1.0)
