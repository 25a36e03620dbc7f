"""Cases for the rows of ``rules.linalg`` and ``rules.products``."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import TABLE
from learndyn.autodiff.rules.products import einsum, tensordot

from .drawing import Case, shapes, values

_sides = st.integers(0, 3)


def _small(max_dims: int, min_dims: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    return hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=0, max_side=3)


@st.composite
def _matmul(draw: st.DrawFn) -> Case:
    signature = np.matmul.signature
    both = draw(
        hnp.mutually_broadcastable_shapes(
            signature=signature, min_side=0, max_side=3, max_dims=2
        )
    )
    return TABLE["matmul"], [draw(values(s)) for s in both.input_shapes]


@st.composite
def _affine(draw: st.DrawFn) -> Case:
    _, (x, w) = draw(_matmul())
    product = np.matmul(x, w).shape
    ones = draw(st.lists(st.booleans(), min_size=len(product), max_size=len(product)))
    bias = [1 if one else length for one, length in zip(ones, product, strict=True)]
    return TABLE["affine"], [x, w, draw(values(tuple(bias[draw(st.integers(0, len(bias))) :])))]


@st.composite
def _dot(draw: st.DrawFn) -> Case:
    a, b = draw(_small(3)), draw(_small(3))
    if a and b:
        b = (*b[:-2], a[-1], *b[-1:]) if len(b) > 1 else (a[-1],)
    return TABLE["dot"], [draw(values(a)), draw(values(b))]


@st.composite
def _inner(draw: st.DrawFn) -> Case:
    a, b = draw(_small(3)), draw(_small(3))
    b = (*b[:-1], a[-1]) if a and b else b
    return TABLE["inner"], [draw(values(a)), draw(values(b))]


@st.composite
def _outer(draw: st.DrawFn) -> Case:
    return TABLE["outer"], [draw(values(draw(_small(2)))) for _ in range(2)]


@st.composite
def _vdot(draw: st.DrawFn) -> Case:
    a = draw(shapes)
    b = draw(st.sampled_from([a, a[::-1], (int(np.prod(a)),)]))
    return TABLE["vdot"], [draw(values(a)), draw(values(b))]


@st.composite
def _tensordot(draw: st.DrawFn) -> Case:
    a = draw(_small(3))
    count = draw(st.integers(0, len(a)))
    over_a = draw(st.permutations(range(len(a))))[:count]
    free_b = draw(_small(2))
    b = list(free_b)
    over_b = []
    for i in over_a:  # put each partner at a random place of b
        place = draw(st.integers(0, len(b)))
        over_b = [k + (k >= place) for k in over_b] + [place]
        b.insert(place, a[i])
    over_a = [i - len(a) * draw(st.integers(0, 1)) for i in over_a]
    over_b = [i - len(b) * draw(st.integers(0, 1)) for i in over_b]
    call = lambda x, y: tensordot(x, y, axes=(over_a, over_b))
    return call, [draw(values(a)), draw(values(tuple(b)))]


@st.composite
def subscripts_and_shapes(draw: st.DrawFn, broadcast: bool) -> tuple[str, list[tuple[int, ...]]]:
    """Random subscripts, with repeated letters, ellipses, and results in any order or implicit."""
    lengths = {letter: draw(_sides) for letter in "ijk"}
    terms, sizes = [], []
    hidden = draw(st.lists(_sides, max_size=2)) if draw(st.booleans()) else None
    for _ in range(draw(st.integers(1, 3))):
        letters = draw(st.lists(st.sampled_from("ijk"), max_size=3))
        single = broadcast and len(set(letters)) == len(letters)
        shape = [1 if single and draw(st.booleans()) else lengths[i] for i in letters]
        term = "".join(letters)
        if hidden is not None:
            shown = hidden[draw(st.integers(0, len(hidden))) :]
            at = draw(st.integers(0, len(letters)))
            term = f"{term[:at]}...{term[at:]}"
            shape[at:at] = shown
        terms.append(term)
        sizes.append(tuple(shape))
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        known = sorted({letter for term in terms for letter in term if letter != "."})
        chosen = "".join(draw(st.permutations(known))[: draw(st.integers(0, len(known)))])
        subscripts += "->" + (chosen if hidden is None else f"...{chosen}")
    return subscripts, sizes


@st.composite
def _einsum(draw: st.DrawFn) -> Case:
    subscripts, sizes = draw(subscripts_and_shapes(broadcast=True))
    optimize = draw(st.booleans())
    call: Any = lambda *xs: einsum(subscripts, *xs, optimize=optimize)
    return call, [draw(values(shape)) for shape in sizes]


@st.composite
def _diagonal(draw: st.DrawFn, name: str) -> Case:
    shape = draw(_small(3, min_dims=2))
    first, second = draw(st.permutations(range(len(shape))))[:2]
    params: dict[str, Any] = {
        "offset": draw(st.integers(-3, 3)),
        "axis1": first - len(shape) * draw(st.integers(0, 1)),
        "axis2": second - len(shape) * draw(st.integers(0, 1)),
    }
    if name == "diagonal_scatter":
        params["shape"], shape = shape, np.diagonal(np.empty(shape), **params).shape
    return (lambda x: TABLE[name](x, **params)), [draw(values(shape))]


CASES: dict[str, st.SearchStrategy[Case]] = {
    "matmul": _matmul(),
    "affine": _affine(),
    "dot": _dot(),
    "inner": _inner(),
    "outer": _outer(),
    "vdot": _vdot(),
    "tensordot": _tensordot(),
    "einsum": _einsum(),
    "diagonal": _diagonal("diagonal"),
    "diagonal_scatter": _diagonal("diagonal_scatter"),
    "trace": _diagonal("trace"),
}
