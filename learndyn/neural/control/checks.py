"""The checks that files of this folder share: what a number or an array must be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...dynamics.running import plain


def positive(caller: str, **values: float) -> None:
    """Refuse numbers that are not positive and finite, by name."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{caller}: {name} must be positive and finite, got {value}")


def not_negative(caller: str, **values: float) -> None:
    """Refuse numbers that are negative or not finite, by name."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(
                f"{caller}: {name} must be finite and not negative, got {value}. Pass 0 to switch it off"
            )


def vector(caller: str, name: str, value: Any, size: int) -> np.ndarray:
    """Return a float64 copy of a vector of a given size with finite entries."""
    array = np.array(plain(value), dtype=np.float64)
    if array.shape != (size,) or not np.isfinite(array).all():
        raise ValueError(
            f"{caller}: {name} must be a finite vector of shape ({size},), got shape {array.shape}"
            + ("" if np.isfinite(array).all() else " with entries that are not finite")
        )
    return array


def leading(caller: str, name: str, value: Any, size: int) -> Any:
    """Return a value whose first axis holds ``size`` components; what follows is a batch."""
    shape = np.shape(plain(value))
    if not shape or shape[0] != size:
        raise ValueError(f"{caller}: {name} has {size} components on its first axis, got shape {shape}")
    return value
