"""What an initialiser is, and the two draws that most of them are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# The first argument is a numpy.random.Generator; to name its type here would import numpy.random.
Initialiser = Callable[[Any, tuple[int, ...], int, int], tuple[np.ndarray, np.ndarray]]


def normal_weight(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    deviation: float,
) -> np.ndarray:
    """Independent weights from N(0, deviation^2), shape (*ensemble, fan_in, fan_out)."""
    return deviation * rng.standard_normal((*ensemble, fan_in, fan_out))


def uniform_weight(
    rng: np.random.Generator,
    ensemble: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    deviation: float,
) -> np.ndarray:
    """Independent weights of that standard deviation, uniform within sqrt(3) of it."""
    edge = np.sqrt(3.0) * deviation
    return rng.uniform(-edge, edge, (*ensemble, fan_in, fan_out))


def zero_bias(ensemble: tuple[int, ...], fan_out: int) -> np.ndarray:
    """A bias of zeros, shape (*ensemble, 1, fan_out)."""
    return np.zeros((*ensemble, 1, fan_out))


def require_at_least(number: float, least: float, caller: str, name: str) -> None:
    """Refuse a number that is below ``least`` or not finite.

    Raises
    ------
    ValueError
    """
    if not (np.isfinite(number) and number >= least):
        raise ValueError(f"{caller}: {name} must be finite and at least {least:g}, got {number}")
