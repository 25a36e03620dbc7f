"""W7: layer norm and a squared error on (512, 256), forward and backward.

    n = (x - mean x) / sqrt(var x + eps) along the last axis,  y = gamma n + beta,
    dx = (gn - mean gn - n mean(gn n)) / sqrt(var x + eps)  with  gn = gamma dy

(Ba, Kiros and Hinton, 2016).
"""

from __future__ import annotations

import numpy as np

from learndyn import Tensor, layer_norm, mean_square, value_and_grad

from .pair import Pair, Step, Workload

ROWS, WIDTH, EPSILON = 512, 256, 1e-5


def operands(seed: int = 0) -> list[np.ndarray]:
    """x, gamma, beta and the target."""
    rng = np.random.default_rng(seed)
    x, t = rng.standard_normal((2, ROWS, WIDTH))
    return [x, 1 + 0.1 * rng.standard_normal(WIDTH), 0.1 * rng.standard_normal(WIDTH), t]


def ours() -> Step:
    """The equation."""
    *theta, t = operands()
    t = Tensor(t)

    def loss(theta):
        x, gamma, beta = theta
        return mean_square(gamma * layer_norm(x, eps=EPSILON) + beta - t)

    slope = value_and_grad(loss)

    def step() -> tuple:
        value, gradients = slope(theta)
        return (value, *gradients)

    return step


def limit() -> Step:
    """Five buffers of x's shape, the outer sums as products with ones."""
    x, gamma, beta, t = operands()
    n, e, dx = (np.empty_like(x) for _ in range(3))
    dgamma, dbeta, sums = np.empty(WIDTH), np.empty(WIDTH), np.empty(ROWS)
    column, deviation = sums[:, None], np.empty((ROWS, 1))
    spread, e_flat, e_rows = deviation.ravel(), e.ravel(), np.ones(ROWS)
    scaled_ones = np.full(WIDTH, 1.0 / WIDTH)

    def step() -> tuple:
        x.dot(scaled_ones, sums)
        np.subtract(x, column, n)
        np.einsum("ij,ij->i", n, n, out=spread)
        np.multiply(spread, 1.0 / WIDTH, spread)
        np.add(spread, EPSILON, spread)
        np.sqrt(spread, spread)
        np.divide(n, deviation, n)
        np.multiply(n, gamma, e)
        np.add(e, beta, e)
        np.subtract(e, t, e)
        loss = e_flat.dot(e_flat) / x.size
        np.multiply(e, 2.0 / x.size, e)
        e_rows.dot(e, dbeta)
        np.einsum("ij,ij->j", e, n, out=dgamma)
        np.multiply(e, gamma, e)
        np.einsum("ij,ij->i", e, n, out=sums)
        np.multiply(sums, 1.0 / WIDTH, sums)
        np.multiply(n, column, dx)
        np.subtract(e, dx, dx)
        e.dot(scaled_ones, sums)
        np.subtract(dx, column, dx)
        np.divide(dx, deviation, dx)
        return loss, dx, dgamma, dbeta

    return step


WORKLOADS = (
    Workload(
        "W7", "layer norm and squared error on (512, 256), forward and backward",
        lambda: Pair(limit(), ours()),
    ),
)  # fmt: skip
