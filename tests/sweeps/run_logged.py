"""The sweep that the tests interrupt: python -m tests.sweeps.run_logged STORE LOG COUNT PAUSE EXECUTOR."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from learndyn.sweeps import LocalProcesses, sweep

from .functions import logged


def run(store, log, count, pause, executor):
    # The log and the pause are not of the grid: the same points, wherever they are run.
    os.environ["SWEEP_LOG"], os.environ["SWEEP_PAUSE"] = log, pause
    return sweep(logged, {"a": range(count)}, store=store, executor=executor, in_flight=4, progress=False)


if __name__ == "__main__":
    store, log, count, pause, kind = sys.argv[1:]
    pool = LocalProcesses(2) if kind == "processes" else ThreadPoolExecutor(2)
    with pool:
        run(store, log, int(count), pause, pool)
