"""Reaching by descent in the joints, with the right Jacobian and with a wrong one.

The hand p(q) shall come to the target p*. Descent on |p(q) - p*|^2 / 2 is the map

    q -> q - eta J(q)' (p(q) - p*) .

At the target its Jacobian is I - eta J'J: the reach is stable for eta < 2 / lambda_max(J'J).

Whoever does not know the plant uses a wrong J. If what is used differs from J by a rotation R(phi) of
the hand's space, the map is q -> q - eta J' R(phi) (p - p*), its Jacobian at the target I - eta J' R J,
and the eigenvalues of J' R J are those of R J J'. With tr and det those of J J' they solve

    mu^2 - tr cos(phi) mu + det = 0 .

In an isotropic posture (J J' = lambda I) this is mu = lambda e^{+-i phi}, hence

    |1 - eta mu|^2 = 1 - 2 eta lambda cos phi + (eta lambda)^2 < 1   iff   eta lambda < 2 cos phi :

an error of 90 degrees or more cannot be learned at any step size. The best step, eta lambda = cos phi,
shrinks the error by the factor |sin phi|.

References
----------
Abdelghani, M. N., Lillicrap, T. P. and Tweed, D. B. (2008). Sensitivity derivatives for flexible
sensorimotor learning. Neural Computation 20(8), 2085-2111.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import stack
from .checks import positive, vector
from .kinematics import ArmKinematics


@dataclass(frozen=True, slots=True, eq=False)
class ReachingMap:
    """One step of descent on the distance of the hand from its target: a Map on postures.

    Attributes
    ----------
    kinematics : ArmKinematics
    target : ndarray, shape (2,)
        p*, m.
    step_size : float
        eta, 1/m^2 (rad per m^2 of gradient).
    turn : float
        phi, rad: the angle by which the Jacobian that is used is wrong.
    """

    kinematics: ArmKinematics
    target: np.ndarray
    step_size: float
    turn: float

    def __call__(self, q: Any) -> Any:
        """Return the next posture, shape (2,), rad."""
        error_x, error_y = self._turned(q)
        j = self.kinematics.jacobian(q)
        slope = stack([j[0, i] * error_x + j[1, i] * error_y for i in (0, 1)])
        return q - self.step_size * slope

    def error(self, q: Any) -> Any:
        """Return the distance of the hand from the target, m."""
        off = self.kinematics.hand(q) - self.target
        return (off * off).sum() ** 0.5

    def _turned(self, q: Any) -> tuple[Any, Any]:
        """R(phi) (p - p*)."""
        off = self.kinematics.hand(q) - self.target
        c, s = math.cos(self.turn), math.sin(self.turn)
        return c * off[0] - s * off[1], s * off[0] + c * off[1]


def reaching_map(
    kinematics: ArmKinematics, target: Any, *, step_size: float, turn: float = 0.0
) -> ReachingMap:
    """Return the map that a step of descent in joint space makes of a posture.

    Parameters
    ----------
    kinematics : ArmKinematics
    target : array_like, shape (2,)
        Where the hand shall be, m.
    step_size : float
        eta, positive.
    turn : float, optional
        phi, rad: 0 is the true gradient.

    Returns
    -------
    ReachingMap
        Hand it to ``simulate``, ``linearise`` and ``classify_system``.

    Raises
    ------
    ValueError
        If the target is no finite vector of two numbers, the step size not positive, or the angle
        not finite.
    """
    place = vector("reaching_map", "the target", target, 2)
    positive("reaching_map", step_size=step_size)
    if not math.isfinite(turn):
        raise ValueError(f"reaching_map: turn must be a finite angle in radians, got {turn}")
    return ReachingMap(kinematics, place, float(step_size), float(turn))


def reaching_step_limit(kinematics: ArmKinematics, q: Any, *, turn: float = 0.0) -> float:
    """Return the step size below which the reach to the hand's place at ``q`` is stable.

    Parameters
    ----------
    kinematics : ArmKinematics
    q : array_like, shape (2,)
        The posture at the target.
    turn : float, optional
        phi, rad.

    Returns
    -------
    float
        2 / lambda_max(J'J) for phi = 0, and 2 cos(phi) / lambda in an isotropic posture. 0 if no step
        is small enough: cos(phi) <= 0, or a singular posture with phi not 0, where nothing decays.

    Notes
    -----
    The product of the two mu is det >= 0 and their sum tr cos(phi). If they are complex,
    |1 - eta mu| < 1 means eta < tr cos(phi) / det; if they are real, eta < 2 / mu_max.
    """
    j = kinematics.jacobian(vector("reaching_step_limit", "the posture", q, 2))
    total = float((j * j).sum()) * math.cos(turn)
    determinant = float(np.linalg.det(j)) ** 2
    if total <= 0.0:
        return 0.0
    discriminant = total**2 - 4.0 * determinant
    if discriminant < 0.0:
        return total / determinant
    return 4.0 / (total + math.sqrt(discriminant))


def turned_contraction(step_size: float, curvature: float, turn: float) -> float:
    """Return the factor by which a step shrinks the error in an isotropic posture.

    Parameters
    ----------
    step_size, curvature : float
        eta and lambda.
    turn : float
        phi, rad.

    Returns
    -------
    float
        sqrt(1 - 2 eta lambda cos phi + (eta lambda)^2); it is smallest at eta lambda = cos phi,
        where it is |sin phi|.
    """
    s = step_size * curvature
    # Not 1 - 2 s cos + s^2: that cancels where the factor is small.
    return math.hypot(s - math.cos(turn), math.sin(turn))


def best_turned_step(curvature: float, turn: float) -> float:
    """Return the step size cos(phi) / lambda, at which a wrong Jacobian learns fastest.

    Raises
    ------
    ValueError
        If the curvature is not positive, or the Jacobian is wrong by 90 degrees or more.
    """
    positive("best_turned_step", curvature=curvature)
    if math.cos(turn) <= 0.0:
        raise ValueError(
            f"best_turned_step: a Jacobian that is wrong by {math.degrees(turn):.6g} degrees learns at no "
            "step size. The angle must be below 90 degrees"
        )
    return math.cos(turn) / curvature
