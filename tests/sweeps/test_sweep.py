"""One sweep, whatever runs it."""

import io
import multiprocessing
import os
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from learndyn.dynamics import progress
from learndyn.sweeps import LocalProcesses, load_sweep, sweep
from learndyn.sweeps.grid import Point
from learndyn.sweeps.streams import generator, integer_seed

from . import functions


class Shuffled(Executor):
    """Runs what it was given a little later, in an order of its own."""

    def __init__(self, seed):
        self.rng, self.waiting = np.random.default_rng(seed), []
        self.lock = threading.Lock()

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self.lock:
            self.waiting.append((future, fn, args, kwargs))
        threading.Timer(0.001, self.run_one).start()
        return future

    def run_one(self):
        with self.lock:
            future, fn, args, kwargs = self.waiting.pop(self.rng.integers(len(self.waiting)))
            future.set_result(fn(*args, **kwargs))


class Losing(Executor):
    """Loses the first calls of each point, as a cluster loses machines."""

    def __init__(self, losses, error):
        self.losses, self.error, self.calls, self.named = losses, error, {}, []

    def submit(self, fn, function, key, call):
        future = Future()
        self.calls[key] = self.calls.get(key, 0) + 1
        self.named.append((key, call))
        if self.calls[key] > self.losses:
            future.set_result(fn(function, key, call))
        elif self.error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(self.error)
        return future


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def bits(result):
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in result.arrays.items()}


WALKS = {"steps": [3, 10], "drift": np.array([0.0, 0.5, -1.0])}


def test_the_result_is_the_same_to_the_bit_on_any_executor_in_any_order(threads):
    walks = bits(sweep(functions.walk, WALKS, seeds=3, executor=threads))
    products = bits(sweep(functions.product, {"size": [5, 60]}, seeds=2, executor=threads))
    with (
        ThreadPoolExecutor(1) as one,
        LocalProcesses(1) as process,
        LocalProcesses(3) as three,
        ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool,
    ):
        for executor in (one, process, three, pool, Shuffled(0), Shuffled(1)):
            assert bits(sweep(functions.walk, WALKS, seeds=3, executor=executor)) == walks
            assert bits(sweep(functions.product, {"size": [5, 60]}, seeds=2, executor=executor)) == products


def test_the_default_is_processes_on_this_machine(monkeypatch):
    monkeypatch.setattr("learndyn.sweeps.local.available_cores", lambda: 1)
    result = sweep(functions.blas_threads, {"a": [1, 2]})
    assert not np.any(result["process"] == os.getpid())
    assert np.all(result["threads"] == "1")


def test_a_function_gets_the_stream_of_its_point(threads):
    result = sweep(functions.draw, {"a": [1, 2]}, seeds=[4, 7], executor=threads)
    assert result.dims == ("a", "seeds") and result["value"].shape == (2, 2, 4)
    for i, a in enumerate([1, 2]):
        for j, seed in enumerate([4, 7]):
            expected = generator(Point({"a": a}, seed).key).standard_normal(4)
            assert np.array_equal(result["value"][i, j], expected)
    numbers = sweep(functions.number, {"a": [1]}, seeds=[4], executor=threads)
    assert numbers["value"].item() == integer_seed(Point({"a": 1}, 4).key)


def test_an_axis_named_seed_is_given_as_it_is(threads):
    result = sweep(functions.number, {"a": [1], "seed": [5, 6]}, executor=threads)
    assert result["value"].tolist() == [[[5], [6]]]


def test_values_that_are_added_leave_the_other_points_as_they_were(threads):
    small = sweep(functions.draw_two, {"a": [1, 3], "b": ["x"]}, seeds=2, executor=threads)
    grid = {"b": ["y", "x"], "a": [3, 2, 1]}
    large = sweep(functions.draw_two, grid, seeds=[1, 5, 0], executor=threads)
    part = large.select(b=["x"], a=[1, 3], seeds=[0, 1])
    assert np.array_equal(np.moveaxis(part["value"], 0, 1), small["value"])


