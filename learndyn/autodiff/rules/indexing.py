"""Picking elements and adding them back: gather and scatter are each other's adjoints.

With an index that picks element ``p(k)`` of x into place k, and e_i the i-th unit vector,

    gather:   y_k = x_{p(k)}                scatter:   z = sum_k y_k e_{p(k)}

so <y, gather(x)> = <scatter(y), x>: an element that is picked twice gets back both cotangents.

An index is never differentiated. It is copied, so that the caller may change it before the
backward pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from ..op import linear
from ..tensor import Tensor

_HINT = "Index with integers, slices, None, ..., boolean or integer arrays, within the shape"

# --- an index that nobody else can change -------------------------------------------------


def frozen_index(index: Any, caller: str = "getitem") -> Any:
    """Copy the arrays in an index; refuse what is no index.

    Raises
    ------
    TypeError
        If a part is a Tensor.
    IndexError
        If an array is not of integers or booleans, or a list is no array.
    """
    kind = type(index)
    if kind is int or kind is slice:
        return index
    if kind is tuple:
        return tuple([frozen_index(part, caller) for part in index])
    if isinstance(index, Tensor):
        raise TypeError(
            f"{caller}: a Tensor cannot be an index. Index with integers or booleans: a "
            "comparison such as t > 0, or tensor.numpy().astype(int)"
        )
    return _frozen_array(index, caller) if isinstance(index, np.ndarray | list) else index


def _frozen_array(index: Any, caller: str) -> np.ndarray:
    try:
        array = np.array(index)
    except (TypeError, ValueError) as error:
        raise IndexError(f"{caller}: a list in the index is no array ({error})") from error
    if array.size == 0 and isinstance(index, list):
        return array.astype(np.intp)
    if array.dtype.kind not in "iub":
        raise IndexError(
            f"{caller}: received an index array of dtype {array.dtype}. Index with integers or "
            "booleans: index.astype(int)"
        )
    return array


def _may_repeat(index: Any) -> bool:
    """True if integers in an array are part of the index: only they can pick twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        isinstance(part, list) or (isinstance(part, np.ndarray) and part.dtype.kind != "b")
        for part in parts
    )


# --- any index ----------------------------------------------------------------------------


def _rows(index: Any, shape: tuple[int, ...]) -> np.ndarray | None:
    """For ``:, ..., :, integers``: where each picked element lies in the flat array."""
    *before, last = index if isinstance(index, tuple) else (index,)
    axis = len(before)
    whole = all(isinstance(part, slice) and part == slice(None) for part in before)
    if not whole or not isinstance(last, np.ndarray) or last.dtype.kind not in "iu":
        return None
    length, row = shape[axis], math.prod(shape[axis + 1 :])
    places = (last.astype(np.intp).reshape(-1, 1) % length) * row + np.arange(row)
    if axis:
        blocks = np.arange(math.prod(shape[:axis])) * (length * row)
        places = blocks.reshape(-1, 1, 1) + places
    return places.reshape(*shape[:axis], *last.shape, *shape[axis + 1 :])


def _scatter(x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, x.dtype)
    if not _may_repeat(index):
        out[index] = x
        return out
    # add.at is four times as fast on vectors, which pays for spelling the places out.
    places = _rows(index, shape) if x.size >= 256 and len(shape) > 1 else None
    if places is None:
        np.add.at(out, index, x)
    else:
        np.add.at(out.reshape(-1), places.reshape(-1), np.broadcast_to(x, places.shape).reshape(-1))
    return out


_getitem = linear(
    "getitem",
    lambda x, *, index: x[index],
    lambda g, y, x, *, index: _scatter_row(g, index=index, shape=x.shape),
    hint=_HINT,
)
_scatter_row: Callable[..., Any]
_scatter_row = linear(
    "scatter",
    _scatter,
    lambda g, y, x, *, index, shape: _getitem(g, index=index),
    hint="The operand must broadcast to what the index picks from the shape",
)


def getitem(x: Any, index: Any) -> Any:
    """Pick elements: ``x[index]`` as a function, with NumPy's indexing.

    Parameters
    ----------
    x : array_like or Tensor
    index : int, slice, None, Ellipsis, array of int or bool, or a tuple of them
        Copied. Slices may have negative steps; integer arrays may repeat elements.

    Returns
    -------
    array or Tensor
        Of the shape that NumPy gives.

    Raises
    ------
    IndexError
        If the index leaves the shape, or is a float.
    TypeError
        If the index is a Tensor.
    """
    return _getitem(x, index=frozen_index(index))


