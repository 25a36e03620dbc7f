"""The eigenvalues of the Hessian: all of them where it is small, their density where it is not.

At the end of training the spectrum is a bulk near zero and a few outliers: for K classes most
often K - 1 of them (Sagun, Evci, Guney, Dauphin and Bottou, 2017, Empirical analysis of the
Hessian of over-parametrized neural networks; Gur-Ari, Roberts and Dyer, 2018, Gradient descent
happens in a tiny subspace). The density is that of stochastic Lanczos quadrature (Ghorbani,
Krishnan and Xiao, 2019, An investigation into neural net optimization via Hessian eigenvalue
density).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.density import SpectralDensity, spectral_density
from ...dynamics.spectrum import spectrum
from ..curvature import hessian_operator


@dataclass(frozen=True, slots=True, eq=False)
class HessianSpectrum:
    """The spectrum of a Hessian.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n,), or None
        All of them, increasing; None where n is too large.
    density : SpectralDensity
        Point masses: one of weight 1/n at each eigenvalue, or the nodes and weights of the
        Lanczos quadrature. ``density.evaluate(grid, width)`` is the curve.
    size : int
        n, the number of parameters.
    """

    eigenvalues: np.ndarray | None
    density: SpectralDensity
    size: int

    @property
    def exact(self) -> bool:
        """True if all eigenvalues were computed."""
        return self.eigenvalues is not None

    @property
    def largest(self) -> float:
        """lambda_max; from the quadrature, a lower bound that is tight as a rule."""
        return float(self.density.nodes[-1])

    @property
    def smallest(self) -> float:
        """lambda_min; from the quadrature, an upper bound."""
        return float(self.density.nodes[0])


def hessian_spectrum(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    exact_up_to: int = 600,
    probes: int = 10,
    steps: int = 60,
    rng: int | np.random.Generator = 0,
) -> HessianSpectrum:
    """Compute the spectrum of the Hessian of a loss.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
    exact_up_to : int, optional
        Up to so many parameters the Hessian is written out, at the price of n products.
    probes, steps, rng
        As for ``spectral_density``, at the price of ``probes * steps`` products.

    Raises
    ------
    ValueError
        If the loss does not have one element, a count is not positive, or the Hessian is not
        finite.
    """
    hessian = hessian_operator(loss, theta)
    n = hessian.size
    if n > exact_up_to:
        density = spectral_density(hessian, probes=probes, steps=steps, rng=rng)
        return HessianSpectrum(None, density, n)
    values = np.sort(spectrum(hessian))
    return HessianSpectrum(values, SpectralDensity(values, np.full(n, 1.0 / n), 0, n), n)


def outliers(eigenvalues: Any, *, at_most: int | None = None) -> int:
    """Count the large eigenvalues that stand apart from the bulk: those above the widest gap.

    The gap after the k-th largest is lambda_k / lambda_(k+1), a ratio, and k is where it is
    widest. Some gap is always the widest, so the count says where a spectrum would be cut; look
    at the spectrum to see whether it should be.

    Parameters
    ----------
    eigenvalues : array_like, shape (m,)
        In any order: all, or the largest few. At least two must be positive.
    at_most : int, optional
        The largest count to consider. By default a tenth of the positive eigenvalues, and 3 at
        least: in the bulk near zero ratios are wide without a meaning.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an eigenvalue is not finite, fewer than two are positive, or ``at_most`` is not
        positive.
    """
    values = np.sort(np.asarray(eigenvalues, dtype=np.float64).ravel())[::-1]
    positive = values[values > 0.0]
    if not np.isfinite(values).all() or len(positive) < 2:
        raise ValueError(
            f"outliers: needs finite eigenvalues, two or more of them positive, got "
            f"{len(values)} of which {len(positive)} are"
        )
    if at_most is None:
        at_most = max(3, len(positive) // 10)
    if at_most < 1:
        raise ValueError(f"outliers: at_most must be at least 1, got {at_most}")
    ratios = positive[:-1] / positive[1:]
    return int(ratios[:at_most].argmax()) + 1
