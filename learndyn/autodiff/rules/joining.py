"""Joining, splitting, repeating and padding arrays.

Joining is linear in each operand, and its adjoint cuts the cotangent into pieces again; the
adjoint of a repetition sums over the copies; the adjoint of padding drops the border (zeros)
or adds it to the elements that it was copied from (wrap, reflect, symmetric, edge).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..op import linear, operation
from ..tensor import Tensor
from .indexing import _axis_of, _scatter_row, getitem, take
from .reductions import sum as sum_over
from .shape import ravel

_COPIED_BORDERS = ("wrap", "reflect", "symmetric", "edge")

# --- many operands into one -------------------------------------------------------------


def _slab(place: int, operands: Any, axis: int) -> tuple[slice, ...]:
    """The index of the part of a concatenation that came from the operand at ``place``."""
    axis %= operands[place].ndim
    start = sum(x.shape[axis] for x in operands[:place])
    return (slice(None),) * axis + (slice(start, start + operands[place].shape[axis]),)


def _layer(place: int, ndim: int, axis: int) -> tuple[Any, ...]:
    """The index of the part of a stack that came from the operand at ``place``."""
    return (slice(None),) * (axis % ndim) + (place,)


def _placed(t: Any, index: tuple[Any, ...], y: Any) -> Any:
    """An operand's tangent, in its place in the result's."""
    return _scatter_row(t, index=index, shape=y.shape)


_concatenate = operation(
    "concatenate",
    lambda *xs, axis: np.concatenate(xs, axis=axis),
    vjp=lambda place, g, y, *xs, axis: g[_slab(place, xs, axis)],
    jvp=lambda place, t, y, *xs, axis: _placed(t, _slab(place, xs, axis), y),
    hint="Shapes must be equal but for the joined axis, and no operand may be 0-d",
    reads=False,
)
_stack = operation(
    "stack",
    lambda *xs, axis: np.stack(xs, axis=axis),
    vjp=lambda place, g, y, *xs, axis: g[_layer(place, y.ndim, axis)],
    jvp=lambda place, t, y, *xs, axis: _placed(t, _layer(place, y.ndim, axis), y),
    hint="All shapes must be equal, and the new axis must be a place in the result",
    reads=False,
)


def _operands(arrays: Any, axis: Any, caller: str) -> list[Any]:
    """The arrays to join, each a tensor or an array."""
    if isinstance(axis, Tensor | np.ndarray):
        raise TypeError(
            f"{caller}: axis is a {type(axis).__name__}. Pass the arrays as one list: "
            f"{caller}([a, b], axis=0)"
        )
    if not hasattr(arrays, "__len__"):
        raise TypeError(
            f"{caller}: received a {type(arrays).__name__}. Pass a list or a tuple of arrays"
        )
    if len(arrays) == 0:
        raise ValueError(f"{caller}: received no arrays. Pass at least one")
    return [x if isinstance(x, Tensor | np.ndarray) else np.asarray(x) for x in arrays]


def concatenate(arrays: Any, axis: int | None = 0) -> Any:
    """Join arrays along an axis that they have, as ``numpy.concatenate``.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        Of equal shapes but for the joined axis.
    axis : int or None, optional
        None joins the flattened arrays.

    Raises
    ------
    ValueError
        If there is no array, shapes do not fit, one is 0-d, or the axis does not exist.
    TypeError
        If the arrays are given one by one and not as one list.
    """
    operands = _operands(arrays, axis, "concatenate")
    if axis is None:
        return _concatenate(*[ravel(x) for x in operands], axis=0)
    return _concatenate(*operands, axis=axis)


def stack(arrays: Any, axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis, as ``numpy.stack``.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
    axis : int, optional
        The place of the new axis in the result.

    Raises
    ------
    ValueError
        If there is no array, shapes differ, or the place does not exist in the result.
    TypeError
        If the arrays are given one by one and not as one list.
    """
    return _stack(*_operands(arrays, axis, "stack"), axis=axis)


