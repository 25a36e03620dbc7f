"""How to call each row of the operation table, with operands drawn to fit.

The elementwise rows need no entry: their operands follow from their number and domains.
Every other row has a strategy for ``(call, operands)``, where ``call(*operands)`` applies
the row with keyword parameters that suit the operands' shapes.
"""

from __future__ import annotations

from hypothesis import strategies as st

from learndyn.autodiff import TABLE

from . import convolution, decompositions, indexing, joining, linalg, reductions, shape, softmax
from .drawing import Case
from .elementwise import elementwise

SPECIAL: dict[str, st.SearchStrategy[Case]] = {
    **reductions.CASES,
    **linalg.CASES,
    **softmax.CASES,
    **decompositions.CASES,
    **shape.CASES,
    **indexing.CASES,
    **joining.CASES,
    **convolution.CASES,
}


def cases(name: str) -> st.SearchStrategy[Case]:
    """The strategy for a row; an elementwise row gets one by itself."""
    row = TABLE[name]
    return elementwise(row) if row.op.kind == "elementwise" else SPECIAL[name]