@pytest.mark.parametrize("in_flight", [1, 3, 8])
def test_as_many_points_are_in_flight_as_allowed_and_no_more(monkeypatch, in_flight):
    loop, seen = sys.modules["learndyn.sweeps.sweep"], []
    wait = loop.wait
    monkeypatch.setattr(loop, "wait", lambda calls, **rest: (seen.append(len(calls)), wait(calls, **rest))[1])
    sweep(functions.square, {"a": range(24)}, executor=Losing(0, None), in_flight=in_flight)
    assert seen == [in_flight] * (24 // in_flight)


def test_a_point_that_raises_is_recorded_and_the_others_are_run(tmp_path, threads):
    store = tmp_path / "store"
    result = sweep(functions.fails_at_two, {"a": [1, 2, 3]}, store=store, executor=threads)
    assert result["value"][[0, 2], 0].tolist() == [1, 3] and np.isnan(result["value"][1, 0])
    assert result.done[:, 0].tolist() == [True, False, True]
    assert result.failed[:, 0].tolist() == [False, True, False]
    (failure,) = load_sweep(store).failures
    assert failure.values == {"a": 2} and failure.seed == 0
    assert failure.error == "ArithmeticError: two is not allowed"
    assert "raise ArithmeticError" in failure.traceback and "functions.py" in failure.traceback
    assert "run_point" not in failure.traceback


def test_what_cannot_be_stored_is_a_failure_that_says_so(threads):
    result = sweep(functions.returns_an_object, {"a": [1]}, executor=threads)
    assert "bad is object with elements of type object" in result.failures[0].error
    result = sweep(functions.leaves, {"a": [1]}, executor=threads)
    assert result.failures[0].error == "SystemExit: gone"


def test_failures_are_run_again_only_when_asked_for(tmp_path, threads):
    store, obstacle = tmp_path / "store", tmp_path / "obstacle"
    grid = {"a": [1, 2, 3], "path": [str(obstacle)]}
    obstacle.touch()
    first = sweep(functions.fails_while_a_file_exists, grid, store=store, executor=threads)
    obstacle.unlink()
    counted = Losing(0, None)
    again = sweep(functions.fails_while_a_file_exists, grid, store=store, executor=counted)
    assert not counted.calls and again.failures == first.failures
    healed = sweep(functions.fails_while_a_file_exists, grid, store=store, executor=counted, retry=True)
    assert [Point.from_key(key).values["a"] for key in counted.calls] == [2]
    assert healed.done.all() and not healed.failures
    sweep(functions.fails_while_a_file_exists, grid, executor=counted)
    assert len(set(counted.named)) == len(counted.named) == 4


def test_a_point_that_kills_its_worker_is_recorded_and_the_others_are_run():
    with LocalProcesses(2) as pool:
        result = sweep(functions.ends_its_worker, {"a": [1, 2, 3, 4]}, executor=pool, attempts=2)
    assert result.done[:, 0].tolist() == [True, False, True, True]
    (failure,) = result.failures
    assert "WorkerDied" in failure.error and "exit code 5" in failure.error
    assert "a=2, seed 0: handed out 2 times" in failure.traceback


@pytest.mark.parametrize("error", [None, OSError("the machine is gone")])
def test_a_point_that_is_lost_is_handed_out_again_until_the_last_attempt(error):
    executor = Losing(2, error)
    result = sweep(functions.square, {"a": [1, 2, 3]}, executor=executor, attempts=3)
    assert result["value"][:, 0].tolist() == [1, 4, 9]
    assert set(executor.calls.values()) == {3}
    assert len(set(executor.named)) == 9, "a scheduler that remembers calls must not take two for one"
    executor = Losing(2, error)
    result = sweep(functions.square, {"a": [1, 2, 3]}, executor=executor, attempts=2)
    assert result.failed.all() and set(executor.calls.values()) == {2}
    assert result.failures[0].error == (
        "CancelledError: by the executor" if error is None else f"OSError: {error}"
    )


def test_an_executor_that_breaks_as_a_whole_ends_the_run_and_what_is_finished_is_kept(tmp_path, threads):
    store = tmp_path / "store"

    class Breaking(Losing):
        def submit(self, fn, function, key, call):
            if len(self.calls) == 3:
                self.losses, self.error = 9, BrokenExecutor("no workers")
            return super().submit(fn, function, key, call)

    with pytest.raises(BrokenExecutor) as caught:
        sweep(functions.square, {"a": range(9)}, store=store, executor=Breaking(0, None), in_flight=5)
    assert f"3 of 9 points are in {store}; the same call runs the others" in caught.value.__notes__[0]
    counted = Losing(0, None)
    assert sweep(functions.square, {"a": range(9)}, store=store, executor=counted).done.all()
    assert len(counted.calls) == 6


def test_a_finished_sweep_is_loaded_and_nothing_is_run(tmp_path, threads):
    store = tmp_path / "store"
    first = sweep(functions.walk, WALKS, seeds=2, store=store, executor=threads)
    counted = Losing(0, None)
    again = sweep(functions.walk, WALKS, seeds=2, store=store, executor=counted)
    assert not counted.calls
    assert bits(first) == bits(again) == bits(load_sweep(store))


def test_a_store_can_be_read_while_the_sweep_runs(tmp_path):
    store = tmp_path / "store"
    seen = []

    class Looking(Losing):
        def submit(self, fn, function, key, call):
            if len(self.calls) in (1, 4):
                seen.append(load_sweep(store))
            return super().submit(fn, function, key, call)

    sweep(functions.square, {"a": range(5)}, store=store, executor=Looking(0, None), in_flight=1)
    assert [result.done.sum() for result in seen] == [1, 4]
    assert [result.missing.sum() for result in seen] == [4, 1]
    assert seen[1]["value"][:4, 0].tolist() == [0, 1, 4, 9] and np.isnan(seen[1]["value"][4, 0])


def test_nothing_is_written_where_stderr_is_no_terminal(capfd, threads):
    sweep(functions.square, {"a": [1, 2]}, executor=threads)
    assert capfd.readouterr() == ("", "")


def test_the_bar_counts_only_what_this_run_has_to_do(tmp_path, monkeypatch, threads):
    store = tmp_path / "store"
    sweep(functions.square, {"a": range(10)}, store=store, executor=threads)
    out = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", out)
    grid = {"a": range(14)}
    sweep(functions.square, grid, store=store, executor=threads, extend=True, progress=True)
    assert out.getvalue().startswith("\rsweep [") and "100 %  4 " in out.getvalue()


def test_a_function_that_no_process_could_import_is_refused():
    def inner(a):
        return a

    for function in (lambda a: a, inner, functions.Walk, np.square, "square", print):
        with pytest.raises(TypeError, match="cannot be imported by another process"):
            sweep(function, {"a": [1]})


@pytest.mark.parametrize(
    ("function", "grid", "options", "error", "message"),
    [
        ("square", {"b": [1]}, {}, TypeError, r"square\(a\) cannot be called at the points of this grid"),
        ("square", {}, {}, TypeError, "Its axes are none"),
        ("square", {"a": [1]}, {"seeds": 3}, ValueError, "its 3 seeds would all give the same"),
        ("number", {"a": [1], "seed": [1]}, {"seeds": 2}, ValueError, "takes no random numbers"),
        ("square", {"a": [1]}, {"attempts": 0}, ValueError, "attempts must be at least 1, got 0"),
        ("square", {"a": [1]}, {"in_flight": 0}, ValueError, "in_flight must be at least 1, got 0"),
        ("square", {"a": [1]}, {"executor": 4}, TypeError, "executor must be a .*, got int"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_runs(function, grid, options, error, message):
    with pytest.raises(error, match=message):
        sweep(getattr(functions, function), grid, **options)


def test_a_cluster_in_place_of_its_executor_is_told_apart():
    class Client:
        def get_executor(self): ...

    with pytest.raises(TypeError, match=r"got Client. Pass client.get_executor\(\)"):
        sweep(functions.square, {"a": [1]}, executor=Client())


def test_a_function_that_was_typed_in_is_refused_for_processes(monkeypatch):
    import __main__

    def typed(a):
        return a

    monkeypatch.setattr(typed, "__module__", "__main__")
    monkeypatch.setattr(typed, "__qualname__", "typed")
    monkeypatch.setattr(__main__, "typed", typed, raising=False)
    monkeypatch.delattr(__main__, "__file__", raising=False)
    with pytest.raises(TypeError, match="typed was typed in, so a new process cannot import it"):
        sweep(typed, {"a": [1]}, version="1")
    with ThreadPoolExecutor(1) as pool:
        assert sweep(typed, {"a": [1]}, version="1", executor=pool)["value"].item() == 1


def test_an_interrupted_run_stores_what_has_come_back_and_calls_off_what_waits(tmp_path):
    store = tmp_path / "store"
    given = []

    class Interrupting(Losing):
        def submit(self, fn, function, key, call):
            if len(given) == 9:
                raise KeyboardInterrupt
            given.append(super().submit(fn, function, key, call) if len(given) < 5 else Future())
            return given[-1]

    with pytest.raises(KeyboardInterrupt) as caught:
        sweep(functions.square, {"a": range(50)}, store=store, executor=Interrupting(0, None), in_flight=10)
    assert f"5 of 50 points are in {store}" in caught.value.__notes__[0]
    assert load_sweep(store)["value"][:5, 0].tolist() == [0, 1, 4, 9, 16]
    assert all(future.cancelled() for future in given[5:])
