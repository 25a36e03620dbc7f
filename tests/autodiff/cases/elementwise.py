"""Operands for any elementwise row, from the number and the domains of its operands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from .drawing import Case, seeds, values


@st.composite
def elementwise(draw: st.DrawFn, row: Callable[..., Any]) -> Case:
    """Operands of any shapes that broadcast, 0-d, size-1 and empty ones included."""
    op = row.op
    count = len(op.vjp)
    broadcast = draw(
        hnp.mutually_broadcastable_shapes(num_shapes=count, min_side=0, max_side=3, max_dims=3)
    )
    operands = [
        draw(values(s, d)) for s, d in zip(broadcast.input_shapes, op.domains, strict=True)
    ]
    params = {}
    if op.name == "where":
        rng = np.random.default_rng(draw(seeds))
        params["condition"] = rng.random(broadcast.result_shape) < 0.5
    return (lambda *xs: row(*xs, **params)), operands
