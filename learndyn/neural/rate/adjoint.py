r"""The continuous adjoint: the gradient of a trajectory's loss as the solution of another flow.

For dz/dt = f(t, z; theta) and L = terminal(z(T)) + integral running dt, the adjoint a = dL/dz(t)
and the gradient g obey, from t = T down to 0,

    da/dt = -J(t)' a - d running/dz,    a(T) = d terminal/dz
    dg/dt = -(df/dtheta)' a,            g(T) = 0,   dL/dtheta = g(0),  dL/dz0 = a(0)

It is the gradient of the exact flow, where backpropagation through time is that of a discrete
run: with steps of Euler's method the two differ by O(dt).

The adjoint needs z(t) backwards in time. Three ways to have it:

- keep the whole run (dense output);
- "checkpointed": keep the state at a few times and integrate forwards again from each, segment by
  segment on the way back. The state is as accurate as the run was;
- "reversed": integrate dz/dt = f backwards from z(T) along with a (Chen et al., 2018). It keeps
  nothing, and it fails for any circuit that forgets: a leak e^{-T/tau} is e^{+T/tau} backwards and
  multiplies every error by that. After 25 time constants 1e-9 has become 70.

Pontryagin, L. S. et al. (1962). The Mathematical Theory of Optimal Processes. Wiley.
Chen, R. T. Q., Rubanova, Y., Bettencourt, J. and Duvenaud, D. (2018). Neural ordinary differential
equations. NeurIPS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...autodiff import value_and_grad, vjp
from ...autodiff.tree import Tree
from ...dynamics import DormandPrince, Trajectory, integrate, ravel
from ...dynamics.integrate import Method
from .checks import require_count
from .unrolled import TrajectoryLoss

_TIGHT = DormandPrince(rtol=1e-9, atol=1e-11)


@dataclass(frozen=True, slots=True, eq=False)
class AdjointGradient:
    """A gradient by the continuous adjoint.

    Attributes
    ----------
    value : float
        L.
    gradient : tree of ndarray
        dL/dtheta, of the structure of theta.
    start_gradient : ndarray, shape (n,)
        dL/dz0.
    start_error : float
        Distance from z0 of the state with which the way back ended. Zero for "checkpointed", which
        starts there; for "reversed" the error that the gradient was computed with.
    kept : int
        States that were kept from the way forwards.
    stopped : str or None
        Why the way back ended early, with a gradient that means nothing; None if it did not.
    """

    value: float
    gradient: Tree
    start_gradient: np.ndarray
    start_error: float
    kept: int
    stopped: str | None = None


def adjoint_gradient(
    problem: TrajectoryLoss,
    theta: Tree,
    *,
    states: Literal["checkpointed", "reversed"] = "checkpointed",
    segments: int = 8,
    method: Method = _TIGHT,
) -> AdjointGradient:
    """Return loss and gradient of a trajectory by integrating the adjoint backwards.

    Parameters
    ----------
    problem : TrajectoryLoss
    theta : tree of arrays
        Where the gradient is taken.
    states : {"checkpointed", "reversed"}, optional
        Where the way back has z(t) from. "reversed" is there to see it fail.
    segments : int, optional
        For "checkpointed": how many states are kept.
    method : optional
        An integrator, both ways; Dormand-Prince with rtol 1e-9 by default.

    Returns
    -------
    AdjointGradient

    Raises
    ------
    ValueError
        If an option is unknown or out of range.
    ArithmeticError
        If the run forwards, or a segment of it on the way back, stopped early.

    References
    ----------
    Chen, R. T. Q., Rubanova, Y., Bettencourt, J. and Duvenaud, D. (2018). Neural ordinary
    differential equations. NeurIPS.
    """
    require_count("adjoint_gradient", segments=segments)
    if states not in ("checkpointed", "reversed"):
        raise ValueError(
            f"adjoint_gradient: states must be 'checkpointed' or 'reversed', got {states!r}"
        )
    flat, unravel = ravel(theta)
    flow = problem.with_cost(theta)
    if states == "reversed":
        segments = 1
    borders = np.linspace(0.0, problem.duration, segments + 1)
    forward = _whole(integrate(flow, problem.start(), borders, method=method))
    value, a = value_and_grad(problem.total)(forward.final_state)
    way_back = _WayBack(problem, theta, flat.size, a.size, method)
    if states == "reversed":
        end, stopped = way_back.reversed(forward.final_state, a)
        z_end, a, g = end[: a.size], end[a.size : 2 * a.size], end[2 * a.size :]
        error, kept = float(np.linalg.norm((z_end - problem.start())[: problem.z0.size])), 1
    else:
        g, error, kept, stopped = np.zeros(flat.size), 0.0, segments, None
        for k in range(segments - 1, -1, -1):
            a, g = way_back.segment(flow, forward.states[k], borders[k : k + 2], a, g)
    return AdjointGradient(
        float(value), unravel(g), a[: problem.z0.size].copy(), error, kept, stopped
    )


@dataclass(frozen=True, slots=True)
class _WayBack:
    """The flows of the adjoint in the time s that runs backwards."""

    problem: TrajectoryLoss
    theta: Tree
    parameters: int
    size: int
    method: Method

    def pull(self, t: float, z: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return f and the pair (J' a, (df/dtheta)' a) as one vector."""
        velocity, pull_back = vjp(
            lambda x, theta: self.problem.with_cost(theta)(t, x), z, self.theta
        )
        to_state, to_theta = pull_back(a)
        return velocity, np.concatenate([to_state, ravel(to_theta)[0]])

    def segment(
        self, flow: Any, z: np.ndarray, borders: np.ndarray, a: np.ndarray, g: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Take (a, g) from the end of a segment to its start, from the state at the start."""
        start, end = float(borders[0]), float(borders[1])
        run = _whole(integrate(flow, z, [start, end], method=self.method, dense=True))
        state: Callable[[Any], np.ndarray] = run

        def backwards(s: float, packed: np.ndarray) -> np.ndarray:
            t = max(start, end - s)
            return self.pull(t, state(t), packed[: self.size])[1]

        back = _whole(
            integrate(backwards, np.concatenate([a, g]), [0.0, end - start], method=self.method)
        )
        return back.final_state[: self.size], back.final_state[self.size :]

    def reversed(self, z: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, str | None]:
        """Take (z, a, g) from T to 0, the state among them."""
        n = self.size

        def backwards(s: float, packed: np.ndarray) -> np.ndarray:
            t = self.problem.duration - s
            velocity, pulled = self.pull(t, packed[:n], packed[n : 2 * n])
            return np.concatenate([-velocity, pulled])

        packed = np.concatenate([z, a, np.zeros(self.parameters)])
        run = integrate(backwards, packed, [0.0, self.problem.duration], method=self.method)
        return run.final_state, run.stopped


def _whole(run: Trajectory) -> Trajectory:
    if run.stopped is not None:
        raise ArithmeticError(f"adjoint_gradient: the run ended early, {run.stopped}")
    return run
