"""Implicit Euler for stiff flows: z1 = z + h f(t + h, z1), of order 1 and L-stable.

A mode exp(-lambda t) is multiplied by 1 / (1 + h lambda), which is stable for every h and goes
to 0 for large h lambda. The equation G(y) = y - z - h f(t + h, y) = 0 is solved by Newton's
method; its linear systems (I - h J) d = -G are solved by GMRES from products J v alone, or
directly if the state is short.

References
----------
Knoll, D. A. and Keyes, D. E. (2004). Jacobian-free Newton-Krylov methods: a survey of
approaches and applications. Journal of Computational Physics 193, 357-397.
Hairer, E. and Wanner, G. (1996). Solving Ordinary Differential Equations II. Springer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor
from ..flow import Flow
from ..krylov import gmres
from .field import Field, Linearised
from .fixed import check_step_size, grid
from .step import Step, StoppedError, hermite

DIRECT_UP_TO = 16  # components up to which forming I - h J is faster than a Krylov space
MAX_NEWTON = 25
_MAX_KRYLOV = 200
_SHORTEST = 1e-4  # fraction of a Newton step below which it is given up


@dataclass(frozen=True, slots=True)
class ImplicitEuler:
    """Implicit Euler's method, of order 1, for flows with fast modes that decay.

    Parameters
    ----------
    step_size : float
        h, in units of time, positive. The steps between two records are equal and not longer.
    tolerance : float, optional
        Newton's method ends when a correction is below ``tolerance`` times the norm of the
        state.

    Raises
    ------
    ValueError
        If the step size or the tolerance is not positive and finite.

    Notes
    -----
    The flow must be written with learndyn operations or Python operators, since its Jacobian
    is taken by differentiation.
    """

    step_size: float
    _: KW_ONLY
    tolerance: float = 1e-10

    def __post_init__(self) -> None:
        check_step_size(self.step_size, "ImplicitEuler")
        if not 0 < self.tolerance < 1:
            raise ValueError(
                f"ImplicitEuler: tolerance must be between 0 and 1, got {self.tolerance}"
            )

    def step(self, flow: Flow, t: float, z: Any, h: float) -> np.ndarray:
        """Return the state a time ``h`` after ``z``, an array of shape (n,).

        Raises
        ------
        TypeError
            If z is a Tensor: a solution by iteration leaves no graph.
        ArithmeticError
            If Newton's method does not converge.
        """
        if isinstance(z, Tensor):
            raise TypeError(
                "ImplicitEuler: a step is solved by iteration and cannot be differentiated. "
                "Use RK4, Heun or Euler on Tensors"
            )
        return self._solve(flow if isinstance(flow, Field) else Field(flow), t, np.asarray(z), h)

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Walk from the first time to the last; used by ``integrate``."""
        for t, t_next, h in grid(times, self.step_size):
            z_next = self._solve(field, t, z, h)
            yield Step(t, t_next, z, z_next, _Cubic(field, t, h, z, z_next))
            z = z_next

    def _solve(self, field: Field, t: float, z: np.ndarray, h: float) -> np.ndarray:
        """Newton's method from z, each correction shortened until |G| falls."""
        y, t_next = z, t + h
        here = field.linearised(t_next, y)
        gap = z - y + h * here.velocity  # -G(y)
        size = _norm(gap)
        for _ in range(MAX_NEWTON):
            if not math.isfinite(size):
                break
            goal = self.tolerance * max(_norm(y), _norm(z))
            correction, unsolved = _newton_correction(here, h, gap, 0.1 * goal)
            if _norm(correction) <= goal and unsolved <= goal:
                return y + correction
            share = 1.0
            while share >= _SHORTEST:
                trial = y + share * correction
                there = field.linearised(t_next, trial)
                trial_gap = z - trial + h * there.velocity
                trial_size = _norm(trial_gap)
                # 1e-4: the fall that Armijo's rule asks for
                if trial_size <= (1.0 - 1e-4 * share) * size or trial_size <= goal:
                    break
                share *= 0.5
            else:
                break
            y, here, gap, size = trial, there, trial_gap, trial_size
        raise StoppedError(
            f"ImplicitEuler: Newton's method did not converge in the step from t = {t:.6g} of "
            f"length {h:.3g}; |z1 - z0 - h f| is {size:.3g}. Use a smaller step_size, or "
            "DormandPrince if the flow is not stiff"
        )


@dataclass(frozen=True, slots=True)
class _NewtonOperator:
    """v -> v - h J v."""

    linearised: Linearised
    h: float

    def matvec(self, v: np.ndarray) -> np.ndarray:
        return v - self.h * self.linearised.matvec(v)


def _newton_correction(
    here: Linearised, h: float, gap: np.ndarray, goal: float
) -> tuple[np.ndarray, float]:
    """Solve (I - h J) d = gap; return d and the norm of what is left of the gap."""
    n = gap.size
    if n <= DIRECT_UP_TO:
        try:
            return np.linalg.solve(np.eye(n) - h * here.matrix(), gap), 0.0
        except np.linalg.LinAlgError:
            pass  # singular: GMRES gives the best there is
    size = _norm(gap)
    if size == 0.0:
        return np.zeros(n), 0.0
    # Solved as far as the whole step must be: then Newton's convergence stays quadratic.
    tolerance = min(max(goal / size, 1e-15), 1e-2)
    solution = gmres(_NewtonOperator(here, h), gap, tolerance=tolerance, max_iterations=_MAX_KRYLOV)
    return solution.x, solution.residual


class _Cubic:
    """The cubic that joins the ends of a step, fitted when it is wanted."""

    __slots__ = ("_field", "_h", "_t", "_z0", "_z1")

    def __init__(self, field: Field, t: float, h: float, z0: np.ndarray, z1: np.ndarray) -> None:
        self._field, self._t, self._h, self._z0, self._z1 = field, t, h, z0, z1

    def __call__(self) -> np.ndarray:
        # By the method's own equation the velocity at the end is (z1 - z0) / h.
        v1 = (self._z1 - self._z0) / self._h
        return hermite(self._h, self._z0, self._z1, self._field(self._t, self._z0), v1)


def _norm(x: np.ndarray) -> float:
    return math.sqrt(x.dot(x))
