"""A point's key and its random numbers depend on the point alone."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from learndyn.sweeps.grid import Point, make_grid
from learndyn.sweeps.streams import generator, integer_seed, seed_sequence

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans() | st.text()
points = st.builds(
    Point, st.dictionaries(st.sampled_from("abcd"), numbers, max_size=4), st.integers(0, 2**63 - 1)
)


@given(points)
def test_a_key_stands_for_its_point_exactly(point):
    back = Point.from_key(point.key)
    assert back.seed == point.seed and back.values.keys() == point.values.keys()
    for name, value in point.values.items():
        assert type(back.values[name]) is type(value)
        assert repr(back.values[name]) == repr(value)  # -0.0 is not 0.0
    assert back.key == point.key


@given(points, points)
def test_different_points_have_different_streams(one, other):
    assume(one.key != other.key)
    first = [generator(point.key).integers(2**63, size=3) for point in (one, other)]
    assert np.all(first[0] != first[1])
    assert integer_seed(one.key) != integer_seed(other.key)


@given(points)
def test_the_order_of_names_does_not_matter(point):
    turned = Point(dict(reversed(point.values.items())), point.seed)
    assert turned.key == point.key


def test_an_integer_a_float_and_a_boolean_are_three_points():
    assert len({Point({"a": value}, 0).key for value in (1, 1.0, True, "1")}) == 4


def test_the_stream_of_a_point_is_the_same_for_ever():
    # A frozen number on purpose: stored sweeps rely on it. A change needs a new store FORMAT.
    key = Point({"step_size": 0.1, "width": 8, "rule": "adam", "clip": True}, 3).key
    assert key == '[{"clip":true,"rule":"adam","step_size":0.1,"width":8},3]'
    assert seed_sequence(key).generate_state(2).tolist() == [4277492219, 1303504274]
    assert integer_seed(key) == 2799254115651857661
    assert generator(key).integers(1000, size=3).tolist() == [92, 191, 956]


def test_the_streams_of_neighbouring_points_are_uncorrelated():
    # The sum over pairs of n products of standard normals has standard deviation sqrt(n) each.
    draws = np.array([generator(point.key).standard_normal(1000) for point in make_grid({"a": range(40)}, 1)])
    correlation = (draws @ draws.T)[np.triu_indices(40, 1)] / np.sqrt(1000)
    assert abs(correlation.mean()) < 4 / np.sqrt(len(correlation))
    assert abs(correlation.std() - 1) < 0.15
    assert np.abs(correlation).max() < 5


def test_points_go_through_the_grid_in_row_major_order():
    grid = make_grid({"a": [1, 2], "b": ["x", "y", "z"]}, 2)
    assert grid.shape == (2, 3, 2) and len(grid) == 12
    listed = [(p.values["a"], p.values["b"], p.seed) for p in grid]
    assert listed == [(a, b, s) for a in (1, 2) for b in "xyz" for s in (0, 1)]


def test_a_grid_without_axes_is_one_point_for_each_seed():
    assert [p.key for p in make_grid({}, [5, 2])] == ["[{},5]", "[{},2]"]


def test_values_of_numpy_become_those_of_python():
    grid = make_grid(
        {"a": np.linspace(0, 1, 3), "b": np.array(["x"]), "c": np.array([True, False])}, np.int64(1)
    )
    assert grid.axes == {"a": (0.0, 0.5, 1.0), "b": ("x",), "c": (True, False)}
    assert {type(value) for values in grid.axes.values() for value in values} == {float, str, bool}


def test_an_integer_among_floats_becomes_one():
    assert [repr(value) for value in make_grid({"a": [1, 0.5]}, 1).axes["a"]] == ["1.0", "0.5"]


@pytest.mark.parametrize(
    ("axes", "error", "message"),
    [
        ([1, 2], TypeError, "must map names to values, got list"),
        ({"a": 3}, TypeError, r"axis a needs a list of values, got int. Write \[3\]"),
        ({"a": "abc"}, TypeError, "axis a needs a list of values, got str"),
        ({"a": []}, ValueError, "axis a is empty"),
        ({"a": [1, 2, 1]}, ValueError, "axis a holds 1 twice"),
        ({"a": [1, 1.0]}, ValueError, "axis a holds 1.0 twice"),
        ({"a": [1, "x"]}, TypeError, "axis a mixes int and str"),
        ({"a": [True, 2]}, TypeError, "axis a mixes bool and int"),
        ({"a": [float("nan")]}, ValueError, "axis a holds NaN"),
        ({"a": [None]}, TypeError, "axis a holds a value of type NoneType"),
        ({"a": np.eye(2)}, TypeError, "axis a holds a value of type ndarray"),
        ({"a": [2**63]}, ValueError, "beyond 64 bits"),
        ({"rng": [1]}, ValueError, "an axis cannot be named 'rng'"),
        ({"seeds": [1]}, ValueError, "an axis cannot be named 'seeds'"),
        ({"a b": [1]}, ValueError, "an axis cannot be named 'a b'"),
        ({3: [1]}, ValueError, "an axis cannot be named 3"),
    ],
)
def test_a_grid_that_cannot_be_run_is_refused(axes, error, message):
    with pytest.raises(error, match=message):
        make_grid(axes, 1)


@pytest.mark.parametrize(
    ("seeds", "error", "message"),
    [
        (0, ValueError, "seeds is empty"),
        (1.5, TypeError, "a count or integers, got 1.5"),
        ([0.5], TypeError, "a count or integers"),
        (True, TypeError, "a count or integers, got bool"),
        ([3, 3], ValueError, "seeds holds 3 twice"),
        ([-1], ValueError, "at least 0"),
    ],
)
def test_seeds_that_cannot_be_used_are_refused(seeds, error, message):
    with pytest.raises(error, match=message):
        make_grid({"a": [1]}, seeds)
