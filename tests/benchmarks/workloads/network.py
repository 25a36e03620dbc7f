"""A tanh network's parameters and loss, as a user of learndyn writes them, and flat storage.

    h_0 = x,   h_k = tanh(h_{k-1} W_k + b_k),   p = h_{n-1} W_n + b_n,   loss = mean (p - t)^2
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from learndyn import affine, mean_square, tanh

Arrays = list[np.ndarray]


def initial(widths: tuple[int, ...], seed: int = 0) -> Arrays:
    """W_1, b_1, W_2, b_2, ... with W ~ N(0, 1 / fan_in) and small random biases."""
    rng = np.random.default_rng(seed)
    arrays = []
    for fan_in, fan_out in pairwise(widths):
        arrays.append(rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in))
        arrays.append(0.1 * rng.standard_normal(fan_out))
    return arrays


def regression_data(samples: int, features: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and a smooth target of them, shape (samples, 1)."""
    x = np.random.default_rng(seed).standard_normal((samples, features))
    return x, np.sin(x.sum(axis=1, keepdims=True))


def xor_data() -> tuple[np.ndarray, np.ndarray]:
    """The four inputs of XOR and their labels."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([[0.0], [1.0], [1.0], [0.0]])


def squared_error(theta: Any, x: Any, t: Any) -> Any:
    """The loss of the network ``theta`` = [W_1, b_1, ...]."""
    h = x
    for weight, bias in zip(theta[:-2:2], theta[1:-2:2], strict=True):
        h = tanh(affine(h, weight, bias))
    return mean_square(affine(h, theta[-2], theta[-1]) - t)


def in_one_block(arrays: Arrays) -> tuple[np.ndarray, Arrays]:
    """A flat copy of the arrays, and views of it in their shapes: one call updates all."""
    flat = np.concatenate([array.ravel() for array in arrays])
    ends = np.cumsum([array.size for array in arrays])
    views = [
        flat[end - array.size : end].reshape(array.shape)
        for array, end in zip(arrays, ends, strict=True)
    ]
    return flat, views
