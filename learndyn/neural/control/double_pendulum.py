"""Two pendulums, one hanging from the other: the smallest mechanism whose motion is chaotic.

Both angles are measured from the vertical. With D = theta1 - theta2, from the Lagrangian

    L = (m1 + m2) l1^2 w1^2 / 2 + m2 l2^2 w2^2 / 2 + m2 l1 l2 w1 w2 cos D
        + (m1 + m2) g l1 cos theta1 + m2 g l2 cos theta2

follow

    (m1 + m2) l1^2 dw1/dt + m2 l1 l2 cos D dw2/dt = -m2 l1 l2 w2^2 sin D - (m1 + m2) g l1 sin theta1 + Q1
    m2 l1 l2 cos D dw1/dt + m2 l2^2 dw2/dt        =  m2 l1 l2 w1^2 sin D - m2 g l2 sin theta2 + Q2 .

A motor u1 turns the upper joint against the ceiling, u2 the lower joint against the upper rod, so that
the generalised forces are Q1 = u1 - u2 and Q2 = u2.

References
----------
Shinbrot, T., Grebogi, C., Wisdom, J. and Yorke, J. A. (1992). Chaos in a double pendulum. American
Journal of Physics 60, 491-499.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import cos, sin, stack
from .checks import leading, not_negative, positive


@dataclass(frozen=True, slots=True)
class DoublePendulum:
    """Two point masses on rigid rods. State z = (theta1, theta2, w1, w2), rad and rad/s.

    Parameters
    ----------
    mass1, mass2 : float, optional
        kg.
    length1, length2 : float, optional
        m.
    gravity : float, optional
        m/s^2.

    Raises
    ------
    ValueError
        If a mass or length is not positive, or gravity is negative.
    """

    mass1: float = 1.0
    mass2: float = 1.0
    length1: float = 1.0
    length2: float = 1.0
    gravity: float = 9.81

    def __post_init__(self) -> None:
        positive(
            "DoublePendulum",
            mass1=self.mass1,
            mass2=self.mass2,
            length1=self.length1,
            length2=self.length2,
        )
        not_negative("DoublePendulum", gravity=self.gravity)

    @property
    def coordinates(self) -> int:
        """Two joints."""
        return 2

    def __call__(self, t: float, z: Any) -> Any:
        """Return dz/dt without torques, of the shape of ``z``."""
        return self.velocity(z, np.zeros(2))

    def velocity(self, z: Any, u: Any) -> Any:
        """Return dz/dt, shape (4, ...), under joint torques ``u``, shape (2, ...), N m.

        Raises
        ------
        ValueError
            If the first axis of z does not have four components, or that of u two.
        """
        leading("DoublePendulum", "the state (angles, velocities)", z, 4)
        leading("DoublePendulum", "the torque", u, 2)
        theta1, theta2, w1, w2 = z[0], z[1], z[2], z[3]
        outer = (self.mass1 + self.mass2) * self.length1**2
        inner = self.mass2 * self.length2**2
        coupling = self.mass2 * self.length1 * self.length2
        turn, cosine = coupling * sin(theta1 - theta2), coupling * cos(theta1 - theta2)
        weight1 = (self.mass1 + self.mass2) * self.gravity * self.length1
        weight2 = self.mass2 * self.gravity * self.length2
        force1 = u[0] - u[1] - turn * w2 * w2 - weight1 * sin(theta1)
        force2 = u[1] + turn * w1 * w1 - weight2 * sin(theta2)
        determinant = outer * inner - cosine * cosine
        return stack(
            [
                w1,
                w2,
                (inner * force1 - cosine * force2) / determinant,
                (outer * force2 - cosine * force1) / determinant,
            ]
        )

    def lagrangian(self, q: Any, v: Any) -> Any:
        """Return L = T - V, J, of angles and velocities of shape (2, ...)."""
        return self._kinetic(q, v) - self._potential(q)

    def energy(self, z: Any) -> Any:
        """Return T + V, J, of shape (...), with V = 0 at the height of the ceiling."""
        return self._kinetic(z[:2], z[2:]) + self._potential(z[:2])

    def _kinetic(self, q: Any, v: Any) -> Any:
        outer = 0.5 * (self.mass1 + self.mass2) * self.length1**2 * v[0] * v[0]
        inner = 0.5 * self.mass2 * self.length2**2 * v[1] * v[1]
        coupling = self.mass2 * self.length1 * self.length2 * cos(q[0] - q[1])
        return outer + inner + coupling * v[0] * v[1]

    def _potential(self, q: Any) -> Any:
        weight1 = (self.mass1 + self.mass2) * self.gravity * self.length1
        return -weight1 * cos(q[0]) - self.mass2 * self.gravity * self.length2 * cos(q[1])
