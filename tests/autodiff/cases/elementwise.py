"""Operands for any elementwise row, from the number and the domains of its operands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from .drawing import Case, seeds, values

Shape = tuple[int, ...]


def _single(shape: Shape) -> st.SearchStrategy[np.ndarray]:
    """Bounds that leave the type of a float32 operand as it is."""
    return values(shape, "quarters").map(lambda x: x.astype(np.float32))


@st.composite
def _bounds(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    """None, a number or an array, at least 0.15 from any number of the domain "halves"."""
    bound = st.none() | st.sampled_from([-1.25, -0.75, 0.25, 1.25]) | _single(shape)
    return {"a_min": draw(bound), "a_max": draw(bound)}


def _condition(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    return seeds.map(lambda s: {"condition": np.random.default_rng(s).random(shape) < 0.5})


# Keyword parameters, from the shape of the result.
_PARAMS: dict[str, Callable[[Shape], st.SearchStrategy[dict[str, Any]]]] = {
    "where": _condition,
    "clip": _bounds,
    "leaky_relu": lambda shape: st.fixed_dictionaries(
        {"negative_slope": st.sampled_from([-0.5, 0.0, 0.01, 1.5])}
    ),
    "sinc": lambda shape: st.fixed_dictionaries({"order": st.integers(0, 1)}),
}


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
    params = draw(_PARAMS[op.name](broadcast.result_shape)) if op.name in _PARAMS else {}
    return (lambda *xs: row(*xs, **params)), operands
