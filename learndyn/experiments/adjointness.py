"""Reverse mode is the adjoint of forward mode: <v, J u> = <J^T v, u> for every row of the table.

The two numbers come from different rules, in different order, and need no step size. They agree
to the rounding of a sum of n terms, n eps in the worst case, relative to the sum of their sizes.
A central difference in place of J u errs by about eps^(2/3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import jvp, vjp
from .row_examples import row_examples

EPS = float(np.finfo(np.float64).eps)
STEP = EPS ** (1 / 3)


@dataclass(frozen=True, slots=True)
class Pair:
    """The number <v, J u>, formed in three ways for one function.

    Attributes
    ----------
    forward, reverse, difference : float
        By forward mode, by reverse mode as <J^T v, u>, and by a central difference along u.
    scale : float
        Sum of the sizes of the terms of <J^T v, u>.
    terms : int
        Number of terms in both inner products.
    """

    forward: float
    reverse: float
    difference: float
    scale: float
    terms: int


@dataclass(frozen=True, slots=True)
class Adjointness:
    """The pairs of all rows of the operation table.

    Attributes
    ----------
    names, kinds : tuple of str
    pairs : tuple of Pair
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def defects(self) -> np.ndarray:
        """Distance of forward and reverse mode, relative to the terms, shape (rows,)."""
        return np.array([defect(pair) for pair in self.pairs])

    @property
    def difference_errors(self) -> np.ndarray:
        """Distance of the central difference and reverse mode, likewise, shape (rows,)."""
        return np.array([abs(p.difference - p.reverse) / (p.scale or 1.0) for p in self.pairs])

    @property
    def bound(self) -> float:
        """The worst that rounding may do to the longest of the sums, n eps."""
        return max(pair.terms for pair in self.pairs) * EPS


def run(*, seed: int = 0) -> Adjointness:
    """Form the pair of each row, with u and v drawn once for each."""
    examples = row_examples(seed=seed)
    return Adjointness(
        tuple(example.name for example in examples),
        tuple(example.kind for example in examples),
        tuple(measure(example.call, example.operands, seed=seed + 1) for example in examples),
    )


def measure(f: Callable[..., Any], operands: Sequence[np.ndarray], *, seed: int = 0) -> Pair:
    """Draw u and v from N(0, 1) and form <v, J u> in three ways.

    Parameters
    ----------
    f : callable
        Of arrays or tensors; returns one array or tensor.
    operands : sequence of ndarray
        Where to differentiate.
    seed : int, optional
        Of u and v.
    """
    rng = np.random.default_rng(seed)
    u = tuple(rng.standard_normal(x.shape) for x in operands)
    value, tangent = jvp(f, tuple(operands), u)
    v = rng.standard_normal(np.shape(value))
    gradients = vjp(f, *operands)[1](v)
    products = np.concatenate([(g * t).ravel() for g, t in zip(gradients, u, strict=True)])
    ahead, behind = (
        np.asarray(f(*(x + s * STEP * t for x, t in zip(operands, u, strict=True))))
        for s in (1.0, -1.0)
    )
    return Pair(
        forward=float(np.vdot(v, tangent)),
        reverse=float(np.sum(products)),
        difference=float(np.vdot(v, (ahead - behind) / (2.0 * STEP))),
        scale=float(np.sum(np.abs(products))),
        terms=products.size + v.size,
    )


def defect(pair: Pair) -> float:
    """Return the distance of forward and reverse mode, relative to the terms' size."""
    return abs(pair.forward - pair.reverse) / (pair.scale or 1.0)
