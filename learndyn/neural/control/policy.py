"""A population code that moves an arm, and what learning in one direction does to the others.

The direction theta of a target excites N units with activities a_i(theta). They push the joints:

    q(theta) = q_0 + W a(theta),     hand = p(q(theta))

and W is learned by the gradient of the squared distance from the target, through the arm. One step for
a target in direction theta_0 changes W by g a(theta_0)', whatever the arm does to g, so it moves
the joints for all other targets by

    dq(theta) = g K(theta, theta_0),     K(theta, theta_0) = a(theta) . a(theta_0) :

generalisation is the overlap of tuning curves. For von Mises tuning a_i = exp(k (cos(theta - theta_i) - 1))
with preferred directions spread evenly, and D = theta - theta_0,

    K = N e^{-2k} I_0(2k |cos(D / 2)|)

up to terms of order I_N(2k), which no grid can resolve.

References
----------
Georgopoulos, A. P., Schwartz, A. B. and Kettner, R. E. (1986). Neuronal population coding of movement
direction. Science 233, 1416-1419.
Thoroughman, K. A. and Shadmehr, R. (2000). Nature 407, 742-747. Donchin, O., Francis, J. T. and
Shadmehr, R. (2003). Quantifying generalization from trial-by-trial behavior of adaptive systems that learn
with basis functions. Journal of Neuroscience 23, 9032-9045.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import cos, sin, stack
from ...dynamics.running import plain
from .checks import not_negative, vector
from .kinematics import ArmKinematics


@dataclass(frozen=True, slots=True, eq=False)
class ReachingPolicy:
    """A linear readout of a population that moves the joints of an arm.

    Parameters
    ----------
    kinematics : ArmKinematics
    start : array_like, shape (2,)
        q_0, the posture from which each reach starts, rad.
    encode : callable
        Takes directions, shape (targets,), rad, to activities, shape (units, targets).

    Raises
    ------
    ValueError
        If the posture is no finite vector of two angles; when used, if the code returns something
        else than (units, targets).
    """

    kinematics: ArmKinematics
    start: np.ndarray
    encode: Callable[[Any], Any]

    def __post_init__(self) -> None:
        # Frozen, so what was given is replaced by its checked copy in this way.
        object.__setattr__(self, "start", vector("ReachingPolicy", "the start", self.start, 2))

    def activities(self, directions: Any) -> Any:
        """Return a(theta), shape (units, targets), checked."""
        code = self.encode(directions)
        shape, targets = np.shape(plain(code)), np.shape(plain(directions))
        if len(shape) != 2 or shape[1:] != targets:
            raise ValueError(
                f"ReachingPolicy: the code took directions of shape {targets} to activities of shape "
                f"{shape}. It must return (units, targets)"
            )
        return code

    def joints(self, weights: Any, directions: Any) -> Any:
        """Return the posture at the end of each reach, shape (2, targets), rad.

        Parameters
        ----------
        weights : array, shape (2, units)
            W, rad per unit of activity.
        directions : array, shape (targets,)
            theta, rad.
        """
        return self.start[:, None] + weights @ self.activities(directions)

    def displacement(self, weights: Any, directions: Any, *, rotation: float = 0.0) -> Any:
        """Return how far each reach moves the cursor, shape (2, targets), m.

        The cursor follows the hand, turned about the start by an angle ``rotation``, rad.
        """
        start = self.kinematics.hand(self.start)[:, None]
        moved = self.kinematics.hand(self.joints(weights, directions)) - start
        c, s = math.cos(rotation), math.sin(rotation)
        return stack([c * moved[0] - s * moved[1], s * moved[0] + c * moved[1]])

    def loss(self, weights: Any, directions: Any, *, distance: float, rotation: float = 0.0) -> Any:
        """Return the mean of |cursor - target|^2 / 2 over targets on a circle, m^2, one element.

        Parameters
        ----------
        weights : array, shape (2, units)
        directions : array, shape (targets,)
        distance : float
            Radius of the circle of targets, m.
        rotation : float, optional
            Of the cursor, rad: what a visuomotor experiment imposes.
        """
        targets = distance * stack([cos(directions), sin(directions)])
        off = self.displacement(weights, directions, rotation=rotation) - targets
        return 0.5 * (off * off).sum(axis=0).mean()


@dataclass(frozen=True, slots=True)
class Generalisation:
    """How much of what was learned for one direction is used for others.

    Attributes
    ----------
    directions : ndarray, shape (n,)
        theta, rad.
    share : ndarray, shape (n,)
        Change of the joints for each direction, along the change for the trained one and in units of it.
    off_axis : ndarray, shape (n,)
        Size of the change across that axis, in the same units: 0 after training in one direction.
    overlap : ndarray, shape (n,)
        a(theta) . a(theta_0) / |a(theta_0)|^2, what the tuning predicts.
    """

    directions: np.ndarray
    share: np.ndarray
    off_axis: np.ndarray
    overlap: np.ndarray


def measure_generalisation(
    policy: ReachingPolicy, before: Any, after: Any, trained: float, directions: Any
) -> Generalisation:
    """Compare the joints before and after training in one direction, for other directions.

    Parameters
    ----------
    policy : ReachingPolicy
    before, after : array_like, shape (2, units)
        W before and after.
    trained : float
        theta_0, rad.
    directions : array_like, shape (n,)
        Where to look, rad.

    Raises
    ------
    ValueError
        If the joints for the trained direction did not change.
    """
    theta = np.asarray(directions, dtype=np.float64)
    everywhere = np.append(theta, trained)
    change = (plain(after) - plain(before)) @ plain(policy.activities(everywhere))
    axis, moved = change[:, -1], change[:, :-1]
    size = float(np.linalg.norm(axis))
    if not size > 0.0:
        raise ValueError(
            "measure_generalisation: the joints for the trained direction did not change, so there is "
            "nothing to compare with. Train first"
        )
    along = axis @ moved / size**2
    across = (axis[0] * moved[1] - axis[1] * moved[0]) / size**2
    code = plain(policy.activities(everywhere))
    overlap = code[:, -1] @ code[:, :-1] / (code[:, -1] @ code[:, -1])
    return Generalisation(theta, along, np.abs(across), overlap)


def von_mises_overlap(difference: Any, concentration: float) -> np.ndarray:
    """Return I_0(2k |cos(D / 2)|) / I_0(2k), the overlap of von Mises codes, 1 at D = 0.

    Parameters
    ----------
    difference : array_like
        D, rad.
    concentration : float
        k, not negative; 0 is flat tuning, which generalises fully.

    Raises
    ------
    ValueError
        If k is negative, or so large that I_0(2k) leaves the range of floats (k > 350).
    """
    not_negative("von_mises_overlap", concentration=concentration)
    if concentration > 350.0:
        raise ValueError(
            f"von_mises_overlap: I_0(2k) overflows for k = {concentration}. Use k <= 350: tuning of 3 degrees"
        )
    d = np.asarray(difference, dtype=np.float64)
    return np.i0(2.0 * concentration * np.abs(np.cos(0.5 * d))) / np.i0(2.0 * concentration)
