r"""Where a feedback rule goes before it has aligned: which layers lower the loss, and which raise it.

Along the flow of a rule, dL/dt = sum over layers of <gradient_l, update_l>. The output layer's part is minus
its squared gradient, whatever the feedback is. The part of the hidden layers is linear in the feedback of
``DirectFeedback``, so F and -F give opposite values: of random feedback, one half raises the loss with the
hidden layers. The whole rises where they beat the output layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import MLP, lecun_normal
from ..neural.credit import DirectFeedback, FeedbackAlignment


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """Rates of change of the loss, of many nets with random weights, feedback and targets.

    Attributes
    ----------
    hidden : ndarray, shape (nets,)
        What the hidden layers contribute to dL/dt.
    output : ndarray, shape (nets,)
        What the output layer contributes; never positive.
    mirrored : ndarray, shape (nets,)
        ``hidden`` for the feedback -F.
    """

    hidden: np.ndarray
    output: np.ndarray
    mirrored: np.ndarray

    @property
    def climbing(self) -> float:
        """The share of nets whose hidden layers raise the loss."""
        return float(np.mean(self.hidden > 0.0))

    @property
    def rising(self) -> float:
        """The share of nets whose loss rises."""
        return float(np.mean(self.hidden + self.output > 0.0))


def run(
    rule: FeedbackAlignment | DirectFeedback | None = None,
    *,
    widths: Sequence[int] = (3, 16, 16, 2),
    nets: int = 400,
    batch: int = 8,
    seed: int = 0,
) -> FirstSteps:
    """Draw nets and ask the rule for its first update.

    Parameters
    ----------
    rule : FeedbackAlignment or DirectFeedback, optional
        ``DirectFeedback()`` by default.
    widths : sequence of int, optional
    nets, batch, seed : int, optional

    Returns
    -------
    FirstSteps
    """
    rule = DirectFeedback() if rule is None else rule
    rng = np.random.default_rng(seed)
    model = MLP(tuple(widths))
    parts = np.empty((3, nets))
    for i in range(nets):
        theta = model.init(rng, initialiser=lecun_normal)
        x, y = rng.standard_normal((batch, widths[0])), rng.standard_normal((batch, widths[-1]))
        feedback = rule.init(model, rng)
        gradient = rule.gradient(model, theta, x, y)
        for row, state in ((0, feedback), (2, tuple(-f for f in feedback))):
            update = rule.propose(model, theta, x, y, state).update
            *hidden, output = [
                float(np.sum(g.weight * u.weight) + np.sum(g.bias * u.bias))
                for g, u in zip(gradient, update, strict=True)
            ]
            parts[row, i] = sum(hidden)
            parts[1, i] = output
    return FirstSteps(parts[0], parts[1], parts[2])
