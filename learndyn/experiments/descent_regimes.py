"""The step size chooses the regime: gradient descent on a parabola.

For L(theta) = lambda theta^2 / 2 a step is theta -> (1 - eta lambda) theta, a map with one
multiplier. Below eta lambda = 1 it decays smoothly, from 1 to 2 it overshoots and still
decays, at 2 it repeats with period two for ever, and beyond 2 it explodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import (
    ModeRegime,
    ObservedRegime,
    classify_multiplier,
    classify_trajectory,
    simulate,
)
from ..learning import GradientDescent, training_map


@dataclass(frozen=True, slots=True)
class DescentRegimes:
    """Runs of gradient descent on one parabola with several step sizes.

    Attributes
    ----------
    curvature : float
        lambda.
    step_sizes : ndarray, shape (runs,)
        eta.
    steps : ndarray, shape (records,)
    positions : ndarray, shape (runs, records)
        theta at each step.
    """

    curvature: float
    step_sizes: np.ndarray
    steps: np.ndarray
    positions: np.ndarray

    @property
    def multipliers(self) -> np.ndarray:
        """The predicted factor of one step, 1 - eta lambda, shape (runs,)."""
        return 1.0 - self.step_sizes * self.curvature

    @property
    def measured(self) -> np.ndarray:
        """The factor of the first step of each run, shape (runs,)."""
        return self.positions[:, 1] / self.positions[:, 0]


def run(
    relative_steps: tuple[float, ...] = (0.3, 1.7, 2.0, 2.1),
    *,
    curvature: float = 1.0,
    start: float = 1.0,
    steps: int = 20,
) -> DescentRegimes:
    """Descend from ``start`` once for each value of eta lambda in ``relative_steps``."""
    step_sizes = np.array(relative_steps) / curvature
    runs = []
    for step_size in step_sizes:
        training = training_map(
            lambda theta: 0.5 * curvature * (theta * theta).sum(),
            GradientDescent(float(step_size)),
            np.array([start]),
        )
        runs.append(simulate(training, training.initial_state, steps))
    return DescentRegimes(
        curvature, step_sizes, runs[0].times, np.stack([run.states[:, 0] for run in runs])
    )


@dataclass(frozen=True, slots=True)
class ClassifiedRun:
    """The regime of one run on a parabola, foretold from its multiplier and seen in its states.

    Attributes
    ----------
    relative_step : float
        eta lambda.
    predicted : ModeRegime
    seen : ObservedRegime
    """

    relative_step: float
    predicted: ModeRegime
    seen: ObservedRegime


def classify(relative_steps: tuple[float, ...], *, steps: int = 1000) -> tuple[ClassifiedRun, ...]:
    """Run descent once for each eta lambda, and name its regime before and after.

    Parameters
    ----------
    relative_steps : tuple of float
        eta lambda, positive.
    steps : int, optional
        How long each run is watched, at least 2.

    Returns
    -------
    tuple of ClassifiedRun
    """
    results = []
    for relative_step in relative_steps:
        training = training_map(
            lambda theta: 0.5 * (theta * theta).sum(), GradientDescent(relative_step), np.ones(1)
        )
        seen = classify_trajectory(simulate(training, training.initial_state, steps))
        predicted = classify_multiplier(1.0 - relative_step, horizon=steps)
        results.append(ClassifiedRun(relative_step, predicted, seen))
    return tuple(results)
