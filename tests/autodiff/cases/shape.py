"""Cases for the rows of ``rules.shape``."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, seeds, shapes, values


@st.composite
def _broadcast(draw: st.DrawFn, name: str) -> Case:
    pair = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3, max_dims=3))
    small, large = pair.input_shapes[0], pair.result_shape
    start, target = (small, large) if name == "broadcast_to" else (large, small)
    return (lambda x: TABLE[name](x, shape=target)), [draw(values(start))]


@st.composite
def _reshape(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    target = draw(st.permutations([*shape, 1]).map(tuple) | st.just((int(np.prod(shape)),)))
    return (lambda x: TABLE["reshape"](x, shape=target)), [draw(values(shape))]


@st.composite
def _expand_dims(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return (lambda x: TABLE["expand_dims"](x, axis=axis)), [draw(values(shape))]


@st.composite
def _swapaxes(draw: st.DrawFn) -> Case:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3))
    axes = st.integers(-len(shape), len(shape) - 1)
    i, j = draw(axes), draw(axes)
    return (lambda x: TABLE["swapaxes"](x, axis1=i, axis2=j)), [draw(values(shape))]


@st.composite
def _transpose(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    order = draw(st.permutations(range(len(shape))))
    signed = tuple(axis - len(shape) * draw(st.integers(0, 1)) for axis in order)
    axes = draw(st.just(signed) | st.none())
    return (lambda x: TABLE["transpose"](x, axes=axes)), [draw(values(shape))]


@st.composite
def _index(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Slices, integers, None and ...; or integer arrays with repeats; or a boolean mask."""
    basic = hnp.basic_indices(shape, allow_newaxis=True)
    choices = [basic]
    if shape and all(shape):
        choices.append(hnp.integer_array_indices(shape))
        choices.append(seeds.map(lambda s: np.random.default_rng(s).random(shape) < 0.5))
    return draw(st.one_of(choices))


@st.composite
def _getitem(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    index = draw(_index(shape))
    return (lambda x: TABLE["getitem"](x, index=index)), [draw(values(shape))]


@st.composite
def _scatter(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    index = draw(_index(shape))
    picked = np.zeros(shape)[index].shape
    return (lambda x: TABLE["scatter"](x, index=index, shape=shape)), [draw(values(picked))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "broadcast_to": _broadcast("broadcast_to"),
    "sum_to": _broadcast("sum_to"),
    "reshape": _reshape(),
    "expand_dims": _expand_dims(),
    "swapaxes": _swapaxes(),
    "transpose": _transpose(),
    "getitem": _getitem(),
    "scatter": _scatter(),
}
