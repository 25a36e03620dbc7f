"""Operations that move, repeat or pick elements. All are linear; each row names its adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import linear

# --- broadcasting and its adjoint -------------------------------------------------------


def _sum_to(x: Any, *, shape: tuple[int, ...]) -> Any:
    x = np.asarray(x)
    lead = x.ndim - len(shape)
    if np.broadcast_shapes(x.shape, shape) != x.shape:
        raise ValueError(f"{shape} does not broadcast to {x.shape}")
    stretched = tuple(i + lead for i, n in enumerate(shape) if n == 1 != x.shape[i + lead])
    return np.sum(x, axis=tuple(range(lead)) + stretched, keepdims=True).reshape(shape)


broadcast_to = linear(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, y, x, *, shape: sum_to(g, shape=x.shape),
    hint="Each axis must keep its length, or be stretched from 1",
)
sum_to = linear(
    "sum_to",
    _sum_to,
    lambda g, y, x, *, shape: broadcast_to(g, shape=x.shape),
    hint="The target must be a shape that broadcasts to the operand's",
)

# --- rearranging ------------------------------------------------------------------------

reshape = linear(
    "reshape",
    lambda x, *, shape: np.reshape(x, shape),
    lambda g, y, x, *, shape: reshape(g, shape=x.shape),
    hint="The number of elements must stay the same",
)
expand_dims = linear(
    "expand_dims",
    lambda x, *, axis: np.expand_dims(x, axis),
    lambda g, y, x, *, axis: reshape(g, shape=x.shape),
)
swapaxes = linear(
    "swapaxes",
    lambda x, *, axis1, axis2: np.swapaxes(x, axis1, axis2),
    lambda g, y, x, *, axis1, axis2: swapaxes(g, axis1=axis1, axis2=axis2),
)
transpose = linear(
    "transpose",
    lambda x, *, axes=None: np.transpose(x, axes),
    lambda g, y, x, *, axes=None: transpose(g, axes=_inverse(axes)),
    hint="axes must name each axis of the operand once",
)


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The permutation of axes that undoes ``axes``."""
    if axes is None:
        return None
    return tuple(int(i) for i in np.argsort([axis % len(axes) for axis in axes]))


# --- indexing and its adjoint -----------------------------------------------------------


def _picks_once(index: Any) -> bool:
    """True for an index of integers and slices only, which cannot pick an element twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(part, np.ndarray) for part in parts)


def _scatter(x: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, dtype=np.result_type(x))
    if _picks_once(index):
        out[index] = x
    else:
        np.add.at(out, index, x)  # an element that was picked twice receives twice
    return out


getitem = linear(
    "getitem",
    lambda x, *, index: x[index],
    lambda g, y, x, *, index: scatter(g, index=index, shape=x.shape),
    hint="Index with integers, slices, None, ..., boolean or integer arrays",
)
scatter = linear(
    "scatter",
    _scatter,
    lambda g, y, x, *, index, shape: getitem(g, index=index),
)
