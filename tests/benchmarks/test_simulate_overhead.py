"""What ``simulate`` of a training map costs over the bare gradient steps of the same run.

The plain test run checks that both sides make the same steps. ``--measure FILE`` times them in
turns, within each round, and writes the ratio beside the other results.
"""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from .profile import spread
from .workloads.simulation import STEPS, WORKLOAD

ROUNDS = 41


def test_simulate_and_the_bare_loop_make_the_same_steps_to_the_bit():
    pair = WORKLOAD.make()
    for _ in range(2):
        np.testing.assert_array_equal(pair.limit()[0], pair.ours()[0])


def test_time_of_a_simulated_step_over_a_bare_one(results, request):
    if request.config.getoption("one_process"):
        pytest.skip("only workloads have a process of their own")
    pair = WORKLOAD.make()
    samples = []
    for _ in range(ROUNDS + 1):
        start = process_time()
        pair.limit()
        middle = process_time()
        pair.ours()
        samples.append((middle - start, process_time() - middle))
    by_hand, ours = zip(*samples[1:], strict=True)  # the first round warms up
    results["simulate"] = {
        "title": WORKLOAD.title,
        "bare_seconds": spread([seconds / STEPS for seconds in by_hand]),
        "simulate_seconds": spread([seconds / STEPS for seconds in ours]),
        "ratio": spread([b / a for a, b in samples[1:]]),
    }
