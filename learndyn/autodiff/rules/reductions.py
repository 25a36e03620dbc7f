"""Operations that reduce over axes, with NumPy's names, arguments and defaults.

With n elements to one result y, the derivatives along dx are

    sum    sum dx
    mean   sum dx / n
    prod   sum_i dx_i prod_{j != i} x_j
    max    mean of dx over the places where x = y, and min alike

Conventions, each pinned by a test: tied maxima share the derivative in equal parts. prod
divides by nothing, so zeros among the factors are no singular points.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..op import linear, operation
from ..tensor import Tensor
from .gates import _value
from .indexing import getitem, scatter
from .shape import broadcast_to, reshape

Axis = int | tuple[int, ...] | None

AXIS_HINT = "Each axis must be between -ndim and ndim - 1, and named once"
NONEMPTY_HINT = AXIS_HINT + "; a reduced axis must not be empty"
_FILL_UP_TO = 4096  # elements that are faster written out than described by strides of 0

# --- axes and shapes --------------------------------------------------------------------


def _axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """The reduced axes, counted from the front. NumPy lets axis 0 of a 0-d array pass."""
    if axis is None or not shape:
        return tuple(range(len(shape)))
    return normalize_axis_tuple(axis, len(shape))


def count_along(shape: tuple[int, ...], axis: Axis) -> int:
    """How many elements one result is made of."""
    if axis is None:
        return math.prod(shape)
    if type(axis) is int and shape:
        return shape[axis]
    return math.prod([shape[i] for i in _axes(shape, axis)])


def unreduced(g: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """A reduced array with axes of length 1 put back, so that it broadcasts to ``shape``."""
    if axis is None or g.ndim == len(shape):
        return g
    if type(axis) is int:
        kept = list(shape)
        kept[axis] = 1
    else:
        axes = _axes(shape, axis)
        kept = [1 if i in axes else length for i, length in enumerate(shape)]
    return g.reshape(tuple(kept))


def _spread(g: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Repeat a reduced array along the axes that the reduction took away."""
    g = unreduced(g, shape, axis)
    if isinstance(g, Tensor):
        return broadcast_to(g, shape=shape)
    if math.prod(shape) > _FILL_UP_TO:
        return np.broadcast_to(g, shape)
    out = np.empty(shape, g.dtype)
    out[...] = g
    return out


# --- sum and mean -----------------------------------------------------------------------


def floating(x: Any) -> Any:
    """A float array; integers would overflow when they are squared or summed."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def warn_not_finite(name: str, shape: tuple[int, ...], axis: Axis, what: str) -> None:
    """NumPy's warning, with the operation's name."""
    warnings.warn(
        f"{name}: received shape {shape}, axis={axis}. {what}, so the result is not finite",
        RuntimeWarning,
        stacklevel=2,
    )


def _mean_of(x: Any, *, axis: Axis = None, keepdims: bool = False) -> Any:
    x = floating(x)
    total = np.add.reduce(x, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]
    n = count_along(x.shape, axis)
    if n:
        return total / n
    if total.size:
        warn_not_finite("mean", x.shape, axis, "There is nothing to average")
    return total + np.asarray(np.nan, x.dtype)


def _mean_adjoint(g: Any, y: Any, x: Any, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return _spread(g / (count_along(x.shape, axis) or 1), x.shape, axis)


_sum = linear(
    "sum",
    lambda x, *, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, *, axis=None, keepdims=False: _spread(g, x.shape, axis),
    hint=AXIS_HINT,
)
_mean = linear("mean", _mean_of, _mean_adjoint, hint=AXIS_HINT)


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:  # NumPy's name
    """Sum over ``axis`` (all axes if None), as ``numpy.sum``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.
    """
    if axis is None and not keepdims:
        return _sum(x)
    return _sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Average over ``axis`` (all axes if None), as ``numpy.mean``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.

    Warns
    -----
    RuntimeWarning
        If there is nothing to average: the result is NaN.
    """
    if axis is None and not keepdims:
        return _mean(x)
    return _mean(x, axis=axis, keepdims=keepdims)


# --- prod -------------------------------------------------------------------------------


