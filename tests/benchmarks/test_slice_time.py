"""What a slice of the loss costs: 101 x 101 points of a 10-40-5 net on 500 examples.

The plain test run checks a coarse slice against the loss written by hand. ``--measure FILE`` times
the whole one and writes the seconds beside the other results. They must stay below ``CEILING``.
"""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from learndyn.learning import MLP
from learndyn.learning.landscape import batched_loss, random_plane, slice_2d

from .profile import spread

POINTS, ROUNDS, CEILING = 101, 3, 10.0  # seconds on one core
WIDTHS, EXAMPLES = (10, 40, 5), 500


def workload():
    """Loss and plane."""
    rng = np.random.default_rng(0)
    model = MLP(WIDTHS)
    x = rng.standard_normal((EXAMPLES, WIDTHS[0]))
    t = rng.standard_normal((EXAMPLES, WIDTHS[-1]))
    return batched_loss(model, x, t), random_plane(model.init(rng), 0)


def by_hand(loss, plane, a, b):
    """The loss at one point, in NumPy."""
    (w1, b1), (w2, b2) = plane.parameters(a, b)
    return np.mean((np.tanh(loss.x @ w1 + b1) @ w2 + b2 - loss.target) ** 2)


def test_a_slice_has_the_losses_written_by_hand():
    loss, plane = workload()
    axis = np.linspace(-1.0, 1.0, 5)
    expected = [[by_hand(loss, plane, a, b) for a in axis] for b in axis]
    np.testing.assert_allclose(slice_2d(loss, plane, axis, axis).losses, expected, rtol=1e-12)


def test_time_of_a_slice(results, request):
    if request.config.getoption("one_process"):
        pytest.skip("only workloads have a process of their own")
    loss, plane = workload()
    axis = np.linspace(-1.0, 1.0, POINTS)
    samples = []
    for _ in range(ROUNDS):
        start = process_time()
        slice_2d(loss, plane, axis, axis, progress=False)
        samples.append(process_time() - start)
    widths = "-".join(map(str, WIDTHS))
    results["slice"] = {
        "title": f"loss slice: {POINTS} x {POINTS} points, MLP {widths}, {EXAMPLES} examples",
        "seconds": spread(samples),
    }
    assert results["slice"]["seconds"]["median"] < CEILING
