"""The operation tables: every operation and its derivative, a row each.

``TABLE`` maps a name to its row. The property tests draw from it, so a new row is tested
from the moment that it exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    affine,
    convolution,
    decompositions,
    elementwise,
    gates,
    indexing,
    joining,
    linalg,
    moments,
    products,
    reductions,
    shape,
    softmax,
    special,
    trigonometric,
)

TABLE: dict[str, Callable[..., Any]] = {
    row.op.name: row
    for module in (
        gates,
        elementwise,
        trigonometric,
        special,
        reductions,
        moments,
        softmax,
        linalg,
        affine,
        products,
        decompositions,
        shape,
        convolution,
        indexing,
        joining,
    )
    for row in vars(module).values()
    if hasattr(row, "op")
}
