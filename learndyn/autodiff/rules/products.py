"""Products that sum over named axes: dot, inner, outer, vdot, tensordot and einsum.

All are linear in each operand. The adjoint of an Einstein sum swaps subscripts: for

    y_{out} = sum a_{sub a} b_{sub b} ...      a* = einsum(out, sub b, ... -> sub a)

An axis of ``a`` that appears nowhere else is repeated by a factor of ones, and an index
that appears twice in ``a`` is spread on the diagonal by an identity matrix.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..op import bilinear, operation
from .gates import _value
from .linalg import matmul, transposed
from .shape import expand_dims, reshape, transpose

# As string.ascii_letters, whose module compiles patterns when it is imported.
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# --- tensordot --------------------------------------------------------------------------

Axes = tuple[tuple[int, ...], tuple[int, ...]]


def _free(ndim: int, summed: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that are not summed, in order."""
    return tuple(i for i in range(ndim) if i not in summed)


def _arranged(x: Any, order: tuple[int, ...]) -> Any:
    """Put axis i of x at place order[i]."""
    if order == tuple(range(len(order))):
        return x
    return transpose(x, axes=tuple(order.index(i) for i in range(len(order))))


def _tensordot_left(g: Any, y: Any, a: Any, b: Any, *, axes: Axes) -> Any:
    """Sum g with b over b's free axes; what is left are a's free axes, then its summed ones."""
    over_a, over_b = axes
    free_a, free_b = _free(a.ndim, over_a), _free(np.ndim(_value(b)), over_b)
    last = tuple(range(len(free_a), len(free_a) + len(free_b)))
    product = _tensordot(g, b, axes=(last, free_b))
    # b's summed axes come out in b's order.
    partners = tuple(over_a[over_b.index(i)] for i in sorted(over_b))
    return _arranged(product, free_a + partners)


def _tensordot_right(g: Any, y: Any, a: Any, b: Any, *, axes: Axes) -> Any:
    """Sum a with g over a's free axes; what is left are b's summed axes, then its free ones."""
    over_a, over_b = axes
    free_a, free_b = _free(np.ndim(_value(a)), over_a), _free(b.ndim, over_b)
    product = _tensordot(a, g, axes=(free_a, tuple(range(len(free_a)))))
    partners = tuple(over_b[over_a.index(i)] for i in sorted(over_a))
    return _arranged(product, partners + free_b)


