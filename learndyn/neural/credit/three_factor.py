"""The three-factor rule: presynaptic activity times postsynaptic surprise times reward.

Units fire at random, s_l = 1 with probability p_l = sigmoid(s_{l-1} W_l + b_l), and s_0 = x. A synapse
keeps an eligibility, the derivative of the log-probability of what its unit did, and a reward that is
broadcast to all decides what becomes of it:

    eligibility = s_{l-1}' (s_l - p_l),        update = (R - b) eligibility

Its mean over the firing is exactly the gradient of E[R], whatever the baseline b, as long as b does not
depend on what the units do now (Williams' REINFORCE). The baseline changes the variance only.

Williams, R. J. (1992). Simple statistical gradient-following algorithms for connectionist reinforcement
learning. Machine Learning 8, 229-256.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np

from ...autodiff import exp, mean, sigmoid, softplus
from ...autodiff import sum as sum_over
from ...autodiff.tree import Tree
from ...dynamics.running import plain
from ...learning import MLP, Layer
from ...learning.models.layer import affine
from ...learning.rules.rule import fraction
from .loss_rule import LossRule, example_losses
from .needs import Cost, Needs
from .rule import Proposal, check_batch, check_noise
from .signals import hebbian

_UNITS = 16  # of a net whose firing patterns are enumerated


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeFactor(LossRule):
    """Reward-modulated Hebbian learning of stochastic binary units (Williams, 1992).

    The reward of an example is R = -loss(s_L, y). The model's activations, hidden and output, must be
    "sigmoid": they are firing probabilities.

    Parameters
    ----------
    baseline_rate : float, optional
        The baseline b, the rule's state, is a running average of the reward:
        b' = b + rate (mean R - b), from 0 up to, but not, 1. At 0 it stays where it starts, at 0.
    loss : callable, optional
        As in ``LossRule``, of binary outputs.

    Raises
    ------
    ValueError
        If the rate is not in [0, 1).
    """

    needs: ClassVar[Needs] = Needs(global_scalar=True, stored_activities=True, noise=True)
    baseline_rate: float = 0.0

    def __post_init__(self) -> None:
        fraction(self, "baseline_rate", self.baseline_rate)

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree:
        """Return the baseline before the first batch, 0."""
        return np.zeros(())

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree,
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Let the units fire once and return the update; see ``CreditRule``."""
        x, y = check_batch(self, theta, x, y)
        rng = check_noise(self, rng)
        _check_sigmoid(model)
        spikes, s = [], x
        for layer in theta:
            p = plain(sigmoid(affine(s, *layer)))
            s = (rng.random(p.shape) < p).astype(np.float64)
            spikes.append(s)
        update = self.update_for(model, theta, x, y, spikes, baseline=state)
        reward = -mean(example_losses(self.loss, spikes[-1], y, "ThreeFactor"))
        after = state + self.baseline_rate * (reward - state)
        return Proposal(update, after, Cost(forward=1))

    def update_for(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        spikes: Sequence[Any],
        *,
        baseline: Any = 0.0,
    ) -> list[Layer]:
        """Return the update for given firing: (R - b) s_{l-1}' (s_l - p_l), averaged over examples.

        Parameters
        ----------
        model, theta, x, y
            As in ``propose``.
        spikes : sequence of arrays of 0 and 1, shapes (batch, n_l)
            s_1, ..., s_L.
        baseline : float or array, shape (), optional
            b.
        """
        before = [x, *spikes[:-1]]
        rewards = -example_losses(self.loss, spikes[-1], y, "ThreeFactor")
        factor = ((rewards - baseline) / x.shape[0]).reshape((-1, 1))
        surprises = [
            s - sigmoid(affine(pre, *layer)) for s, pre, layer in zip(spikes, before, theta, strict=True)
        ]
        return hebbian(theta, before, [factor * surprise for surprise in surprises])

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> Any:
        """Return -E[R], exactly: the mean over examples and over all 2^n patterns of firing.

        Raises
        ------
        ValueError
            If the net has more than 16 units, or other activations than "sigmoid".
        """
        x, y = check_batch(self, theta, x, y)
        _check_sigmoid(model)
        total = 0.0
        for pattern in firing_patterns(model):
            spikes = [np.broadcast_to(s, (x.shape[0], s.size)) for s in pattern]
            chance = exp(log_probability(theta, x, spikes))
            total = total + mean(chance * example_losses(self.loss, spikes[-1], y, "ThreeFactor"))
        return total


def log_probability(theta: list[Layer], x: Any, spikes: Sequence[Any]) -> Any:
    """Return the log-probability of given firing for each example, shape (batch,).

    sum over layers and units of s h - softplus(h), with h = s_{l-1} W_l + b_l.
    """
    total: Any = 0.0
    for layer, s in zip(theta, spikes, strict=True):
        h = affine(x, *layer)
        total = total + sum_over(s * h - softplus(h), axis=-1)
        x = s
    return total


def firing_patterns(model: MLP) -> list[list[np.ndarray]]:
    """Return all patterns of firing, each as one array of shape (n_l,) for each layer.

    Raises
    ------
    ValueError
        If the net has more than 16 units.
    """
    units = model.widths[1:]
    if sum(units) > _UNITS:
        raise ValueError(
            f"firing_patterns: {sum(units)} units have 2^{sum(units)} patterns. Take a net with at most "
            f"{_UNITS} hidden and output units, or average over draws"
        )
    ends = np.cumsum(units)[:-1]
    return [np.split(np.array(bits), ends) for bits in product((0.0, 1.0), repeat=sum(units))]


def _check_sigmoid(model: MLP) -> None:
    hidden = model.activation if len(model.widths) > 2 else "sigmoid"
    if hidden != "sigmoid" or model.output_activation != "sigmoid":
        raise ValueError(
            f"ThreeFactor: units fire with a probability, but the model is {model}. Use "
            'MLP(widths, "sigmoid", output_activation="sigmoid")'
        )
