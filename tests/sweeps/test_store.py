"""A store holds one sweep, is written by one run, and is left alone where it is not understood."""

import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from learndyn.sweeps import StoreError, SweepMismatch, load_sweep, sweep
from learndyn.sweeps.differences import Identity
from learndyn.sweeps.grid import make_grid
from learndyn.sweeps.items import named_arrays, pack, unpack
from learndyn.sweeps.point import Outcome
from learndyn.sweeps.store import Store, read_store

from . import functions

GRID = make_grid({"a": [1, 2, 3]}, 2)
ASKED = Identity("f", {"f": "0", "numpy": "2"}, GRID)


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def outcome(a, seed=0, value=1.0):
    return Outcome(f'[{{"a":{a}}},{seed}]', pack({"x": np.array(value)}), None, None, 0.5)


def test_what_was_written_is_read_back_as_it_was(tmp_path):
    store = Store(tmp_path / "store", ASKED, extend=False)
    failed = Outcome('[{"a":2},0]', None, "E: no", "where", 0.25)
    store.write([outcome(1), failed])
    assert store.keys() == {'[{"a":1},0]': "done", '[{"a":2},0]': "failed"} and store.count() == 2
    store.close()
    identity, outcomes = read_store(tmp_path / "store")
    assert identity == ASKED and outcomes == [outcome(1), failed]


def test_a_result_is_never_written_over_and_a_failure_is(tmp_path):
    store = Store(tmp_path / "store", ASKED, extend=False)
    store.write([outcome(1), Outcome('[{"a":2},0]', None, "E", "T", 0.0)])
    with pytest.raises(StoreError, match="already holds a result of the point"):
        store.write([outcome(1, value=2.0)])
    store.close()
    store = Store(tmp_path / "store", ASKED, extend=False)
    store.write([outcome(2)])
    assert list(store.read()[1]) == [outcome(1), outcome(2)]
    store.close()


def test_a_second_run_is_refused_while_the_first_one_writes(tmp_path):
    path = tmp_path / "store"
    first = Store(path, ASKED, extend=False)
    for _ in range(3):
        with pytest.raises(StoreError, match="another run is writing to"):
            Store(path, ASKED, extend=False)
        first.write([outcome(1 + first.count())])
    first.close()
    second = Store(path, ASKED, extend=False)
    assert second.count() == 3
    second.close()


def test_an_interrupt_between_the_halves_of_a_commit_changes_nothing(tmp_path):
    class Interrupted:
        def __init__(self, database):
            self.database, self.due = database, True

        def execute(self, statement, *rest):
            if statement == "BEGIN IMMEDIATE" and self.due:
                self.due = False
                raise KeyboardInterrupt
            return self.database.execute(statement, *rest)

        def __getattr__(self, name):
            return getattr(self.database, name)

    path = tmp_path / "store"
    store = Store(path, ASKED, extend=False)
    store._database = Interrupted(store._database)
    with pytest.raises(KeyboardInterrupt):
        store.write([outcome(1)])
    assert store.keys() == {outcome(1).key: "done"}
    store.write([outcome(2)])
    with pytest.raises(StoreError, match="another run is writing to"):
        Store(path, ASKED, extend=False)
    store.close()
    assert read_store(path)[1] == [outcome(1), outcome(2)]


def test_another_order_of_axes_and_values_is_the_same_sweep(tmp_path, threads):
    path = tmp_path / "store"
    first = sweep(functions.draw_two, {"a": [1, 2], "b": ["x", "y"]}, store=path, executor=threads)
    other = sweep(functions.draw_two, {"b": ["y", "x"], "a": [2, 1]}, store=path, executor=threads)
    assert np.array_equal(other["value"], np.swapaxes(first["value"], 0, 1)[::-1, ::-1])


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        (Identity("g", ASKED.code, GRID), ["function: f -> g"]),
        (Identity("f", {"f": "1", "numpy": "2"}, GRID), ["code: f changed (0 -> 1)"]),
        (Identity("f", {"g": "1", "numpy": "3"}, GRID),
         ["code: f is gone", "code: g is new", "code: numpy changed (2 -> 3)"]),
        (Identity("f", ASKED.code, make_grid({"a": [1, 3, 4, 5]}, 2)),
         ["axis a: the grid lacks 2 and adds 4, 5", "Give this sweep a store of its own"]),
        (Identity("f", ASKED.code, make_grid({"a": [1, 2, 3, 4]}, 2)),
         ["axis a: the grid adds 4", "Pass extend=True to run the added points only"]),
        (Identity("f", ASKED.code, make_grid({"a": [1, 2, 3]}, [0, 2])), ["seeds: the grid lacks 1 and adds 2"]),
        (Identity("f", ASKED.code, make_grid({"a": [1.0, 2.0, 3.0]}, 2)), ["lacks 1, 2, 3 and adds 1.0, 2.0, 3.0"]),
        (Identity("f", ASKED.code, make_grid({"b": [1, 2, 3]}, 2)), ["axis a: removed", "axis b: new"]),
        (Identity("f", ASKED.code, make_grid({"a": range(1, 20)}, 2)), ["adds 4, 5, 6, 7, 8, 9 and 10 more"]),
    ],
)  # fmt: skip
def test_a_store_of_another_sweep_is_refused_with_the_differences_and_left_alone(tmp_path, asked, lines):
    path = tmp_path / "store"
    store = Store(path, ASKED, extend=False)
    store.write([outcome(1)])
    store.close()
    before = path.read_bytes()
    with pytest.raises(SweepMismatch) as caught:
        Store(path, asked, extend=False)
    message = str(caught.value)
    assert message.startswith(f"sweep: {path} holds another sweep\n")
    for line in lines:
        assert line in message
    assert path.read_bytes() == before


