"""Operations that rearrange or repeat elements, and running sums and differences.

All are linear, y = A x, and each row names its adjoint A*, with <v, A u> = <A* v, u>. A
permutation's adjoint is its inverse; a repetition's adjoint is a sum; and ``broadcast_to``
and ``sum_to`` are each other's.

The rules use methods that arrays and tensors share (``g.reshape``), the shortest way for both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import linear
from ..tensor import Tensor
from .indexing import _scatter_row

Shape = int | tuple[int, ...]
Axes = int | tuple[int, ...] | None

_AXIS_HINT = "Each axis must be between -ndim and ndim - 1, and named once"

_CHANGEABLE = (list, np.ndarray)
_WITH_METHODS = (Tensor, np.ndarray)


def _frozen(numbers: Any) -> Any:
    """A tuple in place of a list or an array, which the caller could change."""
    return tuple(numbers) if isinstance(numbers, _CHANGEABLE) else numbers


def _array(x: Any) -> Any:
    """A tensor, an array or a NumPy scalar: what has NumPy's methods."""
    return x if isinstance(x, _WITH_METHODS) else np.asarray(x)


# --- broadcasting and its adjoint -------------------------------------------------------


def _sum_to(x: Any, *, shape: tuple[int, ...]) -> Any:
    full = x.shape
    lead = len(full) - len(shape)
    if lead > 0 and full[lead:] == shape:  # a bias: only new axes in front
        return np.add.reduce(x, axis=0 if lead == 1 else tuple(range(lead)))
    if lead == 0 and shape[:1] == (1,) and full[1:] == shape[1:]:  # a bias that kept its batch axis
        return np.add.reduce(x, axis=0, keepdims=True)
    if lead < 0 or any(n != m and n != 1 for n, m in zip(shape, full[lead:], strict=True)):
        raise ValueError(f"{shape} does not broadcast to {full}")
    stretched = [i + lead for i, n in enumerate(shape) if n == 1 != full[i + lead]]
    return np.add.reduce(x, axis=(*range(lead), *stretched), keepdims=True).reshape(shape)


_broadcast_to = linear(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, y, x, *, shape: sum_to(g, x.shape),
    hint="Each axis must keep its length, or be stretched from 1",
)
_sum_to_row = linear(
    "sum_to",
    lambda x, *, shape: _sum_to(np.asarray(x), shape=shape),
    lambda g, y, x, *, shape: broadcast_to(g, x.shape),
    hint="The target must be a shape that broadcasts to the operand's",
)


def broadcast_to(x: Any, shape: Shape) -> Any:
    """Stretch to ``shape``, as ``numpy.broadcast_to``: a view that repeats elements.

    Raises
    ------
    ValueError
        If an axis would have to change its length from anything but 1.
    """
    return _broadcast_to(x, shape=_frozen(shape))


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes that broadcasting from ``shape`` to the shape of ``x`` would stretch.

    It is the adjoint of ``broadcast_to``.

    Raises
    ------
    ValueError
        If ``shape`` does not broadcast to the shape of ``x``.
    """
    if type(x) is np.ndarray:  # the sweep's way: no row needed
        try:
            return _sum_to(x, shape=shape)
        except (ValueError, TypeError):
            pass  # the row says what is wrong
    return _sum_to_row(x, shape=_frozen(shape))


# --- the same elements in another shape -------------------------------------------------

_reshape = linear(
    "reshape",
    lambda x, *, shape: x.reshape(shape),
    lambda g, y, x, *, shape: g.reshape(x.shape),
    hint="The number of elements must stay the same",
)
_expand_dims = linear(
    "expand_dims",
    lambda x, *, axis: np.expand_dims(x, axis),
    lambda g, y, x, *, axis: g.reshape(x.shape),
    hint="Each axis must be a place in the result, and named once",
)
_squeeze = linear(
    "squeeze",
    lambda x, *, axis: np.squeeze(x, axis),
    lambda g, y, x, *, axis: g.reshape(x.shape),
    hint="Only axes of length 1 can be taken away",
)


def reshape(x: Any, shape: Shape) -> Any:
    """Give the same elements, in row-major order, another shape, as ``numpy.reshape``.

    Parameters
    ----------
    x : array_like or Tensor
    shape : int or tuple of int
        One length may be -1: it is inferred.

    Raises
    ------
    ValueError
        If the number of elements would change.
    """
    return _reshape(_array(x), shape=_frozen(shape))


def ravel(x: Any) -> Any:
    """Lay all elements in one vector, in row-major order, as ``numpy.ravel``."""
    return _reshape(_array(x), shape=-1)


def expand_dims(x: Any, axis: Shape) -> Any:
    """Insert axes of length 1 at the places ``axis`` of the result, as ``numpy.expand_dims``.

    Raises
    ------
    ValueError
        If a place does not exist in the result, or is named twice.
    """
    return _expand_dims(x, axis=_frozen(axis))


def squeeze(x: Any, axis: Axes = None) -> Any:
    """Take away axes of length 1 (all of them if None), as ``numpy.squeeze``.

    Raises
    ------
    ValueError
        If an axis does not exist or has another length than 1.
    """
    return _squeeze(x, axis=_frozen(axis))


# --- permutations of axes ---------------------------------------------------------------


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The permutation of axes that undoes ``axes``."""
    if axes is None:
        return None
    return tuple(int(i) for i in np.argsort([axis % len(axes) for axis in axes]))


