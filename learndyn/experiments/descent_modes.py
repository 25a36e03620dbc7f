"""Gradient descent on a quadratic, mode by mode.

For L(theta) = theta' H theta / 2 a step is theta -> (I - eta H) theta. Along the eigenvector of
curvature lambda it multiplies by 1 - eta lambda, and the eigenvectors do not feel one another. The
slowest of them sets the rate, max |1 - eta lambda|, which is least at eta = 2 / (l_min + l_max).

References
----------
Goh, G. (2017). Why momentum really works. Distill.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad
from ..dynamics import simulate
from ..learning import GradientDescent, optimal_step_size, training_map


@dataclass(frozen=True, slots=True)
class DescentModes:
    """One run of gradient descent, seen along the eigenvectors of the Hessian.

    Attributes
    ----------
    curvatures : ndarray, shape (n,)
        Eigenvalues of the Hessian, increasing.
    step_size : float
    steps : ndarray, shape (records,)
    measured : ndarray, shape (records, n)
        Coordinate along each eigenvector at each step. Each starts at 1.
    """

    curvatures: np.ndarray
    step_size: float
    steps: np.ndarray
    measured: np.ndarray

    @property
    def multipliers(self) -> np.ndarray:
        """1 - eta lambda, shape (n,)."""
        return 1.0 - self.step_size * self.curvatures

    @property
    def predicted(self) -> np.ndarray:
        """(1 - eta lambda)^t, shape (records, n)."""
        return self.multipliers ** self.steps[:, None]

    @property
    def error(self) -> float:
        """Largest difference from the prediction, relative to the largest mode of its step."""
        scale = np.abs(self.predicted).max(axis=1, keepdims=True)
        return float((np.abs(self.measured - self.predicted) / scale).max())

    @property
    def error_of_each_mode(self) -> np.ndarray:
        """Largest difference relative to the mode itself, shape (n,): huge once it has decayed."""
        return (np.abs(self.measured - self.predicted) / np.abs(self.predicted)).max(axis=0)


@dataclass(frozen=True, slots=True)
class RateSweep:
    """The rate of gradient descent for many step sizes, measured by running each.

    Attributes
    ----------
    curvatures : ndarray, shape (n,)
    step_sizes : ndarray, shape (m,)
    rates : ndarray, shape (m,)
        Factor by which the largest coordinate changes per step, on average over the run.
    """

    curvatures: np.ndarray
    step_sizes: np.ndarray
    rates: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The largest size of 1 - eta lambda, shape (m,)."""
        return np.abs(1.0 - np.outer(self.step_sizes, self.curvatures)).max(axis=1)

    @property
    def best_step(self) -> float:
        """The step size of the least measured rate."""
        return float(self.step_sizes[self.rates.argmin()])

    @property
    def best_rate(self) -> float:
        """The least measured rate."""
        return float(self.rates.min())


@dataclass(frozen=True, slots=True)
class TimeScale:
    """How long descent on a parabola needs for a tenth of the distance.

    Attributes
    ----------
    curvature, slope : float
        lambda, and the slope of the loss at the start.
    predicted, measured : int
        Steps until the distance is below a tenth of the first.
    """

    curvature: float
    slope: float
    predicted: int
    measured: int


def run(
    condition_number: float = 50.0,
    *,
    modes: int = 8,
    step_size: float | None = None,
    steps: int = 60,
    seed: int = 0,
) -> DescentModes:
    """Descend on a quadratic with curvatures from 1 to k along randomly rotated axes.

    Parameters
    ----------
    condition_number : float, optional
        k. The curvatures are equally spaced in their logarithm.
    modes : int, optional
        n.
    step_size : float, optional
        eta; the best one, 2 / (1 + k), by default.
    steps : int, optional
    seed : int, optional
        Of the rotation.

    Returns
    -------
    DescentModes
    """
    curvatures = np.geomspace(1.0, condition_number, modes)
    axes, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((modes, modes)))
    hessian = axes @ np.diag(curvatures) @ axes.T
    eta = optimal_step_size(1.0, condition_number) if step_size is None else step_size
    training = training_map(
        lambda theta: 0.5 * (theta @ (hessian @ theta)), GradientDescent(eta), axes @ np.ones(modes)
    )
    record = simulate(training, training.initial_state, steps)
    return DescentModes(curvatures, eta, record.times, record.states @ axes)


def rates(
    condition_number: float = 50.0,
    *,
    modes: int = 8,
    low: float = 0.02,
    high: float = 0.0405,
    count: int = 2051,
    steps: int = 200,
) -> RateSweep:
    """Run descent with many step sizes, and measure how fast each shrinks the error.

    The runs share a state, one row each; no row feels another. The axes are those of the
    eigenvectors, which changes no rate.

    Parameters
    ----------
    condition_number, modes
        As for ``run``.
    low, high, count : optional
        The step sizes, equally spaced.
    steps : int, optional
        Of each run.

    Returns
    -------
    RateSweep
    """
    curvatures = np.geomspace(1.0, condition_number, modes)
    step_sizes = np.linspace(low, high, count)
    each_step, each_curvature = np.repeat(step_sizes, modes), np.tile(curvatures, count)
    slope = grad(lambda theta: 0.5 * (each_curvature * theta * theta).sum())
    record = simulate(
        lambda theta: theta - each_step * slope(theta), np.ones(count * modes), steps, every=steps
    )
    sizes = np.abs(record.states.reshape(2, count, modes)).max(axis=2)
    return RateSweep(curvatures, step_sizes, (sizes[1] / sizes[0]) ** (1.0 / steps))


def _below(level: float) -> Callable[[np.ndarray], Any]:
    return lambda z: z[0] < level


def time_scales(
    cases: tuple[tuple[float, float], ...] = ((1.0, 1.0), (1.0, 100.0), (10.0, 1.0)),
    *,
    step_size: float = 0.02,
) -> tuple[TimeScale, ...]:
    """Count the steps to a tenth of the distance, for pairs of curvature and slope at the start.

    Parameters
    ----------
    cases : tuple of (curvature, slope)
        Positive numbers, with a multiplier 1 - eta lambda between 0 and 1.
    step_size : float, optional
        eta.
    """
    results = []
    for curvature, slope in cases:
        start = slope / curvature
        training = training_map(
            lambda theta, c=curvature: 0.5 * c * (theta * theta).sum(),
            GradientDescent(step_size),
            np.array([start]),
        )
        record = simulate(
            training,
            training.initial_state,
            100_000,
            every=100_000,
            stop_when=_below(0.1 * start),
        )
        predicted = math.ceil(math.log(10.0) / -math.log(1.0 - step_size * curvature))
        results.append(TimeScale(curvature, slope, predicted, int(record.times[-1])))
    return tuple(results)
