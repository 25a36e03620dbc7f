"""How to call each row of the operation table, with operands drawn to fit.

The elementwise rows need no entry: their operands follow from their number and domains.
Every other row has a strategy for ``(call, operands)``, where ``call(*operands)`` applies
the row with keyword parameters that suit the operands' shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

Case = tuple[Callable[..., Any], list[np.ndarray]]

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
nonempty = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)
seeds = st.integers(0, 2**32 - 1)

# Inputs keep well away from kinks and poles: ten times the checker's step and more.
_DRAW = {
    "real": lambda rng, shape: rng.uniform(-2, 2, shape),
    "positive": lambda rng, shape: rng.uniform(0.4, 2, shape),
    "nonzero": lambda rng, shape: rng.uniform(0.4, 2, shape) * rng.choice([-1.0, 1.0], shape),
}


def values(shape: tuple[int, ...], domain: str = "real") -> st.SearchStrategy[np.ndarray]:
    """Arrays of random numbers; every other one is a strided view."""

    def draw(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        if seed % 2 and shape:
            wide = (*shape[:-1], 2 * shape[-1])
            return np.asarray(_DRAW[domain](rng, wide))[..., ::2]
        return np.asarray(_DRAW[domain](rng, shape))

    return seeds.map(draw)


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


@st.composite
def _reduction(draw: st.DrawFn, row: Callable[..., Any], sizes: Any) -> Case:
    shape = draw(sizes)
    axis = draw(
        st.none()
        | (hnp.valid_tuple_axes(len(shape)) if shape else st.just(()))
        | (st.integers(-len(shape), len(shape) - 1) if shape else st.none())
    )
    keepdims = draw(st.booleans())
    return (lambda x: row(x, axis=axis, keepdims=keepdims)), [draw(values(shape))]


@st.composite
def _matmul(draw: st.DrawFn) -> Case:
    both = draw(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, min_side=0, max_side=3, max_dims=2))
    return TABLE["matmul"], [draw(values(s)) for s in both.input_shapes]


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


SPECIAL: dict[str, st.SearchStrategy[Case]] = {
    "sum": _reduction(TABLE["sum"], shapes),
    "mean": _reduction(TABLE["mean"], nonempty),  # the mean of nothing is not a number
    "matmul": _matmul(),
    "broadcast_to": _broadcast("broadcast_to"),
    "sum_to": _broadcast("sum_to"),
    "reshape": _reshape(),
    "expand_dims": _expand_dims(),
    "swapaxes": _swapaxes(),
    "transpose": _transpose(),
    "getitem": _getitem(),
    "scatter": _scatter(),
}


def cases(name: str) -> st.SearchStrategy[Case]:
    """The strategy for a row; an elementwise row gets one by itself."""
    row = TABLE[name]
    return elementwise(row) if row.op.kind == "elementwise" else SPECIAL[name]
