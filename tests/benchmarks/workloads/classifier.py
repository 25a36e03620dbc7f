"""W3: one step of Adam on a relu classifier of the size that reads handwritten digits.

With p = softmax(z), the cross entropy -mean log p_label has the cotangent (p - onehot) / batch.
Both sides use the same Adam, written on plain arrays in place (Kingma and Ba, 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from learndyn import Tensor, affine, relu, softmax_cross_entropy, value_and_grad

from .network import Arrays, initial
from .pair import Pair, Step, Workload

WIDTHS, SAMPLES = (784, 256, 128, 10), 128
STEP_SIZE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def digits(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Noise of the digits' shape, and labels; the arithmetic does not care."""
    rng = np.random.default_rng(seed)
    return rng.random((SAMPLES, WIDTHS[0])), rng.integers(0, WIDTHS[-1], SAMPLES)


def adam(theta: Arrays) -> Callable[[Arrays], None]:
    """Return the update, in place and without temporaries, that both sides use.

    m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
    theta <- theta - eta_k m / (sqrt(v) + eps),  eta_k = eta sqrt(1 - beta2^k) / (1 - beta1^k)
    """
    m, v, scratch = ([np.zeros_like(array) for array in theta] for _ in range(3))
    powers = [1.0, 1.0]

    def update(gradients: Arrays) -> None:
        powers[0] *= BETA1
        powers[1] *= BETA2
        rate = STEP_SIZE * (1 - powers[1]) ** 0.5 / (1 - powers[0])
        for w, g, m_w, v_w, s in zip(theta, gradients, m, v, scratch, strict=True):
            np.multiply(g, 1 - BETA1, s)
            np.multiply(m_w, BETA1, m_w)
            np.add(m_w, s, m_w)
            np.multiply(g, g, s)
            np.multiply(s, 1 - BETA2, s)
            np.multiply(v_w, BETA2, v_w)
            np.add(v_w, s, v_w)
            np.sqrt(v_w, s)
            np.add(s, EPSILON, s)
            np.divide(m_w, s, s)
            np.multiply(s, rate, s)
            np.subtract(w, s, w)

    return update


def loss_of(theta: Any, x: Any, labels: np.ndarray) -> Any:
    """Cross entropy of the classifier ``theta`` = [W_1, b_1, W_2, b_2, W_3, b_3]."""
    w1, b1, w2, b2, w3, b3 = theta
    logits = affine(relu(affine(relu(affine(x, w1, b1)), w2, b2)), w3, b3)
    return softmax_cross_entropy(logits, labels)


def our_loss(x: np.ndarray, labels: np.ndarray) -> Callable[[Any], Any]:
    """The loss as a function of the parameters."""
    x = Tensor(x)
    return lambda theta: loss_of(theta, x, labels)


def ours(theta: Arrays, x: np.ndarray, labels: np.ndarray) -> Step:
    """The gradient of a function, and Adam on plain arrays."""
    theta = [array.copy() for array in theta]
    slope = value_and_grad(our_loss(x, labels))
    update = adam(theta)

    def step() -> tuple:
        loss, gradients = slope(theta)
        update(gradients)
        return (loss, *theta)

    return step


def gradient_by_hand(
    theta: Arrays, x: np.ndarray, labels: np.ndarray
) -> tuple[Callable[[], float], Arrays]:
    """A function that fills the gradients, which it returns too, and gives the loss."""
    w1, b1, w2, b2, w3, b3 = theta
    gradients = dw1, db1, dw2, db2, dw3, db3 = [np.empty_like(array) for array in theta]
    n = len(x)
    h1, g1 = (np.empty((n, w1.shape[1])) for _ in range(2))
    h2, g2 = (np.empty((n, w2.shape[1])) for _ in range(2))
    on1, on2 = np.empty(h1.shape, bool), np.empty(h2.shape, bool)
    z, column, ones, rows = np.empty((n, w3.shape[1])), np.empty((n, 1)), np.ones(n), np.arange(n)

    def gradient() -> float:
        x.dot(w1, h1)
        np.add(h1, b1, h1)
        np.maximum(h1, 0.0, out=h1)
        h1.dot(w2, h2)
        np.add(h2, b2, h2)
        np.maximum(h2, 0.0, out=h2)
        h2.dot(w3, z)
        np.add(z, b3, z)
        np.maximum.reduce(z, axis=1, keepdims=True, out=column)
        np.subtract(z, column, z)
        at_label = z[rows, labels].sum()
        np.exp(z, z)
        np.add.reduce(z, axis=1, keepdims=True, out=column)
        loss = (np.log(column).sum() - at_label) / n
        np.divide(z, column, z)
        z[rows, labels] -= 1.0
        np.divide(z, n, z)
        h2.T.dot(z, dw3)
        ones.dot(z, db3)
        z.dot(w3.T, g2)
        np.greater(h2, 0.0, on2)
        np.multiply(g2, on2, g2)
        h1.T.dot(g2, dw2)
        ones.dot(g2, db2)
        g2.dot(w2.T, g1)
        np.greater(h1, 0.0, on1)
        np.multiply(g1, on1, g1)
        x.T.dot(g1, dw1)
        ones.dot(g1, db1)
        return loss

    return gradient, gradients


def limit(theta: Arrays, x: np.ndarray, labels: np.ndarray) -> Step:
    """The gradient by hand, and the same Adam."""
    theta = [array.copy() for array in theta]
    gradient, gradients = gradient_by_hand(theta, x, labels)
    update = adam(theta)

    def step() -> tuple:
        loss = gradient()
        update(gradients)
        return (loss, *theta)

    return step


def make() -> Pair:
    """Both ways from the same parameters and data."""
    theta, (x, labels) = initial(WIDTHS), digits()
    return Pair(limit(theta, x, labels), ours(theta, x, labels))


WORKLOADS = (
    Workload(
        "W3", "MLP 784-256-128-10 relu, softmax cross entropy, batch 128, one step of Adam", make
    ),
)
