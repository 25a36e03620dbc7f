r"""Losing units: a distributed code fails by degrees, a one-hot code all at once in one place.

A readout has learned y = cos theta; then each unit is lost with probability p. Over such lesions the mean
square error, relative to that of the target, is

    p^2 + p (1 - p) R,     R = sum_i <(w_i f_i)^2> / <y^2>

with < > over stimuli. One unit for each stimulus has R = 1 and the error p. For von Mises tuning w_i is a
cosine too, and R = I0(2 kappa) / (N I1(kappa)^2): the part that depends on luck goes as 1/N, and p^2, a
loss of gain that all outputs share, remains. Descent on the remaining weights repairs what is still seen by
some unit. In a one-hot code nobody sees the stimulus of a lost unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import mean_square
from ..dynamics import simulate
from ..learning import GradientDescent, training_map
from ..neural.population import VonMisesTuning, preferred_directions, scaled_bessel_i


@dataclass(frozen=True, slots=True)
class PopulationLesions:
    """Relative mean square errors after lesions; arrays of shape (losses,).

    Attributes
    ----------
    units : int
    kappa : float
    losses : ndarray
        p, the probability that a unit is lost.
    one_hot, population : ndarray
        Mean over lesions.
    one_hot_predicted, population_predicted : ndarray
    repaired : ndarray
        Of the population, after the remaining weights have learned again; mean over lesions.
    one_hot_gain : float
        Largest fall of the one-hot code's error by learning again.
    worst_single, worst_single_predicted : float
        Largest error at any stimulus after the loss of one unit, the target being of amplitude 1.
    one_hot_worst : float
        The same for the one-hot code.
    luck : float
        R.
    """

    units: int
    kappa: float
    losses: np.ndarray
    one_hot: np.ndarray
    population: np.ndarray
    one_hot_predicted: np.ndarray
    population_predicted: np.ndarray
    repaired: np.ndarray
    one_hot_gain: float
    worst_single: float
    worst_single_predicted: float
    one_hot_worst: float
    luck: float

    def predict(self, p: np.ndarray) -> np.ndarray:
        """Return p^2 + p (1 - p) R, the population's predicted error."""
        return p**2 + p * (1.0 - p) * self.luck


def run(
    losses: Sequence[float] = (0.04, 0.1, 0.2, 0.3, 0.4, 0.5),
    *,
    units: int = 24,
    kappa: float = 2.0,
    lesions: int = 2000,
    repairs: int = 8,
    steps: int = 300,
    seed: int = 0,
) -> PopulationLesions:
    """Train both codes, take units away, and let the rest learn again.

    Parameters
    ----------
    losses : sequence of float, optional
        p.
    units : int, optional
        N.
    kappa : float, optional
        Of the population.
    lesions : int, optional
        Drawn for each p.
    repairs : int, optional
        How many of them learn again.
    steps : int, optional
        Of gradient descent, before and after the lesion.
    seed : int, optional

    Returns
    -------
    PopulationLesions
    """
    rng = np.random.default_rng(seed)
    stimuli, tuning = preferred_directions(units), VonMisesTuning(units, 1.0, kappa)
    target = np.cos(stimuli)
    # Column i of the features is unit i; the one-hot code has one unit for each stimulus.
    bumps, hot = tuning(stimuli), np.eye(units)
    weights = (
        _learn(bumps, target, np.zeros(units), steps),
        _learn(hot, target, np.zeros(units), steps),
    )
    rows, gains = [], []
    for p in losses:
        alive = (rng.random((lesions, units)) >= p).astype(np.float64)
        repaired = [_repair(bumps, target, weights[0], a, steps) for a in alive[:repairs]]
        gains += [
            _error(hot @ (a * weights[1]), target) - _repair(hot, target, weights[1], a, steps)
            for a in alive[:repairs]
        ]
        rows.append((
            _error((alive * weights[1]) @ hot.T, target),
            _error((alive * weights[0]) @ bumps.T, target),
            np.mean(repaired),
        ))  # fmt: skip
    one_hot, population, repaired = np.array(rows).T
    lost, luck = np.array(losses), _luck(units, kappa)
    return PopulationLesions(
        units, kappa, lost, one_hot, population, lost, lost**2 + lost * (1.0 - lost) * luck,
        repaired, max(gains),
        float(np.abs(bumps * weights[0]).max()),
        float(1.0 / (units * scaled_bessel_i(1, kappa))),
        float(np.abs(hot * weights[1]).max()),
        luck,
    )  # fmt: skip


def _luck(units: int, kappa: float) -> float:
    """R = I0(2 kappa) / (N I1(kappa)^2)."""
    return float(scaled_bessel_i(0, 2.0 * kappa) / (units * scaled_bessel_i(1, kappa) ** 2))


def _error(outputs: np.ndarray, target: np.ndarray) -> float:
    return float(np.mean((outputs - target) ** 2) / np.mean(target**2))


def _repair(
    features: np.ndarray,
    target: np.ndarray,
    w: np.ndarray,
    alive: np.ndarray,
    steps: int,
) -> float:
    """The error after the units that are left have learned again."""
    left = features * alive
    return _error(left @ _learn(left, target, w * alive, steps), target)


def _learn(features: np.ndarray, target: np.ndarray, w: np.ndarray, steps: int) -> np.ndarray:
    """Weights after gradient descent with step size one over the largest curvature."""
    largest = float(np.linalg.eigvalsh(features.T @ features / len(target))[-1])
    descent = training_map(
        lambda w: 0.5 * mean_square(features @ w - target),
        GradientDescent(1.0 / largest),
        w,
    )
    return simulate(descent, w, steps, every=max(1, steps), progress=False).final_state
