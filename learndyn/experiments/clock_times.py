r"""Escape time against the size of the first split: a straight line in ln(1 / sigma).

A split that grows by f in each step reaches a threshold after

    T = ln(threshold / sigma) / ln f ,

so twice the time is the square of threshold / sigma.

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning.symmetry import (
    EscapeTimes,
    escape_factor,
    exchange_actions,
    measure_escape_times,
    state_action,
)
from . import symmetry_breaking
from .clock_ticks import RULES, training


@dataclass(frozen=True, slots=True)
class ClockTimes:
    """How long splits of several sizes need, under several rules.

    Attributes
    ----------
    names : tuple of str
    factors : ndarray, shape (rules,)
        Predicted f.
    clocks : tuple of EscapeTimes
        One for each rule, all of the same sizes and threshold.
    """

    names: tuple[str, ...]
    factors: np.ndarray
    clocks: tuple[EscapeTimes, ...]

    @property
    def predicted(self) -> np.ndarray:
        """ln(threshold / sigma) / ln f, shape (rules, sizes)."""
        logs = np.array([np.log(clock.threshold / clock.sigmas) for clock in self.clocks])
        return logs / np.log(self.factors)[:, None]

    @property
    def slopes(self) -> np.ndarray:
        """Measured steps for each factor e, shape (rules,)."""
        return np.array([clock.slope for clock in self.clocks])

    @property
    def predicted_slopes(self) -> np.ndarray:
        """1 / ln f, shape (rules,)."""
        return 1.0 / np.log(self.factors)


def run(
    sigmas: Sequence[float] = (1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12),
    *,
    names: Sequence[str] = ("gradient descent", "heavy ball", "Nesterov"),
    threshold: float = symmetry_breaking.PARTED,
) -> ClockTimes:
    """Measure when splits of several sizes reach the threshold.

    Parameters
    ----------
    sigmas : sequence of float, optional
        Lengths of the splits, along the fastest mode of the rule, velocities included.
    names : sequence of str, optional
        Of ``clock_ticks.RULES`` without second moment.
    threshold : float, optional
        Length of the split that counts as escaped.
    """
    theta, _, block = symmetry_breaking.saddle()
    clocks = []
    for name in names:
        step = training(RULES[name])
        action = state_action(step, exchange_actions(theta, symmetry_breaking.PAIR)[0])
        clocks.append(
            measure_escape_times(
                step, step.initial_state, action, sigmas=sigmas, threshold=threshold
            )
        )
    factors = np.array([escape_factor(RULES[name], block.mu) for name in names])
    return ClockTimes(tuple(names), factors, tuple(clocks))
