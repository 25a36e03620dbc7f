"""How fast each rule parts two equal units at their saddle, predicted and measured.

With mu = -lambda_min of the Hessian across, a split is multiplied at each step by the factor of
``learndyn.learning.symmetry.escape_factor``: 1 + eta mu for descent, and for the heavy ball the
larger root of z^2 - (1 + beta + eta mu) z + beta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent, HeavyBall, Nesterov, Rule, training_map
from ..learning.symmetry import (
    escape_factor,
    exchange_actions,
    measure_escape,
    state_action,
)
from .start_sizes import net_losses
from .symmetry_breaking import PAIR, saddle

RULES: dict[str, Rule] = {
    "gradient descent": GradientDescent(0.1),
    "heavy ball": HeavyBall(0.1, 0.9),
    "Nesterov": Nesterov(0.1, 0.9),
}


@dataclass(frozen=True, slots=True)
class SplitGrowth:
    """The growth of a split for one rule.

    Attributes
    ----------
    rule : str
    mu : float
    predicted : float
        Factor a step, from mu.
    measured : float
        The same from a run.
    times : ndarray of int, shape (records,)
    splits, predicted_splits : ndarray, shape (records,)
        Of the whole state; predicted is sigma times the power of the factor.
    """

    rule: str
    mu: float
    predicted: float
    measured: float
    times: np.ndarray
    splits: np.ndarray
    predicted_splits: np.ndarray


def run(*, sigma: float = 1e-7, ceiling: float = 1e-4, steps: int = 400) -> dict[str, SplitGrowth]:
    """Split the saddle along the mode that grows fastest, once for each of ``RULES``.

    Parameters
    ----------
    sigma, ceiling : float, optional
        Split at the start, and where the run ends.
    steps : int, optional
        At most so many.

    Returns
    -------
    dict of str to SplitGrowth
    """
    theta, _, block = saddle()
    found = {}
    for name, rule in RULES.items():
        training = training_map(net_losses, rule, theta)
        (exchange,) = exchange_actions(theta, PAIR)
        escape = measure_escape(
            training,
            training.initial_state,
            state_action(training, exchange),
            sigma=sigma,
            ceiling=ceiling,
            steps=steps,
        )
        factor = escape_factor(rule, block.mu)
        found[name] = SplitGrowth(
            name,
            block.mu,
            factor,
            escape.factor,
            escape.times,
            escape.splits,
            sigma * factor**escape.times,
        )
    return found
