"""Cases for the rows of ``rules.shape``."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, shapes, values


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
    axis = draw(
        st.integers(-len(shape) - 1, len(shape))
        | hnp.valid_tuple_axes(len(shape) + 2, min_size=2, max_size=2)
    )
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
def _squeeze(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    ones = [axis for axis, n in enumerate(shape) if n == 1]
    axis = draw(st.none() | st.sets(st.sampled_from(ones)).map(tuple) if ones else st.none())
    return (lambda x: TABLE["squeeze"](x, axis=axis)), [draw(values(shape))]


@st.composite
def _moveaxis(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    count = draw(st.integers(0, len(shape)))
    source, destination = (
        tuple(
            axis - len(shape) * draw(st.integers(0, 1))
            for axis in draw(st.permutations(range(len(shape))))[:count]
        )
        for _ in range(2)
    )
    row = TABLE["moveaxis"]
    return (lambda x: row(x, source=source, destination=destination)), [draw(values(shape))]


@st.composite
def _flip(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    axis = draw(st.none() | hnp.valid_tuple_axes(len(shape)))
    return (lambda x: TABLE["flip"](x, axis=axis)), [draw(values(shape))]


@st.composite
def _roll(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    shift = draw(st.integers(-5, 5))
    axis = draw(st.none() | hnp.valid_tuple_axes(len(shape), min_size=1)) if shape else None
    if axis is not None and draw(st.booleans()):
        shift = tuple(draw(st.integers(-5, 5)) for _ in axis)
    return (lambda x: TABLE["roll"](x, shift=shift, axis=axis)), [draw(values(shape))]


@st.composite
def _along(draw: st.DrawFn, name: str) -> Case:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
    axis = draw(st.integers(0, len(shape) - 1))
    params = {"axis": axis, "n": draw(st.integers(0, 4))} if name == "diff" else {"axis": axis}
    return (lambda x: TABLE[name](x, **params)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "broadcast_to": _broadcast("broadcast_to"),
    "sum_to": _broadcast("sum_to"),
    "reshape": _reshape(),
    "expand_dims": _expand_dims(),
    "squeeze": _squeeze(),
    "swapaxes": _swapaxes(),
    "moveaxis": _moveaxis(),
    "transpose": _transpose(),
    "flip": _flip(),
    "roll": _roll(),
    "cumsum": _along("cumsum"),
    "diff": _along("diff"),
}
