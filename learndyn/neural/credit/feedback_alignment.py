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
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree
from ...learning import MLP, Initialiser, Layer, lecun_normal
from .feedback_rule import FeedbackRule
from .needs import Needs
from .signals import Signals, backward


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackAlignment(FeedbackRule):
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
        return self._draw(self.feedback, model, rng)

    def deltas(self, theta: list[Layer], signals: Signals, delta: Any, state: Tree) -> list[Any]:
        """Return the deltas that each layer's feedback weights send to the one below."""
        return backward(delta, signals.slopes, state)
