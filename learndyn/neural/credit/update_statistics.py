"""Bias and variance of a rule's update over the rule's own randomness, at one place and on one batch.

With u the update and g the gradient of the rule's objective,

    bias = |E u + g| / |g|,    variance = E|u - E u|^2 / |g|^2,    second moment = E|u|^2 / |g|^2
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.state import flatten
from ...learning import MLP, Layer
from .rule import CreditRule, check_rule


@dataclass(frozen=True, slots=True, eq=False)
class UpdateStatistics:
    """Statistics of many updates for one batch, relative to the gradient.

    Attributes
    ----------
    mean : ndarray, shape (n,)
        The mean update, flat.
    gradient : ndarray, shape (n,)
        The exact gradient, flat.
    bias : float
        |mean + gradient| / |gradient|, which the finite number of draws raises to about
        ``standard_error`` even if the rule has no bias.
    variance : float
        The variance of all components, summed, over |gradient|^2; unbiased.
    second_moment : float
        The mean of |update|^2, over |gradient|^2.
    squared_cosine : float
        The mean of cos^2 of the angle between update and gradient.
    draws : int
    """

    mean: np.ndarray
    gradient: np.ndarray
    bias: float
    variance: float
    second_moment: float
    squared_cosine: float
    draws: int

    @property
    def standard_error(self) -> float:
        """The root mean square of |mean - E mean| / |gradient|: sqrt(variance / draws)."""
        return float(np.sqrt(self.variance / self.draws))


def measure_update(
    rule: CreditRule,
    model: MLP,
    theta: list[Layer],
    x: Any,
    y: Any,
    state: Tree = (),
    *,
    draws: int,
    rng: np.random.Generator,
) -> UpdateStatistics:
    """Draw many updates from a rule and measure their bias and variance.

    Parameters
    ----------
    rule, model, theta, x, y, state
        As in ``CreditRule``; all draws start from the same state.
    draws : int
        At least 2.
    rng : numpy.random.Generator

    Raises
    ------
    TypeError
        If the rule is none, or draws is not an integer.
    ValueError
        If there are fewer than 2 draws, or the gradient is 0, which sets no scale.
    """
    check_rule(rule, "measure_update")
    draws = operator.index(draws)
    if draws < 2:
        raise ValueError(f"measure_update: needs 2 or more draws, got {draws}")
    gradient = flatten(rule.gradient(model, theta, x, y))
    size = gradient @ gradient
    if not size > 0.0:
        raise ValueError("measure_update: the gradient is 0 here, which sets no scale. Move theta")
    mean, spread, moment, cosine = np.zeros(gradient.shape), 0.0, 0.0, 0.0
    for k in range(1, draws + 1):
        update = flatten(rule.propose(model, theta, x, y, state, rng).update)
        # Welford's recurrence: squares of differences do not cancel.
        off = update - mean
        mean = mean + off / k
        spread += off @ (update - mean)
        square = update @ update
        moment += square
        cosine += (update @ gradient) ** 2 / (square * size) if square > 0.0 else 0.0
    return UpdateStatistics(
        mean,
        gradient,
        float(np.linalg.norm(mean + gradient) / np.sqrt(size)),
        float(spread / (draws - 1) / size),
        float(moment / draws / size),
        float(cosine / draws),
        draws,
    )
