"""Cases for the rows of ``rules.joining``."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, shapes, values

_with_axes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3)


@st.composite
def _concatenate(draw: st.DrawFn) -> Case:
    shape = draw(_with_axes)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    axis_shapes = [
        tuple(n if i == axis % len(shape) else m for i, m in enumerate(shape)) for n in lengths
    ]
    return (lambda *xs: TABLE["concatenate"](*xs, axis=axis)), [
        draw(values(s)) for s in axis_shapes
    ]


@st.composite
def _stack(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    count = draw(st.integers(1, 3))
    return (lambda *xs: TABLE["stack"](*xs, axis=axis)), [draw(values(shape)) for _ in range(count)]


@st.composite
def _repeat(draw: st.DrawFn) -> Case:
    shape = draw(_with_axes)
    axis, count = draw(st.integers(0, len(shape) - 1)), draw(st.integers(0, 3))
    return (lambda x: TABLE["repeat"](x, repeats=count, axis=axis)), [draw(values(shape))]


@st.composite
def _tile(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    reps = draw(st.lists(st.integers(0, 3), max_size=4).map(tuple))
    return (lambda x: TABLE["tile"](x, reps=reps)), [draw(values(shape))]


@st.composite
def _pad(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    widths = tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in shape)
    return (lambda x: TABLE["pad"](x, widths=widths)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "concatenate": _concatenate(),
    "stack": _stack(),
    "repeat": _repeat(),
    "tile": _tile(),
    "pad": _pad(),
}
