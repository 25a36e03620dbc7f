"""Gradient flow as the limit of descent, and the rate at which the loss falls along it.

Along d theta/dt = -grad L the chain rule gives

    dL/dt = grad L . d theta/dt = -|grad L|^2,

and k steps of descent with step size eta stand for the time t = k eta. Both are measured: the
slope of the loss by central differences in time, and the loss of descent at its own times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import RK4, DormandPrince, Trajectory, integrate
from ..learning import GradientDescent, GradientFlow, gradient_flow, train


@dataclass(frozen=True, slots=True)
class DescentLosses:
    """The loss of descent, at the times t = k eta.

    Attributes
    ----------
    step_size : float
        eta.
    times, losses : ndarray, shape (steps + 1,)
    flow_losses : ndarray, shape (steps + 1,)
        The loss along the flow at the same times.
    """

    step_size: float
    times: np.ndarray
    losses: np.ndarray
    flow_losses: np.ndarray

    @property
    def gap(self) -> float:
        """Largest distance between the losses of descent and flow."""
        return float(np.max(np.abs(self.losses - self.flow_losses)))


@dataclass(frozen=True, slots=True)
class LossAlongFlow:
    """The loss along gradient flow, its slope, and the squared gradient.

    Attributes
    ----------
    times, losses : ndarray, shape (records,)
    fall : ndarray, shape (records,)
        -dL/dt by a central difference in time, for which the flow is also followed backwards.
    squared_gradients : ndarray, shape (records,)
        Squared length of the gradient, the predicted fall.
    descents : tuple of DescentLosses
    """

    times: np.ndarray
    losses: np.ndarray
    fall: np.ndarray
    squared_gradients: np.ndarray
    descents: tuple[DescentLosses, ...]

    @property
    def defect(self) -> float:
        """Largest relative difference between measured and predicted fall."""
        return float(np.max(np.abs(self.fall / self.squared_gradients - 1.0)))


def run(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    step_sizes: tuple[float, ...] = (0.4, 0.1),
    duration: float = 4.0,
    records: int = 81,
    width: float = 5e-4,
) -> LossAlongFlow:
    """Follow gradient flow and descent from the same start.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Where both start.
    step_sizes : tuple of float, optional
        eta of each descent.
    duration : float, optional
        Time T to follow them for.
    records : int, optional
        Number of times at which the flow is recorded, evenly spaced.
    width : float, optional
        Half width h of the central difference, in units of time; its error is of order h^2.
    """
    flow = gradient_flow(loss, theta)
    times = np.linspace(0.0, duration, records)
    course = integrate(
        flow,
        flow.initial_state,
        times,
        method=DormandPrince(rtol=1e-10, atol=1e-12),
        observe={"loss": flow.loss, "velocity": lambda z: flow(0.0, z)},
        dense=True,
    )
    velocities = course.observables["velocity"]
    return LossAlongFlow(
        times,
        course.observables["loss"],
        np.array([_fall(flow, z, width) for z in course.states]),
        np.sum(velocities**2, axis=1),
        tuple(_descend(loss, theta, eta, duration, flow, course) for eta in step_sizes),
    )


def _fall(flow: GradientFlow, z: np.ndarray, h: float) -> float:
    """-dL/dt at state ``z``: the loss a time h before, less that a time h after, over 2 h."""
    step = RK4(h).step
    return float((flow.loss(step(flow, 0.0, z, -h)) - flow.loss(step(flow, 0.0, z, h))) / (2.0 * h))


def _descend(
    loss: Callable[[Tree], Any],
    theta: Tree,
    step_size: float,
    duration: float,
    flow: GradientFlow,
    course: Trajectory,
) -> DescentLosses:
    record = train(loss, GradientDescent(step_size), theta, round(duration / step_size), progress=False)
    times = np.minimum(record.times * step_size, course.times[-1])
    return DescentLosses(
        step_size, times, record.losses, np.array([flow.loss(z) for z in course(times)])
    )
