"""Operations that sum over axes, with NumPy's names and arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..op import linear
from .shape import broadcast_to, reshape

Axis = int | tuple[int, ...] | None

_HINT = "Each axis must be between -ndim and ndim - 1, and named once"


def _axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """The reduced axes, counted from the front."""
    return tuple(range(len(shape))) if axis is None else normalize_axis_tuple(axis, len(shape))


def _spread(g: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Repeat a reduced array along the axes that the reduction took away."""
    axes = _axes(shape, axis)
    kept = tuple(1 if i in axes else length for i, length in enumerate(shape))
    return broadcast_to(reshape(g, shape=kept), shape=shape)


def _count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements one result sums over."""
    return math.prod(shape[i] for i in _axes(shape, axis))


_sum = linear(
    "sum",
    lambda x, *, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, *, axis, keepdims: _spread(g, x.shape, axis),
    hint=_HINT,
)
_mean = linear(
    "mean",
    lambda x, *, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, *, axis, keepdims: _spread(g / _count(x.shape, axis), x.shape, axis),
    hint=_HINT,
)


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:  # noqa: A001 - NumPy's name
    """Sum over ``axis`` (all axes if None), as ``numpy.sum``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.
    """
    return _sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Average over ``axis`` (all axes if None), as ``numpy.mean``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.
    """
    return _mean(x, axis=axis, keepdims=keepdims)
