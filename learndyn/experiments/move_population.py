r"""A population that moves an arm: it learns to reach, adapts to a turned cursor, and generalises.

The joints are q(theta) = q_0 + W a(theta), and W descends the squared distance of the cursor from its
target, through the arm. Trained in the directions theta_1 .. theta_n, every step changes W by a sum of
terms g_j a(theta_j)'. So after any number of steps, and whatever the arm did to the errors,

    dq(theta) = sum_j g_j K(theta - theta_j),     K(D) = a(theta) . a(theta + D) .

With one direction this is the overlap itself. With several the g_j are fixed by what the joints have to do
in the trained directions: dq interpolates between them with the kernel K. If training is complete, geometry
says what they have to do, and nothing is left to fit.

Near the end of training in one direction the step is linear. With J the Jacobian of the arm at the end of
the reach, the two combinations of weights that matter have multipliers 1 - eta K(0) s^2, with s the singular
values of J, and all others have exactly 1.

References
----------
Donchin, O., Francis, J. T. and Shadmehr, R. (2003). Journal of Neuroscience 23, 9032-9045.
Krakauer, J. W., Pine, Z. M., Ghilardi, M.-F. and Ghez, C. (2000). Journal of Neuroscience 20, 8916-8924.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import transpose
from ..dynamics import linearise, simulate, spectrum
from ..learning import GradientDescent, TrainingMap, training_map
from ..neural.control import Generalisation, ReachingPolicy, measure_generalisation, von_mises_overlap
from ..neural.population import VonMisesTuning
from .move_jacobian import HUMAN_ARM, HUMAN_POSTURE

TUNING = VonMisesTuning(24, rate=1.0, kappa=2.0)
DISTANCE = 0.1
"""Of the targets from the start, m."""
ROTATION = math.radians(30.0)
"""By which the cursor is turned about the start, rad."""


def reaching_policy(tuning: VonMisesTuning = TUNING) -> ReachingPolicy:
    """Return a population of these tuning curves that moves an arm of human size."""
    return ReachingPolicy(HUMAN_ARM, HUMAN_POSTURE, lambda directions: transpose(tuning(directions)))


def reaching_descent(
    policy: ReachingPolicy,
    weights: np.ndarray,
    directions: np.ndarray,
    *,
    rotation: float = 0.0,
    step_size: float = 1.0,
) -> TrainingMap:
    """Return descent on the policy's loss, in some directions and under a rotation of the cursor.

    Parameters
    ----------
    policy : ReachingPolicy
    weights : ndarray, shape (2, units)
        Where it starts.
    directions : ndarray, shape (n,)
        All of them are trained in every step, rad.
    rotation : float, optional
        rad.
    step_size : float, optional
        eta.
    """

    def loss(w: Any) -> Any:
        return policy.loss(w, directions, distance=DISTANCE, rotation=rotation)

    return training_map(loss, GradientDescent(step_size), weights)


def wanted_postures(policy: ReachingPolicy, directions: np.ndarray, rotation: float = 0.0) -> np.ndarray:
    """Return the postures, shape (2, n), that put the cursor on its targets, by inverse kinematics."""
    turned = directions - rotation
    start = policy.kinematics.hand(policy.start)
    places = start[:, None] + DISTANCE * np.stack([np.cos(turned), np.sin(turned)])
    return np.stack([policy.kinematics.posture(place) for place in places.T], axis=1)


@dataclass(frozen=True, slots=True)
class PopulationReach:
    """Learning to reach in eight directions, and adapting to a turned cursor in one of them.

    Attributes
    ----------
    losses : ndarray, shape (steps + 1,)
        While it learns to reach, relative to the loss of a hand that does not move.
    weights : ndarray, shape (2, units)
        What it learned.
    errors : ndarray, shape (steps + 1,)
        Angle from the target to the cursor, degrees, while it adapts in direction 0.
    multipliers, multipliers_predicted : ndarray, shape (2,)
        Of the adaptation at its end: eigenvalues of the training map that are not 1, and
        1 - eta K(0) s^2; the slower first.
    neutral : int
        How many eigenvalues are 1 within 1e-9.
    generalisation : Generalisation
        After adaptation in direction 0, for other directions.
    overlap_predicted : ndarray, shape (n,)
        I_0(2 kappa |cos(D / 2)|) / I_0(2 kappa).
    """

    losses: np.ndarray
    weights: np.ndarray
    errors: np.ndarray
    multipliers: np.ndarray
    multipliers_predicted: np.ndarray
    neutral: int
    generalisation: Generalisation
    overlap_predicted: np.ndarray

    @property
    def overlap_error(self) -> float:
        """Largest distance of the measured share, and of what lies off its axis, from prediction."""
        g = self.generalisation
        return float(max(np.abs(g.share - self.overlap_predicted).max(), g.off_axis.max()))


def run(
    *, tuning: VonMisesTuning = TUNING, learning: int = 1000, adapting: int = 100, step_size: float = 1.0
) -> PopulationReach:
    """Learn to reach, then adapt in one direction.

    Parameters
    ----------
    tuning : VonMisesTuning, optional
    learning, adapting : int, optional
        Steps of descent.
    step_size : float, optional
        eta, 1/m^2.
    """
    policy, one = reaching_policy(tuning), np.zeros(1)
    weights, losses = learn_to_reach(policy, steps=learning, step_size=step_size)
    adapt = reaching_descent(policy, weights, one, rotation=ROTATION, step_size=step_size)
    path = simulate(adapt, adapt.initial_state, adapting)
    shape = weights.shape
    cursors = [policy.displacement(w.reshape(shape), one, rotation=ROTATION)[:, 0] for w in path.states]
    after = path.final_state.reshape(shape)
    values = spectrum(linearise(adapt, path.final_state)).real
    order = np.argsort(np.abs(values - 1.0))
    directions = np.linspace(-np.pi, np.pi, 73)
    return PopulationReach(
        losses, weights, np.degrees([math.atan2(c[1], c[0]) for c in cursors]),
        np.sort(values[order[-2:]])[::-1], _predicted_multipliers(policy, step_size),
        int((np.abs(values - 1.0) < 1e-9).sum()),
        measure_generalisation(policy, weights, after, 0.0, directions),
        von_mises_overlap(directions, tuning.kappa),
    )  # fmt: skip


def learn_to_reach(
    policy: ReachingPolicy, *, directions: int = 8, steps: int = 1000, step_size: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Descend from zero weights; return the weights and the losses, relative to the first one."""
    angles = 2.0 * np.pi * np.arange(directions) / directions
    start = np.zeros((2, policy.activities(angles).shape[0]))
    descent = reaching_descent(policy, start, angles, step_size=step_size)
    losses = {"loss": lambda z: policy.loss(z.reshape(start.shape), angles, distance=DISTANCE)}
    path = simulate(descent, descent.initial_state, steps, observe=losses)
    record = path.observables["loss"]
    return path.final_state.reshape(start.shape), record / record[0]


