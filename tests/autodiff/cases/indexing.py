"""Cases for the rows of ``rules.indexing``."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, seeds, shapes, values


def _integers(length: int, shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    """Indices into an axis, negative ones and repeats included."""
    return seeds.map(lambda s: np.random.default_rng(s).integers(-length, length, shape))


def _mask(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    return seeds.map(lambda s: np.random.default_rng(s).random(shape) < 0.5)


@st.composite
def _mixed(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """A tuple with one entry per axis, arrays among slices and integers, and None between."""
    common = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=3))
    index: list[Any] = []
    for length in shape:
        kind = draw(st.sampled_from(["array", "column", "slice", "integer", "new"]))
        if kind in ("array", "column"):
            part = draw(_integers(length, common if kind == "array" else (1,)))
        elif kind == "integer":
            part = draw(st.integers(-length, length - 1))
        else:
            part = draw(st.slices(length))
        index += [None, part] if kind == "new" else [part]
    return tuple(index)


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Basic indices, integer arrays with repeats, boolean masks, and mixtures."""
    choices = [hnp.basic_indices(shape, allow_newaxis=True), _mask(shape)]
    if shape and all(shape):
        choices += [hnp.integer_array_indices(shape), _mixed(shape)]
        choices += [_integers(shape[0], (k,)) for k in (0, 1, 5)]
        choices.append(_mask(shape[:1]))
    return draw(st.one_of(choices))


@st.composite
def _getitem(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    index = draw(indices(shape))
    return (lambda x: TABLE["getitem"](x, index=index)), [draw(values(shape))]


@st.composite
def _scatter(draw: st.DrawFn) -> Case:
    shape = draw(shapes)
    index = draw(indices(shape))
    picked = np.zeros(shape)[index].shape
    return (lambda x: TABLE["scatter"](x, index=index, shape=shape)), [draw(values(picked))]


@st.composite
def _take(draw: st.DrawFn) -> Case:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3))
    axis = draw(st.integers(0, len(shape) - 1))
    chosen = draw(_integers(shape[axis], draw(shapes)))
    return (lambda x: TABLE["take"](x, indices=chosen, axis=axis)), [draw(values(shape))]


@st.composite
def _take_along_axis(draw: st.DrawFn) -> Case:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3))
    axis = draw(st.integers(0, len(shape) - 1))
    count = draw(st.integers(0, 4))
    lengths = tuple(
        count if i == axis else draw(st.sampled_from([1, n])) for i, n in enumerate(shape)
    )
    chosen = draw(_integers(shape[axis], lengths))
    row = TABLE["take_along_axis"]
    return (lambda x: row(x, indices=chosen, axis=axis)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "getitem": _getitem(),
    "scatter": _scatter(),
    "take": _take(),
    "take_along_axis": _take_along_axis(),
}
