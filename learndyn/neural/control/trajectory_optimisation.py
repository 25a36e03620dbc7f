"""iLQR and DDP as maps on controls: U -> U', to be simulated and linearised like any other map.

``SweepMap`` is the bare iteration. Near an optimum U* it is U' = U - H^-1 grad J(U) + O(|U - U*|^2) with
the Hessian that its model sees, so its Jacobian at U* is

    I - G^-1 H     for iLQR: G is the Gauss-Newton Hessian, H the true one
    0              for DDP .

iLQR therefore converges linearly, with the spectral radius of I - G^-1 H as its ratio, and may even be
repelled by the optimum; DDP converges quadratically. The eigenvalues are real, since G and H
are symmetric and G is positive definite.

``DampedSweep`` adds what makes the iteration safe far from an optimum, a line search and a
regularisation, and carries the latter in its state. ``optimise`` simulates it.

References
----------
Jacobson and Mayne (1970); Li and Todorov (2004); Tassa, Erez and Todorov (2012), see ``sweep``.
Baumgaertner, K., Messerer, F. and Diehl, M. (2023). Local convergence behaviour of generalized
Gauss-Newton multiple shooting, single shooting and differential dynamic programming. arXiv:2301.04047.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...autodiff import reshape
from ...dynamics import Trajectory, simulate
from ...dynamics.running import plain
from .control_problem import ControlProblem
from .expansion import Expansion, expand
from .sweep import backward_sweep, forward_sweep

SweepMethod = Literal["ilqr", "ddp"]

_ARMIJO = 1e-4  # the least share of the expected decrease that counts as one
_GROWTH, _FIRST, _LARGEST = 4.0, 1e-6, 1e10  # of the regularisation


@dataclass(frozen=True, slots=True, eq=False)
class SweepMap:
    """One full step of iLQR or DDP: a Map on flat controls, shape (T m,).

    It has no line search and no regularisation, accepts arrays and Tensors, and can be differentiated:
    ``linearise(sweep_map(problem), u)`` says how fast the iteration converges.

    Attributes
    ----------
    problem : ControlProblem
    method : {"ilqr", "ddp"}
    """

    problem: ControlProblem
    method: SweepMethod

    def __call__(self, u: Any) -> Any:
        """Return the controls after one sweep, shape (T m,).

        Raises
        ------
        ArithmeticError
            If the quadratic model along the trajectory has no minimum.
        """
        controls = self.problem.controls(u)
        states = self.problem.rollout(controls)
        local = expand(self.problem, states, controls, second_order=self.method == "ddp")
        gains = backward_sweep(local)
        if gains is None:
            raise ArithmeticError(
                f"SweepMap: the quadratic model of {self.method} has no minimum along this trajectory. "
                "Use optimise, which regularises it"
            )
        return reshape(forward_sweep(self.problem, states, controls, gains)[1], -1)


def sweep_map(problem: ControlProblem, *, method: SweepMethod = "ilqr") -> SweepMap:
    """Return the bare iteration of iLQR or DDP.

    Raises
    ------
    ValueError
        If the method is neither.
    """
    return SweepMap(problem, _known(method, "sweep_map"))


@dataclass(frozen=True, slots=True, eq=False)
class DampedSweep:
    """One safe step: a Map on (controls, regularisation mu), shape (T m + 1,). Arrays only.

    The full step without regularisation is tried first, so that nothing slows down the convergence in
    the end. If it does not lower the cost, mu rises by factors of 4 until the model has a minimum and a
    step along it, halved as often as needed, does; it falls by 4 after a step of full length. Where the
    change of the cost drowns in its rounding, the slope dJ/dU decides. A state from which no step leads
    down is a fixed point.

    Attributes
    ----------
    problem : ControlProblem
    method : {"ilqr", "ddp"}
    """

    problem: ControlProblem
    method: SweepMethod

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return controls and regularisation after one step."""
        problem, mu = self.problem, float(z[-1])
        controls = problem.controls(z[:-1])
        states = problem.rollout(controls)
        cost = float(plain(problem.cost_of(states, controls)))
        local = expand(problem, states, controls, second_order=self.method == "ddp")
        found = self._line_search(states, controls, cost, local, 0.0, lengths=1)
        if found is not None:
            return np.append(found[0].reshape(-1), 0.0)
        while mu <= _LARGEST:
            found = self._line_search(states, controls, cost, local, mu)
            if found is not None:
                after, alpha = found
                return np.append(after.reshape(-1), mu / _GROWTH if alpha == 1.0 else mu)
            mu = max(_FIRST, _GROWTH * mu)
        return z.copy()

    def _line_search(
        self,
        states: np.ndarray,
        controls: np.ndarray,
        cost: float,
        local: Expansion,
        mu: float,
        *,
        lengths: int = 12,
    ) -> tuple[np.ndarray, float] | None:
        """The first of the step lengths 1, 1/2, 1/4, .. that lowers the cost enough."""
        gains = backward_sweep(local, regularisation=mu)
        if gains is None:
            return None
        # A smaller change of the cost cannot be told from its rounding.
        noise = 4.0 * np.finfo(float).eps * (self.problem.horizon + 1) * abs(cost)
        for alpha in 0.5 ** np.arange(lengths):
            expected = gains.expected_change(alpha)
            with np.errstate(over="ignore", invalid="ignore"):  # a wild trial is refused just below
                visited, used = forward_sweep(self.problem, states, controls, gains, alpha=alpha)
                change = float(plain(self.problem.cost_of(visited, used))) - cost
            if change <= _ARMIJO * expected and change < -noise:
                return used, alpha
            if abs(change) <= noise and steepness(self.problem, used) < steepness(self.problem, controls):
                return used, alpha
        return None