_tensordot = bilinear(
    "tensordot",
    lambda a, b, *, axes: np.tensordot(a, b, axes),
    _tensordot_left,
    _tensordot_right,
    hint="Summed axes must pair up: as many of each operand, of equal lengths",
)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum products over pairs of axes, as ``numpy.tensordot``.

    Parameters
    ----------
    a, b : array_like or Tensor
    axes : int, or pair of ints or of sequences of int, optional
        n sums the last n axes of ``a`` with the first n of ``b``, in order; a pair names
        the axes of each. Negative axes count from the end.

    Returns
    -------
    array or Tensor
        With the free axes of ``a``, then those of ``b``.

    Raises
    ------
    ValueError
        If an axis does not exist or is named twice, or lengths or numbers of axes differ.
    """
    ndims = np.ndim(_value(a)), np.ndim(_value(b))
    try:
        if isinstance(axes, int | np.integer):
            pair = tuple(range(ndims[0] - axes, ndims[0])), tuple(range(axes))
        else:
            pair = tuple(axes)
        over_a, over_b = (normalize_axis_tuple(i, n) for i, n in zip(pair, ndims, strict=True))
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"tensordot: received {ndims[0]} and {ndims[1]} axes, axes={axes!r}. Pass how many "
            f"axes to sum, or a pair (axes of a, axes of b). (NumPy: {error})"
        ) from error
    return _tensordot(a, b, axes=(over_a, over_b))


# --- dot, inner, outer, vdot ------------------------------------------------------------


def _dot_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    n, m = a.ndim, np.ndim(_value(b))
    if n == 0 or m == 0:
        return g * b
    if m == 1:
        return expand_dims(g, axis=-1) * b
    if n == 2 == m:
        return matmul(g, transposed(b))
    return _tensordot(g, b, axes=(tuple(range(n - 1, n + m - 2)), _free(m, (m - 2,))))


def _dot_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    n, m = np.ndim(_value(a)), b.ndim
    if n == 0 or m == 0 or n == 1 == m:
        return g * a
    if n == 2 == m:
        return matmul(transposed(a), g)
    first = tuple(range(n - 1))
    product = _tensordot(a, g, axes=(first, first))  # b's summed axis, then its free ones
    summed = max(m - 2, 0)
    return _arranged(product, (summed, *_free(m, (summed,))))


def _inner_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    n, m = a.ndim, np.ndim(_value(b))
    if n == 0 or m == 0:
        return g * b
    return _tensordot(g, b, axes=(tuple(range(n - 1, n + m - 2)), tuple(range(m - 1))))


def _inner_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    n, m = np.ndim(_value(a)), b.ndim
    if n == 0 or m == 0:
        return g * a
    first = tuple(range(n - 1))
    return _tensordot(g, a, axes=(first, first))


dot = bilinear(
    "dot",
    np.dot,
    _dot_left,
    _dot_right,
    hint="The last axis of the first operand must be as long as the last but one of the second "
    "(the only one of a vector)",
    doc="Sum over the last axis of a and the last but one of b, as ``numpy.dot``.",
)
inner = bilinear(
    "inner",
    np.inner,
    _inner_left,
    _inner_right,
    hint="The last axes must be equally long",
    doc="Sum over the last axes of a and b, as ``numpy.inner``.",
)
outer = bilinear(
    "outer",
    np.outer,
    lambda g, y, a, b: reshape(matmul(g, reshape(b, shape=-1)), shape=a.shape),
    lambda g, y, a, b: reshape(matmul(reshape(a, shape=-1), g), shape=b.shape),
    doc="All products of an element of a with one of b, (a.size, b.size), as ``numpy.outer``.",
)
vdot = bilinear(
    "vdot",
    np.vdot,
    lambda g, y, a, b: reshape(g * b, shape=a.shape),
    lambda g, y, a, b: reshape(g * a, shape=b.shape),
    hint="Both operands must have equally many elements",
    doc="Sum the products of equal places of two flattened arrays, as ``numpy.vdot``.",
)

# --- einsum -----------------------------------------------------------------------------


def _fail(subscripts: str, problem: str) -> ValueError:
    return ValueError(
        f"einsum: received subscripts {subscripts!r}. {problem}. Write one term per operand, one "
        "letter per axis, as in 'ij,jk->ik'; ... stands for the remaining axes"
    )


@lru_cache(maxsize=1024)
def _explicit(subscripts: str, ndims: tuple[int, ...]) -> str:
    """The same subscripts with a result, and with a letter for each axis under an ellipsis."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise _fail(subscripts, f"It has {len(terms)} terms, but there are {len(ndims)} operands")
    used = {letter for letter in left + right if letter in _LETTERS}
    spare = "".join(letter for letter in _LETTERS if letter not in used)
    pairs = list(zip(terms, ndims, strict=True))
    hidden = [n - len(term) + 3 if "..." in term else 0 for term, n in pairs]
    widest = max(hidden)
    if min(hidden) < 0 or widest > len(spare):
        raise _fail(subscripts, f"The operands have {ndims} axes")
    ellipsis = spare[:widest]  # aligned at the right, as in broadcasting
    inputs = tuple(
        term.replace("...", ellipsis[widest - n :]) for term, n in zip(terms, hidden, strict=True)
    )
    for term, letters, n in zip(terms, inputs, ndims, strict=True):
        if not set(letters) <= set(_LETTERS):
            raise _fail(subscripts, f"{term!r} is not made of letters")
        if len(letters) != n:
            raise _fail(subscripts, f"{term!r} does not fit an operand with {n} axes")
    if not arrow:
        joined = "".join(terms).replace(".", "")
        output = ellipsis + "".join(sorted(i for i in set(joined) if joined.count(i) == 1))
    elif widest and "..." not in right:
        raise _fail(subscripts, "The result has no ..., so the axes under it would vanish")
    else:
        output = right.replace("...", ellipsis)
    if len(set(output)) < len(output) or not set(output) <= set("".join(inputs)):
        raise _fail(subscripts, "Each letter of the result must be in an operand, and there once")
    return f"{','.join(inputs)}->{output}"


