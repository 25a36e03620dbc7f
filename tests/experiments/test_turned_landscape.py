"""A slice turned around its critical points: the curvature along each direction, measured and predicted."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import ravel
from learndyn.experiments import landscape_copies, turned_landscape
from learndyn.experiments.landscape_problems import regression, with_decay
from learndyn.learning.landscape import CriticalMarks

MAXIMUM, SADDLE, MINIMUM = range(3)
AZIMUTHS = (0.0, 20.0, 90.0, 140.0, 200.0)


@cache
def copies():
    return landscape_copies.run()


@cache
def result():
    return turned_landscape.run(AZIMUTHS, copies=copies())


def in_plane(ab):
    """Evaluate the loss at coordinates of the plane, for arrays and tensors alike."""
    plane = copies().surface.plane
    loss = with_decay(regression(9)[1], copies().decay)
    return loss(ravel(plane.template)[1](plane.origin + ab[0] * plane.first + ab[1] * plane.second))


def turned(point, degrees):
    """Return the directions along a row and away from the viewer, for the first direction turned left."""
    phi, (a, b) = np.radians(degrees), result().directions[point]
    first, second = np.array([a, b]), np.array([-b, a])
    return np.cos(phi) * first + np.sin(phi) * second, np.cos(phi) * second - np.sin(phi) * first


def test_the_points_are_critical_on_the_slice_with_two_one_and_no_descents():
    for place, index in zip(result().places, (2, 1, 0), strict=True):
        assert np.linalg.norm(ld.grad(in_plane)(place)) < 1e-9
        assert int((np.linalg.eigvalsh(ld.hessian(in_plane)(place)) < 0.0).sum()) == index


def test_the_saddle_and_the_minimum_are_the_marked_ones():
    corners = copies().corners
    assert np.linalg.norm(result().places[MAXIMUM]) < 1e-8
    assert np.linalg.norm(copies().marks.saddles - result().places[SADDLE], axis=1).min() < 0.01
    np.testing.assert_allclose(result().places[MINIMUM], corners[0], atol=1e-8)


def test_a_loss_on_the_grid_is_the_loss_at_that_place():
    found = result()
    for point in range(3):
        for j, degrees in enumerate(AZIMUTHS):
            row, behind = turned(point, degrees)
            for y, x in ((0, 0), (3, 17), (7, 10), (14, 2)):
                place = found.places[point] + found.xs[x] * row + found.ys[y] * behind
                np.testing.assert_allclose(found.losses[point, j, y, x], float(in_plane(place)), rtol=1e-12)


def test_the_principal_curvatures_are_the_eigenvalues_of_the_hessian_of_the_slice():
    for place, pair in zip(result().places, result().principal, strict=True):
        np.testing.assert_allclose(pair, np.linalg.eigvalsh(ld.hessian(in_plane)(place)), rtol=1e-10)


def test_the_curvature_turns_with_the_squares_of_cosine_and_sine():
    phi = np.radians(AZIMUTHS)
    law = result().principal @ np.stack([np.cos(phi) ** 2, np.sin(phi) ** 2])
    np.testing.assert_allclose(result().predicted, law, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(result().measured, law, atol=1e-6)


def test_along_the_principal_directions_the_curvature_is_least_and_most():
    np.testing.assert_allclose(result().predicted[:, [0, 2]], result().principal, rtol=1e-10)


def test_a_turn_by_half_a_circle_shows_the_same_from_behind():
    one, other = (result().losses[:, AZIMUTHS.index(phi)] for phi in (20.0, 200.0))
    np.testing.assert_allclose(one, other[:, ::-1, ::-1], rtol=1e-12)
    np.testing.assert_allclose(result().profiles[:, 1], result().profiles[:, 4, ::-1], rtol=1e-12)


def test_around_the_maximum_a_turn_by_a_third_changes_nothing():
    one, other = (result().losses[MAXIMUM, AZIMUTHS.index(phi)] for phi in (20.0, 140.0))
    np.testing.assert_allclose(one, other, rtol=1e-8)
    assert np.ptp(result().principal[MAXIMUM]) < 1e-8


def test_the_curvature_of_the_maximum_alone_is_the_same_in_every_direction():
    assert result().alike.tolist() == [True, False, False]


def test_at_the_crossing_of_the_saddle_the_curvature_is_zero_and_changes_sign():
    crossing = float(result().crossings[SADDLE])
    around = turned_landscape.run(
        (crossing - 1.0, crossing, crossing + 1.0, 180.0 - crossing), copies=copies()
    )
    assert np.abs(around.predicted[SADDLE, [1, 3]]).max() < 1e-12
    assert around.measured[SADDLE, 0] < -1e-3 and around.measured[SADDLE, 2] > 1e-3
    assert np.isnan(result().crossings[[MAXIMUM, MINIMUM]]).all()


@given(st.floats(-5.0, -1e-3), st.floats(1e-3, 5.0))
def test_the_tangent_of_the_crossing_is_the_root_of_minus_the_ratio_of_curvatures(first, second):
    found = replace(result(), principal=np.array([[first, second]] * 3))
    phi = np.radians(found.crossings[0])
    assert abs(first * np.cos(phi) ** 2 + second * np.sin(phi) ** 2) < 1e-12 * (second - first)


def test_parabola_and_profile_touch_in_the_point():
    found, middle = result(), result().xs.size // 2
    gap = np.abs(found.parabolas - found.profiles)
    np.testing.assert_array_equal(gap[..., middle], 0.0)
    step = found.xs[middle + 1]
    ends = gap[..., [middle - 1, middle + 1]]
    assert ends.max() < 0.6 * step**3  # the next term of the series, L''' x^3 / 6, with |L'''| < 3.6


def test_the_curvatures_agree_with_the_page_of_the_copies():
    """At the minimum and the maximum the loss is that of the marks."""
    np.testing.assert_allclose(result().profiles[MAXIMUM, :, 10], copies().top.loss, rtol=1e-12)
    np.testing.assert_allclose(result().profiles[MINIMUM, :, 10], copies().minimum.loss, rtol=1e-12)


def test_the_same_seed_gives_the_same_bits_with_copies_or_without():
    again = turned_landscape.run(AZIMUTHS)
    assert np.array_equal(again.losses, result().losses)
    assert np.array_equal(again.measured, result().measured)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": 20}, "odd number of columns and of rows, 3 or more, .* got 20 and 15"),
        ({"rows": 1}, "got 21 and 1"),
        ({"deep": 0.0}, "further than 0, .* got 2.0 and 0.0"),
        ({"across": np.inf}, "got inf and 1.3"),
        ({"azimuths": ()}, r"one or more finite azimuths, .* got \(\)"),
        ({"azimuths": (0.0, np.inf)}, "finite azimuths"),
        ({"seed": 1}, "with seed=1 the loss of the first copy is .* Pass the seed"),
    ],
)
def test_bad_input_is_named(options, said):
    with pytest.raises(ValueError, match=said):
        turned_landscape.run(**{"copies": copies(), **options})


def test_a_mark_of_another_kind_is_refused():
    marks = copies().marks
    wrong = replace(copies(), marks=CriticalMarks(marks.minima, marks.saddles, marks.minima))
    with pytest.raises(RuntimeError, match=r"no critical point of index 2 .* index 0\). Take another seed"):
        turned_landscape.run(copies=wrong)


def test_a_slice_without_a_saddle_is_refused():
    marks = copies().marks
    wrong = replace(copies(), marks=CriticalMarks(marks.minima, np.empty((0, 2)), marks.maxima))
    with pytest.raises(RuntimeError, match="1 maxima and 0 saddles, .* Take another seed"):
        turned_landscape.run(copies=wrong)
