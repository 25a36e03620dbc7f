"""Minima, saddles, ridges and basins of slices, against functions where they are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning.landscape import (
    Plane,
    Slice,
    basins,
    critical_marks,
    ridge_marks,
    slice_2d,
)

PLANE = Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
XS, YS = np.linspace(-2.0, 2.0, 41), np.linspace(-1.5, 1.5, 31)


def on_grid(function, xs=XS, ys=YS):
    return slice_2d(lambda z: function(*z), PLANE, xs, ys)


def two_wells(x, y):
    """Minima near x = -1 (the deeper) and 1, a saddle near 0."""
    return (x * x - 1.0) ** 2 + y * y + 0.1 * x


WELLS = np.sort(np.roots([4.0, 0.0, -4.0, 0.1]).real)  # where 4 x (x^2 - 1) + 0.1 = 0


@given(st.integers(0, 2**32 - 1))
def test_a_quadratic_has_one_critical_point_of_the_right_kind_where_it_is(seed):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-1.0, 1.0, 2)
    turn = np.linalg.qr(rng.standard_normal((2, 2)))[0]
    values = rng.uniform(0.1, 50.0, 2) * rng.choice([-1.0, 1.0], 2)
    h = turn @ np.diag(values) @ turn.T

    def quadratic(x, y):
        d = np.array([x, y]) - centre
        return 0.5 * d @ h @ d

    found = critical_marks(on_grid(quadratic))
    kind = {2: found.minima, 0: found.saddles, -2: found.maxima}[int(np.sign(values).sum())]
    np.testing.assert_allclose(kind, centre[None], atol=1e-7)
    assert sum(map(len, (found.minima, found.saddles, found.maxima))) == 1


def test_critical_points_between_grid_points_are_found_to_second_order():
    """The error within h^2 / 2, at every place of the minimum in its cell, and near it at one."""
    for n in (41, 81, 161):
        worst, h = 0.0, 4.0 / (n - 1)
        for shift in np.linspace(0.0, h, 5):
            found = critical_marks(on_grid(two_wells, np.linspace(-2.0, 2.0, n) + shift, YS))
            assert (len(found.minima), len(found.saddles), len(found.maxima)) == (2, 1, 0)
            np.testing.assert_allclose(found.minima[:, 1], 0.0, atol=1e-12)
            worst = max(worst, np.abs(np.sort(found.minima[:, 0]) - WELLS[[0, 2]]).max())
            assert found.saddles[0, 0] == pytest.approx(WELLS[1], abs=h * h)
        assert 0.2 * h * h < worst < 0.9 * h * h


def test_kinds_on_a_torus_obey_euler():
    """cos x + cos y on three by three periods: minima - saddles + maxima by periodic counting."""
    axis = np.linspace(0.3, 0.3 + 6.0 * np.pi, 91)
    found = critical_marks(on_grid(lambda x, y: np.cos(x) + np.cos(y), axis, axis))
    assert (len(found.minima), len(found.saddles), len(found.maxima)) == (9, 18, 9)


@given(st.floats(0.1, 1.4), st.floats(10.0, 1e5))
def test_a_narrow_valley_aslant_has_one_basin(angle, steepness):
    """Its grid points have many local minima, and the function has one."""
    c, s = np.cos(angle), np.sin(angle)

    def valley(x, y):
        return steepness * (-s * x + c * y - 0.013) ** 2 + (c * x + s * y - 0.37) ** 2

    found = basins(on_grid(valley))
    at = np.array([0.37 * c - 0.013 * s, 0.37 * s + 0.013 * c])
    np.testing.assert_allclose(found.minima, at[None], atol=1e-6)


def test_two_wells_meet_at_the_saddle():
    found = basins(on_grid(two_wells))
    assert len(found.minima) == 2
    assert found.minima[0, 0] < 0.0 < found.minima[1, 0]  # the deeper first
    assert two_wells(*found.minima[0]) < two_wells(*found.minima[1])
    pass_level = two_wells(WELLS[1], 0.0)
    np.testing.assert_allclose(found.losses + found.depths, pass_level, atol=5e-3)
    inside = np.abs(XS) > 0.15
    wanted = np.where(XS < 0.0, 0, 1)
    assert (found.labels[:, inside] == wanted[inside]).all()
    np.testing.assert_allclose(XS[found.cells[:, 1]], found.minima[:, 0], atol=0.05)


@pytest.mark.parametrize("angle", [0.3, 0.6, 0.785, 1.0])
def test_basins_of_turned_wells_meet_on_the_stable_line_of_the_saddle_whatever_the_cells(angle):
    """Cells are five times as wide as high: descent is steepest by distance, not by neighbour."""
    c, s = np.cos(angle), np.sin(angle)
    xs, ys = np.linspace(-1.5, 1.5, 31), np.linspace(-1.5, 1.5, 151)
    found = basins(on_grid(lambda x, y: two_wells(c * x + s * y, c * y - s * x), xs, ys))
    wanted = np.where(c * xs[None] + s * ys[:, None] < WELLS[1], 0, 1)
    assert len(found.minima) == 2
    assert (found.labels != wanted).mean() < 0.07


def test_each_point_descends_within_its_basin():
    found = on_grid(lambda x, y: np.sin(3.0 * x) * np.cos(2.5 * y) + 0.2 * x * x)
    labels, losses = basins(found).labels, found.losses
    for i in range(1, 30):
        for j in range(1, 40):
            around = losses[i - 1 : i + 2, j - 1 : j + 2]
            if around.min() < losses[i, j] and labels[i, j] >= 0:
                near = labels[i - 1 : i + 2, j - 1 : j + 2]
                assert (near[around < losses[i, j]] == labels[i, j]).any()
    assert len(np.unique(labels)) > 4


def test_shallow_basins_are_joined_on_request():
    surface = on_grid(two_wells)
    shallower = basins(surface).depths.min()
    assert len(basins(surface, depth=0.99 * shallower).minima) == 2
    joined = basins(surface, depth=1.01 * shallower)
    assert len(joined.minima) == 1
    assert joined.minima[0, 0] < 0.0
    assert (joined.labels == 0).all()


def test_what_flows_over_the_edge_is_in_no_basin():
    assert (basins(on_grid(lambda x, y: x + 0.3 * y)).labels == -1).all()
    found = basins(on_grid(lambda x, y: two_wells(x, y) - 1.8 * x))  # only the right well is left
    assert len(found.minima) == 1
    tilted = basins(on_grid(lambda x, y: x**3 - x - 0.1 * x + y * y))  # falls to the left
    assert tilted.labels[15, 0] == -1
    assert tilted.labels[15, 30] == 0
    left = -np.sqrt(1.1 / 3.0)
    height = (left**3 - 1.1 * left) - tilted.losses[0]
    assert tilted.depths[0] == pytest.approx(height, abs=0.02)


def test_values_that_are_not_finite_are_left_out():
    surface = on_grid(two_wells)
    losses = surface.losses.copy()
    losses[:, 30:] = np.inf
    losses[0, 0] = np.nan
    broken = Slice(XS, YS, losses, PLANE)
    found = basins(broken)
    assert len(found.minima) == 1
    assert (found.labels[:, 30:] == -1).all()
    assert found.labels[0, 0] == -1
    assert len(critical_marks(broken).minima) == 1
    assert np.isfinite(ridge_marks(broken).points).all()


def test_the_ridge_of_a_ring_is_its_circle():
    """-(r - 1)^2: across is radial, the curvature is -2. Second order in the grid."""
    worst = []
    for n in (41, 81):
        axis = np.linspace(-1.6, 1.6, n)
        found = ridge_marks(on_grid(lambda x, y: -((np.hypot(x, y) - 1.0) ** 2), axis, axis))
        r = np.hypot(*found.points.T)
        outer = r > 0.5
        worst.append(np.abs(r[outer] - 1.0).max())
        np.testing.assert_allclose(found.curvatures[outer], -2.0, rtol=0.03)
        radial = np.abs((found.points * found.directions).sum(axis=1))[outer]
        np.testing.assert_allclose(radial, 1.0, atol=0.02)
        turn = np.sort(np.arctan2(*found.points[outer].T))
        assert np.diff(turn).max() < 0.2  # no gap in the circle
    assert np.log2(worst[0] / worst[1]) > 1.5


def test_a_ridge_aslant_is_found_exactly_for_a_quadratic():
    """-(u - 0.2)^2 + v / 2 in turned coordinates: the ridge is the line u = 0.2."""
    c, s = np.cos(0.4), np.sin(0.4)
    found = ridge_marks(on_grid(lambda x, y: -((c * x + s * y - 0.2) ** 2) + 0.5 * (c * y - s * x)))
    assert len(found.points) > 25
    np.testing.assert_allclose(found.points @ np.array([c, s]), 0.2, atol=1e-9)
    np.testing.assert_allclose(np.abs(found.directions @ np.array([c, s])), 1.0, atol=1e-9)


def test_a_bowl_and_a_flat_slice_have_no_ridge():
    assert len(ridge_marks(on_grid(lambda x, y: x * x + 3.0 * y * y)).points) == 0
    flat = on_grid(lambda x, y: 0.0)
    assert len(ridge_marks(flat).points) == 0
    assert len(critical_marks(flat).minima) == 0
    assert len(basins(flat).minima) == 0


@pytest.mark.parametrize("xs", [XS[::-1], XS[:2], np.array([0.0, 1.0, 3.0])], ids=str)
@pytest.mark.parametrize("function", [critical_marks, ridge_marks, basins])
def test_grids_without_even_steps_are_refused(function, xs):
    with pytest.raises(ValueError, match=r"xs must hold 3 or more evenly spaced.*np\.linspace"):
        function(on_grid(two_wells, xs))


def test_a_negative_depth_is_refused():
    with pytest.raises(ValueError, match="depth must not be negative, got -1"):
        basins(on_grid(two_wells), depth=-1.0)
