"""A damped pendulum with a motor in its joint.

    m l^2 d^2 theta / dt^2 = -m g l sin(theta) - b d theta / dt + u

theta = 0 hangs down, theta = pi stands up. Symbols: m mass, l length, g gravity, b damping, u torque.

References
----------
Tedrake, R. (2023). Underactuated Robotics, MIT course notes, chapter 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import cos, sin, stack
from .checks import leading, not_negative, positive


@dataclass(frozen=True, slots=True)
class Pendulum:
    """A point mass on a rigid rod. State z = (theta, d theta / dt), rad and rad/s.

    Parameters
    ----------
    mass : float, optional
        kg.
    length : float, optional
        m.
    gravity : float, optional
        m/s^2.
    damping : float, optional
        b, N m s.

    Raises
    ------
    ValueError
        If the mass or length is not positive, or gravity or damping is negative.
    """

    mass: float = 1.0
    length: float = 1.0
    gravity: float = 9.81
    damping: float = 0.0

    def __post_init__(self) -> None:
        positive("Pendulum", mass=self.mass, length=self.length)
        not_negative("Pendulum", gravity=self.gravity, damping=self.damping)

    @property
    def coordinates(self) -> int:
        """One joint."""
        return 1

    @property
    def frequency(self) -> float:
        """sqrt(g / l), rad/s: of small undamped swings."""
        return math.sqrt(self.gravity / self.length)

    def __call__(self, t: float, z: Any) -> Any:
        """Return dz/dt without torque, of the shape of ``z``."""
        return self.velocity(z, np.zeros(1))

    def velocity(self, z: Any, u: Any) -> Any:
        """Return dz/dt, shape (2, ...), under the torque ``u``, shape (1, ...), N m.

        Raises
        ------
        ValueError
            If the first axis of z does not have two components, or that of u one.
        """
        leading("Pendulum", "the state (angle, velocity)", z, 2)
        leading("Pendulum", "the torque", u, 1)
        angle, velocity = z[0], z[1]
        inertia = self.mass * self.length**2
        swing = self.mass * self.gravity * self.length * sin(angle)
        acceleration = (u[0] - swing - self.damping * velocity) / inertia
        return stack([velocity, acceleration])

    def energy(self, z: Any) -> Any:
        """Return m l^2 omega^2 / 2 - m g l cos(theta), J, of shape (...)."""
        kinetic = 0.5 * self.mass * self.length**2 * z[1] * z[1]
        return kinetic - self.mass * self.gravity * self.length * cos(z[0])
