"""Cases for the rows of ``rules.linalg``."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE

from .drawing import Case, values


@st.composite
def _matmul(draw: st.DrawFn) -> Case:
    both = draw(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, min_side=0, max_side=3, max_dims=2))
    return TABLE["matmul"], [draw(values(s)) for s in both.input_shapes]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "matmul": _matmul(),
}