def _predicted_multipliers(policy: ReachingPolicy, step_size: float) -> np.ndarray:
    end = wanted_postures(policy, np.zeros(1), ROTATION)[:, 0]
    stretch = np.linalg.svd(policy.kinematics.jacobian(end), compute_uv=False)[::-1] ** 2
    code = policy.activities(np.zeros(1))[:, 0]
    return 1.0 - step_size * float(code @ code) * stretch


@dataclass(frozen=True, slots=True)
class PopulationTransferCurve:
    """How far the hand has turned, in all directions, after adaptation in some of them.

    Attributes
    ----------
    trained : tuple of ndarray
        Directions, rad.
    directions : ndarray, shape (n,)
        rad.
    turned, predicted : ndarray, shape (sets, n)
        Turn of the hand against the cursor, over the rotation: 1 is full adaptation. Predicted by
        interpolation with the kernel, from geometry alone.
    nearest : ndarray, shape (sets, n)
        What one might expect instead: the overlap with the nearest trained direction.
    """

    trained: tuple[np.ndarray, ...]
    directions: np.ndarray
    turned: np.ndarray
    predicted: np.ndarray
    nearest: np.ndarray


def transfer(
    counts: Sequence[int] = (1, 2, 8), *, tuning: VonMisesTuning = TUNING, steps: int = 400
) -> PopulationTransferCurve:
    """Adapt in 1, 2, .. directions that are spread evenly, and probe all others.

    Parameters
    ----------
    counts : sequence of int, optional
    tuning : VonMisesTuning, optional
    steps : int, optional
        Of descent, for each set of directions.
    """
    policy = reaching_policy(tuning)
    angles = np.linspace(-np.pi, np.pi, 73)
    before = _exact_weights(policy)
    turned, predicted, nearest, sets = [], [], [], []
    for count in counts:
        trained = 2.0 * np.pi * np.arange(count) / count
        descent = reaching_descent(policy, before, trained, rotation=ROTATION, step_size=1.0)
        after = simulate(descent, descent.initial_state, steps, every=steps).final_state
        turned.append(_turned(policy, before @ policy.activities(angles),
                              after.reshape(before.shape) @ policy.activities(angles)))  # fmt: skip
        change = _interpolated(policy, before, trained, angles)
        base = before @ policy.activities(angles)
        predicted.append(_turned(policy, base, base + change))
        gaps = np.abs((angles[:, None] - trained + np.pi) % (2.0 * np.pi) - np.pi).min(axis=1)
        nearest.append(von_mises_overlap(gaps, tuning.kappa))
        sets.append(trained)
    return PopulationTransferCurve(
        tuple(sets), angles, np.array(turned), np.array(predicted), np.array(nearest)
    )


def _exact_weights(policy: ReachingPolicy, directions: int = 24) -> np.ndarray:
    """The smallest weights that reach without error in evenly spread directions."""
    angles = 2.0 * np.pi * np.arange(directions) / directions
    moves = wanted_postures(policy, angles) - policy.start[:, None]
    return moves @ np.linalg.pinv(policy.activities(angles))


def _interpolated(
    policy: ReachingPolicy, before: np.ndarray, trained: np.ndarray, angles: np.ndarray
) -> np.ndarray:
    """What the joints must do in the trained directions, carried to others by the kernel."""
    code, others = policy.activities(trained), policy.activities(angles)
    needed = wanted_postures(policy, trained, ROTATION) - policy.joints(before, trained)
    return np.linalg.solve(code.T @ code, needed.T).T @ (code.T @ others)


def _turned(policy: ReachingPolicy, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Turn of the hand's displacement from one set of joint moves to another, over the rotation."""
    start = policy.kinematics.hand(policy.start)[:, None]
    first, second = (policy.kinematics.hand(policy.start[:, None] + move) - start for move in (before, after))
    cross, dot = first[0] * second[1] - first[1] * second[0], (first * second).sum(axis=0)
    return -np.arctan2(cross, dot) / ROTATION
