"""Cases for the rows of ``rules.reductions`` and ``rules.moments``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE
from learndyn.autodiff.rules.moments import std, var

from .drawing import Case, seeds, shapes, values


@st.composite
def axes_of(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """None, a tuple of axes or one axis; negative ones too."""
    return draw(
        st.none()
        | (hnp.valid_tuple_axes(len(shape)) if shape else st.just(()))
        | (st.integers(-len(shape), len(shape) - 1) if shape else st.none())
    )


def reduced(shape: tuple[int, ...], axis: Any) -> int:
    """How many elements one result is made of."""
    ones = np.ones(shape)
    return int(ones.size if axis is None else np.prod([shape[i] for i in np.atleast_1d(axis)]))


@st.composite
def shapes_and_axes(draw: st.DrawFn, at_least: int) -> tuple[tuple[int, ...], Any]:
    """Any shape, with axes that hold enough elements; the other axes may be empty."""
    shape = draw(shapes)
    axis = draw(axes_of(shape))
    if reduced(shape, axis) < at_least:
        shape, axis = (at_least, *shape), 0
    return shape, axis


@st.composite
def _reduction(
    draw: st.DrawFn, row: Callable[..., Any], at_least: int, domain: str = "real"
) -> Case:
    shape, axis = draw(shapes_and_axes(at_least))
    keepdims = draw(st.booleans())
    return (lambda x: row(x, axis=axis, keepdims=keepdims)), [draw(values(shape, domain))]


@st.composite
def _spread_out(draw: st.DrawFn, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers with gaps of at least 0.1, in random order: no tie, and no kink near."""
    rng = np.random.default_rng(draw(seeds))
    size = int(np.prod(shape))
    return (rng.permutation(size) * 0.2 - 0.1 * size + rng.uniform(0, 0.1, size)).reshape(shape)


@st.composite
def _extremum(draw: st.DrawFn, row: Callable[..., Any]) -> Case:
    shape, axis = draw(shapes_and_axes(1))
    keepdims = draw(st.booleans())
    return (lambda x: row(x, axis=axis, keepdims=keepdims)), [draw(_spread_out(shape))]


@st.composite
def _deviation(draw: st.DrawFn, function: Callable[..., Any], at_least: int) -> Case:
    shape, axis = draw(shapes_and_axes(at_least))
    n = reduced(shape, axis)
    ddof = draw(st.sampled_from([0, 1, 0.5])) if n > 1 else 0
    keepdims = draw(st.booleans())
    x = draw(_spread_out(shape) if function is std else values(shape))
    return (lambda x: function(x, axis=axis, ddof=ddof, keepdims=keepdims)), [x]


@st.composite
def _layer_norm(draw: st.DrawFn) -> Case:
    shape, axis = draw(shapes_and_axes(1))
    eps = draw(st.sampled_from([1e-2, 0.3]))
    return (lambda x: TABLE["layer_norm"](x, axis=axis, eps=eps)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "sum": _reduction(TABLE["sum"], 0),
    "mean": _reduction(TABLE["mean"], 1),  # the mean of nothing is not a number
    "prod": _reduction(TABLE["prod"], 0),
    "mean_square": _reduction(TABLE["mean_square"], 1),
    "norm": _reduction(TABLE["norm"], 1, "nonzero"),
    "max": _extremum(TABLE["max"]),
    "min": _extremum(TABLE["min"]),
    "var": _deviation(var, 1),
    "std": _deviation(std, 2),
    "layer_norm": _layer_norm(),
}
