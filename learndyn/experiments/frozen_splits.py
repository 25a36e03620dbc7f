"""An unstable point that floating point makes permanent.

Two identical units a, b, an exchange symmetry, and a loss that wants them to differ:

    L(a, b) = (a + b - 2 c)^2 / 2 - mu (a - b)^2 / 4 + (a - b)^4 / 16

At a = b = c the antisymmetric direction has the curvature -mu. A deviation +-sigma of the two units
grows by 1 + eta mu each step: each unit moves by eta mu sigma. But a unit is a floating-point
number of spacing ulp(c), and a move below half the spacing rounds to nothing. So a split

    sigma < ulp(c) / (2 eta mu)

never grows, and descent rests at an unstable point for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import linearise, simulate, spectral_radius
from ..learning import GradientDescent, TrainingMap, training_map

CENTRE = 1.5  # both units stay in [1, 2), where the spacing is the same
ULP = float(np.spacing(CENTRE))


@dataclass(frozen=True, slots=True)
class FrozenSplits:
    """The smallest split that grows, for several growth rates.

    Attributes
    ----------
    rates : ndarray, shape (n,)
        eta mu.
    multipliers : ndarray, shape (n,)
        The largest multiplier at the symmetric point; predicted 1 + eta mu.
    thresholds : ndarray, shape (n,)
        The smallest split sigma that moves at all, in units of ulp(c).
    late : tuple of ndarray
        For the smallest rate, |a - b| / 2 during a run from the largest split below the threshold,
        and from the threshold, in units of ulp(c).
    """

    rates: np.ndarray
    multipliers: np.ndarray
    thresholds: np.ndarray
    late: tuple[np.ndarray, np.ndarray]

    @property
    def predicted(self) -> np.ndarray:
        """1 / (2 eta mu), in units of ulp(c), shape (n,)."""
        return 0.5 / self.rates


def descent(rate: float, curvature: float = 1.0) -> TrainingMap:
    """Return descent on L with mu = ``curvature`` and eta mu = ``rate``."""

    def loss(theta: Any) -> Any:
        a, b = theta[0], theta[1]
        mean, split = a + b - 2.0 * CENTRE, a - b
        return 0.5 * mean**2 - 0.25 * curvature * split**2 + split**4 / 16.0

    return training_map(loss, GradientDescent(rate / curvature), np.full(2, CENTRE))


def start(ulps: int) -> np.ndarray:
    """Return (c + sigma, c - sigma) with sigma of a whole number of spacings."""
    return CENTRE + ULP * np.array([ulps, -ulps])


def run(*, rates: tuple[float, ...] = (0.1, 0.01, 1e-3, 1e-4), steps: int = 2000) -> FrozenSplits:
    """Find the smallest split that one step changes, by bisection over whole spacings.

    Parameters
    ----------
    rates : tuple of float, optional
        eta mu, descending.
    steps : int, optional
        Of the two runs.
    """
    maps = [descent(rate) for rate in rates]
    multipliers = [spectral_radius(linearise(m, m.initial_state)) for m in maps]
    thresholds = [_threshold(m) for m in maps]
    below, at = (
        _split(simulate(maps[-1], start(ulps), steps).states)
        for ulps in (thresholds[-1] - 1, thresholds[-1])
    )
    return FrozenSplits(np.array(rates), np.array(multipliers), np.array(thresholds, float), (below, at))


def _threshold(step: TrainingMap) -> int:
    low, high = 0, 1
    while np.array_equal(step(start(high)), start(high)):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        moves = not np.array_equal(step(start(middle)), start(middle))
        low, high = (low, middle) if moves else (middle, high)
    return high


def _split(states: np.ndarray) -> np.ndarray:
    return 0.5 * (states[:, 0] - states[:, 1]) / ULP
