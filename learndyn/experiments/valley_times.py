"""How long a rule needs to the floor of a valley, against the condition number k.

The valley has the curvatures 1 and k, and the run starts with equal parts of both modes. With
its best step size descent multiplies both by r = (k - 1) / (k + 1) in size, so its distance is
r^t. With the best heavy ball, r = (sqrt k - 1) / (sqrt k + 1), both modes are double roots: from
rest they are

    (1 + (1 - r) t) r^t   along the floor,    (1 + (1 + r) t) (-r)^t   across.

The time of a rule is the first step from which on the distance stays below a share of its start.

Adam is also run in valleys that are turned by an angle phi. No diagonal scaling can then make the
valley round. The best one divides coordinate i by sqrt(H_ii), and leaves the condition number

    (1 + c) / (1 - c),   c = |H_12| / sqrt(H_11 H_22) .

References
----------
van der Sluis, A. (1969). Condition numbers and equilibration of matrices. Numerische
Mathematik 14, 14-23.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import (
    Adam,
    GradientDescent,
    HeavyBall,
    Rule,
    optimal_heavy_ball,
    optimal_rate,
    optimal_step_size,
    training_map,
)

# Adam moves by about eta a step wherever it is, so only (distance / eta) matters: one run with
# eta = 1 from many distances is a search for the best step size.
DISTANCES = 2.0 ** np.arange(1.0, 11.1, 0.5)
DIRECTIONS = (np.arange(8) + 0.5) * np.pi / 8


@dataclass(frozen=True, slots=True, eq=False)
class ValleyTimes:
    """Steps to the floor for valleys of several condition numbers.

    Attributes
    ----------
    tolerance : float
        The share of the first distance that counts as the floor.
    condition_numbers : ndarray, shape (valleys,)
        k.
    descent, heavy_ball : ndarray, shape (valleys,), int
        Measured steps, with the best coefficients.
    predicted_descent, predicted_heavy_ball : ndarray, shape (valleys,), int
        The same, from the formulas.
    adam_aligned, adam_turned : ndarray, shape (valleys,), int
        Measured steps of Adam with its best step size, in the valley along the axes and in the
        same valley turned by 45 degrees.
    """

    tolerance: float
    condition_numbers: np.ndarray
    descent: np.ndarray
    heavy_ball: np.ndarray
    predicted_descent: np.ndarray
    predicted_heavy_ball: np.ndarray
    adam_aligned: np.ndarray
    adam_turned: np.ndarray

    def exponent(self, name: str) -> float:
        """The slope of log(steps) against log(k) between the last two valleys."""
        steps, k = getattr(self, name), self.condition_numbers
        return float(np.log(steps[-1] / steps[-2]) / np.log(k[-1] / k[-2]))


def run(
    condition_numbers: Sequence[float] = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
    *,
    tolerance: float = 0.01,
    adam_steps: int = 2000,
) -> ValleyTimes:
    """Measure and predict the steps to the floor for each condition number above 1."""
    k = np.array(condition_numbers)
    descent, ball, predicted_descent, predicted_ball = (
        np.array(column)
        for column in zip(*(_with_best_coefficients(c, tolerance) for c in k), strict=True)
    )
    adam = adam_times(k, (0.0, math.pi / 4), tolerance=tolerance, steps=adam_steps)
    return ValleyTimes(
        tolerance, k, descent, ball, predicted_descent, predicted_ball, adam[:, 0], adam[:, 1]
    )


@dataclass(frozen=True, slots=True, eq=False)
class TurnedTimes:
    """Steps to the floor of one valley that is turned against the axes.

    Attributes
    ----------
    condition_number : float
    angles : ndarray, shape (angles,)
        Radians.
    plain : int
        Predicted steps of descent with the best step size, which no turn changes.
    rescaled : ndarray, shape (angles,), int
        Measured steps of descent with the best step size, in the best units of each coordinate.
    predicted_rescaled : ndarray, shape (angles,), int
    remaining : ndarray, shape (angles,)
        The condition number in these units.
    adam : ndarray, shape (angles,), int
        Measured steps of Adam with its best step size.
    """

    condition_number: float
    angles: np.ndarray
    plain: int
    rescaled: np.ndarray
    predicted_rescaled: np.ndarray
    remaining: np.ndarray
    adam: np.ndarray


def turn(
    condition_number: float = 100.0,
    *,
    angles: int = 13,
    tolerance: float = 0.01,
    adam_steps: int = 1000,
) -> TurnedTimes:
    """Turn a valley from 0 to 90 degrees, and measure descent in the best units, and Adam."""
    phi = np.linspace(0.0, math.pi / 2, angles)
    k = condition_number
    remaining = np.array([remaining_condition_number(k, angle) for angle in phi])
    rescaled = [_rescaled_descent_time(k, angle, tolerance) for angle in phi]
    return TurnedTimes(
        k,
        phi,
        descent_time(k, tolerance),
        np.array(rescaled),
        np.array([descent_time(c, tolerance) for c in remaining]),
        remaining,
        adam_times(np.array([k]), phi.tolist(), tolerance=tolerance, steps=adam_steps)[0],
    )


def hessian(condition_number: Any, angle: Any) -> tuple[Any, Any, Any]:
    """Return H_11, H_12, H_22 of a valley with curvature 1 along the direction ``angle``, k across."""
    k, c, s = condition_number, np.cos(angle), np.sin(angle)
    return c * c + k * (s * s), (1.0 - k) * c * s, s * s + k * (c * c)


def remaining_condition_number(condition_number: float, angle: float) -> float:
    """Return the condition number that the best diagonal scaling leaves, (1 + c) / (1 - c)."""
    h11, h12, h22 = hessian(condition_number, angle)
    c = abs(h12) / math.sqrt(h11 * h22)
    return float((1.0 + c) / (1.0 - c))


def descent_time(condition_number: float, tolerance: float) -> int:
    """Return the first t with r^t <= tolerance, r = (k - 1) / (k + 1)."""
    rate = optimal_rate("gradient descent", condition_number)
    # With equal curvatures one step is enough, and r is then no more than a rounding error.
    return max(1, math.ceil(math.log(tolerance) / math.log(rate))) if rate > 1e-9 else 1


def heavy_ball_time(condition_number: float, tolerance: float) -> int:
    """Return the step from which on the predicted distance of the best heavy ball stays small."""
    r = optimal_rate("heavy ball", condition_number)
    t = np.arange(20.0 * math.sqrt(condition_number) * math.log(10.0 / tolerance))
    both = np.stack([1.0 + (1.0 - r) * t, 1.0 + (1.0 + r) * t]) * r**t
    return int(settling_time(np.linalg.norm(both, axis=0) / math.sqrt(2.0), tolerance))


def settling_time(distances: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the first step from which on distances stay within a tolerance.

    Parameters
    ----------
    distances : ndarray, shape (steps + 1, ...)
        Shares of the first distance.
    tolerance : float

    Returns
    -------
    ndarray of int, shape (...)
        The number of rows, where the last row is still outside.
    """
    outside = ~(distances <= tolerance)
    return distances.shape[0] - np.argmax(outside[::-1], axis=0)


