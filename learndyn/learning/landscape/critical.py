"""Critical points: where the gradient vanishes, of whatever index.

Newton's method on grad L(theta) = 0 goes to minima, saddles and maxima alike: to the one that is
near if the start is close, where closeness is measured by the smallest curvature. The index is the
number of negative eigenvalues of the Hessian there: 0 for a minimum. Directions of zero curvature
(a symmetry, surplus parameters) make the Hessian singular; the step of least norm is taken, and
they are counted as neutral. At a neutral direction linear analysis is silent: with index 0 the
point may be a minimum or not (at the zero of an XOR net it is not).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.fixed_points import equilibrium
from ...dynamics.spectrum import spectrum
from ..curvature import gradient_and_hessian
from ..gradient_flow import flat_loss, number


@dataclass(frozen=True, slots=True, eq=False)
class CriticalPoint:
    """A point where the gradient of a loss vanishes, or the best that was found.

    Attributes
    ----------
    theta : tree of arrays
    loss : float
    gradient_norm : float
        Euclidean length of the gradient.
    index : int or None
        Number of negative eigenvalues of the Hessian; None where n is too large to write it out.
    neutral : int or None
        Number of eigenvalues that count as zero.
    eigenvalues : ndarray, shape (n,), or None
        Of the Hessian, increasing.
    distance : float
        Euclidean distance from the start. Newton's method may leave for a point far away.
    iterations : int
        Newton steps.
    converged : bool
        True if the gradient norm is at most the tolerance. If not, the norm has a local minimum
        there that is not zero, or the steps ran out, and the index is that of a slope.
    """

    theta: Tree
    loss: float
    gradient_norm: float
    index: int | None
    neutral: int | None
    eigenvalues: np.ndarray | None
    distance: float
    iterations: int
    converged: bool


def critical_point(
    loss: Callable[[Tree], Any],
    theta0: Tree,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 100,
    neutral: float = 1e-7,
    exact_up_to: int = 600,
) -> CriticalPoint:
    """Refine a point to a critical one, by damped Newton steps, and count its descents.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element; twice differentiable.
    theta0 : tree of arrays
        Where to start, close by: a net that is still in a long valley may be taken to a saddle
        far from it. Train on, or look at ``distance``.
    tolerance : float, optional
        On the Euclidean length of the gradient.
    max_iterations : int, optional
        Newton steps. They converge quadratically at a regular critical point, linearly (a factor
        of 2/3 a step for a quartic) at a degenerate one.
    neutral : float, optional
        An eigenvalue counts as zero if its magnitude is at most this part of the largest.
    exact_up_to : int, optional
        Above so many parameters eigenvalues are not computed.

    Returns
    -------
    CriticalPoint

    Raises
    ------
    ValueError
        If the loss does not have one element or its gradient is not finite at theta0, or an
        option is not positive.

    Notes
    -----
    Above 200 parameters the Newton step comes from a Krylov method (see ``fixed_point``), which is
    slow where the Hessian is nearly singular.
    """
    if not neutral >= 0.0:
        raise ValueError(f"critical_point: neutral must not be negative, got {neutral}")
    z, flat = flat_loss(loss, theta0)
    found = equilibrium(
        lambda t, z: flat.gradient(z), z, tolerance=tolerance, max_iterations=max_iterations
    )
    distance = float(np.linalg.norm(found.state - z))
    z = found.state
    values = index = zeros = None
    if z.size <= exact_up_to:
        values = np.sort(spectrum(gradient_and_hessian(flat, z)[1]))
        small = np.abs(values) <= neutral * np.abs(values).max()
        zeros = int(small.sum())
        index = int(((values < 0.0) & ~small).sum())
    return CriticalPoint(
        flat.parameters(z), number(flat(z), z), found.residual, index, zeros, values,
        distance, found.iterations, found.converged,
    )  # fmt: skip
