"""All eigenvalues of an operator that is small enough to write out.

The multipliers of a map are the eigenvalues of its Jacobian: a perturbation along an
eigenvector is multiplied by lambda each step. The spectral radius rho = max |lambda| is the
asymptotic growth factor; rho < 1 says that small perturbations die out in the end, not that
they shrink at once.

An eigenvalue in a Jordan block of order 2 comes out of any backward stable algorithm with an
error of about sqrt(eps) = 1.5e-8 (Golub and Van Loan, 2013, Matrix Computations, 7.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .linearise import LinearOperator, as_matrix, as_operator
from .modes import dominant_modes, rank_order

_SYMMETRY = 1e-6  # how far from symmetric a symmetric operator may be, relative to its norm
_WRITE_OUT = 400  # spectral_radius writes smaller operators out


def spectrum(operator: LinearOperator | Any) -> np.ndarray:
    """Return all eigenvalues, in the order of decreasing magnitude.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)
        It is written out, by n products.

    Returns
    -------
    ndarray, shape (n,)
        float64 for a symmetric operator, complex128 for any other. Of a conjugate pair the
        member with positive imaginary part comes first.

    Raises
    ------
    ValueError
        If the matrix is not square, real and finite, or an operator that says it is
        symmetric is not.
    """
    operator = as_operator(operator, "spectrum")
    a = as_matrix(operator, "spectrum")
    if operator.symmetric:
        gap, size = np.abs(a - a.T).max(), np.abs(a).max()
        if gap > _SYMMETRY * size:
            raise ValueError(
                f"spectrum: the operator says it is symmetric, but A - A^T has entries up to "
                f"{gap:.3g} where A has {size:.3g}. Pass symmetric=False"
            )
        values = np.linalg.eigvalsh((a + a.T) / 2.0)
    else:
        values = np.linalg.eigvals(a).astype(np.complex128)
    return values[rank_order(values, "magnitude")]


def spectral_radius(operator: LinearOperator | Any) -> float:
    """Return max |lambda|. Above n = 400 the operator is not written out.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)

    Raises
    ------
    RuntimeError
        If the Krylov method that large operators need did not converge.
    """
    operator = as_operator(operator, "spectral_radius")
    if operator.size <= _WRITE_OUT:
        return float(np.abs(spectrum(operator)[0]))
    modes = dominant_modes(operator)
    if not modes.converged:
        raise RuntimeError(
            f"spectral_radius: not converged after {modes.iterations} products; the best estimate "
            f"is {abs(modes.values[0]):.6g} with residual {modes.residuals[0]:.3g}. Call "
            "dominant_modes with more max_iterations or a larger tolerance"
        )
    return float(abs(modes.values[0]))
