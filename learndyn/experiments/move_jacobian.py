r"""How wrong a Jacobian may be: the spectral radius of a reach whose errors are turned by an angle.

A reach that descends with a Jacobian that is wrong by a rotation R(phi) of the hand's space is the map
q -> q - eta J' R(phi) (p - p*). In an isotropic posture, J J' = lambda I, its multipliers at the target are
1 - eta lambda e^{+-i phi}, so it learns iff eta lambda < 2 cos(phi), and at best by the factor |sin phi|.

In any other posture a small step learns for |phi| < 90 degrees too, but not in every trial. With kappa the
ratio of the eigenvalues of J J', no error grows in a small step iff

    cos(phi) >= (kappa - 1) / (kappa + 1) ,

for only then is the symmetric part of J J' R(phi) positive semidefinite.

References
----------
Abdelghani, M. N., Lillicrap, T. P. and Tweed, D. B. (2008). Neural Computation 20(8), 2085-2111.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import linearise, simulate, spectral_radius, transient_growth
from ..dynamics.events import find_root
from ..neural.control import (
    ArmKinematics,
    ReachingMap,
    best_turned_step,
    reaching_map,
    reaching_step_limit,
    turned_contraction,
)

HUMAN_ARM, HUMAN_POSTURE = ArmKinematics(0.3, 0.33), np.array([0.6, 1.5])
"""Link lengths of a human arm, m, and a posture in front of the body, rad."""


@dataclass(frozen=True, slots=True)
class WrongJacobian:
    """Learning over the plane of the angle and the step size, in an isotropic posture.

    Attributes
    ----------
    turns : ndarray, shape (columns,)
        phi, rad.
    steps : ndarray, shape (rows,)
        eta lambda.
    radii, radii_predicted : ndarray, shape (rows, columns)
        Spectral radius of the linearised map, and |1 - eta lambda e^{i phi}|.
    run_turns : ndarray, shape (runs,)
        phi below 90 degrees at which runs looked for the limit.
    limits, limits_predicted : ndarray, shape (runs,)
        eta lambda at which errors neither shrink nor grow, and 2 cos(phi).
    best, best_predicted : ndarray, shape (runs,)
        Factor a trial of a run with eta lambda = cos(phi), and |sin phi|.
    """

    turns: np.ndarray
    steps: np.ndarray
    radii: np.ndarray
    radii_predicted: np.ndarray
    run_turns: np.ndarray
    limits: np.ndarray
    limits_predicted: np.ndarray
    best: np.ndarray
    best_predicted: np.ndarray


def run(
    turns: Sequence[float] = tuple(np.radians(np.linspace(0.0, 120.0, 13))),
    steps: Sequence[float] = tuple(np.linspace(0.05, 2.3, 12)),
    *,
    run_turns: Sequence[float] = tuple(np.radians([0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 85.0])),
    forearm: float = 0.33,
) -> WrongJacobian:
    """Linearise reaches over the plane, and find the limit by runs.

    Parameters
    ----------
    turns, steps : sequence of float, optional
        phi, rad, and eta lambda.
    run_turns : sequence of float, optional
        phi of the runs, rad, below 90 degrees.
    forearm : float, optional
        l2, m; the upper arm has sqrt(2) times that length.
    """
    arm, home = ArmKinematics.isotropic(forearm)
    curvature = forearm**2
    target = arm.hand(home)
    shape = (len(steps), len(turns))
    radii, predicted = np.empty(shape), np.empty(shape)
    for row, step in enumerate(steps):
        for column, turn in enumerate(turns):
            eta = step / curvature
            system = reaching_map(arm, target, step_size=eta, turn=turn)
            radii[row, column] = spectral_radius(linearise(system, home))
            predicted[row, column] = turned_contraction(eta, curvature, turn)
    angles = np.array(run_turns)
    limits = [_limit(arm, home, curvature, turn) for turn in angles]
    best = [
        math.exp(_growth(arm, home, best_turned_step(curvature, turn), turn, trials=4)) for turn in angles
    ]
    return WrongJacobian(
        np.array(turns), np.array(steps), radii, predicted, angles, np.array(limits),
        2.0 * np.cos(angles), np.array(best), np.abs(np.sin(angles)),
    )  # fmt: skip


def _growth(arm: ArmKinematics, home: np.ndarray, eta: float, turn: float, *, trials: int = 40) -> float:
    """Growth of ln |error| a trial, in a run that starts close to its target."""
    system = reaching_map(arm, arm.hand(home), step_size=eta, turn=turn)
    errors = [float(system.error(q)) for q in simulate(system, home + [1e-6, 0.0], trials).states]
    # An error that is gone in one trial (phi = 0, the best step) has shrunk to its square.
    return math.log(max(errors[-1], 1e-300) / errors[0]) / trials


def _limit(arm: ArmKinematics, home: np.ndarray, curvature: float, turn: float) -> float:
    def growth(step: float) -> float:
        return _growth(arm, home, step / curvature, turn)

    # Between the best step, where errors shrink, and a step beyond 2, where they grow.
    low, high = math.cos(turn), 2.1
    return find_root(growth, low, high, growth(low), growth(high))


@dataclass(frozen=True, slots=True)
class WrongTurn:
    """Errors over trials under one and the same wrong angle.

    Attributes
    ----------
    turn : float
        phi, rad.
    kappa : float
        Ratio of the eigenvalues of J J' of the arm.
    errors : ndarray, shape (trials + 1,)
        Distance from the target relative to that at the start, from the worst direction.
    even_errors : ndarray, shape (trials + 1,)
        The same for an isotropic arm.
    peak, peak_predicted : float
        Largest of ``errors``, and the largest norm of a power of the linearised map.
    safe_turn : float
        arccos((kappa - 1) / (kappa + 1)), rad: beyond it errors can grow.
    """

    turn: float
    kappa: float
    errors: np.ndarray
    even_errors: np.ndarray
    peak: float
    peak_predicted: float
    safe_turn: float


def wrong_turn(
    turn: float = math.radians(75.0),
    *,
    arm: ArmKinematics = HUMAN_ARM,
    posture: np.ndarray = HUMAN_POSTURE,
    share: float = 0.1,
    trials: int = 80,
) -> WrongTurn:
    """Follow the error that grows most, and one of the same size of an isotropic arm.

    Parameters
    ----------
    turn : float, optional
        phi, rad, below 90 degrees.
    arm : ArmKinematics, optional
    posture : ndarray, shape (2,), optional
        At the target, rad.
    share : float, optional
        Step size, relative to the limit of each arm.
    trials : int, optional
    """
    hand = _hand_matrix(arm, posture, share, turn)
    growth = transient_growth(hand, trials)
    _, _, directions = np.linalg.svd(np.linalg.matrix_power(hand, growth.peak_step))
    errors = _errors(arm, posture, share, turn, directions[0], trials)
    even, home = ArmKinematics.isotropic()
    even_errors = _errors(even, home, share, turn, directions[0], trials)
    kappa = axis_ratio(arm, posture)
    return WrongTurn(
        turn, kappa, errors, even_errors, float(errors.max()), growth.peak,
        math.acos((kappa - 1.0) / (kappa + 1.0)),
    )  # fmt: skip


def axis_ratio(arm: ArmKinematics, posture: np.ndarray) -> float:
    """Return kappa, the ratio of the eigenvalues of J J' in a posture."""
    low, high = np.linalg.svd(arm.jacobian(posture), compute_uv=False)[::-1] ** 2
    return float(high / low)


def _hand_matrix(arm: ArmKinematics, posture: np.ndarray, share: float, turn: float) -> np.ndarray:
    """What one trial makes of a small error of the hand."""
    system = _system(arm, posture, share, turn)
    j = arm.jacobian(posture)
    return j @ linearise(system, posture).to_matrix() @ np.linalg.inv(j)


def _system(arm: ArmKinematics, posture: np.ndarray, share: float, turn: float) -> ReachingMap:
    eta = share * reaching_step_limit(arm, posture, turn=turn)
    return reaching_map(arm, arm.hand(posture), step_size=eta, turn=turn)


def _errors(
    arm: ArmKinematics, posture: np.ndarray, share: float, turn: float, direction: np.ndarray, trials: int
) -> np.ndarray:
    system = _system(arm, posture, share, turn)
    start = posture + 1e-6 * np.linalg.solve(arm.jacobian(posture), direction)
    errors = np.array([float(system.error(q)) for q in simulate(system, start, trials).states])
    return errors / errors[0]