_swapaxes = linear(
    "swapaxes",
    lambda x, *, axis1, axis2: x.swapaxes(axis1, axis2),
    lambda g, y, x, *, axis1, axis2: g.swapaxes(axis1, axis2),
    hint=_AXIS_HINT,
)
_moveaxis = linear(
    "moveaxis",
    lambda x, *, source, destination: np.moveaxis(x, source, destination),
    lambda g, y, x, *, source, destination: moveaxis(g, destination, source),
    hint=_AXIS_HINT + ", and there must be as many destinations as sources",
)
_transpose = linear(
    "transpose",
    lambda x, *, axes=None: x.transpose(axes),
    lambda g, y, x, *, axes=None: transpose(g, _inverse(axes)),
    hint="axes must name each axis of the operand once",
)


def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes, as ``numpy.swapaxes``.

    Raises
    ------
    ValueError
        If an axis does not exist.
    """
    return _swapaxes(_array(x), axis1=axis1, axis2=axis2)


def moveaxis(x: Any, source: Shape, destination: Shape) -> Any:
    """Move axes to other places; the rest keep their order, as ``numpy.moveaxis``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice, or the two differ in number.
    """
    return _moveaxis(x, source=_frozen(source), destination=_frozen(destination))


def transpose(x: Any, axes: tuple[int, ...] | None = None) -> Any:
    """Permute the axes (reverse them if None), as ``numpy.transpose``.

    Raises
    ------
    ValueError
        If ``axes`` does not name each axis once.
    """
    return _transpose(_array(x), axes=_frozen(axes))


# --- permutations of elements -----------------------------------------------------------


def _opposite(shift: Shape) -> Shape:
    return tuple(-n for n in shift) if isinstance(shift, tuple) else -shift


_flip: Callable[..., Any]
_flip = linear(
    "flip",
    lambda x, *, axis: np.flip(x, axis),
    lambda g, y, x, *, axis: _flip(g, axis=axis),
    hint=_AXIS_HINT,
)
_roll: Callable[..., Any]
_roll = linear(
    "roll",
    lambda x, *, shift, axis: np.roll(x, shift, axis),
    lambda g, y, x, *, shift, axis: _roll(g, shift=_opposite(shift), axis=axis),
    hint="shift must be an integer or one per axis, and each axis must exist",
)


def flip(x: Any, axis: Axes = None) -> Any:
    """Reverse the order along ``axis`` (all axes if None), as ``numpy.flip``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice.
    """
    return _flip(x, axis=_frozen(axis))


def roll(x: Any, shift: Shape, axis: Axes = None) -> Any:
    """Shift along ``axis``, and put in front what falls off the end, as ``numpy.roll``.

    Parameters
    ----------
    x : array_like or Tensor
    shift : int or tuple of int
        Places to move, one per axis.
    axis : int, tuple of int or None, optional
        None rolls the elements in row-major order and keeps the shape.

    Raises
    ------
    ValueError
        If an axis does not exist.
    """
    return _roll(x, shift=_frozen(shift), axis=_frozen(axis))


# --- running sums and differences -------------------------------------------------------


def _difference_adjoint(g: Any, y: Any, x: Any, *, n: int, axis: int) -> Any:
    """(-1)^n times the n-th difference of g with n zeros before and after.

    For n = 1: x_i is the end of y_{i-1} and the start of y_i, so it gets g_{i-1} - g_i.
    """
    if g.shape[axis] == 0:
        return np.zeros(x.shape, x.dtype)
    wide = [*g.shape]
    wide[axis] += 2 * n
    inside = (slice(None),) * axis + (slice(n, n + g.shape[axis]),)
    return diff(_scatter_row(g, index=inside, shape=tuple(wide)) * (-1.0) ** n, n, axis)


_cumsum: Callable[..., Any]
_cumsum = linear(
    "cumsum",
    lambda x, *, axis: np.cumsum(x, axis),
    lambda g, y, x, *, axis: _flip(_cumsum(_flip(g, axis=axis), axis=axis), axis=axis),
    hint=_AXIS_HINT,
)
_diff = linear(
    "diff", lambda x, *, n, axis: np.diff(x, n, axis), _difference_adjoint, hint=_AXIS_HINT
)


def cumsum(x: Any, axis: int | None = None) -> Any:
    """Running sum along ``axis`` (of the flat vector if None), as ``numpy.cumsum``.

    Raises
    ------
    ValueError
        If the axis does not exist.
    """
    return _cumsum(ravel(x), axis=0) if axis is None else _cumsum(x, axis=axis)


def diff(x: Any, n: int = 1, axis: int = -1) -> Any:
    """Difference of neighbours along ``axis``, taken ``n`` times, as ``numpy.diff``.

    Returns
    -------
    array or Tensor
        The axis is shorter by ``n``, and never shorter than 0.

    Raises
    ------
    ValueError
        If ``n`` is negative, the operand is 0-d, or the axis does not exist.
    """
    x = _array(x)
    if x.ndim == 0 or n < 0:
        raise ValueError(
            f"diff: received shape {x.shape}, n={n}. It needs at least one axis and n >= 0"
        )
    if -x.ndim <= axis < x.ndim:
        axis %= x.ndim
    return _diff(x, n=n, axis=axis)