def adam_times(
    condition_numbers: np.ndarray, angles: Sequence[float], *, tolerance: float, steps: int
) -> np.ndarray:
    """Return Adam's steps to the floor with the best of many step sizes, shape (valleys, angles).

    A time is the longest one over eight directions of the start, relative to the valley. All
    valleys, angles, directions and step sizes run side by side, as coordinates of one large
    problem: Adam treats each coordinate by itself.

    Raises
    ------
    RuntimeError
        If no step size reaches the floor of a valley within ``steps``.
    """
    k = condition_numbers[:, None, None, None]
    phi = np.asarray(angles)[None, :, None, None]
    h11, h12, h22 = hessian(k, phi)
    way = phi + DIRECTIONS[:, None]
    start = np.stack([np.cos(way), np.sin(way)]) * DISTANCES + np.zeros(k.shape)

    def loss(theta: Any) -> Any:
        a, b = theta[0], theta[1]
        return 0.5 * (h11 * (a * a) + 2.0 * (h12 * (a * b)) + h22 * (b * b)).sum()

    # epsilon is in units of the gradient: small enough to leave each scale alone.
    training = training_map(loss, Adam(1.0, epsilon=1e-12), start)
    z, times = training.initial_state, np.ones(start.shape[1:], dtype=int)
    for t in range(1, steps + 1):  # a record of all these states would fill the memory
        z = training(z)
        squares = z[: start.size].reshape(start.shape) ** 2
        times[squares[0] + squares[1] > (tolerance * DISTANCES) ** 2] = t + 1
    best = times.max(axis=-2).min(axis=-1)
    if np.any(best > steps):
        raise RuntimeError(
            f"valley_times: Adam did not reach {tolerance} of its start within {steps} steps. "
            "Allow more steps"
        )
    return best


def _with_best_coefficients(k: float, tolerance: float) -> tuple[int, int, int, int]:
    """Steps of descent and of the heavy ball, measured, then predicted."""
    predicted = descent_time(k, tolerance), heavy_ball_time(k, tolerance)
    rules: tuple[Rule, Rule] = (
        GradientDescent(optimal_step_size(1.0, k)),
        HeavyBall(*optimal_heavy_ball(1.0, k)),
    )
    measured = [
        _measured_time(rule, (1.0, 0.0, k), np.array([1.0, 1.0]), tolerance, 2 * guess + 20)
        for rule, guess in zip(rules, predicted, strict=True)
    ]
    return measured[0], measured[1], *predicted


def _rescaled_descent_time(k: float, angle: float, tolerance: float) -> int:
    """Steps of descent in the units u_i = sqrt(H_ii) theta_i; its floor is measured in u as well."""
    h11, h12, h22 = hessian(k, angle)
    c = h12 / math.sqrt(h11 * h22)
    # In these units H is [[1, c], [c, 1]]: modes (1, 1) and (1, -1), with 1 + c and 1 - c.
    rule = GradientDescent(optimal_step_size(1.0 - abs(c), 1.0 + abs(c)))
    start = np.array([1.0, 0.0])
    return _measured_time(rule, (1.0, c, 1.0), start, tolerance, 2 * descent_time(k, tolerance))


def _measured_time(
    rule: Rule,
    entries: tuple[float, float, float],
    start: np.ndarray,
    tolerance: float,
    steps: int,
) -> int:
    """Steps to the floor of a quadratic with the Hessian [[h11, h12], [h12, h22]]."""
    h11, h12, h22 = entries

    def loss(theta: Any) -> Any:
        a, b = theta[0], theta[1]
        return 0.5 * (h11 * (a * a) + 2.0 * h12 * (a * b) + h22 * (b * b))

    training = training_map(loss, rule, start)
    states = simulate(training, training.initial_state, steps).states[:, :2]
    return int(settling_time(np.linalg.norm(states, axis=1) / np.linalg.norm(start), tolerance))
