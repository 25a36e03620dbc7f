"""A body that torques move: its flow under a torque, and its map from one command to the next.

    dz/dt = f(z, u)         z = (q, dq/dt), joint angles and velocities; u, torques

A controller fixes u, and what is left is an ordinary flow: u(t, z) in closed loop (``driven``). A
digital controller holds u for a time h, and what is left is a map F(z, u) (``held_step``).

Components lie on the first axis and everything after it is a batch, so z of shape (n, T) and u of
shape (m, T) are T states at once. All mechanisms accept arrays and Tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...dynamics import flow_map
from ...dynamics.flow import OneStepMethod


@runtime_checkable
class Mechanism(Protocol):
    """A body with ``coordinates`` joint angles and as many torques."""

    @property
    def coordinates(self) -> int: ...

    def velocity(self, z: Any, u: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """The flow of a mechanism under a controller.

    Attributes
    ----------
    mechanism : Mechanism
    torque : callable
        Takes the time, s, and the state, (n,), to the torques, (m,), N m.
    """

    mechanism: Mechanism
    torque: Callable[[float, Any], Any]

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity dz/dt at time ``t`` and state ``z``, shape (n,)."""
        return self.mechanism.velocity(z, self.torque(t, z))


def driven(mechanism: Mechanism, torque: Callable[[float, Any], Any] | Any = None) -> Driven:
    """Return the flow of a mechanism under a torque, as ``integrate`` and ``linearise`` take it.

    Parameters
    ----------
    mechanism : Mechanism
    torque : callable or array_like, shape (m,), optional
        A controller u(t, z), or constant torques, N m. By default none: the body moves freely.

    Raises
    ------
    TypeError
        If the mechanism has no ``velocity``.
    ValueError
        If a constant torque has another shape than (m,).
    """
    m = _coordinates(mechanism, "driven")
    if callable(torque):
        return Driven(mechanism, torque)
    constant = np.zeros(m) if torque is None else np.array(torque, dtype=np.float64)
    if constant.shape != (m,):
        raise ValueError(
            f"driven: {type(mechanism).__name__} takes torques of shape ({m},), got shape "
            f"{constant.shape}. Pass one torque per joint, or a controller u(t, z)"
        )
    return Driven(mechanism, lambda t, z: constant)


@dataclass(frozen=True, slots=True, eq=False)
class HeldStep:
    """The map F(z, u): the state a time ``duration`` later if the torque is held.

    Attributes
    ----------
    mechanism : Mechanism
    duration : float
        s.
    method : OneStepMethod
    """

    mechanism: Mechanism
    duration: float
    method: OneStepMethod

    def __call__(self, z: Any, u: Any) -> Any:
        """Return the next state, of the shape of ``z``: (n,) or (n, batch)."""

        def flow(t: float, x: Any) -> Any:
            return self.mechanism.velocity(x, u)

        return flow_map(flow, self.duration, method=self.method)(z)


def held_step(mechanism: Mechanism, duration: float, *, method: OneStepMethod) -> HeldStep:
    """Return the map that a mechanism makes of a state and a torque that is held for a time.

    Parameters
    ----------
    mechanism : Mechanism
    duration : float
        h, s, positive: the time between two commands.
    method : Euler, Heun or RK4
        Explicit methods have derivatives of any order.

    Raises
    ------
    TypeError
        If the mechanism has no ``velocity``, or the method chooses its own steps.
    ValueError
        If the duration is not positive and finite.
    """
    _coordinates(mechanism, "held_step")
    flow_map(lambda t, z: z, duration, method=method)  # its errors now, not at the first step
    return HeldStep(mechanism, float(duration), method)


def _coordinates(mechanism: Any, caller: str) -> int:
    if isinstance(mechanism, type) or not isinstance(mechanism, Mechanism):
        given = mechanism.__name__ if isinstance(mechanism, type) else type(mechanism).__name__
        raise TypeError(
            f"{caller}: {given} is no mechanism. Pass an instance with coordinates and "
            "velocity(z, u), such as Pendulum()"
        )
    return mechanism.coordinates
