"""How well a computer knows the eigenvalues of a defective matrix.

A matrix is stored with a relative error of eps = 2^-52. A perturbation of size d moves an
eigenvalue in a Jordan block of order n by about d^(1/n): by sqrt(eps) = 1.5e-8 for the double
multiplier of an optimal heavy ball, and by 0.7 for a block of order 100. An iterative method
that accepts a value because its residual r is tiny has shown that r is the size of such a
perturbation, and no more.

References
----------
Trefethen, L. N. and Embree, M. (2005). Spectra and Pseudospectra, Princeton.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import dominant_modes, linearise, spectrum
from ..learning import HeavyBall, optimal_heavy_ball, training_map

EPSILON = float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class DefectiveModes:
    """Computed eigenvalues of defective matrices beside the exact ones.

    Attributes
    ----------
    double_errors : ndarray, shape (trials,)
        Errors of the double multiplier of the optimal heavy ball, for several condition numbers.
    order : int
        n, of the Jordan block.
    eigenvalue : float
        The only eigenvalue of the block.
    rotated : ndarray of complex, shape (n,)
        Eigenvalues of Q J Q^T by the dense algorithm, Q a random rotation.
    ritz_value : float
        The dominant eigenvalue by Arnoldi iteration.
    residual : float
        ||J x - value x|| of it.
    converged : bool
        What Arnoldi iteration says of itself.
    """

    double_errors: np.ndarray
    order: int
    eigenvalue: float
    rotated: np.ndarray
    ritz_value: float
    residual: float
    converged: bool

    @property
    def rotated_radius(self) -> float:
        """Median distance of the dense eigenvalues from the true one; predicted eps^(1/n)."""
        return float(np.median(np.abs(self.rotated - self.eigenvalue)))

    @property
    def predicted_radius(self) -> float:
        """eps^(1/n)."""
        return float(EPSILON ** (1.0 / self.order))

    @property
    def ritz_error(self) -> float:
        """Distance of Arnoldi's value from the true eigenvalue."""
        return abs(self.ritz_value - self.eigenvalue)

    @property
    def predicted_ritz_error(self) -> float:
        """r^(1/n) for the residual r."""
        return float(self.residual ** (1.0 / self.order))


def run(*, order: int = 100, eigenvalue: float = 0.5, seed: int = 0) -> DefectiveModes:
    """Compute eigenvalues of heavy balls and of one Jordan block.

    Parameters
    ----------
    order, eigenvalue : optional
        Of the Jordan block.
    seed : int, optional
        Of the rotation.
    """
    block = eigenvalue * np.eye(order) + np.diag(np.ones(order - 1), 1)
    q = np.linalg.qr(np.random.default_rng(seed).standard_normal((order, order)))[0]
    modes = dominant_modes(block)
    errors = np.array([_double_error(k) for k in np.geomspace(2.0, 1e4, 40)])
    return DefectiveModes(
        errors,
        order,
        eigenvalue,
        spectrum(q @ block @ q.T),
        float(modes.values[0].real),
        float(modes.residuals[0]),
        modes.converged,
    )


def _double_error(condition_number: float) -> float:
    """The largest error of the computed multipliers of the optimal heavy ball at lambda = 1."""
    rule = HeavyBall(*optimal_heavy_ball(1.0, condition_number))
    step = training_map(lambda theta: 0.5 * (theta * theta).sum(), rule, np.zeros(1))
    exact = (np.sqrt(condition_number) - 1.0) / (np.sqrt(condition_number) + 1.0)
    return float(np.abs(spectrum(linearise(step, step.initial_state)) - exact).max())
