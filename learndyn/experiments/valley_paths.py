"""One valley, several rules: the path that each takes, on the map of the landscape.

The straight valley is the quadratic

    L(a, b) = (a^2 + k b^2) / 2

with its floor along a, curvature 1, and walls along b, curvature k: the condition number is k.
The curved one is Rosenbrock's, (1 - a)^2 + 100 (b - a^2)^2, with its floor on the parabola b = a^2.

References
----------
Rosenbrock, H. H. (1960). An automatic method for finding the greatest or least value of a
function. The Computer Journal 3, 175-184.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import linearise, simulate, spectral_radius
from ..learning import Rule, training_map

Loss = Callable[[Any], Any]

ROSENBROCK_MINIMUM = np.array([1.0, 1.0])


def straight_valley(condition_number: float) -> Loss:
    """Return the loss (a^2 + k b^2) / 2 of theta = (a, b), shape (2,)."""

    def loss(theta: Any) -> Any:
        a, b = theta[0], theta[1]
        return 0.5 * (a * a + condition_number * (b * b))

    return loss


def rosenbrock(theta: Any) -> Any:
    """Return (1 - a)^2 + 100 (b - a^2)^2 of theta = (a, b), shape (2,)."""
    a, b = theta[0], theta[1]
    along, across = 1.0 - a, b - a * a
    return along * along + 100.0 * (across * across)


def path(loss: Loss, rule: Rule, start: np.ndarray, steps: int) -> np.ndarray:
    """Return the parameters at each step of a run, shape (steps + 1, n)."""
    training = training_map(loss, rule, start)
    return simulate(training, training.initial_state, steps).states[:, : start.size]


@dataclass(frozen=True, slots=True, eq=False)
class ValleyPaths:
    """The paths of several rules from one point, and the landscape around them.

    Attributes
    ----------
    start : ndarray, shape (2,)
    minimum : ndarray, shape (2,)
    paths : dict of str to ndarray, each of shape (steps + 1, 2)
        The parameters at each step, by the name of the rule.
    a, b : ndarray, shapes (columns,) and (rows,)
        The axes of the map.
    losses : ndarray, shape (rows, columns)
        The loss over the map.
    """

    start: np.ndarray
    minimum: np.ndarray
    paths: dict[str, np.ndarray]
    a: np.ndarray
    b: np.ndarray
    losses: np.ndarray

    def first_direction(self, name: str) -> float:
        """The angle between the first step of a rule and the axis of a, in degrees from 0 to 90."""
        across, along = np.abs(self.paths[name][1] - self.start)[::-1]
        return float(np.degrees(np.arctan2(across, along)))

    def crossings(self, name: str) -> int:
        """How many steps of a rule changed the sign of b."""
        b = self.paths[name][:, 1]
        return int(np.sum(b[1:] * b[:-1] < 0.0))


def run(
    loss: Loss,
    rules: Mapping[str, Rule],
    start: tuple[float, float],
    steps: int,
    *,
    minimum: tuple[float, float] = (0.0, 0.0),
    window: tuple[tuple[float, float], tuple[float, float]],
    points: int = 121,
) -> ValleyPaths:
    """Follow each rule from ``start``, and map the landscape in ``window``.

    Parameters
    ----------
    loss : callable
        Takes (a, b) to a number; it is also called with two grids.
    rules : mapping of str to Rule
    start : (float, float)
    steps : int
    minimum : (float, float), optional
    window : ((a_low, a_high), (b_low, b_high))
    points : int, optional
        Points of the map along each axis.
    """
    origin = np.array(start)
    a, b = (np.linspace(low, high, points) for low, high in window)
    return ValleyPaths(
        origin,
        np.array(minimum),
        {name: path(loss, rule, origin, steps) for name, rule in rules.items()},
        a,
        b,
        np.asarray(loss(np.stack(np.meshgrid(a, b)))),
    )


@dataclass(frozen=True, slots=True, eq=False)
class FinalRate:
    """How fast a run approaches the minimum in the end.

    Attributes
    ----------
    predicted : float
        The spectral radius of the training map at the minimum.
    measured : float
        The factor by which the distance to the minimum shrank each step, at the end of the run.
    distance : float
        The distance at the end.
    """

    predicted: float
    measured: float
    distance: float


def final_rate(
    rule: Rule, steps: int, *, last: int, start: tuple[float, float] = (-1.2, 1.0)
) -> FinalRate:
    """Run a rule in Rosenbrock's valley and compare its last steps with the linear prediction.

    Parameters
    ----------
    rule : Rule
    steps : int
    last : int
        Over how many steps at the end the factor is measured.
    start : (float, float), optional
    """
    training = training_map(rosenbrock, rule, np.array(start))
    rest = training_map(rosenbrock, rule, ROSENBROCK_MINIMUM).initial_state
    run = simulate(training, training.initial_state, steps, every=last)
    before, after = np.linalg.norm(run.states[-2:, :2] - ROSENBROCK_MINIMUM, axis=1)
    gap = int(run.times[-1] - run.times[-2])
    predicted = float(spectral_radius(linearise(training, rest)))
    return FinalRate(predicted, float((after / before) ** (1.0 / gap)), float(after))
