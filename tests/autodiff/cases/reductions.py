"""Cases for the rows of ``rules.reductions``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, nonempty, shapes, values


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


CASES: dict[str, st.SearchStrategy[Case]] = {
    "sum": _reduction(TABLE["sum"], shapes),
    "mean": _reduction(TABLE["mean"], nonempty),  # the mean of nothing is not a number
}
