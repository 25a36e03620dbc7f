"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import bilinear
from .reductions import sum as sum_over
from .shape import expand_dims, swapaxes


def _product(a: Any, b: Any) -> Any:
    # For two matrices, dot is the same product with a third of the overhead.
    return a.dot(b) if np.ndim(a) == 2 == np.ndim(b) else np.matmul(a, b)


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Cotangent of A in Y = A B: G B^T, with a vector read as a row (A) or column (B)."""
    if b.ndim == 1:
        return expand_dims(g, axis=-1) * b
    if a.ndim == 1:
        return sum_over(expand_dims(g, axis=-2) * b, axis=-1)
    return matmul(g, swapaxes(b, axis1=-1, axis2=-2))


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Cotangent of B in Y = A B: A^T G, with a vector read as a row (A) or column (B)."""
    if a.ndim == b.ndim == 1:
        return g * a
    if a.ndim == 1:
        return expand_dims(a, axis=-1) * expand_dims(g, axis=-2)
    if b.ndim == 1:
        return sum_over(expand_dims(g, axis=-1) * a, axis=-2)
    return matmul(swapaxes(a, axis1=-1, axis2=-2), g)


matmul = bilinear(
    "matmul",
    _product,
    _left,
    _right,
    hint="The last axis of the first operand must be as long as the last but one of the "
    "second (the only one of a vector), leading axes must broadcast, and neither is 0-d",
)
