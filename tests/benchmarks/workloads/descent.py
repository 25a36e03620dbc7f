"""W1 and W2: one step of gradient descent on a tanh network with a squared error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from learndyn import Parameter, Tensor

from .network import Arrays, in_one_block, initial, regression_data, squared_error, xor_data
from .pair import Pair, Step, Workload

STEP_SIZE = 0.05


def ours(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """A loop over parameters, as in any training script."""
    parameters = [Parameter(array) for array in theta]
    x, t = Tensor(x), Tensor(t)

    def step() -> tuple:
        loss = squared_error(parameters, x, t)
        loss.backward()
        for p in parameters:
            p.data = p.data - STEP_SIZE * p.grad
        return (loss, *parameters)

    return step


def limit_one_hidden(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Widths (i, n, 1), written out."""
    flat, (w1, b1, w2, b2) = in_one_block(theta)
    slope, (dw1, db1, dw2, db2) = in_one_block(theta)
    samples, width = len(x), w1.shape[1]
    h, s, gh = (np.empty((samples, width)) for _ in range(3))
    e = np.empty((samples, 1))
    e_flat, ones = e.ravel(), np.ones(samples)
    x_t, h_t, w2_t = x.T, h.T, w2.T
    scale, rate = np.array(2.0 / samples), np.array(STEP_SIZE)
    add, subtract, multiply, tanh = np.add, np.subtract, np.multiply, np.tanh

    def step() -> tuple:
        x.dot(w1, h)
        add(h, b1, h)
        tanh(h, h)
        h.dot(w2, e)
        add(e, b2, e)
        subtract(e, t, e)
        loss = e_flat.dot(e_flat) / samples
        multiply(e, scale, e)
        h_t.dot(e, dw2)
        ones.dot(e, db2)
        multiply(e, w2_t, gh)
        multiply(h, h, s)
        multiply(s, gh, s)
        subtract(gh, s, gh)
        x_t.dot(gh, dw1)
        ones.dot(gh, db1)
        multiply(slope, rate, slope)
        subtract(flat, slope, flat)
        return loss, w1, b1, w2, b2

    return step


def limit_two_hidden(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Widths (i, m, n, 1), written out."""
    flat, (w1, b1, w2, b2, w3, b3) = in_one_block(theta)
    slope, (dw1, db1, dw2, db2, dw3, db3) = in_one_block(theta)
    samples = len(x)
    h1, s1, g1 = (np.empty((samples, w1.shape[1])) for _ in range(3))
    h2, s2, g2 = (np.empty((samples, w2.shape[1])) for _ in range(3))
    e = np.empty((samples, 1))
    e_flat, ones = e.ravel(), np.ones(samples)
    x_t, h1_t, h2_t, w2_t, w3_t = x.T, h1.T, h2.T, w2.T, w3.T
    scale, rate = np.array(2.0 / samples), np.array(STEP_SIZE)
    add, subtract, multiply, tanh = np.add, np.subtract, np.multiply, np.tanh

    def step() -> tuple:
        x.dot(w1, h1)
        add(h1, b1, h1)
        tanh(h1, h1)
        h1.dot(w2, h2)
        add(h2, b2, h2)
        tanh(h2, h2)
        h2.dot(w3, e)
        add(e, b3, e)
        subtract(e, t, e)
        loss = e_flat.dot(e_flat) / samples
        multiply(e, scale, e)
        h2_t.dot(e, dw3)
        ones.dot(e, db3)
        multiply(e, w3_t, g2)
        multiply(h2, h2, s2)
        multiply(s2, g2, s2)
        subtract(g2, s2, g2)
        h1_t.dot(g2, dw2)
        ones.dot(g2, db2)
        g2.dot(w2_t, g1)
        multiply(h1, h1, s1)
        multiply(s1, g1, s1)
        subtract(g1, s1, g1)
        x_t.dot(g1, dw1)
        ones.dot(g1, db1)
        multiply(slope, rate, slope)
        subtract(flat, slope, flat)
        return loss, w1, b1, w2, b2, w3, b3

    return step


def make(
    widths: tuple[int, ...],
    data: Callable[[], tuple[np.ndarray, np.ndarray]],
    limit: Callable[[Arrays, np.ndarray, np.ndarray], Step],
) -> Pair:
    """Both ways from the same parameters and data."""
    theta, (x, t) = initial(widths), data()
    return Pair(limit(theta, x, t), ours(theta, x, t))


WORKLOADS = (
    Workload(
        "W1",
        "XOR: MLP 2-8-1 tanh, squared error, batch 4, one descent step",
        partial(make, (2, 8, 1), xor_data, limit_one_hidden),
    ),
    Workload(
        "W2",
        "MLP 2-64-64-1 tanh, squared error, batch 256, one descent step",
        partial(make, (2, 64, 64, 1), partial(regression_data, 256, 2), limit_two_hidden),
    ),
)
