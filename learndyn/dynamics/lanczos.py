"""Lanczos: a symmetric operator as a tridiagonal matrix.

For A = A^T the Arnoldi matrix is tridiagonal: A V_k = V_k T_k + beta_k v_{k+1} e_k^T with
alpha on the diagonal of T_k and beta beside it. In floating point the basis loses its
orthogonality as soon as an eigenvalue has converged, and copies of it appear (Paige, 1971). Here each
vector is orthogonalised against all before it, so an eigenvalue appears as often as it is.

References
----------
Lanczos, C. (1950). An iteration method for the solution of the eigenvalue problem of linear
    differential and integral operators. J. Res. Natl. Bur. Stand. 45, 255-282.
Golub, G. H. and Welsch, J. H. (1969). Calculation of Gauss quadrature rules. Math. Comp. 23.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .linearise import LinearOperator


@dataclass(frozen=True, slots=True)
class Tridiagonal:
    """The result of k Lanczos steps.

    Attributes
    ----------
    diagonal : ndarray, shape (k,)
        alpha.
    off_diagonal : ndarray, shape (k - 1,)
        beta, not negative.
    basis : ndarray, shape (n, k)
        V, orthonormal; V^T A V is the tridiagonal matrix.
    """

    diagonal: np.ndarray
    off_diagonal: np.ndarray
    basis: np.ndarray

    def to_matrix(self) -> np.ndarray:
        """Return T, shape (k, k)."""
        return (
            np.diag(self.diagonal) + np.diag(self.off_diagonal, 1) + np.diag(self.off_diagonal, -1)
        )

    def quadrature(self) -> tuple[np.ndarray, np.ndarray]:
        """Return nodes and weights, each of shape (k,), of the Gauss rule of the start vector.

        With the unit start vector v, sum_i w_i p(x_i) = v^T p(A) v for each polynomial p of
        degree below 2 k. The nodes are the eigenvalues of T, each weight the square of the
        first component of the eigenvector (Golub and Welsch, 1969).
        """
        nodes, y = np.linalg.eigh(self.to_matrix())
        return nodes, y[0] ** 2


def lanczos(operator: LinearOperator, start: np.ndarray, steps: int) -> Tridiagonal:
    """Take Lanczos steps from a vector, with full re-orthogonalisation.

    Parameters
    ----------
    operator : LinearOperator
        Symmetric, of size n.
    start : ndarray, shape (n,)
        Not zero; it need not have unit length.
    steps : int
        At most n are taken. Fewer are, if the Krylov space of the start is exhausted: the
        result is then exact.

    Raises
    ------
    ValueError
        If the operator is not known to be symmetric, a product is not finite, the start is
        zero or of another shape, or there is no step to take.
    """
    start = np.asarray(start, dtype=np.float64)
    length = np.linalg.norm(start)
    if not operator.symmetric:
        raise ValueError("lanczos: the operator is not symmetric. Use dominant_modes (Arnoldi)")
    if start.shape != (operator.size,) or not 0.0 < length < np.inf or steps < 1:
        raise ValueError(
            f"lanczos: needs a finite start of shape ({operator.size},) that is not zero and "
            f"steps >= 1, got shape {start.shape}, norm {length:.3g}, steps={steps}"
        )
    steps = min(steps, operator.size)
    basis = np.zeros((operator.size, steps), order="F")
    alpha, beta = np.zeros(steps), np.zeros(steps)
    basis[:, 0] = start / length
    scale = 0.0
    for j in range(steps):
        w = operator(basis[:, j])
        size = float(np.linalg.norm(w))
        if not np.isfinite(size):
            raise ValueError(f"lanczos: product number {j + 1} with the operator is not finite")
        scale = max(scale, size)
        used = basis[:, : j + 1]
        alpha[j] = used[:, j] @ w
        for _ in range(2):  # "twice is enough" (Kahan; Parlett, 1980)
            w = w - used @ (used.T @ w)
        beta[j] = np.linalg.norm(w)
        if beta[j] <= 10.0 * np.finfo(float).eps * scale or j + 1 == steps:
            break
        basis[:, j + 1] = w / beta[j]
    k = j + 1
    return Tridiagonal(alpha[:k], beta[: k - 1], basis[:, :k])
