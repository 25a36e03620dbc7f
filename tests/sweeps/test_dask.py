"""The same call on a Dask cluster: a real one on this machine, with two worker processes."""

import warnings

import numpy as np
import pytest

from learndyn.sweeps import LocalProcesses, sweep

from . import functions

distributed = pytest.importorskip(
    "distributed", reason='Dask is not installed: pip install "learndyn[sweeps]"'
)

# Dask's own clean-up is not ours to judge.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def client():
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        warnings.simplefilter("ignore")
        yield client


def bits(result):
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in result.arrays.items()}


def test_dask_and_local_processes_give_the_same_to_the_bit(client, tmp_path):
    grid = {"size": [5, 40, 80]}
    with LocalProcesses(2) as local:
        here = sweep(functions.product, grid, seeds=3, executor=local, store=tmp_path / "here")
    there = sweep(functions.product, grid, seeds=3, executor=client.get_executor(), store=tmp_path / "there")
    assert here.done.all() and there.done.all()
    assert bits(here) == bits(there)


def test_both_workers_take_part(client):
    result = sweep(functions.blas_threads, {"a": range(40)}, executor=client.get_executor())
    assert len(np.unique(result["process"])) == 2
    assert np.all(result["threads"] == "1")


def test_a_sweep_that_was_begun_here_is_finished_there(client, tmp_path):
    store = tmp_path / "store"
    with LocalProcesses(1) as local:
        part = sweep(functions.draw, {"a": [1, 2]}, seeds=2, executor=local, store=store)
    whole = sweep(
        functions.draw, {"a": [1, 2, 3]}, seeds=2, executor=client.get_executor(), store=store, extend=True
    )
    assert np.array_equal(whole.select(a=[1, 2])["value"], part["value"])
    assert np.array_equal(whole.select(a=[1, 2]).seconds, part.seconds)


def test_a_point_that_raises_there_is_recorded_here(client):
    result = sweep(functions.fails_at_two, {"a": [1, 2, 3]}, executor=client.get_executor())
    assert result.failed[:, 0].tolist() == [False, True, False]
    assert "raise ArithmeticError" in result.failures[0].traceback


def test_a_point_that_kills_its_worker_there_is_recorded_and_the_others_are_run(client):
    """One at a time: Dask may blame a point for the death of a worker at which it only waited."""
    result = sweep(
        functions.ends_its_worker, {"a": [1, 2, 3, 4]}, executor=client.get_executor(), attempts=1, in_flight=1
    )
    assert result.failed[:, 0].tolist() == [False, True, False, False]
    assert "KilledWorker" in result.failures[0].error


def test_a_point_that_failed_there_is_run_again_when_asked_for(client, tmp_path):
    store, obstacle = tmp_path / "store", tmp_path / "obstacle"
    grid, executor = {"a": [1, 2], "path": [str(obstacle)]}, client.get_executor()
    obstacle.touch()
    first = sweep(functions.fails_while_a_file_exists, grid, executor=executor, store=store)
    obstacle.unlink()
    again = sweep(functions.fails_while_a_file_exists, grid, executor=executor, store=store, retry=True)
    assert first.failed.sum() == 1 and again.done.all()