@lru_cache(maxsize=1024)
def _adjoint_plan(
    place: int, subscripts: str, shapes: tuple[tuple[int, ...], ...]
) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Subscripts of the adjoint, and the sizes of its factors of ones and identity matrices.

    The terms are: the cotangent, the other operands, the ones, the identities.
    """
    left, _, output = subscripts.partition("->")
    inputs = left.split(",")
    own, others = inputs[place], (*inputs[:place], *inputs[place + 1 :])
    lengths: dict[str, int] = {}
    reachable: dict[str, int] = {}
    for i, (letters, shape) in enumerate(zip(inputs, shapes, strict=True)):
        for letter, n in zip(letters, shape, strict=True):
            if lengths.get(letter, 1) == 1:
                lengths[letter] = n
            if i != place and reachable.get(letter, 1) == 1:
                reachable[letter] = n
    reachable.update({letter: lengths[letter] for letter in output})
    spare = iter(i for i in _LETTERS if i not in lengths)
    target, ones, identities = "", [], []
    for letter, n in zip(own, shapes[place], strict=True):
        if letter in target:
            new = next(spare)
            target += new
            identities.append((letter + new, n))
        else:
            target += letter
            if letter not in reachable or (n != 1 and reachable[letter] != n):
                ones.append((letter, n))
    terms = (output, *others, *(letters for letters, _ in ones + identities))
    swapped = f"{','.join(terms)}->{target}"
    return swapped, tuple(n for _, n in ones), tuple(n for _, n in identities)


def _einsum_adjoint(
    place: int, g: Any, y: Any, *operands: Any, subscripts: str, optimize: bool | str
) -> Any:
    shapes = tuple(np.shape(_value(x)) for x in operands)
    swapped, ones, identities = _adjoint_plan(place, subscripts, shapes)
    dtype = operands[place].dtype
    factors = [np.ones(n, dtype) for n in ones] + [np.eye(n, dtype=dtype) for n in identities]
    others = (*operands[:place], *operands[place + 1 :])
    return _einsum(g, *others, *factors, subscripts=swapped, optimize=optimize)


def _einsum_tangent(place: int, t: Any, y: Any, *operands: Any, **params: Any) -> Any:
    return _einsum(*operands[:place], t, *operands[place + 1 :], **params)


_einsum = operation(
    "einsum",
    lambda *operands, subscripts, optimize: np.einsum(subscripts, *operands, optimize=optimize),
    vjp=_einsum_adjoint,
    jvp=_einsum_tangent,
    hint="Axes with the same letter must be equally long, or of length 1",
)


def einsum(subscripts: str, *operands: Any, optimize: bool | str = False) -> Any:
    """Sum products over named axes (the Einstein convention), as ``numpy.einsum``.

    Parameters
    ----------
    subscripts : str
        One term per operand and, after ``->``, the result's; without ``->`` the result has
        the letters that occur once, in alphabetical order. A letter that occurs twice in
        one term takes the diagonal. ``...`` stands for axes that broadcast.
    *operands : array_like or Tensor
        Any number.
    optimize : bool or str, optional
        True splits a sum of three or more operands into pairs and uses matrix products
        where it can, in the derivative too.

    Raises
    ------
    TypeError
        If the subscripts are no string, or ``optimize`` neither a bool nor a string.
    ValueError
        If the subscripts do not fit the operands, or lengths differ.
    """
    if not isinstance(subscripts, str):
        raise TypeError(
            f"einsum: received subscripts of type {type(subscripts).__name__}. Pass a string "
            "such as 'ij,jk->ik', then the operands"
        )
    if not isinstance(optimize, bool | str):
        raise TypeError(
            f"einsum: received optimize={optimize!r}. Pass True, False, 'greedy' or 'optimal': the "
            "derivative has other terms, for which an order of contraction would not do"
        )
    ndims = tuple(np.ndim(_value(x)) for x in operands)
    return _einsum(*operands, subscripts=_explicit(subscripts, ndims), optimize=optimize)
