"""Fixed points of maps and equilibria of flows, stable or not, by Newton's method.

A fixed point solves g(z) = F(z) - z = 0, an equilibrium g(z) = f(z) = 0. Newton's step solves
J s = -g, and a damping alpha in (0, 1] is halved until ||g|| falls:

    z <- z + alpha s

A direction in which nothing changes (a symmetry, a surplus parameter) makes J singular: F has
the multiplier 1 there, the fixed points form a manifold, and the step of least norm is taken.

References
----------
Dennis, J. E. and Schnabel, R. B. (1996). Numerical Methods for Unconstrained Optimization and
    Nonlinear Equations, SIAM, chapter 6.
Dembo, R. S., Eisenstat, S. C. and Steihaug, T. (1982). Inexact Newton methods. SIAM J. Numer.
    Anal. 19, 400-408.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor
from .flow import Flow
from .krylov import gmres
from .linearise import LinearOperator, flat_state, linearised
from .map import Map

_DENSE = 600  # larger Jacobians are not written out
_RANK = 1e-9  # a singular value below this part of the largest counts as zero
_DECREASE = 1e-4  # of the decrease that the linear model promises, this much must be seen
_HALVINGS = 40

Defect = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A state that a system leaves where it is.

    Attributes
    ----------
    state : ndarray, shape (n,)
        The best state found.
    residual : float
        Euclidean norm of F(z) - z, or of f(z).
    iterations : int
        Newton steps.
    converged : bool
        True if the residual is at most the tolerance.
    neutral : int or None
        Number of directions in which the linearised system does not move the state: the rank that
        the Jacobian of F(z) - z, or of f, lacks. 0 for an isolated point; None for n > 200, where
        the Jacobian is not written out.
    """

    state: np.ndarray
    residual: float
    iterations: int
    converged: bool
    neutral: int | None = 0


def fixed_point(
    system: Map, z0: Any, *, tolerance: float = 1e-10, max_iterations: int = 50
) -> FixedPoint:
    """Solve F(z) = z, whether or not iterating the map would get there.

    Parameters
    ----------
    system : Map
        Takes a vector of shape (n,) to a vector of shape (n,).
    z0 : array_like, shape (n,)
        Where Newton's method starts. It finds one point, most often a near one.
    tolerance : float, optional
        On ||F(z) - z||.
    max_iterations : int, optional
        Newton steps.

    Returns
    -------
    FixedPoint
        With ``converged=False`` where the steps ran out, or no step made ||F(z) - z|| smaller:
        then ||F(z) - z|| has a local minimum that is not zero.

    Raises
    ------
    ValueError
        If z0 is not a vector, the map changes its shape or is not finite at z0, or a limit is not
        positive.
    """
    return _newton(lambda z: system(z) - z, z0, tolerance, max_iterations, "fixed_point")


def equilibrium(
    flow: Flow,
    z0: Any,
    *,
    t: float = 0.0,
    tolerance: float = 1e-10,
    max_iterations: int = 50,
) -> FixedPoint:
    """Solve f(t, z) = 0 at a time t (any, for an autonomous flow).

    Parameters, result and errors are those of ``fixed_point``; the tolerance is on ||f||.
    """
    return _newton(lambda z: flow(t, z), z0, tolerance, max_iterations, "equilibrium")


def _newton(
    defect: Defect, z0: Any, tolerance: float, max_iterations: int, caller: str
) -> FixedPoint:
    if not tolerance > 0.0 or max_iterations < 1:
        raise ValueError(
            f"{caller}: tolerance and max_iterations must be positive, got {tolerance} and "
            f"{max_iterations}"
        )
    z = flat_state(z0, caller)
    value, jacobian = linearised(defect, z, caller=caller)
    size = float(np.linalg.norm(value))
    if not np.isfinite(size):
        raise ValueError(f"{caller}: the system is not finite at the initial state. Start elsewhere")
    steps = 0
    while size > tolerance and steps < max_iterations:
        step = _newton_step(jacobian, value, size)
        found = _damped(defect, z, step, size)
        if found is None:
            break
        z = found
        steps += 1
        value, jacobian = linearised(defect, z, caller=caller)
        size = float(np.linalg.norm(value))
    return FixedPoint(z, size, steps, size <= tolerance, _neutral(jacobian))


def _newton_step(jacobian: LinearOperator, value: np.ndarray, size: float) -> np.ndarray:
    """The least-squares solution of J s = -g; for large n to the accuracy that is worth it."""
    if jacobian.size <= _DENSE:
        return np.linalg.lstsq(jacobian.to_matrix(), -value, rcond=_RANK)[0]
    accuracy = min(1e-2, size)  # quadratic convergence needs O(||g||) only (Dembo et al., 1982)
    solution = gmres(
        jacobian, -value, tolerance=max(accuracy, 1e-12), max_iterations=min(jacobian.size, 300)
    )
    return solution.x


def _damped(defect: Defect, z: np.ndarray, step: np.ndarray, size: float) -> np.ndarray | None:
    """The first point on the way back from the full step where ||g|| is enough smaller."""
    alpha = 1.0
    for _ in range(_HALVINGS):
        trial = z + alpha * step
        # Far out a system may overflow; such a trial is refused, and a shorter one is made.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            there = float(np.linalg.norm(_plain(defect(trial))))
        if there <= (1.0 - _DECREASE * alpha) * size:
            return trial
        alpha /= 2.0
    return None


def _plain(value: Any) -> np.ndarray:
    """A system that closes over a Parameter returns a Tensor."""
    return value.numpy() if isinstance(value, Tensor) else np.asarray(value)


def _neutral(jacobian: LinearOperator) -> int | None:
    if jacobian.size > _DENSE:
        return None
    singular = np.linalg.svd(jacobian.to_matrix(), compute_uv=False)
    return int((singular <= _RANK * singular[0]).sum())
