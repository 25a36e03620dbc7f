"""A sweep's arrays follow its axes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from learndyn.sweeps import sweep
from learndyn.sweeps.differences import Identity
from learndyn.sweeps.grid import make_grid
from learndyn.sweeps.point import run_point
from learndyn.sweeps.result import make_result

from . import functions


@pytest.fixture(scope="module")
def walks():
    with ThreadPoolExecutor(2) as pool:
        grid = {"steps": [3, 10], "drift": [0.1 * k for k in range(4)]}
        return sweep(functions.walk, grid, seeds=[7, 1, 4], executor=pool)


@pytest.fixture(scope="module")
def kinds():
    with ThreadPoolExecutor(2) as pool:
        return sweep(functions.kinds, {"a": [1, 2, 3]}, executor=pool)


def test_axes_come_first_then_seeds_then_those_of_the_item(walks):
    assert walks.dims == ("steps", "drift", "seeds") and walks.shape == (2, 4, 3)
    assert walks.axes["seeds"].tolist() == [7, 1, 4]
    assert walks["mean"].shape == (2, 4, 3)
    assert walks["spread.path"].shape == (2, 4, 3, 2, 3)
    assert walks.done.all() and not walks.failed.any() and not walks.missing.any()
    assert np.all(walks.seconds >= 0)


def test_selecting_one_value_is_indexing(walks):
    part = walks.select(steps=10, seeds=1)
    assert part.dims == ("drift",) and part.shape == (4,)
    assert np.array_equal(part["spread.path"], walks["spread.path"][1, :, 1])
    point = part.select(drift=0.3)
    assert point.dims == () and point.shape == () and point.done
    assert point["mean"] == walks["mean"][1, 3, 1]


def test_selecting_a_list_keeps_the_axis_in_its_order(walks):
    part = walks.select(drift=[0.3, 0.0], seeds=[4, 7])
    assert part.axes["drift"].tolist() == [0.1 * 3, 0.0]
    assert np.array_equal(part["mean"], walks["mean"][:, [3, 0]][:, :, [2, 0]])


def test_selecting_in_two_steps_is_selecting_at_once(walks):
    once = walks.select(steps=3, drift=[0.1, 0.2])
    twice = walks.select(drift=[0.1, 0.2]).select(steps=3)
    assert once.dims == twice.dims and np.array_equal(once["spread.end"], twice["spread.end"])


def test_every_kind_of_entry_keeps_its_type(kinds):
    types = {name: array.dtype.kind for name, array in kinds.arrays.items()}
    assert types == {"i": "i", "f": "f", "c": "c", "b": "b", "s": "U", "ragged": "O"}
    assert kinds["s"][:, 0].tolist() == ["x", "xx", "xxx"]
    assert [array.tolist() for array in kinds["ragged"][:, 0]] == [[0], [0, 1], [0, 1, 2]]


def test_where_there_is_no_result_stands_nan_or_nothing():
    grid = make_grid({"a": [1, 2, 3]}, 1)
    with ThreadPoolExecutor(1) as pool:
        full = sweep(functions.kinds, {"a": [1, 3]}, executor=pool)
    outcomes = [run_point(functions.kinds, key) for key in ('[{"a":1},0]', '[{"a":3},0]')]
    part = make_result(Identity("f", {}, grid), outcomes)
    assert part.missing[:, 0].tolist() == [False, True, False]
    assert np.isnan(part.seconds[1, 0])
    for name in ("i", "f", "c", "b"):
        assert np.isnan(part[name][1, 0])
        assert np.array_equal(part[name][[0, 2]], full[name])
    assert part["s"][1, 0] == "" and part["ragged"][1, 0] is None


def test_failures_follow_the_selection():
    with ThreadPoolExecutor(1) as pool:
        result = sweep(functions.fails_at_two, {"a": [1, 2]}, executor=pool)
    assert len(result.select(a=2).failures) == len(result.select(seeds=0).failures) == 1
    assert result.select(a=1).failures == ()


def test_a_sweep_without_results_has_no_arrays():
    result = make_result(Identity("f", {}, make_grid({"a": [1]}, 2)), [])
    assert result.arrays == {} and result.missing.all()
    with pytest.raises(KeyError, match="no array is named 'x'. There are: none"):
        result["x"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"width": 3}, "no axis is named 'width'. There are: steps, drift, seeds"),
        ({"steps": 4}, r"axis steps has no value 4. It has \[3, 10\]"),
        ({"drift": 0.1001}, "axis drift has no value 0.1001"),
        ({"steps": [3, "x"]}, "axis steps has no value 'x'"),
    ],
)
def test_a_choice_that_is_not_there_is_refused(walks, choice, message):
    with pytest.raises(KeyError, match=message):
        walks.select(**choice)
