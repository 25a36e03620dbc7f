r"""How many eigenvalues of a classifier's Hessian stand apart, and on what that depends.

The Hessian is H = G + (curvature of the net, weighted by the errors), with the Gauss-Newton matrix

    G = (1/N) sum_x J_x' A_x J_x ,     A_x = diag(p) - p p'  for the cross-entropy,

J_x the derivative of the K outputs by the parameters. A_x has the rank K - 1, since it annihilates
(1, ..., 1): a logit added to all classes changes nothing. For a squared error A_x is a multiple of the
identity, of rank K. If all inputs of a class are one and the same, G has at most K terms, and a rank of
K (K - 1) or K^2. Of these, K - 1 often stand apart (Sagun et al., 2017; Gur-Ari, Roberts and Dyer,
2018); how many do depends on the data, on the loss and on the time.

References
----------
Sagun, L., Evci, U., Guney, V. U., Dauphin, Y. and Bottou, L. (2017). Empirical analysis of the Hessian
of over-parametrized neural networks. arXiv:1706.04454.
Gur-Ari, G., Roberts, D. A. and Dyer, E. (2018). Gradient descent happens in a tiny subspace.
arXiv:1812.04754.
Ghorbani, B., Krishnan, S. and Xiao, Y. (2019). An investigation into neural net optimization via
Hessian eigenvalue density. ICML. arXiv:1901.10159.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import dominant_modes
from ..learning import GradientDescent, gauss_newton_operator, hessian_operator, train
from ..learning.landscape import hessian_spectrum, outliers
from .landscape_problems import clusters

EXACT = 2000  # parameters up to which the Hessian is written out
SHOWN = 30  # largest eigenvalues that are computed
TOLERANCE = 1e-3  # of an eigenpair: far finer than the gaps


@dataclass(frozen=True, slots=True, eq=False)
class OutlierCounts:
    """Numbers of eigenvalues above the widest gap.

    Attributes
    ----------
    classes : ndarray of int, shape (settings,)
        K.
    counts : ndarray of int, shape (settings, seeds)
    largest : ndarray, shape (settings, seeds, 30)
        The largest eigenvalues, decreasing.
    losses : ndarray, shape (settings, seeds)
    """

    classes: np.ndarray
    counts: np.ndarray
    largest: np.ndarray
    losses: np.ndarray

    @property
    def right(self) -> int:
        """In how many runs there are K - 1."""
        return int((self.counts == self.classes[:, None] - 1).sum())

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.counts.size)


def run(
    classes: Sequence[int] = (3, 5, 8),
    *,
    seeds: Sequence[int] = (0, 1, 2, 3),
    steps: int = 20,
    noise: float = 0.5,
    squared: bool = False,
) -> OutlierCounts:
    """Train classifiers and count the outliers of their Hessians.

    Parameters
    ----------
    classes : sequence of int, optional
        K, each with all seeds.
    seeds : sequence of int, optional
    steps : int, optional
        Of gradient descent, step size 0.3.
    noise, squared
        As for ``clusters``.
    """
    counts, largest, losses = [], [], []
    for k in classes:
        rows = []
        for seed in seeds:
            _, loss, theta = clusters(k, noise=noise, squared=squared, rng=seed)
            theta = train(loss, GradientDescent(0.3), theta, steps, every=max(steps, 1)).theta
            values = leading_eigenvalues(loss, theta)
            count = outliers(values, at_most=SHOWN - 1)
            rows.append((count, values, float(loss(theta))))
        counts.append([row[0] for row in rows])
        largest.append([row[1] for row in rows])
        losses.append([row[2] for row in rows])
    return OutlierCounts(np.array(classes), np.array(counts), np.array(largest), np.array(losses))


def leading_eigenvalues(loss: Callable[[Tree], Any], theta: Tree) -> np.ndarray:
    """Return the 30 largest eigenvalues of the Hessian, decreasing.

    Raises
    ------
    RuntimeError
        If they did not converge.
    """
    modes = dominant_modes(hessian_operator(loss, theta), SHOWN, which="largest", tolerance=TOLERANCE)
    if not modes.converged:
        raise RuntimeError(
            f"leading_eigenvalues: not converged after {modes.iterations} products, residuals up to "
            f"{modes.residuals.max():.1e}. Look at another net, or take a larger tolerance"
        )
    return modes.values


def cluster_rank(classes: int = 3, *, squared: bool = False, steps: int = 20, seed: int = 0) -> int:
    """Count the nonzero eigenvalues of G where all inputs of a class are the same.

    Parameters
    ----------
    classes : int, optional
    squared : bool, optional
        As for ``clusters``.
    steps, seed : int, optional
    """
    model, loss, theta = clusters(classes, noise=0.0, squared=squared, rng=seed)
    theta = train(loss, GradientDescent(0.3), theta, steps, every=max(steps, 1)).theta
    operator = gauss_newton_operator(
        lambda theta: model(theta, loss.x), lambda y: loss.loss(y, loss.target), theta
    )
    values = np.linalg.eigvalsh([operator.matvec(row) for row in np.eye(operator.size)])
    return int((values > 1e-10 * values[-1]).sum())


@dataclass(frozen=True, slots=True, eq=False)
class LanczosDensity:
    """The density of eigenvalues, exact and by stochastic Lanczos quadrature.

    Attributes
    ----------
    grid : ndarray, shape (m,)
    exact, estimated : ndarray, shape (m,)
        Broadened to Gaussians.
    width : float
        Their standard deviation.
    distance : float
        Integral of |exact - estimated|.
    products : int
        Hessian-vector products of the estimate.
    size : int
        Products of the exact spectrum, n.
    """

    grid: np.ndarray
    exact: np.ndarray
    estimated: np.ndarray
    width: float
    distance: float
    products: int
    size: int


def density(
    *, classes: int = 5, steps: int = 20, probes: int = 10, lanczos_steps: int = 60, seed: int = 0
) -> LanczosDensity:
    """Compute the density of a classifier's Hessian in both ways.

    Parameters
    ----------
    classes, steps, seed : int, optional
        As in ``run``.
    probes, lanczos_steps : int, optional
        Random vectors, and Lanczos steps from each.
    """
    _, loss, theta = clusters(classes, rng=seed)
    theta = train(loss, GradientDescent(0.3), theta, steps, every=max(steps, 1)).theta
    exact = hessian_spectrum(loss, theta, exact_up_to=EXACT)
    rough = hessian_spectrum(loss, theta, exact_up_to=0, probes=probes, steps=lanczos_steps, rng=seed)
    width = 0.02 * (exact.largest - exact.smallest)
    grid = np.linspace(exact.smallest - 5.0 * width, exact.largest + 5.0 * width, 801)
    one, other = (found.density.evaluate(grid, width) for found in (exact, rough))
    distance = float(np.abs(one - other).sum() * (grid[1] - grid[0]))
    return LanczosDensity(grid, one, other, width, distance, rough.density.iterations, exact.size)
