"""W4: curvature of W2's loss. One Hessian-vector product, and the largest eigenvalue.

By hand this is the R-operator of Pearlmutter (1994): with R{.} the derivative along a direction
V, and s_k = 1 - h_k^2,

    R{h_k} = s_k (R{h_{k-1}} W_k + h_{k-1} V_k + R{b_k})
    R{g_k} = s_k (R{g_{k+1}} W_{k+1}^T + g_{k+1} V_{k+1}^T) - 2 h_k R{h_k} (dL/dh_k)
    R{dW_k} = R{h_{k-1}}^T g_k + h_{k-1}^T R{g_k}

where g_k is the cotangent of layer k's input to tanh.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from learndyn import Tensor, grad, hvp, ravel, vjp

from .network import Arrays, in_one_block, initial, regression_data, squared_error
from .pair import Pair, Step, Workload

WIDTHS, SAMPLES, ITERATIONS = (2, 64, 64, 1), 256, 30


def direction_of(theta: Arrays, seed: int = 2) -> Arrays:
    """A random direction of length 1, in the shapes of the parameters."""
    rng = np.random.default_rng(seed)
    flat, views = in_one_block([rng.standard_normal(array.shape) for array in theta])
    flat /= np.sqrt(flat @ flat)
    return views


class HandWrittenHessian:
    """The Hessian of a tanh network with two hidden layers, as two functions on buffers."""

    def __init__(self, theta: Arrays, x: np.ndarray, t: np.ndarray) -> None:
        self.theta, self.x, self.t = theta, x, t
        wide = [(len(x), bias.size) for bias in theta[1:4:2]]
        self.h1, self.s1, self.q1, self.rh1, self.rg1 = (np.empty(wide[0]) for _ in range(5))
        self.h2, self.s2, self.q2, self.rh2, self.rg2 = (np.empty(wide[1]) for _ in range(5))
        self.g2, self.extra = np.empty(wide[1]), np.empty(wide[0])
        self.e, self.re, self.extra_e = (np.empty((len(x), 1)) for _ in range(3))
        self.extra_w2, self.extra_w3 = np.empty_like(theta[2]), np.empty_like(theta[4])
        self.ones = np.ones(len(x))

    def linearise(self) -> None:
        """Fill all that does not depend on the direction: values, slopes, cotangents."""
        w1, b1, w2, b2, w3, b3 = self.theta
        h1, s1, q1, h2, s2, q2, g2, e = (
            self.h1, self.s1, self.q1, self.h2, self.s2, self.q2, self.g2, self.e
        )  # fmt: skip
        self.x.dot(w1, h1)
        np.add(h1, b1, h1)
        np.tanh(h1, h1)
        h1.dot(w2, h2)
        np.add(h2, b2, h2)
        np.tanh(h2, h2)
        h2.dot(w3, e)
        np.add(e, b3, e)
        np.subtract(e, self.t, e)
        np.multiply(e, 2.0 / len(e), e)
        np.multiply(h2, h2, s2)
        np.subtract(1.0, s2, s2)
        np.multiply(e, w3.T, q2)  # dL/dh_2
        np.multiply(q2, s2, g2)
        np.multiply(q2, h2, q2)
        np.multiply(q2, -2.0, q2)
        g2.dot(w2.T, q1)  # dL/dh_1
        np.multiply(h1, h1, s1)
        np.subtract(1.0, s1, s1)
        np.multiply(q1, h1, q1)
        np.multiply(q1, -2.0, q1)

    def product(self, direction: Arrays, out: Arrays) -> None:
        """Write the Hessian times ``direction`` to ``out``."""
        _, _, w2, _, w3, _ = self.theta
        v1, c1, v2, c2, v3, c3 = direction
        dw1, db1, dw2, db2, dw3, db3 = out
        h1, h2, rh1, rh2, rg1, rg2, re, extra = (
            self.h1, self.h2, self.rh1, self.rh2, self.rg1, self.rg2, self.re, self.extra
        )  # fmt: skip
        self.x.dot(v1, rh1)
        np.add(rh1, c1, rh1)
        np.multiply(rh1, self.s1, rh1)
        rh1.dot(w2, rh2)
        h1.dot(v2, extra)
        np.add(rh2, extra, rh2)
        np.add(rh2, c2, rh2)
        np.multiply(rh2, self.s2, rh2)
        rh2.dot(w3, re)
        h2.dot(v3, self.extra_e)
        np.add(re, self.extra_e, re)
        np.add(re, c3, re)
        np.multiply(re, 2.0 / len(re), re)
        h2.T.dot(re, dw3)
        rh2.T.dot(self.e, self.extra_w3)
        np.add(dw3, self.extra_w3, dw3)
        self.ones.dot(re, db3)
        np.multiply(re, w3.T, rg2)
        np.multiply(self.e, v3.T, extra)
        np.add(rg2, extra, rg2)
        np.multiply(rg2, self.s2, rg2)
        np.multiply(rh2, self.q2, rh2)
        np.add(rg2, rh2, rg2)
        h1.T.dot(rg2, dw2)
        rh1.T.dot(self.g2, self.extra_w2)
        np.add(dw2, self.extra_w2, dw2)
        self.ones.dot(rg2, db2)
        rg2.dot(w2.T, rg1)
        self.g2.dot(v2.T, extra)
        np.add(rg1, extra, rg1)
        np.multiply(rg1, self.s1, rg1)
        np.multiply(rh1, self.q1, rh1)
        np.add(rg1, rh1, rg1)
        self.x.T.dot(rg1, dw1)
        self.ones.dot(rg1, db1)


def limit_product(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Everything from the data on, in one step."""
    hessian, direction = HandWrittenHessian(theta, x, t), direction_of(theta)
    out = [np.empty_like(array) for array in theta]

    def step() -> tuple:
        hessian.linearise()
        hessian.product(direction, out)
        return tuple(out)

    return step


