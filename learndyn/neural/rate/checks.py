"""What the circuits of this package ask of their constants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...autodiff import Tensor
from ...dynamics.linearise import square_matrix


def require_positive(caller: str, **numbers: Any) -> None:
    """Refuse numbers, or arrays of them, that are not positive and finite.

    Raises
    ------
    ValueError
    """
    for name, number in numbers.items():
        value = number.numpy() if isinstance(number, Tensor) else np.asarray(number, dtype=float)
        if not (np.isfinite(value).all() and (value > 0.0).all()):
            raise ValueError(f"{caller}: {name} must be positive and finite, got {number}")


def require_count(caller: str, least: int = 1, **counts: Any) -> None:
    """Refuse what is not a whole number of at least ``least``.

    Raises
    ------
    ValueError
    """
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < least:
            raise ValueError(
                f"{caller}: {name} must be an integer of at least {least}, got {count!r}"
            )


def square_weight(weight: Any, caller: str) -> Any:
    """Return weights of shape (n, n): a Tensor as it is, anything else as a float64 copy.

    Raises
    ------
    ValueError
        If they are not a square matrix of finite numbers.
    """
    if isinstance(weight, Tensor):
        if weight.ndim != 2 or weight.shape[0] != weight.shape[1]:
            raise ValueError(
                f"{caller}: the weight must be a square matrix, got shape {weight.shape}"
            )
        return weight
    return square_matrix(weight, caller)


def symmetric_weight(weight: Any, caller: str) -> np.ndarray:
    """Return symmetric weights of shape (n, n), as a float64 copy.

    Raises
    ------
    ValueError
        If they are not symmetric up to rounding: then there is no energy.
    """
    w = square_matrix(weight, caller)
    excess = float(np.abs(w - w.T).max())
    if excess > 1e-12 * float(np.abs(w).max()):
        raise ValueError(
            f"{caller}: the weight must be symmetric, but max |W - W'| = {excess:.3g}. "
            "Only symmetric connections have this energy; take (W + W') / 2"
        )
    return w


def shaped(array: Any, shape: tuple[int, ...], caller: str, name: str) -> Any:
    """Return an array or Tensor that has a shape; an array as a float64 copy.

    Raises
    ------
    ValueError
    """
    array = array if isinstance(array, Tensor) else np.array(array, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"{caller}: {name} has shape {array.shape}, expected {shape}")
    return array


def require_finite(caller: str, **numbers: float) -> None:
    """Refuse numbers that are not finite.

    Raises
    ------
    ValueError
    """
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"{caller}: {name} must be finite, got {number}")
