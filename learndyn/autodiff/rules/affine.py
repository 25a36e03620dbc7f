"""The affine map of a layer, a product and a sum in one row.

    Y = X W + b      dY = dX W + X dW + db,   X* = G W^T,  W* = X^T G,  b* = sum of G over rows

It computes what ``x @ w + b`` computes, to the last bit, with one node in place of two and
without the array of the product.
"""

from __future__ import annotations

from typing import Any

from ..op import operation
from .linalg import adjoint_of_left, adjoint_of_right, matmul, product

_NUMBERS = frozenset({float, int, bool})


def _forward(x: Any, w: Any, b: Any) -> Any:
    y = product(x, w)
    if type(b) in _NUMBERS or b.dtype is y.dtype:
        y += b  # a NumPy scalar cannot change, and gives a new one
        return y
    total = y + b
    if total.shape != y.shape:
        raise ValueError(f"a bias of shape {b.shape} does not broadcast to {y.shape}")
    return total


affine = operation(
    "affine",
    _forward,
    vjp=(adjoint_of_left, adjoint_of_right, lambda g, y, x, w, b: g),
    jvp=(
        lambda t, y, x, w, b: matmul(t, w),
        lambda t, y, x, w, b: matmul(x, t),
        lambda t, y, x, w, b: t,
    ),
    domains=("real",) * 3,
    hint="The last axis of x must be as long as the last but one of the weight, and the bias "
    "must broadcast to the shape of their product",
    doc="Return x @ weight + bias; the bias broadcasts to the shape of the product.",
)