# --- one operand into many --------------------------------------------------------------


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Cut into parts along an axis, as ``numpy.split``.

    Parameters
    ----------
    x : array_like or Tensor
    indices_or_sections : int, or sequence of int
        The number of equal parts, or the places to cut.
    axis : int, optional

    Returns
    -------
    list of arrays or Tensors
        Each is a ``getitem`` of ``x``.

    Raises
    ------
    ValueError
        If the axis does not exist, or its length is no multiple of the number of parts.
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    axis = _axis_of(x, axis, "split")
    length = x.shape[axis]
    if isinstance(indices_or_sections, int | np.integer):
        parts = int(indices_or_sections)
        if parts < 1 or length % parts:
            raise ValueError(
                f"split: received shape {x.shape}, axis={axis}, {parts} parts. The axis of length "
                f"{length} must split into equal parts; or pass the places to cut"
            )
        cuts = [length // parts * i for i in range(1, parts)]
    else:
        cuts = [int(cut) for cut in np.asarray(indices_or_sections, dtype=np.intp)]
    before = (slice(None),) * axis
    edges = [0, *cuts, length]
    return [getitem(x, (*before, slice(start, end))) for start, end in pairwise(edges)]


# --- repetition -------------------------------------------------------------------------


def _repeat_adjoint(g: Any, y: Any, x: Any, *, repeats: int, axis: int) -> Any:
    shape = x.shape
    copies = g.reshape((*shape[: axis + 1], repeats, *shape[axis + 1 :]))
    return sum_over(copies, axis=axis + 1)


def _tile_adjoint(g: Any, y: Any, x: Any, *, reps: tuple[int, ...]) -> Any:
    """Sum over the copies: read y as (r0, n0, r1, n1, ...) and sum over each r."""
    ndim = max(len(reps), x.ndim)
    lengths = (1,) * (ndim - x.ndim) + x.shape
    counts = (1,) * (ndim - len(reps)) + reps
    pairs = [n for pair in zip(counts, lengths, strict=True) for n in pair]
    return sum_over(g.reshape(tuple(pairs)), axis=tuple(range(0, 2 * ndim, 2))).reshape(x.shape)


_repeat = linear(
    "repeat",
    lambda x, *, repeats, axis: np.repeat(x, repeats, axis=axis),
    _repeat_adjoint,
    hint="repeats must not be negative",
)
_tile = linear(
    "tile",
    lambda x, *, reps: np.tile(x, reps),
    _tile_adjoint,
    hint="reps must be integers and not negative",
)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each element, as ``numpy.repeat``.

    Parameters
    ----------
    x : array_like or Tensor
    repeats : int, or array_like of int with one count per element of the axis
        Copied.
    axis : int, optional
        By default the operand is read as one flat vector.

    Raises
    ------
    ValueError
        If a count is negative, their number does not fit, or the axis does not exist.
    TypeError
        If the counts are not integers.
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = _axis_of(x, axis, "repeat")
    counts = _counts(repeats, "repeat")
    if counts.size == 1:
        return _repeat(x, repeats=int(counts.item()), axis=axis)
    if counts.shape != (x.shape[axis],):
        raise ValueError(
            f"repeat: received shape {x.shape}, axis={axis}, repeats of shape {counts.shape}. "
            f"Pass one count, or {x.shape[axis]}"
        )
    return take(x, np.repeat(np.arange(x.shape[axis]), counts), axis=axis)


def tile(x: Any, reps: int | tuple[int, ...]) -> Any:
    """Lay copies of the whole side by side, as ``numpy.tile``.

    Parameters
    ----------
    x : array_like or Tensor
    reps : int or tuple of int
        Copies along each axis, counted from the last; missing axes are added in front.

    Raises
    ------
    ValueError
        If a number of copies is negative.
    TypeError
        If the numbers are not integers.
    """
    counts = _counts(reps, "tile")
    return _tile(x, reps=tuple(counts.reshape(-1).tolist()))


def _counts(counts: Any, caller: str) -> np.ndarray:
    if isinstance(counts, Tensor):
        raise TypeError(f"{caller}: the counts are a Tensor. Pass integers")
    array = np.array(counts)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{caller}: received counts of dtype {array.dtype}. Pass integers")
    if array.size and array.min() < 0:
        raise ValueError(f"{caller}: received the count {array.min()}. Counts cannot be negative")
    return array.astype(np.intp)


# --- borders ----------------------------------------------------------------------------


def _interior(shape: tuple[int, ...], widths: tuple[tuple[int, int], ...]) -> tuple[slice, ...]:
    return tuple(slice(low, low + n) for n, (low, _) in zip(shape, widths, strict=True))


def _zero_padded(x: Any, *, widths: tuple[tuple[int, int], ...]) -> Any:
    # numpy.pad does the same in ten times as long on a small array.
    wide = tuple(n + low + high for n, (low, high) in zip(x.shape, widths, strict=True))
    out = np.zeros(wide, x.dtype)
    out[_interior(x.shape, widths)] = x
    return out


_pad = linear(
    "pad",
    _zero_padded,
    lambda g, y, x, *, widths: g[_interior(x.shape, widths)],
    hint="pad_width is one number, one pair (before, after), or a pair per axis, none negative",
)


def pad(x: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0.0) -> Any:
    """Put a border around an array, as ``numpy.pad``.

    Parameters
    ----------
    x : array_like or Tensor
    pad_width : int, pair of int, or sequence with a pair (before, after) per axis
    mode : {"constant", "wrap", "reflect", "symmetric", "edge"}
        What the border is: ``constant_values``, or copies of elements. A copied element gets
        back the cotangents of all its copies.
    constant_values : scalar or array_like, optional
        As in NumPy; it carries no derivative.

    Raises
    ------
    ValueError
        If the widths do not fit or are negative, the mode is not one of those above, or an
        empty axis would have to be copied.
    TypeError
        If the widths are not integers, or ``constant_values`` is a Tensor.
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    widths = _widths(pad_width, x.shape)
    if isinstance(constant_values, Tensor):
        raise TypeError(
            "pad: constant_values is a Tensor, but carries no derivative. Pass a number, or join "
            "the border with concatenate"
        )
    if mode == "constant":
        padded = _pad(x, widths=widths)
        if not np.any(constant_values):
            return padded
        border = np.pad(np.zeros(x.shape, x.dtype), widths, constant_values=constant_values)
        return padded + border
    if mode not in _COPIED_BORDERS:
        raise ValueError(
            f"pad: received mode {mode!r}. Use 'constant', " + ", ".join(map(repr, _COPIED_BORDERS))
        )
    for axis, (low, high) in enumerate(widths):
        if low or high:
            if x.shape[axis] == 0:
                raise ValueError(
                    f"pad: received shape {x.shape}, mode {mode!r}: axis {axis} is empty, so "
                    "there is nothing to copy. Use mode 'constant'"
                )
            source = np.pad(np.arange(x.shape[axis]), (low, high), mode=mode)  # type: ignore[call-overload]
            x = take(x, source, axis=axis)
    return x


def _widths(pad_width: Any, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """A pair (before, after) for each axis."""
    given = np.asarray(pad_width)
    if given.dtype.kind not in "iu":
        raise TypeError(f"pad: received pad_width {pad_width!r}. Widths are integers")
    try:
        pairs = np.broadcast_to(given, (len(shape), 2)).tolist()
    except ValueError as error:
        raise ValueError(
            f"pad: received shape {shape}, pad_width {pad_width!r}. Pass one number, one pair "
            "(before, after), or a pair per axis"
        ) from error
    if given.size and given.min() < 0:
        raise ValueError(f"pad: received pad_width {pad_width!r}. Widths cannot be negative")
    return tuple((low, high) for low, high in pairs)
