"""Feedback alignment: errors come back through fixed random weights.

    delta_l = (delta_{l+1} F_{l+1}) * phi'(h_l),     F drawn once, never learned

Nothing makes the update a gradient at first: it is about orthogonal to it. The forward weights then
turn towards F', since what W_l learns is passed to W_{l+1}. In linear nets that is a conservation law,
``feedback_balance``.

Lillicrap, T. P., Cownden, D., Tweed, D. B. and Akerman, C. J. (2016). Random synaptic feedback weights
support error backpropagation for deep learning. Nature Communications 7, 13276.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree
from ...learning import MLP, Initialiser, Layer, lecun_normal
from .loss_rule import LossRule
from .needs import Cost, Needs
from .rule import Proposal, check_batch, check_noise
from .signals import backward, descent_update, forward, output_delta


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackAlignment(LossRule):
    """Backpropagation with fixed random weights F in the place of W'.

    Parameters
    ----------
    feedback : callable, optional
        An initialiser that draws each F_{l+1}, shape (n_{l+1}, n_l): N(0, 1 / n_{l+1}) by default.
    loss : callable, optional
        As in ``LossRule``.
    """

    needs: ClassVar[Needs] = Needs(
        feedback_weights=True,
        error_vector=True,
        separate_phases=True,
        stored_activities=True,
    )
    feedback: Initialiser = lecun_normal

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree:
        """Return F_2, ..., F_L, of shapes (n_l, n_{l-1}), as a tuple."""
        return draw_feedback(self, self.feedback, model, rng)

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree,
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return the update that errors through the feedback weights give; see ``CreditRule``."""
        x, y = check_batch(self, theta, x, y)
        check_feedback(self, model, state)
        signals = forward(model, theta, x)
        delta = output_delta(self.loss, signals, y, "FeedbackAlignment")
        deltas = backward(delta, signals.slopes, state)
        update = descent_update(theta, signals.activities, deltas)
        return Proposal(update, state, Cost(forward=1, backward=1))


def draw_feedback(
    rule: object, initialiser: Initialiser, model: MLP, rng: np.random.Generator | None
) -> tuple[Any, ...]:
    """Return weights of the shapes of W_2', ..., W_L'."""
    rng = check_noise(rule, rng)
    return tuple(initialiser(rng, (), above, below)[0] for below, above in pairwise(model.widths[1:]))


def check_feedback(rule: object, model: MLP, state: Tree) -> None:
    """Refuse feedback weights of another net.

    Raises
    ------
    ValueError
    """
    wanted = [(above, below) for below, above in pairwise(model.widths[1:])]
    check_shapes(rule, wanted, state)


def check_shapes(rule: object, wanted: list[tuple[int, int]], state: Tree) -> None:
    """Refuse a state that is not a sequence of arrays of these shapes.

    Raises
    ------
    ValueError
    """
    given = [getattr(f, "shape", None) for f in state] if isinstance(state, tuple | list) else None
    if given != wanted:
        raise ValueError(
            f"{type(rule).__name__}: the state holds feedback weights of shapes {given}, the net needs "
            f"{wanted}. Make it with init(model, rng)"
        )
