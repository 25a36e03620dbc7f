"""Where a model starts. Each initialiser draws one layer's weight and bias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# The first argument is a numpy.random.Generator; to name its type here would import numpy.random.
Initialiser = Callable[[Any, tuple[int, ...], int, int], tuple[np.ndarray, np.ndarray]]


def standard_normal(
    rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights and biases from N(0, 1)."""
    weight = rng.standard_normal((*ensemble, fan_in, fan_out))
    return weight, rng.standard_normal((*ensemble, 1, fan_out))


def xavier_normal(
    rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw weights from N(0, 2 / (fan_in + fan_out)), biases zero (Glorot and Bengio, 2010)."""
    scale = np.sqrt(2.0 / (fan_in + fan_out))
    weight = scale * rng.standard_normal((*ensemble, fan_in, fan_out))
    return weight, np.zeros((*ensemble, 1, fan_out))
