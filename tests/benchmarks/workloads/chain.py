"""W5: ten thousand tanh in a row on ten numbers, forward and backward.

With y_k = tanh(y_{k-1}) the derivative of sum(y_n) is the product of all 1 - y_k^2. By hand, that
is three calls on one large array, so nearly all of the limit is the forward pass.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from learndyn import grad, sum, tanh

from .pair import Pair, Step, Workload

LENGTH, WIDTH = 10_000, 10


def start() -> np.ndarray:
    """Ten numbers; the chain pulls them together as 1 / sqrt(k)."""
    return np.linspace(0.1, 1.0, WIDTH)


def ours() -> Step:
    """A loop, and its gradient."""

    def total(x):
        for _ in range(LENGTH):
            x = tanh(x)
        return sum(x)

    slope, x = grad(total), start()
    return lambda: (slope(x),)


def limit() -> Step:
    """All values in one array, all slopes in another."""
    values = np.empty((LENGTH + 1, WIDTH))
    values[0] = start()
    slopes, product = np.empty((LENGTH, WIDTH)), np.empty(WIDTH)
    rows, results = list(values), values[1:]
    hops = list(pairwise(rows))
    tanh = np.tanh

    def step() -> tuple:
        for before, after in hops:
            tanh(before, after)
        np.multiply(results, results, slopes)
        np.subtract(1.0, slopes, slopes)
        np.multiply.reduce(slopes, axis=0, out=product)
        return (product,)

    return step


WORKLOADS = (
    Workload(
        "W5", "10,000 tanh in a row on 10 numbers, forward and backward", lambda: Pair(limit(), ours())
    ),
)
