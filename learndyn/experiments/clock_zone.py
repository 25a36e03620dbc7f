r"""Where the clock stands still: the smallest split that grows in floating point.

A split whose step is below half a spacing of the numbers rounds to nothing. With the gain of the
rule (``learning.symmetry.dead_zone``), eta mu for descent and eta mu / (1 - beta) for the heavy
ball, that is the case below

    sigma_0 = min_k ulp(theta_k) / (2 gain |u_k|) .

Measured on two numbers that want to differ (``frozen_splits``), where all arithmetic is exact up
to one rounding and the law is sharp, and on the net, where it holds within a factor of about 2.

References
----------
Goldberg, D. (1991). What every computer scientist should know about floating-point arithmetic.
ACM Computing Surveys 23, 5-48.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent, HeavyBall, Nesterov, Rule, training_map
from ..learning.symmetry import PermutationAction, exchange_actions, measure_dead_zone
from ..learning.symmetry.dead_zone import settled_gain
from . import symmetry_breaking
from .clock_ticks import training
from .frozen_splits import CENTRE, descent

MAKERS: dict[str, Callable[[float], Rule]] = {
    "gradient descent": GradientDescent,
    "heavy ball": lambda eta: HeavyBall(eta, 0.9),
    "Nesterov": lambda eta: Nesterov(eta, 0.8),
}


@dataclass(frozen=True, slots=True)
class Zones:
    """The edge of the dead zone for several rules and rates.

    Attributes
    ----------
    names : tuple of str
    rates : ndarray, shape (k,)
        eta mu.
    gains : ndarray, shape (rules, k)
        Of the settled step.
    growing : ndarray, shape (rules, k)
        Smallest split that was found to grow.
    predicted : ndarray, shape (rules, k)
        sigma_0.
    """

    names: tuple[str, ...]
    rates: np.ndarray
    gains: np.ndarray
    growing: np.ndarray
    predicted: np.ndarray

    @property
    def ratios(self) -> np.ndarray:
        """Measured over predicted, shape (rules, k)."""
        return self.growing / self.predicted


def pair(
    rates: Sequence[float] = (0.02, 0.01, 0.005), *, names: Sequence[str] = tuple(MAKERS)
) -> Zones:
    """Measure the dead zone of two numbers near 1.5 with curvature -1 across.

    Parameters
    ----------
    rates : sequence of float, optional
        eta mu.
    names : sequence of str, optional
        Of ``MAKERS``.
    """
    loss, start = descent(1.0).loss, np.full(2, CENTRE)
    swap, across = PermutationAction(np.array([1, 0])), np.array([1.0, -1.0])
    rows = []
    for name in names:
        for rate in rates:
            rule = MAKERS[name](rate)
            gain = settled_gain(rule, 1.0)
            step = training_map(loss, rule, start)
            zone = measure_dead_zone(step, swap, across, 1.0, steps=int(4.0 / gain), tolerance=0.02)
            rows.append((gain, zone.growing, zone.predicted))
    return _zones(names, rates, rows)


def net(rates: Sequence[float] = (0.01, 0.005), *, names: Sequence[str] = tuple(MAKERS)) -> Zones:
    """Measure the dead zone of the net of two equal units on its saddle.

    Parameters
    ----------
    rates : sequence of float, optional
        eta mu.
    names : sequence of str, optional
        Of ``MAKERS``.
    """
    theta, _, block = symmetry_breaking.saddle()
    actions = exchange_actions(theta, symmetry_breaking.PAIR)
    rows = []
    for name in names:
        for rate in rates:
            rule = MAKERS[name](rate / block.mu)
            gain = settled_gain(rule, block.mu)
            zone = measure_dead_zone(
                training(rule),
                actions,
                block.direction,
                block.mu,
                steps=int(6.0 / gain),
                tolerance=0.1,
            )
            rows.append((gain, zone.growing, zone.predicted))
    return _zones(names, rates, rows)


def _zones(
    names: Sequence[str], rates: Sequence[float], rows: list[tuple[float, float, float]]
) -> Zones:
    table = np.array(rows).reshape(len(names), len(rates), 3)
    return Zones(tuple(names), np.array(rates), table[..., 0], table[..., 1], table[..., 2])