def products_of_others(x: Any) -> Any:
    """For each element along the last axis, the product of all others, without division.

    Products of pairs, of pairs of pairs, and so on go up a binary tree. Down again, what
    multiplies a child is what multiplies its parent, times its sibling: 3n products in all,
    each differentiable at any order, also where factors are zero.
    """
    n = x.shape[-1]
    width = 1 << (n - 1).bit_length()
    if width > n:  # neutral leaves
        shape, filled = (*x.shape[:-1], width), (..., slice(0, n))
        ones = (np.arange(width) >= n).astype(x.dtype)
        x = scatter(x, index=filled, shape=shape) + ones
    levels = []
    while x.shape[-1] > 1:
        pairs = x.reshape((*x.shape[:-1], x.shape[-1] // 2, 2))
        levels.append(pairs)
        x = getitem(pairs, index=(..., 0)) * getitem(pairs, index=(..., 1))
    others = np.ones(x.shape, x.dtype)
    for pairs in reversed(levels):
        siblings = getitem(pairs, index=(..., slice(None, None, -1)))
        products = others[..., None] * siblings
        others = products.reshape((*products.shape[:-2], 2 * products.shape[-2]))
    return getitem(others, index=(..., slice(0, n))) if width > n else others


def _prod_slope(x: Any, axis: Axis) -> Any:
    """The derivative of the product, element by element: its axes go last, become one, go back."""
    axes = _axes(x.shape, axis)
    order = (*(i for i in range(x.ndim) if i not in axes), *axes)
    moved = x.transpose(order)
    lengths = moved.shape[: x.ndim - len(axes)]
    others = products_of_others(moved.reshape((*lengths, count_along(x.shape, axis))))
    back = tuple(int(i) for i in np.argsort(order))
    return reshape(others, shape=moved.shape).transpose(back)


def _prod_tangent(t: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return sum(t * _prod_slope(x, axis), axis=axis, keepdims=keepdims)


_prod = operation(
    "prod",
    lambda x, *, axis, keepdims: np.multiply.reduce(x, axis=axis, keepdims=keepdims),
    vjp=(
        lambda g, y, x, *, axis, keepdims: _prod_slope(x, axis) * unreduced(g, x.shape, axis),
    ),
    jvp=(_prod_tangent,),
    hint=AXIS_HINT,
)


def prod(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Multiply over ``axis`` (all axes if None), as ``numpy.prod``.

    Derivatives of every order are right where factors are zero. The product of nothing is 1.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.
    """
    return _prod(x, axis=axis, keepdims=keepdims)


# --- max and min ------------------------------------------------------------------------


def _shares(y: Any, x: Any, axis: Axis) -> Any:
    """Which elements attain the extremum, as shares of 1; a constant, NaN where y is."""
    x, y = _value(x), _value(y)
    attained = np.equal(x, unreduced(y, x.shape, axis))
    count = np.add.reduce(attained, axis=axis, keepdims=True, dtype=x.dtype)
    if np.count_nonzero(count) != np.size(count):
        count = np.where(count == 0, np.nan, count)
    return np.divide(attained, count, dtype=x.dtype)


def _extremum_gradient(g: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return unreduced(g, x.shape, axis) * _shares(y, x, axis)


def _extremum_tangent(t: Any, y: Any, x: Any, *, axis: Axis, keepdims: bool) -> Any:
    return sum(t * _shares(y, x, axis), axis=axis, keepdims=keepdims)


_max, _min = (
    operation(
        name,
        lambda x, *, axis, keepdims, ufunc=ufunc: ufunc.reduce(x, axis=axis, keepdims=keepdims),
        vjp=(_extremum_gradient,),
        jvp=(_extremum_tangent,),
        hint=NONEMPTY_HINT,
    )
    for name, ufunc in (("max", np.maximum), ("min", np.minimum))
)


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:  # NumPy's name
    """Return the largest number over ``axis`` (all axes if None), as ``numpy.max``.

    Raises
    ------
    ValueError
        If an axis does not exist, is named twice, or is empty.

    Notes
    -----
    Tied maxima share the derivative in equal parts, which add up to 1.
    """
    return _max(x, axis=axis, keepdims=keepdims)


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:  # NumPy's name
    """Return the smallest number over ``axis`` (all axes if None), as ``numpy.min``.

    Errors and the convention at ties are those of ``max``.
    """
    return _min(x, axis=axis, keepdims=keepdims)
