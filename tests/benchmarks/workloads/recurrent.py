"""W6: a recurrent network, unrolled over 200 steps, forward and backward.

    h_k = tanh(h_{k-1} W + x_k U + b),   loss = mean (h_n V + c - t)^2

Backward by hand keeps the cotangents of all steps in one array, so that each parameter's
gradient is one large product and not two hundred small ones.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from learndyn import Tensor, affine, mean_square, tanh, value_and_grad

from .network import Arrays
from .pair import Pair, Step, Workload

HIDDEN, FEATURES, LENGTH, SAMPLES = 64, 2, 200, 32


def initial(seed: int = 0) -> Arrays:
    """W, U, b, V, c; the hidden weights at the edge where signals neither die nor explode."""
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((HIDDEN, HIDDEN)) / np.sqrt(HIDDEN)
    u = rng.standard_normal((FEATURES, HIDDEN))
    v = rng.standard_normal((HIDDEN, 1)) / np.sqrt(HIDDEN)
    return [w, u, 0.1 * rng.standard_normal(HIDDEN), v, np.zeros(1)]


def sequences(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, shape (length, samples, features), and targets, shape (samples, 1)."""
    x = np.random.default_rng(seed).standard_normal((LENGTH, SAMPLES, FEATURES))
    return x, np.sin(x.sum(axis=(0, 2)))[:, None]


def ours(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """The equation, step after step."""
    xs, t, rest = [Tensor(frame) for frame in x], Tensor(t), Tensor(np.zeros((SAMPLES, HIDDEN)))

    def loss(theta):
        w, u, b, v, c = theta
        h = rest
        for frame in xs:
            h = tanh(affine(h, w, affine(frame, u, b)))
        return mean_square(affine(h, v, c) - t)

    slope = value_and_grad(loss)

    def step() -> tuple:
        value, gradients = slope(theta)
        return (value, *gradients)

    return step


def limit(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Input products, slopes and weight gradients for all steps at once."""
    w, u, b, v, c = theta
    frames, w_t = x.reshape(-1, FEATURES), w.T
    h = np.zeros((LENGTH + 1, SAMPLES, HIDDEN))
    g = np.empty((LENGTH, SAMPLES, HIDDEN))  # first the slopes 1 - h^2, then the cotangents
    carried, e = np.empty((SAMPLES, HIDDEN)), np.empty((SAMPLES, 1))
    e_flat, g_flat, ones = e.ravel(), g.reshape(-1, HIDDEN), np.ones(LENGTH * SAMPLES)
    drive, before = h[1:].reshape(-1, HIDDEN), h[:-1].reshape(-1, HIDDEN)
    forward = list(pairwise(h))
    backward = list(reversed(g))
    gradients = dw, du, db, dv, dc = [np.empty_like(array) for array in theta]
    product, add, multiply, tanh = np.empty((SAMPLES, HIDDEN)), np.add, np.multiply, np.tanh

    def step() -> tuple:
        frames.dot(u, drive)
        add(drive, b, drive)
        for old, new in forward:
            old.dot(w, product)
            add(new, product, new)
            tanh(new, new)
        h[-1].dot(v, e)
        add(e, c, e)
        np.subtract(e, t, e)
        loss = e_flat.dot(e_flat) / SAMPLES
        multiply(e, 2.0 / SAMPLES, e)
        h[-1].T.dot(e, dv)
        ones[:SAMPLES].dot(e, dc)
        multiply(h[1:], h[1:], g)
        np.subtract(1.0, g, g)
        multiply(e, v.T, carried)
        for slope in backward:
            multiply(slope, carried, slope)
            slope.dot(w_t, carried)
        before.T.dot(g_flat, dw)
        frames.T.dot(g_flat, du)
        ones.dot(g_flat, db)
        return (loss, *gradients)

    return step


def make() -> Pair:
    """Both ways from the same parameters and data."""
    theta, (x, t) = initial(), sequences()
    return Pair(limit(theta, x, t), ours(theta, x, t))


WORKLOADS = (
    Workload("W6", "RNN, 64 hidden units, 200 steps, batch 32, forward and backward", make),
)
