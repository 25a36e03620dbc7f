"""The density of the eigenvalues of a symmetric operator, by stochastic Lanczos quadrature.

    phi(x) = (1/n) sum_i delta(x - lambda_i)

For a random unit vector v with independent components of mean zero, E v^T p(A) v = tr p(A) / n.
Lanczos from v gives the Gauss rule of v^T p(A) v: k nodes and weights that are exact for all
polynomials of degree below 2 k. The average over a few probes is the density, seen through
2 k moments (Golub and Welsch, 1969; Ghorbani, Krishnan and Xiao, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .lanczos import lanczos
from .linearise import LinearOperator, as_operator


@dataclass(frozen=True, slots=True)
class SpectralDensity:
    """A density of eigenvalues as point masses.

    Attributes
    ----------
    nodes : ndarray, shape (k,)
        Where the masses are, of all probes together, increasing.
    weights : ndarray, shape (k,)
        Not negative, of sum 1.
    probes, iterations : int
        Number of random vectors, and of products with the operator.
    """

    nodes: np.ndarray
    weights: np.ndarray
    probes: int
    iterations: int

    def evaluate(self, grid: Any, width: float) -> np.ndarray:
        """Return the density, each mass broadened to a Gaussian.

        Parameters
        ----------
        grid : array_like, shape (...)
            Where, in the unit of the eigenvalues.
        width : float
            Standard deviation of the Gaussian, in the same unit.

        Returns
        -------
        ndarray, shape (...)
            Its integral over the real line is 1.

        Raises
        ------
        ValueError
            If the width is not positive.
        """
        return broadened(self.nodes, self.weights, grid, width)


def spectral_density(
    operator: LinearOperator | Any,
    *,
    probes: int = 10,
    steps: int = 60,
    rng: int | np.random.Generator = 0,
) -> SpectralDensity:
    """Estimate the density of eigenvalues of a symmetric operator.

    Parameters
    ----------
    operator : LinearOperator or array_like, shape (n, n)
        Symmetric, for example a Hessian.
    probes : int, optional
        Random vectors with components +1 and -1. The error of a moment falls with
        1 / sqrt(probes n).
    steps : int, optional
        Lanczos steps each. Details finer than about (width of the spectrum) / steps are not
        resolved.
    rng : int or numpy.random.Generator, optional

    Returns
    -------
    SpectralDensity

    Raises
    ------
    ValueError
        If a count is not positive, or the operator is not known to be symmetric.
    """
    operator = as_operator(operator, "spectral_density")
    if probes < 1 or steps < 1:
        raise ValueError(
            f"spectral_density: needs probes >= 1 and steps >= 1, got {probes} and {steps}"
        )
    rng = np.random.default_rng(rng)
    nodes, weights, products = [], [], 0
    for _ in range(probes):
        signs = rng.choice([-1.0, 1.0], operator.size)
        x, w = lanczos(operator, signs, steps).quadrature()
        nodes.append(x)
        weights.append(w)
        products += len(x)
    x = np.concatenate(nodes)
    w = np.concatenate(weights)
    order = np.argsort(x, kind="stable")
    return SpectralDensity(x[order], w[order] / w.sum(), probes, products)


def broadened(values: np.ndarray, weights: np.ndarray, grid: Any, width: float) -> np.ndarray:
    """Return sum_i w_i N(grid; x_i, width^2), of the shape of the grid."""
    if not 0.0 < width < np.inf:
        raise ValueError(f"SpectralDensity: the width must be positive and finite, got {width}")
    grid = np.asarray(grid, dtype=np.float64)
    # Far from every node the Gaussian is zero to all digits, and exp says so by underflow.
    with np.errstate(under="ignore"):
        bells = np.exp(-0.5 * ((grid[..., None] - values) / width) ** 2)
        return bells @ weights / (width * np.sqrt(2.0 * np.pi))
