"""How long each workload takes, by hand and with learndyn, in turns.

pytest-benchmark times the rounds of ours; each round's setup runs and times the limit, so that
both see the same state of the machine and a drift cancels in their ratio. What counts is the
processor's time in this one-threaded process, the kernel's for page faults included, and not the
time that other processes of a busy machine took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import repeat
from pathlib import Path
from time import process_time

import pytest

from learndyn import keep_freed_memory

from .conftest import HEAP_SETTINGS
from .node import chain_costs, engine_share
from .profile import enough, profile, spread
from .workloads import WORKLOADS

ROUNDS = 11
ROOT = Path(__file__).parents[2]


@pytest.mark.benchmark(timer=process_time)
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_time_of_a_step_against_the_limit(workload, benchmark, results, request):
    if not request.config.getoption("one_process"):
        pytest.skip("each workload is timed in a process of its own")
    kept = request.config.getoption("keep_freed_memory")
    if kept:
        keep_freed_memory()
    pair = workload.make()
    limit, ours = pair.limit, pair.ours
    limit_steps, our_steps = enough(limit), enough(ours)
    by_hand: list[float] = []

    def time_the_limit() -> None:
        start = process_time()
        for _ in repeat(None, limit_steps):
            limit()
        by_hand.append((process_time() - start) / limit_steps)

    def a_round_of_ours() -> None:
        for _ in repeat(None, our_steps):
            ours()

    benchmark.pedantic(a_round_of_ours, setup=time_the_limit, rounds=ROUNDS, warmup_rounds=1)
    by_hand = by_hand[-ROUNDS:]
    with_learndyn = [seconds / our_steps for seconds in benchmark.stats.stats.data]
    ratios = [ours / hand for ours, hand in zip(with_learndyn, by_hand, strict=True)]
    parts = profile(limit, ours)
    parts["engine_share"] = engine_share(ours, parts["nodes"], max(1, our_steps // 3))
    results["times"].append(
        {
            "workload": workload.name,
            "title": workload.title,
            "allocator": "keep_freed_memory()" if kept else "default",
            "limit_seconds": spread(by_hand),
            "our_seconds": spread(with_learndyn),
            "ratio": spread(ratios),
            "profile": parts,
        }
    )


@pytest.mark.parametrize("kept", [False, True], ids=["default", "kept"])
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_times_in_a_process_of_its_own(workload, kept, results, request, tmp_path):
    """glibc hands a large freed block back and page-faults it in again at every step.

    After ``keep_freed_memory()`` it keeps it. The largest block that a process ever freed sets
    what it keeps from then on, so a workload must not run after another one.
    """
    if request.config.getoption("one_process"):
        pytest.skip("this is such a process")
    path = tmp_path / "one.json"
    environment = {name: os.environ[name] for name in os.environ if name not in HEAP_SETTINGS}
    test = f"{__file__}::test_time_of_a_step_against_the_limit[{workload.name}]"
    options = ["--measure", str(path), "--one-process", *["--keep-freed-memory"] * kept]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", test, *options],
        env=environment, cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    results["times"] += json.loads(path.read_text(encoding="utf-8"))["times"]


def test_time_of_a_node_beside_its_own_rule(results, request):
    if request.config.getoption("one_process"):
        pytest.skip("only workloads have a process of their own")
    results["chains"] = chain_costs()


IMPORT = """
from time import process_time
t = process_time(); import numpy
u = process_time(); import learndyn
print(u - t, process_time() - u)
"""


def test_time_of_an_import_over_numpy(results, tmp_path):
    """In a new process each time, with compiled files in place after the first."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each import compiles the package
    samples = []
    for _ in range(ROUNDS + 1):
        run = subprocess.run(
            [sys.executable, "-c", IMPORT],
            capture_output=True, text=True, check=True, env=environment,
        )  # fmt: skip
        samples.append([float(number) for number in run.stdout.split()])
    numpy, over = zip(*samples[1:], strict=True)
    results["import"] = {"numpy_seconds": spread(list(numpy)), "over_numpy_seconds": spread(list(over))}
