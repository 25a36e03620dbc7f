r"""A long product of matrices, multiplied out and by QR.

Each factor has independent entries from N(0, 1/N) and so preserves mean squares. The exponents of
the product are known (Newman, 1986):

    mu_i = 1/2 [ln(2/N) + psi((N - i)/2)],    i = 0, ..., N - 1

so that the singular values of L factors spread over L (mu_0 - mu_{N-1}) in ln s. An array of
floats holds a spread of ln(1/eps) = 36 only: of an explicit product, all singular values below
eps s_max are rounding.

References
----------
Newman, C. M. (1986). The distribution of Lyapunov exponents: exact results for random matrices.
Communications in Mathematical Physics 103, 121-126.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import lecun_normal
from ..learning.signal import (
    gaussian_product_exponents,
    log_singular_values,
    product_exponents,
)

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class GaussianExponents:
    """Lyapunov exponents of a product of Gaussian matrices.

    Attributes
    ----------
    measured, predicted : ndarray, shape (width,)
        Growth a factor in ln, decreasing: by QR, and Newman's.
    """

    measured: np.ndarray
    predicted: np.ndarray

    @property
    def deviation(self) -> float:
        """Largest distance between the two."""
        return float(np.max(np.abs(self.measured - self.predicted)))


def exponents(
    width: int = 40, *, stages: int = 2000, burn_in: int = 50, seed: int = 0
) -> GaussianExponents:
    """Measure the growth of orthonormal directions along a product, by QR.

    Parameters
    ----------
    width : int, optional
        N.
    stages, burn_in : int, optional
        Factors that are averaged, and before.
    seed : int, optional

    Returns
    -------
    GaussianExponents
    """
    rng = np.random.default_rng(seed)
    factors = (lecun_normal(rng, (), width, width)[0] for _ in range(burn_in + stages))
    found = product_exponents(factors, burn_in=burn_in, rng=rng)
    return GaussianExponents(found.exponents, gaussian_product_exponents(width))


@dataclass(frozen=True, slots=True)
class LongProduct:
    """Singular values of one product, by two routes.

    Attributes
    ----------
    depth : int
        L.
    explicit, chained : ndarray, shape (width,)
        ln of the singular values, decreasing: of the product multiplied out, and by QR.
    predicted : ndarray, shape (width,)
        L mu_i, which holds for L much larger than N.
    """

    depth: int
    explicit: np.ndarray
    chained: np.ndarray
    predicted: np.ndarray

    @property
    def floor(self) -> float:
        """ln(eps s_max): below it an explicit product is rounding."""
        return float(self.chained[0] + np.log(_EPS))

    @property
    def right(self) -> np.ndarray:
        """Whether the explicit product gives a singular value to a factor of two: (width,)."""
        return np.abs(self.explicit - self.chained) < np.log(2.0)

    @property
    def predicted_right(self) -> int:
        """How many of the predicted values lie above the floor that is predicted with them."""
        return int(np.sum(self.predicted > self.predicted[0] + np.log(_EPS)))


def run(depth: int = 100, *, width: int = 20, seed: int = 0) -> LongProduct:
    """Compute the singular values of one product of Gaussian matrices by both routes.

    Parameters
    ----------
    depth, width : int, optional
        L and N.
    seed : int, optional

    Returns
    -------
    LongProduct
    """
    rng = np.random.default_rng(seed)
    factors = [lecun_normal(rng, (), width, width)[0] for _ in range(depth)]
    product = np.eye(width)
    for a in factors:
        product = a @ product
    explicit = np.log(np.linalg.svd(product, compute_uv=False))
    predicted = depth * gaussian_product_exponents(width)
    return LongProduct(depth, explicit, log_singular_values(factors), predicted)
