"""What a point of a sweep costs beyond its own work: processes of this machine, and Dask.

    python -m tests.benchmarks.sweep_costs

writes ``sweep_costs.json`` beside this file. It needs Dask, and takes about two minutes. Reported
are processor seconds: of the process that calls ``sweep`` (for Dask, the scheduler's as well, which
lives in it), and of all workers from their start to their end, less those of an idle pair. They
hardly depend on what else the machine does. The wall time, the better of two rounds, does.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from learndyn.dynamics import simulate
from learndyn.experiments.xor import INPUTS, TARGETS
from learndyn.learning import MLP, GradientDescent, mean_squared_error, standard_normal, training_map
from learndyn.learning.ensembles import ensemble_map, simulate_ensemble
from learndyn.sweeps import LocalProcesses, sweep

from .machine import facts

PATH = Path(__file__).with_suffix(".json")
WORKERS, ROUNDS, WINDOW = 2, 2, 200
POINTS = {"processes": 1000, "dask": 500}
WORK = {0.001: 400, 0.01: 100, 0.1: 16}  # seconds of a point, and how many points
NETS, STEPS, SINGLE = 400, 1000, 3


def burn(index: int, seconds: float) -> float:
    """Keep a processor busy for so many seconds of its time."""
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return float(index)


class Cluster:
    """Two workers of either kind, with the call that ends them."""

    def __init__(self, kind: str) -> None:
        if kind == "processes":
            self.executor: Any = LocalProcesses(WORKERS)
            self.close = self.executor.shutdown
            return
        from dask.distributed import Client, LocalCluster

        cluster = LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=None
        )
        client = Client(cluster)
        self.executor = client.get_executor()

        def close() -> None:
            client.close()
            cluster.close()

        self.close = close


def timed(kind: str, points: int, seconds: float, in_flight: int | None) -> dict[str, float]:
    """One sweep of points that keep a worker busy for so long: seconds of all, and bytes stored."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "points.sqlite")
        before = _children()
        cluster = Cluster(kind)
        grid = {"seconds": [seconds]}
        # The first points start the workers and import the package; they do not count.
        sweep(burn, grid | {"index": range(-8, 0)}, executor=cluster.executor, version="1", progress=False)
        wall, own = time.perf_counter(), time.process_time()
        sweep(
            burn, grid | {"index": range(points)}, executor=cluster.executor, store=store, version="1",
            in_flight=in_flight, progress=False,
        )  # fmt: skip
        wall, own = time.perf_counter() - wall, time.process_time() - own
        size = store.stat().st_size
        cluster.close()
        return {"wall": wall, "own": own, "workers": _children() - before, "bytes": size}


def overheads(kind: str) -> dict[str, Any]:
    """Per point: seconds of the caller, of the workers and on the clock, and bytes in the store."""
    points = POINTS[kind]
    idle = min(timed(kind, 8, 0.0, WINDOW)["workers"] for _ in range(ROUNDS))
    found: dict[str, Any] = {}
    for name, in_flight in (("default", None), ("window", WINDOW)):
        rounds = [timed(kind, points, 0.0, in_flight) for _ in range(ROUNDS)]
        best = {key: min(r[key] for r in rounds) for key in rounds[0]}
        found[name] = {
            "caller": best["own"] / points,
            "workers": max(0.0, best["workers"] - idle) / points,
            "wall": best["wall"] / points,
            "bytes": best["bytes"] / points,
        }
    found["points"], found["start"] = points, idle
    found["work"] = [
        {
            "seconds": seconds,
            "points": n,
            "wall": min(timed(kind, n, seconds, None)["wall"] for _ in range(ROUNDS)) / n,
        }
        for seconds, n in WORK.items()
    ]
    return found


def ensemble() -> dict[str, float]:
    """Processor seconds of one XOR net 2-3-1 for a step: alone, and as one of many side by side."""
    model = MLP((2, 3, 1), "tanh")
    theta = model.init(np.random.default_rng(0), ensemble=(NETS,), initialiser=standard_normal)

    def loss(theta: Any) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS, axis=(-2, -1))

    many = ensemble_map(loss, GradientDescent(0.1), theta)
    together, alone = [], []
    for _ in range(ROUNDS):
        start = time.process_time()
        simulate_ensemble(many, many.initial_state, STEPS, every=STEPS, progress=False)
        together.append((time.process_time() - start) / (NETS * STEPS))
        start = time.process_time()
        for _ in range(SINGLE):
            first = [type(layer)(layer.weight[0], layer.bias[0]) for layer in theta]
            single = training_map(loss, GradientDescent(0.1), first)
            simulate(single, single.initial_state, STEPS, every=STEPS, progress=False)
        alone.append((time.process_time() - start) / (SINGLE * STEPS))
    return {"nets": NETS, "together": float(np.median(together)), "alone": float(np.median(alone))}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure() -> dict[str, Any]:
    """All that the file holds."""
    import distributed

    return {
        "machine": facts() | {"dask": distributed.__version__},
        "workers": WORKERS,
        "window": WINDOW,
        "processes": overheads("processes"),
        "dask": overheads("dask"),
        "ensemble": ensemble(),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
