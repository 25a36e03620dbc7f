"""Products of matrices, diagonals and traces.

    Y = A B              dY = dA B + A dB,   A* = G B^T,  B* = A^T G
    d_i = X_{i, i + k}   X* has g on the same diagonal, and zeros elsewhere
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import bilinear, linear
from .gates import _value
from .reductions import sum as sum_over
from .shape import expand_dims, swapaxes

# --- matmul -----------------------------------------------------------------------------


def transposed(x: Any) -> Any:
    """The last two axes exchanged."""
    return x.mT if type(x) is np.ndarray else swapaxes(x, axis1=-1, axis2=-2)


def product(a: Any, b: Any) -> Any:
    """The product of arrays; for two matrices, dot is the same with a third of the overhead."""
    if type(a) is np.ndarray is type(b) and a.ndim == 2 == b.ndim:
        return a.dot(b)
    return np.matmul(a, b)


def adjoint_of_left(g: Any, y: Any, a: Any, b: Any, bias: Any = None) -> Any:
    """Cotangent of A in Y = A B (+ bias): G B^T, with a vector read as a row (A) or column (B)."""
    if b.ndim == 2 and a.ndim <= 2 and type(g) is type(b) is np.ndarray:
        return g.dot(b.T)
    if b.ndim == 1:
        return expand_dims(g, axis=-1) * b
    if a.ndim == 1:
        return sum_over(expand_dims(g, axis=-2) * b, axis=-1)
    return matmul(g, transposed(b))


def adjoint_of_right(g: Any, y: Any, a: Any, b: Any, bias: Any = None) -> Any:
    """Cotangent of B in Y = A B (+ bias): A^T G, with a vector read as a row (A) or column (B)."""
    if a.ndim == 2 == b.ndim and type(g) is type(a) is np.ndarray:
        return a.T.dot(g)
    if a.ndim == b.ndim == 1:
        return g * a
    if a.ndim == 1:
        return expand_dims(a, axis=-1) * expand_dims(g, axis=-2)
    if b.ndim == 1:
        return sum_over(expand_dims(g, axis=-1) * a, axis=-2)
    if b.ndim == 2 < a.ndim:  # one matrix for a whole batch: sum over it inside one product
        n = math.prod(a.shape[:-1])
        return matmul(transposed(a.reshape((n, b.shape[0]))), g.reshape((n, b.shape[1])))
    return matmul(transposed(a), g)


matmul = bilinear(
    "matmul",
    product,
    adjoint_of_left,
    adjoint_of_right,
    hint="The last axis of the first operand must be as long as the last but one of the "
    "second (the only one of a vector), leading axes must broadcast, and neither is 0-d",
    doc="Multiply matrices, as ``numpy.matmul``: a @ b, with leading axes as a batch.",
)

# --- diagonals --------------------------------------------------------------------------

_DIAGONAL_HINT = "The operand needs two different axes, each between -ndim and ndim - 1"


def _from_diagonal(
    d: Any, *, shape: tuple[int, ...], offset: int, axis1: int, axis2: int
) -> Any:
    """Zeros of ``shape`` with the last axis of ``d`` on a diagonal."""
    d = np.asarray(d)
    out = np.zeros(shape, d.dtype)
    steps = np.arange(d.shape[-1])
    rows, columns = steps + max(0, -offset), steps + max(0, offset)
    np.moveaxis(out, (axis1, axis2), (-2, -1))[..., rows, columns] = d
    return out


_diagonal = linear(
    "diagonal",
    lambda x, **where: np.diagonal(x, **where),
    lambda g, y, x, **where: _diagonal_scatter(g, shape=x.shape, **where),
    hint=_DIAGONAL_HINT,
)
_diagonal_scatter: Callable[..., Any]
_diagonal_scatter = linear(
    "diagonal_scatter",
    _from_diagonal,
    lambda g, y, d, *, shape, **where: _diagonal(g, **where),
)


def _trace_adjoint(g: Any, y: Any, x: Any, *, offset: int, axis1: int, axis2: int) -> Any:
    """G on each element of the diagonal."""
    rows, columns = x.shape[axis1], x.shape[axis2]
    length = _diagonal_length(rows, columns, offset)
    repeated = expand_dims(g, axis=-1) * np.ones(length, x.dtype)
    return _diagonal_scatter(repeated, shape=x.shape, offset=offset, axis1=axis1, axis2=axis2)


def _diagonal_length(rows: int, columns: int, offset: int) -> int:
    length = min(rows, columns - offset) if offset > 0 else min(rows + offset, columns)
    return max(0, length)


_trace = linear(
    "trace",
    lambda x, **where: np.trace(x, **where),
    _trace_adjoint,
    hint=_DIAGONAL_HINT,
)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the elements x[i, i + offset] of two axes as a last axis, as ``numpy.diagonal``.

    Raises
    ------
    ValueError
        If ``x`` has less than two axes, or ``axis1`` and ``axis2`` are the same.
    """
    return _diagonal(x, offset=offset, axis1=axis1, axis2=axis2)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sum the elements x[i, i + offset] of two axes, as ``numpy.trace``.

    Raises
    ------
    ValueError
        If ``x`` has less than two axes, or ``axis1`` and ``axis2`` are the same.
    """
    return _trace(x, offset=offset, axis1=axis1, axis2=axis2)


def diag(v: Any, k: int = 0) -> Any:
    """Make a matrix of a vector, or a vector of a matrix's diagonal, as ``numpy.diag``.

    Parameters
    ----------
    v : array_like or Tensor, shape (n,) or (n, m)
    k : int, optional
        Which diagonal: 0 is the main one, 1 lies above it, -1 below.

    Returns
    -------
    array or Tensor, shape (n + abs(k), n + abs(k)) or (length of the diagonal,)

    Raises
    ------
    ValueError
        If ``v`` is neither a vector nor a matrix.
    """
    shape = np.shape(_value(v))
    if len(shape) == 1:
        side = shape[0] + abs(k)
        return _diagonal_scatter(v, shape=(side, side), offset=k, axis1=0, axis2=1)
    if len(shape) == 2:
        return _diagonal(v, offset=k, axis1=0, axis2=1)
    raise ValueError(
        f"diag: received shape {shape}. Pass a vector (n,) or a matrix (n, m); for a batch of "
        "matrices, use diagonal"
    )
