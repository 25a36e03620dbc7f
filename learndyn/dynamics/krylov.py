"""GMRES: solve A x = b with nothing but products A v.

After k products the iterate minimises |b - A x| over x0 + span{r, A r, ..., A^(k-1) r}, with
r = b - A x0. Arnoldi's process builds an orthonormal basis V of that space with
A V_k = V_(k+1) H; Givens rotations keep H triangular, and with it the residual is known at
every step without x being formed.

References
----------
Saad, Y. and Schultz, M. H. (1986). GMRES: a generalized minimal residual algorithm for solving
nonsymmetric linear systems. SIAM Journal on Scientific and Statistical Computing 7, 856-869.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .running import is_finite

_EPSILON = float(np.finfo(np.float64).eps)


class HasMatvec(Protocol):
    """All that a Krylov method knows of a matrix: its product with a vector of shape (n,)."""

    def matvec(self, v: np.ndarray, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class KrylovSolution:
    """What a Krylov method found.

    Attributes
    ----------
    x : ndarray, shape (n,)
        The best iterate, whether it converged or not.
    residual : float
        |b - A x| in the Euclidean norm, computed from x.
    iterations : int
        Number of products A v, not counting those that begin and check the solve.
    converged : bool
        True if the residual is at most ``tolerance`` * |b|.
    """

    x: np.ndarray
    residual: float
    iterations: int
    converged: bool


def gmres(
    operator: HasMatvec,
    b: Any,
    *,
    tolerance: float,
    max_iterations: int,
    x0: Any = None,
) -> KrylovSolution:
    """Solve A x = b by the generalised minimal residual method, without restarts.

    Parameters
    ----------
    operator : object with a method ``matvec``
        A, any square matrix. In exact arithmetic n products solve a regular system.
    b : array_like, shape (n,)
    tolerance : float
        Stop when |b - A x| <= tolerance * |b|.
    max_iterations : int
        Most products to spend. One basis vector is kept for each.
    x0 : array_like, shape (n,), optional
        Where to start; zero by default.

    Returns
    -------
    KrylovSolution
        Not converged if the products are used up, if A is singular and b out of its range, or
        if a product is not finite; ``x`` is the best iterate then.

    Raises
    ------
    ValueError
        If b is not a finite vector, a shape differs, or a limit is out of range.
    """
    b = np.array(b, dtype=np.float64)
    _check(b, tolerance, max_iterations)
    x = np.zeros_like(b) if x0 is None else np.array(x0, dtype=np.float64)
    if x.shape != b.shape:
        raise ValueError(f"gmres: x0 has shape {x.shape}, but b has shape {b.shape}")
    goal = tolerance * math.sqrt(b.dot(b))
    start = b - _product(operator, x) if x0 is not None else b
    norm = math.sqrt(start.dot(start))
    iterations = 0
    if norm > goal:
        basis, coordinates, iterations = _arnoldi(operator, start, norm, goal, max_iterations)
        x = x + coordinates @ basis
    gap = b - _product(operator, x) if iterations else start
    residual = math.sqrt(gap.dot(gap))
    # The recurrence and the residual computed from x differ by the rounding of one product.
    return KrylovSolution(x, residual, iterations, residual <= goal * (1 + 1e-6))


def _arnoldi(
    operator: HasMatvec, start: np.ndarray, residual: float, goal: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Build the basis until the residual is at the goal; return it with x's coordinates."""
    limit = min(max_iterations, start.size)
    basis = np.empty((min(limit, 16), start.size))
    h = np.zeros((limit + 1, limit))
    right = np.zeros(limit + 1)
    right[0] = residual
    rotations: list[tuple[float, float]] = []
    following, k = start / residual, 0
    while k < limit and residual > goal:
        if k == len(basis):
            basis = np.concatenate([basis, np.empty((min(k, limit - k), start.size))])
        basis[k] = following
        w = _product(operator, following)
        if not is_finite(w):
            break
        size = math.sqrt(w.dot(w))
        for _ in range(2):  # orthogonal to rounding after the second time (Parlett, 1980)
            along = basis[: k + 1] @ w
            w = w - along @ basis[: k + 1]
            h[: k + 1, k] += along
        h[k + 1, k] = rest = math.sqrt(w.dot(w))
        column = _rotated(h[: k + 1, k], rotations)
        length = math.hypot(column[k], rest)
        k += 1
        # Nothing new: the space is invariant under A. It holds the solution if A is regular.
        if rest <= 10 * _EPSILON * size or length <= 10 * _EPSILON * size:
            break
        rotations.append((column[k - 1] / length, rest / length))
        residual *= rest / length
        following = w / rest
    # Least squares, not back substitution: on a singular A it still picks the best x.
    coordinates = np.linalg.lstsq(h[: k + 1, :k], right[: k + 1], rcond=None)[0]
    return basis[:k], coordinates, k


def _rotated(column: np.ndarray, rotations: list[tuple[float, float]]) -> list[float]:
    """Apply to a new column of H the rotations that made the earlier ones triangular."""
    entries: list[float] = column.tolist()
    for i, (c, s) in enumerate(rotations):
        entries[i], entries[i + 1] = (
            c * entries[i] + s * entries[i + 1],
            c * entries[i + 1] - s * entries[i],
        )
    return entries


def _product(operator: HasMatvec, v: np.ndarray) -> np.ndarray:
    product = np.asarray(operator.matvec(v), dtype=np.float64)
    if product.shape != v.shape:
        raise ValueError(
            f"gmres: the operator took a vector of shape {v.shape} to one of shape "
            f"{product.shape}. It must be square"
        )
    return product


def _check(b: np.ndarray, tolerance: float, max_iterations: int) -> None:
    if b.ndim != 1 or not is_finite(b):
        raise ValueError(f"gmres: b must be a vector of finite numbers, got shape {b.shape}")
    if not tolerance >= 0 or max_iterations < 1:
        raise ValueError(
            f"gmres: needs tolerance >= 0 and max_iterations >= 1, got tolerance={tolerance}, "
            f"max_iterations={max_iterations}"
        )
