r"""Reaching by descent in the joints: a step limit set by the posture, and hand paths that bend.

Descent on |p(q) - p*|^2 / 2 in the joints is stable for eta < 2 / lambda_max(J'J). To first order it moves
the hand by -eta J J' (p - p*): not along the error but along J J' times it. The path starts in that
direction and comes in along the eigenvector of J J' whose eigenvalue is least, since what remains at the
end is the slowest mode. Only an isotropic posture reaches straight. With the inverse of J in the place of
its transpose the hand moves by -eta (p - p*), straight in every posture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import solve
from ..dynamics import linearise, simulate, spectral_radius
from ..dynamics.events import find_root
from ..neural.control import ArmKinematics, reaching_map, reaching_step_limit
from .move_jacobian import HUMAN_ARM, HUMAN_POSTURE

ALMOST_STRAIGHT = np.array([0.3, math.radians(32.0)])


@dataclass(frozen=True, slots=True)
class ReachLimit:
    """Runs just below and just above the step limit of a posture.

    Attributes
    ----------
    limit : float
        2 / lambda_max(J'J), 1/m^2.
    factors : ndarray, shape (runs,)
        Step sizes relative to the limit.
    errors : ndarray, shape (runs, trials + 1)
        Distance from the target, m.
    measured : float
        The step size at which the spectral radius of the linearised map is 1, by search, 1/m^2.
    """

    limit: float
    measured: float
    factors: np.ndarray
    errors: np.ndarray


def limit(
    arm: ArmKinematics | None = None,
    posture: np.ndarray = ALMOST_STRAIGHT,
    *,
    factors: tuple[float, ...] = (0.95, 1.05),
    trials: int = 80,
) -> ReachLimit:
    """Reach for a place close by, with step sizes on either side of the limit.

    Parameters
    ----------
    arm : ArmKinematics, optional
        Two links of 1 m by default.
    posture : ndarray, shape (2,), optional
        At the target, rad; an elbow at 32 degrees by default.
    factors : tuple of float, optional
    trials : int, optional
    """
    arm = ArmKinematics(1.0, 1.0) if arm is None else arm
    target, bound = arm.hand(posture), reaching_step_limit(arm, posture)
    errors = []
    for factor in factors:
        system = reaching_map(arm, target, step_size=factor * bound)
        run = simulate(system, posture + [1e-4, 2e-4], trials)
        errors.append([float(system.error(state)) for state in run.states])

    def excess(eta: float) -> float:
        return spectral_radius(linearise(reaching_map(arm, target, step_size=eta), posture)) - 1.0

    low, high = 0.5 * bound, 2.0 * bound
    measured = find_root(excess, low, high, excess(low), excess(high))
    return ReachLimit(bound, measured, np.array(factors), np.array(errors))


@dataclass(frozen=True, slots=True)
class ReachPaths:
    """Paths of the hand to targets around its start.

    Attributes
    ----------
    start : ndarray, shape (2,)
        m.
    targets : ndarray, shape (targets, 2)
        m.
    paths : tuple of ndarray, each of shape (points, 2)
        By descent, in small steps, m.
    inverse_paths : tuple of ndarray, each of shape (points, 2)
        With the inverse of the Jacobian in the place of its transpose.
    departures, departures_predicted : ndarray, shape (targets,)
        Angle from the straight line to the first step of descent, rad: measured, and that of J J' d.
    arrivals : ndarray, shape (targets,)
        Angle between the last bit of the way and the slow eigenvector of J J' at the target, rad: 0
        is predicted.
    """

    start: np.ndarray
    targets: np.ndarray
    paths: tuple[np.ndarray, ...]
    inverse_paths: tuple[np.ndarray, ...]
    departures: np.ndarray
    departures_predicted: np.ndarray
    arrivals: np.ndarray

    @property
    def bends(self) -> np.ndarray:
        """Largest distance of a path by descent from the straight line, over the reach's length."""
        return self._bends(self.paths)

    @property
    def inverse_bends(self) -> np.ndarray:
        """The same with the inverse of the Jacobian."""
        return self._bends(self.inverse_paths)

    def _bends(self, routes: tuple[np.ndarray, ...]) -> np.ndarray:
        bends = []
        for route, target in zip(routes, self.targets, strict=True):
            way = target - self.start
            across = (route - self.start) @ np.array([-way[1], way[0]])
            bends.append(np.abs(across).max() / (way @ way))
        return np.array(bends)


def paths(
    *,
    arm: ArmKinematics = HUMAN_ARM,
    posture: np.ndarray = HUMAN_POSTURE,
    distance: float = 0.1,
    targets: int = 8,
    share: float = 0.1,
    trials: int = 900,
) -> ReachPaths:
    """Reach from one posture to targets on a circle.

    Parameters
    ----------
    arm : ArmKinematics, optional
    posture : ndarray, shape (2,), optional
        At the start, rad.
    distance : float, optional
        Of the targets, m.
    targets : int, optional
        How many.
    share : float, optional
        Step size over the step limit at the start; small, so that paths are those of the flow.
    trials : int, optional
        Steps of descent.
    """
    start = arm.hand(posture)
    angles = 2.0 * np.pi * np.arange(targets) / targets
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places = start + distance * ways
    eta = share * reaching_step_limit(arm, posture)
    descents = [
        _hand(arm, simulate(reaching_map(arm, place, step_size=eta), posture, trials).states)
        for place in places
    ]
    inverse = tuple(
        _hand(arm, simulate(inverse_step(arm, place, share), posture, 120).states) for place in places
    )
    j = arm.jacobian(posture)
    return ReachPaths(
        start, places, tuple(_thinned(path) for path in descents), inverse,
        np.array([_departure(arm, posture, place, way) for place, way in zip(places, ways, strict=True)]),
        np.array([_turn(way, j @ (j.T @ way)) for way in ways]),
        np.array([_arrival(arm, path, place) for path, place in zip(descents, places, strict=True)]),
    )  # fmt: skip


def inverse_step(arm: ArmKinematics, target: np.ndarray, share: float) -> Callable[[Any], Any]:
    """Return the map q -> q - share J^-1 (p - p*), whose hand path is straight to first order."""

    def step(q: Any) -> Any:
        return q - share * solve(arm.jacobian(q), arm.hand(q) - target)

    return step


def _hand(arm: ArmKinematics, states: np.ndarray) -> np.ndarray:
    return arm.hand(states.T).T


def _departure(arm: ArmKinematics, posture: np.ndarray, target: np.ndarray, way: np.ndarray) -> float:
    """Angle to the first bit of the path, by a step small enough to count as the flow's."""
    tiny = reaching_map(arm, target, step_size=1e-4 * reaching_step_limit(arm, posture))
    return _turn(way, arm.hand(tiny(posture)) - arm.hand(posture))


def _turn(way: np.ndarray, step: np.ndarray) -> float:
    """Angle from one direction to another, rad, counter-clockwise."""
    return math.atan2(way[0] * step[1] - way[1] * step[0], float(way @ step))


def _arrival(arm: ArmKinematics, path: np.ndarray, target: np.ndarray) -> float:
    """Angle between what is left of the way and the slow eigenvector, where 1e-4 of it is left."""
    left = target - path
    sizes = np.linalg.norm(left, axis=1)
    late = left[int(np.argmax(sizes < 1e-4 * sizes[0]))]
    j = arm.jacobian(arm.posture(target))
    slow = np.linalg.eigh(j @ j.T)[1][:, 0]
    return math.acos(min(1.0, abs(float(late @ slow)) / float(np.linalg.norm(late))))


def _thinned(path: np.ndarray, points: int = 60) -> np.ndarray:
    """Points that are evenly spread over the length of a path."""
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    return path[np.unique(np.searchsorted(along, np.linspace(0.0, 0.999 * along[-1], points)))]
