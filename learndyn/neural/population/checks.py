"""The checks of numbers and shapes that the files of this folder share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...autodiff import Tensor


def require_number(caller: str, name: str, value: Any, *, above: float, or_equal: bool = False) -> None:
    """Refuse a value that is not a finite number above a bound, or equal to it where that is allowed.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is out of range.
    """
    if isinstance(value, bool | str) or not hasattr(value, "__float__") or getattr(value, "shape", ()) != ():
        raise TypeError(f"{caller}: {name} must be a number, got {type(value).__name__}. Pass one float")
    number = float(value)
    if not math.isfinite(number) or number < above or (number == above and not or_equal):
        bound = f"{'at least' if or_equal else 'above'} {above:g}"
        raise ValueError(f"{caller}: {name} must be finite and {bound}, got {value}")


def as_angles(caller: str, value: Any) -> Any:
    """Return angles as they are if they are a Tensor, else as a float64 array.

    Raises
    ------
    TypeError
        If they are not real numbers.
    """
    if isinstance(value, Tensor):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{caller}: angles must be real numbers, got dtype {array.dtype}. Pass radians")
    return array.astype(np.float64, copy=False)


def as_responses(caller: str, responses: Any, units: int | None = None) -> np.ndarray:
    """Return responses as a float64 array whose last axis holds the units.

    Raises
    ------
    ValueError
        If there is no such axis, or it has another length.
    """
    array = np.asarray(responses, dtype=np.float64)
    if array.ndim == 0 or (units is not None and array.shape[-1] != units):
        wanted = "one or more" if units is None else str(units)
        raise ValueError(
            f"{caller}: the last axis of the responses must hold {wanted} units, got shape {array.shape}"
        )
    return array
