"""A few eigenvalues and eigenvectors of an operator, and how well they are known.

A mode is a pair A x = lambda x. The algorithms see products with A only. Every tolerance is
relative to the size of A as the products show it, so an operator of size 3e-6 is treated as
one of size 1 is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from .arnoldi import RitzPairs, real_basis, restarted_arnoldi, ritz_in
from .linearise import LinearOperator, as_operator
from .power import power_modes

_WHICH = ("magnitude", "largest", "smallest")
_METHODS = ("auto", "power", "lanczos", "arnoldi")
_GLANCE = 1e-3  # tolerance of the look for modes that a single Krylov space cannot see


@dataclass(frozen=True, slots=True)
class Modes:
    """Eigenpairs of an operator of size n, the wanted first.

    Attributes
    ----------
    values : ndarray, shape (count,)
        lambda; float64 for a symmetric operator, complex128 for any other.
    vectors : ndarray, shape (n, count)
        Unit eigenvectors, one a column. The component of largest magnitude is positive.
    residuals : ndarray, shape (count,)
        ||A x - lambda x||. For a symmetric operator an eigenvalue lies within this distance.
    iterations : int
        Products with A that were spent.
    converged : bool
        True if each residual is at most ``tolerance`` times the size of A.
    """

    values: np.ndarray
    vectors: np.ndarray
    residuals: np.ndarray
    iterations: int
    converged: bool


def dominant_modes(
    operator: LinearOperator | Any,
    count: int = 1,
    *,
    which: str = "magnitude",
    method: str = "auto",
    tolerance: float = 1e-8,
    max_iterations: int = 10_000,
    rng: int | np.random.Generator = 0,
    start: np.ndarray | None = None,
) -> Modes:
    """Return the modes at one end of the spectrum.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)
    count : int, optional
        How many modes, at most n. Where the cut falls into a complex pair, the member with
        positive imaginary part is returned.
    which : {"magnitude", "largest", "smallest"}, optional
        Largest magnitude; algebraically largest or smallest (by real part, if complex).
    method : {"auto", "power", "lanczos", "arnoldi"}, optional
        ``auto`` is Lanczos for a symmetric operator and Arnoldi for the rest. Power iteration
        knows "magnitude" only, and does not converge if two different eigenvalues share the
        largest magnitude.
    tolerance : float, optional
        On each residual, relative to the size of A.
    max_iterations : int, optional
        Products with A before giving up, a few more or less.
    rng : int or numpy.random.Generator, optional
        For the start. The same seed gives the same bits.
    start : ndarray, shape (n,) or (n, k), optional
        Where to look first, for example ``vectors`` of the previous step of a run.

    Returns
    -------
    Modes
        With ``converged=False`` and the best estimates, if ``max_iterations`` was too small.

    Raises
    ------
    ValueError
        If an option is out of range, Lanczos is asked for on an operator that is not known to
        be symmetric, or a product is not finite.

    Notes
    -----
    A Krylov space contains one vector of each eigenspace. For ``count`` above 1 the complement
    of what was found is searched too, so that repeated eigenvalues come out as often as they
    are.

    For a symmetric operator an eigenvalue lies within the residual of each value. For a non-normal
    one a residual r says only that the value is in the r-pseudospectrum, which may be far from
    every eigenvalue (see ``pseudospectrum``).
    """
    operator = as_operator(operator, "dominant_modes")
    _check_options(operator, count, which, method, tolerance, max_iterations)
    options: dict[str, Any] = {
        "symmetric": operator.symmetric,
        "tolerance": tolerance,
        "rng": np.random.default_rng(rng),
    }

    if method == "power":
        pairs = power_modes(
            operator, operator.size, count, start=start, max_iterations=max_iterations, **options
        )
    else:
        pairs = restarted_arnoldi(
            operator, operator.size, count, partial(rank_order, which=which), start=start,
            max_iterations=max_iterations, **options,
        )  # fmt: skip
        if 1 < count < operator.size and pairs.converged:
            pairs = _with_repeated(operator, pairs, which, max_iterations, options)
    rank = rank_order(pairs.values, which)
    vectors = _signed(pairs.vectors[:, rank])
    residuals = pairs.residuals[rank]
    return Modes(pairs.values[rank], vectors, residuals, pairs.iterations, pairs.converged)


def rank_order(values: np.ndarray, which: str) -> np.ndarray:
    """Return the indices that sort eigenvalues, the wanted first and pairs side by side."""
    # hypot rounds a number and its conjugate alike; abs may not, in two lanes of a vector unit.
    first = {"magnitude": -np.hypot(values.real, values.imag), "largest": -values.real, "smallest": values.real}
    return np.lexsort((-values.imag, -np.abs(values.imag), -values.real, first[which]))


def _with_repeated(
    operator: LinearOperator,
    pairs: RitzPairs,
    which: str,
    max_iterations: int,
    options: dict[str, Any],
) -> RitzPairs:
    """Look for modes in the complement of the found ones, and merge those that rank ahead."""
    count, tolerance = len(pairs.values), options["tolerance"]
    spent, scale = pairs.iterations, pairs.scale
    q = real_basis(pairs.vectors)
    while operator.size > q.shape[1] and pairs.converged:
        worst, start = _merit(pairs.values[-1], which), None
        for accuracy in (max(_GLANCE, tolerance), tolerance):
            other = restarted_arnoldi(
                operator, operator.size, 1, partial(rank_order, which=which), start=start,
                locked=q, scale=scale, max_iterations=max(max_iterations - spent, 1),
                **(options | {"tolerance": accuracy}),
            )  # fmt: skip
            spent, scale = spent + other.iterations, max(scale, other.scale)
            start, merit = other.vectors, _merit(other.values[0], which)
            if not (other.converged and merit + other.residuals[0] > worst + tolerance * scale):
                break
        if merit <= worst + tolerance * scale:  # a tie changes nothing
            return replace(pairs, iterations=spent, converged=other.converged)
        q = real_basis(np.column_stack([q, other.vectors]))
        image = np.column_stack([operator(column) for column in q.T])
        spent += q.shape[1]
        values, vectors, residuals = ritz_in(q, image, operator.symmetric)
        best = rank_order(values, which)[:count]
        good = other.converged and bool((residuals[best] <= tolerance * scale).all())
        pairs = RitzPairs(values[best], vectors[:, best], residuals[best], spent, good, scale)
    return replace(pairs, iterations=spent)


def _merit(value: Any, which: str) -> float:
    """What the order sorts by: the larger, the more wanted."""
    return float({"magnitude": abs(value), "largest": value.real, "smallest": -value.real}[which])


def _signed(vectors: np.ndarray) -> np.ndarray:
    """Turn each column so that its component of largest magnitude is real and positive."""
    peak = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * (np.conj(peak) / np.abs(peak))


def _check_options(
    operator: LinearOperator,
    count: int,
    which: str,
    method: str,
    tolerance: float,
    max_iterations: int,
) -> None:
    if not 1 <= count <= operator.size:
        raise ValueError(
            f"dominant_modes: count must be from 1 to the size {operator.size}, got {count}"
        )
    if which not in _WHICH or method not in _METHODS:
        raise ValueError(
            f"dominant_modes: choose which from {_WHICH} and method from {_METHODS}, "
            f"got {which!r} and {method!r}"
        )
    if not tolerance > 0.0 or max_iterations < 1:
        raise ValueError(
            f"dominant_modes: tolerance and max_iterations must be positive, got {tolerance} and "
            f"{max_iterations}"
        )
    if method == "power" and which != "magnitude":
        raise ValueError(
            f"dominant_modes: power iteration finds the largest magnitude only, got {which!r}. "
            "Use method='auto'"
        )
    if method == "lanczos" and not operator.symmetric:
        raise ValueError(
            "dominant_modes: Lanczos needs an operator with symmetric=True. Use method='arnoldi'"
        )
