"""Where the hand of a planar two-link arm is, and how it moves with the joints.

    p(q) = l1 (cos q1, sin q1) + l2 (cos(q1 + q2), sin(q1 + q2)),     J(q) = dp/dq

q1 is the shoulder's angle from the x axis, q2 the elbow's angle from the upper arm. The determinant of J
is l1 l2 sin q2: a straight or a folded arm (q2 = 0 or pi) is singular.

With l1 = sqrt(2) l2 and q2 = 3 pi / 4 the arm is *isotropic*: J J' = l2^2 I, the hand moves
equally easily in all directions (Salisbury and Craig, 1982).

References
----------
Salisbury, J. K. and Craig, J. J. (1982). Articulated hands: force control and kinematic issues.
International Journal of Robotics Research 1(1), 4-17.
Murray, R. M., Li, Z. and Sastry, S. S. (1994). A Mathematical Introduction to Robotic Manipulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import cos, sin, stack
from .checks import leading, positive


@dataclass(frozen=True, slots=True)
class ArmKinematics:
    """The geometry of a planar arm with two joints.

    Parameters
    ----------
    upper, forearm : float, optional
        l1 and l2, m.

    Raises
    ------
    ValueError
        If a length is not positive and finite.
    """

    upper: float = 1.0
    forearm: float = 1.0

    def __post_init__(self) -> None:
        positive("ArmKinematics", upper=self.upper, forearm=self.forearm)

    @classmethod
    def isotropic(cls, forearm: float = 1.0) -> tuple[ArmKinematics, np.ndarray]:
        """Return the arm with l1 = sqrt(2) l2 and a posture, (2,), in which J J' = l2^2 I."""
        return cls(math.sqrt(2.0) * forearm, forearm), np.array([0.0, 0.75 * math.pi])

    def hand(self, q: Any) -> Any:
        """Return the position of the hand, shape (2, ...), m, at angles ``q``, (2, ...), rad.

        Raises
        ------
        ValueError
            If the first axis of q does not have two components.
        """
        leading("ArmKinematics", "the posture", q, 2)
        shoulder, wrist = q[0], q[0] + q[1]
        x = self.upper * cos(shoulder) + self.forearm * cos(wrist)
        y = self.upper * sin(shoulder) + self.forearm * sin(wrist)
        return stack([x, y])

    def jacobian(self, q: Any) -> Any:
        """Return J = dp/dq, shape (2, 2, ...), m/rad: row i is the hand's axis, column j the joint."""
        leading("ArmKinematics", "the posture", q, 2)
        shoulder, wrist = q[0], q[0] + q[1]
        far_x, far_y = -self.forearm * sin(wrist), self.forearm * cos(wrist)
        near_x, near_y = -self.upper * sin(shoulder), self.upper * cos(shoulder)
        return stack([stack([near_x + far_x, far_x]), stack([near_y + far_y, far_y])])

    def posture(self, hand: Any, *, elbow: int = 1) -> np.ndarray:
        """Return angles, shape (2,), that bring the hand to a place, shape (2,), m.

        Parameters
        ----------
        hand : array_like, shape (2,)
        elbow : {1, -1}, optional
            The sign of q2: each place within reach has two postures.

        Raises
        ------
        ValueError
            If the place is out of reach, |l1 - l2| <= |p| <= l1 + l2, or elbow is not 1 or -1.
        """
        x, y = (float(part) for part in np.asarray(hand, dtype=np.float64))
        distance = math.hypot(x, y)
        low, high = abs(self.upper - self.forearm), self.upper + self.forearm
        if not low <= distance <= high or elbow not in (1, -1):
            raise ValueError(
                f"ArmKinematics: needs a place at a distance from {low:.6g} to {high:.6g} m and "
                f"elbow 1 or -1, got distance {distance:.6g} and elbow {elbow}"
            )
        product = 2.0 * self.upper * self.forearm
        cosine = (distance**2 - self.upper**2 - self.forearm**2) / product
        q2 = elbow * math.acos(min(1.0, max(-1.0, cosine)))
        inner = math.atan2(self.forearm * math.sin(q2), self.upper + self.forearm * math.cos(q2))
        return np.array([math.atan2(y, x) - inner, q2])
