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
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

import pytest

from .conftest import ALLOCATOR
from .workloads import WORKLOADS

ROUNDS, SECONDS_PER_ROUND = 11, 0.3
PAD = str(64 * 2**20)
ROOT = Path(__file__).parents[2]


def enough(step: Callable[[], Any]) -> int:
    """How many steps fill a round, from a fifth of one, after a first step to warm up."""
    step()
    count, start = 0, process_time()
    while process_time() - start < SECONDS_PER_ROUND / 5:
        step()
        count += 1
    return max(1, round(5 * count))


def spread(samples: list[float]) -> dict[str, float]:
    """Median and quartiles."""
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return {"median": median(samples), "low": low, "high": high}


@pytest.mark.benchmark(timer=process_time)
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_time_of_a_step_against_the_limit(workload, benchmark, results, request):
    if not request.config.getoption("one_process"):
        pytest.skip("each workload is timed in a process of its own")
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
    results["times"].append(
        {
            "workload": workload.name,
            "title": workload.title,
            "allocator": f"{ALLOCATOR}={pad}" if (pad := os.environ.get(ALLOCATOR)) else "default",
            "limit_seconds": spread(by_hand),
            "our_seconds": spread(with_learndyn),
            "ratio": spread(ratios),
        }
    )


@pytest.mark.parametrize("pad", ["", PAD], ids=["default", "padded"])
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_times_in_a_process_of_its_own(workload, pad, results, request, tmp_path):
    """glibc hands a large freed block back and page-faults it in again at every step.

    With a padded heap it keeps it. It also learns: the largest block that a process ever freed
    sets what it keeps from then on, so a workload must not run after another one.
    """
    if request.config.getoption("one_process"):
        pytest.skip("this is such a process")
    path = tmp_path / "one.json"
    environment = {**os.environ, ALLOCATOR: pad} if pad else os.environ
    test = f"{__file__}::test_time_of_a_step_against_the_limit[{workload.name}]"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", test, "--measure", str(path), "--one-process"],
        env=environment, cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    results["times"] += json.loads(path.read_text(encoding="utf-8"))["times"]


IMPORT = """
from time import perf_counter
t = perf_counter(); import numpy
u = perf_counter(); import learndyn
print(u - t, perf_counter() - u)
"""


def test_time_of_an_import_over_numpy(results):
    """In a new process each time, with compiled files in place after the first."""
    samples = []
    for _ in range(ROUNDS + 1):
        run = subprocess.run(
            [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
        )
        samples.append([float(number) for number in run.stdout.split()])
    numpy, over = zip(*samples[1:], strict=True)
    results["import"] = {"numpy_seconds": spread(list(numpy)), "over_numpy_seconds": spread(list(over))}
