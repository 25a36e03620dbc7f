"""Processes that may die, behind the interface of any executor."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError, wait
from pickle import PicklingError

import numpy as np
import pytest

from learndyn.sweeps import LocalProcesses, WorkerDied
from learndyn.sweeps.local import available_cores

from . import functions


@pytest.fixture(scope="module")
def pool():
    with LocalProcesses(1) as pool:
        yield pool


def test_a_call_gives_what_the_function_returns_or_raises(pool):
    assert pool.submit(functions.add, 1, y=2).result() == 3
    assert list(pool.map(functions.square, range(5))) == [0, 1, 4, 9, 16]
    with pytest.raises(ArithmeticError, match="two is not allowed"):
        pool.submit(functions.fails_at_two, 2).result()
    with pytest.raises(RuntimeError, match="Odd: nobody can copy this"):
        pool.submit(functions.raise_unpicklable).result()
    assert pool.submit(functions.process_id).result() in pool.processes()
    big = np.arange(1_000_000.0)  # more than a pipe holds, both ways
    assert np.array_equal(pool.submit(functions.add, big, big).result(), 2 * big)


def test_what_cannot_be_sent_is_an_error_at_once(pool):
    with pytest.raises((AttributeError, TypeError, PicklingError), match="lambda"):
        pool.submit(lambda: None)


def test_the_death_of_a_worker_costs_the_call_that_it_ran_and_no_other(pool):
    calls = [
        pool.submit(functions.add, 1, 1),
        pool.submit(functions.end, 3),
        pool.submit(functions.add, 2, 2),
    ]
    with pytest.raises(WorkerDied, match="exit code 3"):
        calls[1].result()
    assert calls[0].result() == 2 and calls[2].result() == 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_an_idle_worker_that_is_killed_costs_nothing(pool):
    first = pool.submit(functions.process_id).result()
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)
    assert pool.submit(functions.process_id).result() != first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts no single process")
def test_an_interrupt_from_the_keyboard_is_not_for_a_worker(pool):
    worker = pool.submit(functions.process_id).result()
    call = pool.submit(time.sleep, 0.3)
    time.sleep(0.1)
    os.kill(worker, signal.SIGINT)
    assert call.exception() is None
    assert pool.submit(functions.process_id).result() == worker


def test_blas_has_the_threads_that_were_asked_for(pool):
    before = dict(os.environ)
    assert pool.submit(functions.blas_threads, 0).result()["threads"] == "1"
    with LocalProcesses(1, threads=3) as other:
        assert other.submit(functions.blas_threads, 0).result()["threads"] == "3"
    assert dict(os.environ) == before


def test_shutting_down_finishes_what_was_handed_in_and_takes_no_more():
    pool = LocalProcesses(1)
    calls = [pool.submit(functions.add, k, k) for k in range(4)]
    pool.shutdown()
    assert [call.result() for call in calls] == [0, 2, 4, 6]
    assert pool.processes() == []
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(functions.add, 1, 1)
    pool.shutdown()


def test_killing_ends_running_calls_and_cancels_those_that_wait():
    pool = LocalProcesses(1)
    assert pool.submit(functions.add, 1, 1).result() == 2
    calls = [pool.submit(time.sleep, 60.0) for _ in range(3)]
    while not calls[0].running():
        time.sleep(0.001)
    pool.kill()
    wait(calls)
    with pytest.raises(WorkerDied):
        calls[0].result()
    for call in calls[1:]:
        with pytest.raises(CancelledError):
            call.result()
    assert pool.processes() == []


def test_a_script_without_a_guard_is_told_what_to_add(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from learndyn.sweeps import sweep\ndef f(a):\n    return a\nprint(sweep(f, {'a': [1]}, progress=False))\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode != 0 and not run.stdout
    assert "WorkersFailedToStart" in run.stderr and 'if __name__ == "__main__":' in run.stderr


def test_workers_and_threads_are_counted_from_one():
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        LocalProcesses(0)
    with pytest.raises(ValueError, match="threads must be at least 1, got -1"):
        LocalProcesses(threads=-1)
    assert LocalProcesses().workers == available_cores() >= 1
