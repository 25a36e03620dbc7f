"""The dynamics of a planar arm with two joints that moves in a horizontal plane.

    M(q) dv/dt + C(q, v) v + B v = u

    M = [ a + 2 b cos q2   d + b cos q2 ]     C = b sin q2 [ -v2   -(v1 + v2) ]
        [ d + b cos q2     d            ]                  [  v1    0         ]

with a = I1 + I2 + m1 r1^2 + m2 (l1^2 + r2^2), b = m2 l1 r2, d = I2 + m2 r2^2. M is the inertia, symmetric
and positive definite. C holds Coriolis and centrifugal terms in the form for which dM/dt - 2 C is
antisymmetric: they do no work. B is the friction of the joints.

Symbols: l1 upper arm's length, r distance of a link's centre of mass from its joint, m mass, I moment of
inertia about the centre of mass.

References
----------
Murray, R. M., Li, Z. and Sastry, S. S. (1994). A Mathematical Introduction to Robotic Manipulation,
sections 4.2-4.3. The human arm's numbers: Li, W. and Todorov, E. (2004), ICINCO.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import broadcast_to, cos, sin, stack
from ...dynamics.running import plain
from .checks import leading, not_negative, positive
from .kinematics import ArmKinematics


@dataclass(frozen=True, slots=True)
class TwoLinkArm:
    """A planar arm of two rigid links. State z = (q1, q2, v1, v2), rad and rad/s.

    The numbers given by default are those of a human arm.

    Parameters
    ----------
    kinematics : ArmKinematics, optional
        Lengths of the links, m.
    masses : tuple of two floats, optional
        kg.
    centres : tuple of two floats, optional
        Distance of each link's centre of mass from its joint, m.
    inertias : tuple of two floats, optional
        About the centres of mass, kg m^2.
    friction : tuple of two floats, optional
        Diagonal and off-diagonal entry of the symmetric matrix B, N m s.

    Raises
    ------
    ValueError
        If a mass is not positive, a distance, inertia or friction is negative, both an inertia and
        its centre are 0, or B is not positive semidefinite.
    """

    kinematics: ArmKinematics = ArmKinematics(0.3, 0.33)  # noqa: RUF009 - frozen
    masses: tuple[float, float] = (1.4, 1.0)
    centres: tuple[float, float] = (0.11, 0.16)
    inertias: tuple[float, float] = (0.025, 0.045)
    friction: tuple[float, float] = (0.05, 0.025)

    def __post_init__(self) -> None:
        name = "TwoLinkArm"
        for i in (0, 1):
            positive(name, **{f"masses[{i}]": self.masses[i]})
            not_negative(name, **{f"centres[{i}]": self.centres[i], f"inertias[{i}]": self.inertias[i]})
            if self.centres[i] == 0.0 == self.inertias[i]:
                raise ValueError(f"{name}: link {i} has centre 0 and inertia 0, so no inertia at all")
        not_negative(name, friction=self.friction[0])
        if not abs(self.friction[1]) <= self.friction[0]:
            raise ValueError(
                f"{name}: the friction matrix [[{self.friction[0]}, {self.friction[1]}], ..] is not "
                "positive semidefinite. Its off-diagonal entry must not exceed the diagonal"
            )

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
        leading("TwoLinkArm", "the state (angles, velocities)", z, 4)
        leading("TwoLinkArm", "the torque", u, 2)
        v1, v2 = z[2], z[3]
        m11, m12, m22 = self._inertia(cos(z[1]))
        swing = self._constants()[1] * sin(z[1])
        own, cross = self.friction
        force1 = u[0] + swing * v2 * (2.0 * v1 + v2) - own * v1 - cross * v2
        force2 = u[1] - swing * v1 * v1 - cross * v1 - own * v2
        determinant = m11 * m22 - m12 * m12
        return stack(
            [
                v1,
                v2,
                (m22 * force1 - m12 * force2) / determinant,
                (m11 * force2 - m12 * force1) / determinant,
            ]
        )

    def mass_matrix(self, q: Any) -> Any:
        """Return M, shape (2, 2, ...), kg m^2, in a posture ``q``, shape (2, ...)."""
        m11, m12, m22 = self._inertia(cos(q[1]))
        m22 = broadcast_to(m22, shape=np.shape(plain(m11)))
        return stack([stack([m11, m12]), stack([m12, m22])])

    def coriolis_matrix(self, q: Any, v: Any) -> Any:
        """Return C, shape (2, 2, ...), kg m^2/s, for which dM/dt - 2 C is antisymmetric."""
        swing = self._constants()[1] * sin(q[1])
        first, second = swing * v[0], swing * v[1]
        return stack([stack([-second, -first - second]), stack([first, 0.0 * first])])

    def kinetic_energy(self, z: Any) -> Any:
        """Return v' M v / 2, J, of shape (...): all the energy of an arm in a horizontal plane."""
        m11, m12, m22 = self._inertia(cos(z[1]))
        return 0.5 * (m11 * z[2] * z[2] + m22 * z[3] * z[3]) + m12 * z[2] * z[3]

    def _constants(self) -> tuple[float, float, float]:
        """a, b and d of the mass matrix."""
        (m1, m2), (r1, r2), (i1, i2) = self.masses, self.centres, self.inertias
        l1 = self.kinematics.upper
        return i1 + i2 + m1 * r1**2 + m2 * (l1**2 + r2**2), m2 * l1 * r2, i2 + m2 * r2**2

    def _inertia(self, cosine: Any) -> tuple[Any, Any, float]:
        a, b, d = self._constants()
        return a + 2.0 * b * cosine, d + b * cosine, d
