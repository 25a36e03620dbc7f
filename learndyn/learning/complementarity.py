r"""The semidefinite complementarity problem of a few dimensions.

    find X >= 0 with Y = C + B[X] >= 0 and <X, Y> = 0,

for symmetric k x k matrices, where B is symmetric and positive semidefinite on the space of
symmetric matrices. These are the conditions for a minimum of <C, X> + 1/2 <X, B[X]> over the
positive semidefinite cone: a convex problem. For k = 1 it is X = max(0, -C/B).

Solved by the method of multipliers on X = Z, Z >= 0 (Boyd, Parikh, Chu, Peleato and Eckstein,
2011), after the two ends that need no iteration: nothing is active, or everything is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ComplementaritySolution:
    """What the solver found.

    Attributes
    ----------
    solution : ndarray, shape (k, k)
        X, symmetric and positive semidefinite.
    slack : ndarray, shape (k, k)
        Y = C + B[X].
    residual : float
        The largest of |<X, Y>|, relative to |C| |X|, and of minus the smallest eigenvalue of
        Y, relative to |C|.
    iterations : int
    converged : bool
        Whether the residual reached the tolerance. It cannot if B[X] is zero or too flat to
        lift Y out of the negative: then there is no solution.
    """

    solution: np.ndarray
    slack: np.ndarray
    residual: float
    iterations: int
    converged: bool


def semidefinite_complementarity(
    constant: np.ndarray,
    quadratic: np.ndarray,
    *,
    tolerance: float = 1e-8,
    max_iterations: int = 2000,
) -> ComplementaritySolution:
    """Find X >= 0 with Y = C + B[X] >= 0 and <X, Y> = 0.

    Parameters
    ----------
    constant : ndarray, shape (k, k)
        C, symmetric.
    quadratic : ndarray, shape (k, k, k, k)
        B, with B[X]_ij = sum_kl B_ijkl X_kl; symmetric in each pair and between the pairs,
        positive semidefinite.
    tolerance : float, optional
        For the residual.
    max_iterations : int, optional

    Returns
    -------
    ComplementaritySolution

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    constant = np.asarray(constant, dtype=np.float64)
    k = len(constant)
    if constant.shape != (k, k) or np.shape(quadratic) != (k,) * 4:
        raise ValueError(
            "semidefinite_complementarity: needs a constant of shape (k, k) and a quadratic of "
            f"shape (k, k, k, k), got {constant.shape} and {np.shape(quadratic)}"
        )
    problem = _Problem(constant, np.asarray(quadratic, dtype=np.float64), tolerance)
    nothing = problem.judged(np.zeros_like(problem.c), 0)
    if nothing.converged:
        return nothing
    everything = np.linalg.lstsq(problem.b, -problem.c, rcond=1e-12)[0]
    if np.linalg.eigvalsh(problem.matrix(everything))[0] >= 0:
        full = problem.judged(everything, 0)
        if full.converged:
            return full
    return _multipliers(problem, max_iterations)


class _Problem:
    """C and B in an orthonormal basis of the symmetric matrices, where X is a vector x."""

    def __init__(self, constant: np.ndarray, quadratic: np.ndarray, tolerance: float) -> None:
        k = len(constant)
        self.k, self.tolerance = k, tolerance
        self.basis = _symmetric_basis(k)
        self.c = self.basis @ constant.ravel()
        self.b = self.basis @ quadratic.reshape(k * k, k * k) @ self.basis.T

    def matrix(self, x: np.ndarray) -> np.ndarray:
        return (x @ self.basis).reshape(self.k, self.k)

    def positive_part(self, x: np.ndarray) -> np.ndarray:
        values, vectors = np.linalg.eigh(self.matrix(x))
        return self.basis @ ((vectors * np.maximum(values, 0.0)) @ vectors.T).ravel()

    def judged(self, x: np.ndarray, iterations: int) -> ComplementaritySolution:
        y = self.c + self.b @ x
        lowest = np.linalg.eigvalsh(self.matrix(y))[0]
        gap = abs(x @ y) / (np.linalg.norm(x) or 1.0)
        residual = float(max(gap, -lowest, 0.0) / (np.linalg.norm(self.c) or 1.0))
        converged = residual <= self.tolerance
        return ComplementaritySolution(
            self.matrix(x), self.matrix(y), residual, iterations, converged
        )


def _multipliers(problem: _Problem, max_iterations: int) -> ComplementaritySolution:
    curvatures, axes = np.linalg.eigh(problem.b)
    # The geometric mean is the best weight for the two extreme curvatures.
    top = curvatures[-1]
    if top <= 0.0:  # nothing that X could change
        return problem.judged(np.zeros_like(problem.c), 0)
    weight = np.sqrt(top * max(curvatures[0], 1e-6 * top))
    inverse = (axes / (np.maximum(curvatures, 0.0) + weight)) @ axes.T
    z = multiplier = np.zeros_like(problem.c)
    for iteration in range(1, max_iterations + 1):
        x = inverse @ (weight * (z - multiplier) - problem.c)
        z = problem.positive_part(x + multiplier)
        multiplier = multiplier + x - z
        if iteration % 10 == 0:
            found = problem.judged(z, iteration)
            if found.converged:
                return found
    return problem.judged(z, max_iterations)


def _symmetric_basis(k: int) -> np.ndarray:
    """An orthonormal basis of the symmetric matrices, one flattened in each row."""
    rows = []
    for i in range(k):
        for j in range(i + 1):
            unit = np.zeros((k, k))
            unit[i, j] = unit[j, i] = 1.0 if i == j else np.sqrt(0.5)
            rows.append(unit.ravel())
    return np.array(rows)