def scatter(x: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Put ``x`` where ``index`` points in an array of zeros; what meets in one place adds up.

    It is the adjoint of ``getitem``.

    Parameters
    ----------
    x : array_like or Tensor
        Broadcasts to the shape that the index picks.
    index : as in ``getitem``
        Copied.
    shape : tuple of int
        Of the result.

    Raises
    ------
    IndexError
        If the index leaves the shape, or is a float.
    TypeError
        If the index is a Tensor.
    ValueError
        If ``x`` does not broadcast to what the index picks.
    """
    shape = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    return _added(x, frozen_index(index, "scatter"), shape, "scatter")


def scatter_add(x: Any, index: Any, values: Any) -> Any:
    """Return ``x`` with ``values`` added where ``index`` points, repeats included.

    It is ``numpy.add.at`` without the change in place, and ``x.at[index].add(values)`` of JAX.

    Parameters
    ----------
    x : array_like or Tensor
    index : as in ``getitem``
        Copied.
    values : array_like or Tensor
        Broadcast to ``x[index]``.

    Returns
    -------
    array or Tensor
        Of the shape of ``x``.

    Raises
    ------
    IndexError, TypeError, ValueError
        As ``scatter``.
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    return x + _added(values, frozen_index(index, "scatter_add"), x.shape, "scatter_add")


def _added(x: Any, index: Any, shape: tuple[int, ...], caller: str) -> Any:
    """Scatter, after a check that x has the picked shape or broadcasts to it."""
    x = x if isinstance(x, Tensor) else np.asarray(x)
    try:
        picked = np.empty(shape, bool)[index].shape
    except IndexError as error:
        raise IndexError(f"{caller}: shape {shape}, index {index!r}. {_HINT} ({error})") from error
    try:
        fits = np.broadcast_shapes(x.shape, picked) == picked
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"{caller}: received values of shape {x.shape}, but the index picks shape {picked} "
            f"from {shape}. The values must broadcast to it"
        )
    return _scatter_row(x, index=index, shape=shape)


# --- along one axis -----------------------------------------------------------------------


def _along(shape: tuple[int, ...], indices: np.ndarray, axis: int) -> tuple[Any, ...]:
    """The index that picks ``indices`` along one axis and the same place on all others."""
    return tuple(
        indices
        if i == axis
        else np.arange(n).reshape((1,) * i + (n,) + (1,) * (len(shape) - i - 1))
        for i, n in enumerate(shape)
    )


_take = linear(
    "take",
    lambda x, *, indices, axis: np.take(x, indices, axis=axis),
    lambda g, y, x, *, indices, axis: _scatter_row(
        g, index=(slice(None),) * axis + (indices,), shape=x.shape
    ),
    hint="The axis must exist, and each index must be between -n and n - 1",
)
_take_along_axis = linear(
    "take_along_axis",
    lambda x, *, indices, axis: np.take_along_axis(x, indices, axis),
    lambda g, y, x, *, indices, axis: _scatter_row(
        g, index=_along(x.shape, indices, axis), shape=x.shape
    ),
    hint="indices must have as many axes as the operand, broadcast with it on all axes but one, "
    "and lie between -n and n - 1",
)


def _integers(indices: Any, caller: str) -> np.ndarray:
    """A private copy of an integer array."""
    if isinstance(indices, Tensor):
        raise TypeError(
            f"{caller}: the indices are a Tensor. Pass integers, such as tensor.numpy().astype(int)"
        )
    array = np.array(indices)
    if array.size == 0 and isinstance(indices, list | tuple):
        return array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{caller}: received indices of dtype {array.dtype}. Pass integers")
    return array


def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Pick ``indices`` along an axis, as ``numpy.take``: rows of an embedding, for example.

    Parameters
    ----------
    x : array_like or Tensor
    indices : int or array_like of int, any shape
        Copied. May be negative, and may repeat.
    axis : int, optional
        By default the operand is read as one flat vector.

    Returns
    -------
    array or Tensor
        The axis is replaced by the shape of ``indices``.

    Raises
    ------
    IndexError
        If an index is out of range.
    TypeError
        If the indices are not integers.
    ValueError
        If the axis does not exist.
    """
    indices = _integers(indices, "take")
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if axis is None:
        return _take(x.reshape(-1), indices=indices, axis=0)
    return _take(x, indices=indices, axis=_axis_of(x, axis, "take"))


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """Pick along one axis at each place of the others, as ``numpy.take_along_axis``.

    With ``axis=-1``: y[i, k] = x[i, indices[i, k]]. (In PyTorch: ``gather``.)

    Parameters
    ----------
    x : array_like or Tensor
    indices : array_like of int
        As many axes as ``x``; the others broadcast. Copied.
    axis : int or None, optional
        None reads the operand as one flat vector, and then the indices are 1-d.

    Raises
    ------
    IndexError
        If an index is out of range, or the shapes do not fit.
    TypeError
        If the indices are not integers.
    ValueError
        If the axis does not exist, or the numbers of axes differ.
    """
    indices = _integers(indices, "take_along_axis")
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if axis is None:
        return _take_along_axis(x.reshape(-1), indices=indices, axis=0)
    return _take_along_axis(x, indices=indices, axis=_axis_of(x, axis, "take_along_axis"))


def _axis_of(x: Any, axis: int, caller: str) -> int:
    """The axis, counted from the front."""
    try:
        return normalize_axis_index(axis, x.ndim)
    except ValueError as error:
        raise ValueError(
            f"{caller}: received shape {x.shape}, axis={axis}. The axis must be between "
            f"{-x.ndim} and {x.ndim - 1}"
        ) from error


def one_hot(indices: Any, classes: int, *, dtype: Any = np.float64) -> np.ndarray:
    """Return the rows of the identity matrix at ``indices``: a constant array.

    Parameters
    ----------
    indices : int or array_like of int, any shape
    classes : int
        Length of the new last axis.
    dtype : dtype, optional

    Returns
    -------
    ndarray, shape ``(*indices.shape, classes)``
        1 at each index, 0 elsewhere. It carries no derivative.

    Raises
    ------
    IndexError
        If an index is not between 0 and ``classes - 1``.
    TypeError
        If the indices are not integers.
    """
    labels = _integers(indices, "one_hot")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise IndexError(
            f"one_hot: received indices from {labels.min()} to {labels.max()}, but there are "
            f"{classes} classes, 0 to {classes - 1}"
        )
    return (labels[..., None] == np.arange(classes)).astype(dtype)
