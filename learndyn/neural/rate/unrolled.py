r"""Backpropagation through time: the gradient of what an integrator computes, in its constants.

A family of flows dz/dt = f(t, z; theta) is run from z0 for a time T and judged by

    L(theta) = terminal(z(T)) + integral_0^T running(t, z(t)) dt

Cut into steps of an integrator, the run is a composition of maps, and L of the discrete run is an
ordinary function of theta: reverse mode through all steps is its exact gradient (to rounding),
whatever the error of the steps. It keeps each step in memory; with ``segments`` it keeps the state
between segments only and makes each of them again on the way back.

Werbos, P. J. (1990). Backpropagation through time: what it does and how to do it. Proceedings of
the IEEE 78, 1550-1560.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import checkpoint, concatenate, reshape
from ...autodiff.tree import Tree
from ...dynamics import Flow, flow_map
from ...dynamics.flow import OneStepMethod
from ...dynamics.linearise import flat_state
from .checks import require_count, require_positive

Family = Callable[[Tree], Flow]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrajectoryLoss:
    """A loss of what a flow does from a given state in a given time.

    Parameters
    ----------
    family : callable
        Takes the tree of constants theta to a Flow, such as
        ``lambda theta: ContinuousTimeRNN(theta["weight"], bias=theta["bias"])``.
    z0 : array_like, shape (n,)
        The state at time 0.
    duration : float
        T.
    terminal : callable, optional
        Takes the last state, shape (n,), to a number.
    running : callable, optional
        Takes a time and a state to a number, which is integrated.

    Raises
    ------
    ValueError
        If the duration is not positive and finite, or there is nothing to judge by.
    """

    family: Family
    z0: Any
    duration: float
    terminal: Callable[[Any], Any] | None = None
    running: Callable[[float, Any], Any] | None = None

    def __post_init__(self) -> None:
        require_positive("TrajectoryLoss", duration=self.duration)
        object.__setattr__(self, "z0", flat_state(self.z0, "TrajectoryLoss"))
        if self.terminal is None and self.running is None:
            raise ValueError("TrajectoryLoss: pass a terminal or a running loss, or both")

    def with_cost(self, theta: Tree) -> Flow:
        """Return the flow of (z, cost so far), of shape (n + 1,) or, without a running loss, (n,)."""
        flow, running = self.family(theta), self.running
        if running is None:
            return flow

        def with_cost(t: float, z: Any) -> Any:
            state = z[:-1]
            return concatenate([flow(t, state), reshape(running(t, state), (1,))])

        return with_cost

    def start(self) -> np.ndarray:
        """Return the state of ``with_cost`` at time 0."""
        return self.z0 if self.running is None else np.append(self.z0, 0.0)

    def total(self, end: Any) -> Any:
        """Return the loss of a final state of ``with_cost``."""
        if self.terminal is None:
            return end[-1]
        return self.terminal(end) if self.running is None else self.terminal(end[:-1]) + end[-1]


def unrolled_loss(
    problem: TrajectoryLoss, *, method: OneStepMethod, segments: int | None = None
) -> Callable[[Tree], Any]:
    """Return L(theta) computed by equal steps of a method: a loss for ``grad`` and ``train``.

    Parameters
    ----------
    problem : TrajectoryLoss
    method : Euler, Heun or RK4
        Its ``step_size`` is the longest step.
    segments : int, optional
        Keep only so many states, and compute each segment twice; by default keep all steps.

    Returns
    -------
    callable
        Takes theta to a number, differentiable in it.

    Raises
    ------
    ValueError
        If ``segments`` is not a positive integer.
    """
    if segments is None:

        def loss(theta: Tree) -> Any:
            step = flow_map(problem.with_cost(theta), problem.duration, method=method)
            return problem.total(step(problem.start()))

        return loss
    require_count("unrolled_loss", segments=segments)
    length = problem.duration / segments

    def segmented_loss(theta: Tree) -> Any:
        z: Any = problem.start()
        for k in range(segments):
            z = _segment(problem, method, k * length, length)(theta, z)
        return problem.total(z)

    return segmented_loss


def _segment(
    problem: TrajectoryLoss, method: OneStepMethod, t: float, length: float
) -> Callable[[Tree, Any], Any]:
    def advance(theta: Tree, z: Any) -> Any:
        return flow_map(problem.with_cost(theta), length, method=method, t=t)(z)

    return checkpoint(advance)


def side_by_side(flow: Flow, trials: int) -> Flow:
    """Return the flow of several trials at once, on flat states of shape (trials * n,).

    Parameters
    ----------
    flow : Flow
        One that takes rows, shape (trials, n), such as ``ContinuousTimeRNN``.
    trials : int

    Raises
    ------
    ValueError
        If ``trials`` is not a positive integer, or by a call, does not divide the state.
    """
    require_count("side_by_side", trials=trials)

    def together(t: float, z: Any) -> Any:
        if z.shape[0] % trials:
            raise ValueError(
                f"side_by_side: a state of {z.shape[0]} numbers does not hold {trials} equal trials"
            )
        return reshape(flow(t, reshape(z, (trials, z.shape[0] // trials))), -1)

    return together