@dataclass(frozen=True, slots=True)
class OptimisedTrajectory:
    """What iLQR or DDP found.

    Attributes
    ----------
    controls : ndarray, shape (T, m)
    states : ndarray, shape (T + 1, n)
    costs : ndarray, shape (iterations + 1,)
        J before the first and after each iteration; it does not rise, up to rounding.
    gradient_norms : ndarray, shape (iterations + 1,)
        Largest component of dJ/dU.
    converged : bool
        Whether the last of them is below the tolerance.
    run : Trajectory
        All controls and regularisations, shape (iterations + 1, T m + 1).
    """

    controls: np.ndarray
    states: np.ndarray
    costs: np.ndarray
    gradient_norms: np.ndarray
    converged: bool
    run: Trajectory

    @property
    def iterations(self) -> int:
        """How many steps were made."""
        return len(self.costs) - 1


def optimise(
    problem: ControlProblem,
    controls: Any,
    *,
    method: SweepMethod = "ddp",
    iterations: int = 100,
    tolerance: float = 1e-9,
    regularisation: float = 0.0,
) -> OptimisedTrajectory:
    """Find controls that satisfy the first-order condition of a problem.

    Parameters
    ----------
    problem : ControlProblem
    controls : array_like, shape (T, m) or (T m,)
        Where to begin.
    method : {"ddp", "ilqr"}, optional
        With or without the curvature of the dynamics.
    iterations : int, optional
        At most so many.
    tolerance : float, optional
        The run ends when no component of dJ/dU is larger.
    regularisation : float, optional
        mu at the beginning.

    Returns
    -------
    OptimisedTrajectory

    Raises
    ------
    ValueError
        If the method is unknown, or the controls have another shape.
    """
    system = DampedSweep(problem, _known(method, "optimise"))
    start = np.array(plain(problem.controls(np.asarray(controls, dtype=np.float64)))).reshape(-1)

    run = simulate(
        system,
        np.append(start, regularisation),
        iterations,
        observe={
            "cost": lambda z: problem.cost(z[:-1]),
            "steepness": lambda z: steepness(problem, z[:-1]),
        },
        stop_when=lambda z: steepness(problem, z[:-1]) <= tolerance,
        progress=False,
    )
    best = run.final_state[:-1]
    slopes = run.observables["steepness"]
    return OptimisedTrajectory(
        problem.controls(best),
        problem.rollout(best),
        run.observables["cost"],
        slopes,
        bool(slopes[-1] <= tolerance),
        run,
    )


def predicted_ratio(problem: ControlProblem, controls: Any) -> float:
    """Return the spectral radius of I - G^-1 H, the ratio of iLQR's linear convergence.

    G is the Gauss-Newton Hessian and H the Hessian of J, both with respect to all controls, and neither
    knows anything of sweeps. A ratio of 1 or more means that undamped iLQR does not converge to
    these controls, though they are optimal.

    Parameters
    ----------
    problem : ControlProblem
    controls : array_like, shape (T, m) or (T m,)
        An optimum.

    Raises
    ------
    ValueError
        If the Gauss-Newton Hessian is not positive definite.
    """
    g, h = problem.gauss_newton_hessian(controls), problem.hessian(controls)
    try:
        factor = np.linalg.cholesky(0.5 * (g + g.T))
    except np.linalg.LinAlgError:
        raise ValueError(
            "predicted_ratio: the Gauss-Newton Hessian is not positive definite here, so iLQR is not "
            "defined. Add a cost on the controls"
        ) from None
    half = np.linalg.solve(factor, g - h)
    similar = np.linalg.solve(factor, half.T)
    return float(np.abs(np.linalg.eigvalsh(0.5 * (similar + similar.T))).max())


def steepness(problem: ControlProblem, controls: Any) -> float:
    """Return the largest component of dJ/dU: how far the first-order condition is from holding."""
    return float(np.abs(problem.gradient(controls)).max())


def _known(method: Any, caller: str) -> SweepMethod:
    if method not in ("ilqr", "ddp"):
        raise ValueError(f"{caller}: method must be 'ilqr' or 'ddp', got {method!r}")
    known: SweepMethod = method
    return known