def our_product(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """One call of ``hvp``."""
    direction, x, t = direction_of(theta), Tensor(x), Tensor(t)
    return lambda: tuple(hvp(lambda theta: squared_error(theta, x, t), theta, direction))


def power_iteration(product: Callable[[np.ndarray], np.ndarray], v: np.ndarray) -> float:
    """The Rayleigh quotient after a fixed number of products; both sides share it."""
    for _ in range(ITERATIONS):
        hv = product(v)
        quotient = v.dot(hv)
        v = hv / np.sqrt(hv.dot(hv))
    return float(quotient)


def limit_eigenvalue(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Linearise once, then a product for each iteration."""
    hessian = HandWrittenHessian(theta, x, t)
    start, _ = in_one_block(direction_of(theta))
    flat, direction = in_one_block(theta)
    result, out = in_one_block(theta)

    def product(v: np.ndarray) -> np.ndarray:
        flat[:] = v
        hessian.product(direction, out)
        return result

    def step() -> tuple:
        hessian.linearise()
        return (power_iteration(product, start),)

    return step


def our_eigenvalue(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Record the gradient once; its pull-back is the Hessian, and may be called again."""
    start, _ = in_one_block(direction_of(theta))
    z, unravel = ravel(theta)
    x, t = Tensor(x), Tensor(t)
    slope = grad(lambda z: squared_error(unravel(z), x, t))

    def step() -> tuple:
        _, hessian = vjp(slope, z)
        return (power_iteration(lambda v: hessian(v)[0], start),)

    return step


def make(limit: Callable[..., Step], ours: Callable[..., Step]) -> Pair:
    """Both ways from the same parameters and data."""
    arguments = (initial(WIDTHS), *regression_data(SAMPLES, WIDTHS[0]))
    return Pair(limit(*arguments), ours(*arguments))


WORKLOADS = (
    Workload(
        "W4a",
        "one Hessian-vector product of W2's loss, from scratch",
        lambda: make(limit_product, our_product),
    ),
    Workload(
        "W4b",
        "largest Hessian eigenvalue of W2's loss, 30 power iterations",
        lambda: make(limit_eigenvalue, our_eigenvalue),
    ),
)