def test_a_grid_that_grows_runs_only_what_is_new(tmp_path, threads):
    path = tmp_path / "store"
    small = sweep(functions.draw, {"a": [1, 2]}, seeds=2, store=path, executor=threads)
    large = sweep(functions.draw, {"a": [0, 1, 2]}, seeds=3, store=path, executor=threads, extend=True)
    assert np.array_equal(large.select(a=[1, 2], seeds=[0, 1])["value"], small["value"])
    assert np.array_equal(large.select(a=[1, 2], seeds=[0, 1]).seconds, small.seconds), (
        "they were not run again"
    )
    assert load_sweep(path).shape == (3, 3)
    with pytest.raises(SweepMismatch, match="lacks 0"):
        sweep(functions.draw, {"a": [1, 2]}, seeds=3, store=path, executor=threads, extend=True)


def test_a_version_of_your_own_stands_in_for_that_of_the_code(tmp_path, threads):
    path = tmp_path / "store"
    sweep(functions.square, {"a": [1]}, store=path, executor=threads, version="first")
    assert load_sweep(path).code == {"version": "first"}
    sweep(functions.square, {"a": [1]}, store=path, executor=threads, version="first")
    with pytest.raises(SweepMismatch, match=r"code: version changed \(first -> second\)"):
        sweep(functions.square, {"a": [1]}, store=path, executor=threads, version="second")


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path):
    text, other, newer = tmp_path / "text", tmp_path / "other", tmp_path / "newer"
    text.write_text("these are my notes, not a database" * 99)
    database = sqlite3.connect(other)
    database.execute("CREATE TABLE mine (x)")
    database.close()
    Store(newer, ASKED, extend=False).close()
    database = sqlite3.connect(newer)
    database.execute("PRAGMA user_version = 2")
    database.close()
    for path in (text, other, newer):
        before = path.read_bytes()
        with pytest.raises(StoreError, match="is no store of a sweep"):
            Store(path, ASKED, extend=False)
        with pytest.raises(StoreError, match="is no store of a sweep"):
            load_sweep(path)
        assert path.read_bytes() == before


def test_a_path_that_leads_nowhere_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="the folder of .* does not exist. Make it first"):
        Store(tmp_path / "no" / "store", ASKED, extend=False)
    with pytest.raises(StoreError, match="there is no store"):
        load_sweep(tmp_path / "store")
    (tmp_path / "store").touch()
    with pytest.raises(StoreError, match="is empty"):
        load_sweep(tmp_path / "store")


@pytest.mark.parametrize("result", [
    {"x": np.arange(6.0).reshape(2, 3)[:, ::2], "y": np.float32(2), "file": True, "s": ["a", "bcd"]},
    {"z": np.array(1 + 2j), "empty": np.zeros((0, 3)), "big": np.array([1], ">i4"), "zero": -0.0},
])  # fmt: skip
def test_arrays_survive_the_store_to_the_bit(result):
    arrays = named_arrays(result)
    assert pack(arrays) == pack(arrays)
    back = unpack(pack(arrays))
    assert back.keys() == result.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype and back[name].shape == array.shape
        assert back[name].tobytes() == array.tobytes()


def test_results_inside_one_another_are_named_by_dots():
    walk = functions.Walk(np.zeros(3), 1.0)
    assert list(named_arrays({"a": walk, "b": {"c": 1}})) == ["a.path", "a.end", "b.c"]
    assert list(named_arrays(np.linalg.slogdet(np.eye(2)))) == ["sign", "logabsdet"]
    assert list(named_arrays(3)) == ["value"]


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "the result is NoneType with elements of type object"),
        ({"a": {"b": b"bytes"}}, "a.b is bytes"),
        ({"a": [[1], [1, 2]]}, "a is not an array"),
        ({3: 1}, "the result has the key 3"),
        ({"a": np.datetime64("2020-01-01")}, "a is datetime64"),
    ],
)
def test_what_is_no_array_is_refused_by_name(result, message):
    with pytest.raises(TypeError, match=message):
        named_arrays(result)


def test_a_damaged_result_is_an_error_and_no_number():
    data = bytearray(pack({"x": np.arange(100.0)}))
    data[len(data) // 2] ^= 1
    with pytest.raises(zipfile.BadZipFile, match="CRC"):
        unpack(bytes(data))
