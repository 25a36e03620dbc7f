"""A continuous-time dynamical system, dz/dt = f(t, z), and the map that it makes in a time.

Symbols: t is time, z the state, f the flow (its value is a velocity), h a step size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Flow(Protocol):
    """Anything that takes a time and a flat state of shape (n,) to a velocity of shape (n,).

    It accepts an array or a Tensor and computes with learndyn operations, so that the
    Jacobian of the flow is available to whoever studies it. Any function will do.
    """

    def __call__(self, t: float, z: Any, /) -> Any: ...


@runtime_checkable
class OneStepMethod(Protocol):
    """A fixed-step rule: ``step(flow, t, z, h)`` is the state a time h later."""

    @property
    def step_size(self) -> float: ...

    def step(self, flow: Flow, t: float, z: Any, h: float) -> Any: ...


@dataclass(frozen=True, slots=True)
class FlowMap:
    """The map z(t) -> z(t + duration) of a flow, made of equal steps of a one-step method.

    Attributes
    ----------
    flow : Flow
    duration : float
    method : OneStepMethod
    t : float
        Where each application starts: the map of a flow that depends on time is a map of
        one interval.
    steps : int
        How many equal steps the duration is cut into.
    """

    flow: Flow
    duration: float
    method: OneStepMethod
    t: float
    steps: int

    def __call__(self, z: Any) -> Any:
        """Return the state a time ``duration`` after state ``z``, shape (n,)."""
        h = self.duration / self.steps
        for i in range(self.steps):
            z = self.method.step(self.flow, self.t + i * h, z, h)
        return z


def flow_map(flow: Flow, duration: float, *, method: OneStepMethod, t: float = 0.0) -> FlowMap:
    """Return the time-``duration`` map of a flow, so that what studies maps studies flows.

    Parameters
    ----------
    flow : Flow
        Autonomous, or else the map is that of the interval from ``t`` to ``t + duration``.
    duration : float
        Positive. The map is made of the fewest equal steps that are not longer than the
        method's ``step_size``.
    method : Euler, Heun, RK4 or ImplicitEuler
        With an explicit one the map works on Tensors, and has derivatives of any order.
    t : float, optional
        Time at which the interval starts.

    Returns
    -------
    FlowMap
        A Map on states of shape (n,). An eigenvalue of its Jacobian at a fixed point z of
        the flow is exp(mu * duration), with mu an eigenvalue of the flow's Jacobian at z, up
        to the error of the method.

    Raises
    ------
    TypeError
        If the method chooses its own steps: its result is not a smooth function of z.
    ValueError
        If the duration is not positive and finite.
    """
    if not isinstance(method, OneStepMethod):
        raise TypeError(
            f"flow_map: needs a method of fixed steps, got {method!r}. "
            "Use RK4(step_size=...), Heun, Euler or ImplicitEuler"
        )
    if not (math.isfinite(duration) and duration > 0):
        raise ValueError(
            f"flow_map: the duration must be positive and finite, got {duration}. "
            "To go back in time, negate the flow"
        )
    return FlowMap(flow, duration, method, t, count_steps(duration, method.step_size))


def count_steps(duration: float, step_size: float) -> int:
    """Return the fewest equal steps not longer than ``step_size``, but for rounding."""
    return max(1, math.ceil(duration / step_size * (1.0 - 1e-12)))
