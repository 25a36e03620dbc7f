"""Several rules in one straight valley, for one step size after another.

The loss is that of ``valley_paths``, (a^2 + k b^2) / 2. Each rule has a step size of its own, and
all are multiplied by the same factor: what is too long for one rule another hardly feels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .valley_paths import path, straight_valley


@dataclass(frozen=True, slots=True, eq=False)
class ValleySteps:
    """The paths of several rules from one point, for each factor of their step sizes.

    Attributes
    ----------
    condition_number : float
        k.
    start : ndarray, shape (2,)
    factors : ndarray, shape (f,)
    paths : dict of str to ndarray, shape (f, steps + 1, 2)
        (a, b) at each step, by the name of the rule.
    contours : ndarray, shape (levels, points, 2)
        Closed curves of constant loss.
    """

    condition_number: float
    start: np.ndarray
    factors: np.ndarray
    paths: dict[str, np.ndarray]
    contours: np.ndarray

    def distances(self, name: str) -> np.ndarray:
        """Return the distance of a rule to the minimum, shape (f, steps + 1)."""
        return np.linalg.norm(self.paths[name], axis=-1)


def run(
    rules: Mapping[str, Any],
    start: tuple[float, float],
    steps: int,
    *,
    condition_number: float,
    factors: np.ndarray,
    levels: tuple[float, ...] = (0.01, 0.05, 0.2, 0.5, 1.0, 2.0),
    points: int = 61,
) -> ValleySteps:
    """Follow each rule from ``start`` with its step size times each factor.

    Parameters
    ----------
    rules : mapping of str to Rule
        Each has a field ``step_size``.
    start : (float, float)
    steps : int
    condition_number : float
        k.
    factors : ndarray, shape (f,)
        Positive.
    levels : tuple of float, optional
        Losses of the contours.
    points : int, optional
        Of each contour.
    """
    loss, origin = straight_valley(condition_number), np.array(start)
    paths = {
        name: np.stack(
            [path(loss, replace(rule, step_size=rule.step_size * float(f)), origin, steps) for f in factors]
        )
        for name, rule in rules.items()
    }
    turn = np.linspace(0.0, 2.0 * np.pi, points)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    axes = np.sqrt(2.0 * np.array(levels))[:, None] / np.sqrt([1.0, condition_number])
    return ValleySteps(condition_number, origin, np.asarray(factors), paths, axes[:, None] * circle)
