"""Cases for the rows of ``rules.softmax``."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, seeds, values
from .reductions import shapes_and_axes


@st.composite
def _along_axes(draw: st.DrawFn, name: str) -> Case:
    shape, axis = draw(shapes_and_axes(1))
    return (lambda x: TABLE[name](x, axis=axis)), [draw(values(shape))]


@st.composite
def _logsumexp(draw: st.DrawFn) -> Case:
    shape, axis = draw(shapes_and_axes(1))
    keepdims = draw(st.booleans())
    return (lambda x: TABLE["logsumexp"](x, axis=axis, keepdims=keepdims)), [draw(values(shape))]


@st.composite
def _cross_entropy(draw: st.DrawFn) -> Case:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    labels = np.random.default_rng(draw(seeds)).integers(0, shape[-1], shape[:-1])
    return (lambda x: TABLE["softmax_cross_entropy"](x, labels=labels)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "logsumexp": _logsumexp(),
    "softmax": _along_axes("softmax"),
    "log_softmax": _along_axes("log_softmax"),
    "softmax_cross_entropy": _cross_entropy(),
}
