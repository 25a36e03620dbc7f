"""Direct feedback alignment: the output's error reaches each hidden layer on a path of its own.

    delta_l = (delta_L F_l) * phi'(h_l),     F_l of shape (n_L, n_l), drawn once

No layer waits for the one above. With one hidden layer it is feedback alignment.

Nokland, A. (2016). Direct feedback alignment provides learning in deep neural networks. NeurIPS 29.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree
from ...learning import MLP, Initialiser, Layer, lecun_normal
from .feedback_rule import FeedbackRule
from .needs import Needs
from .signals import Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectFeedback(FeedbackRule):
    """Errors jump from the output to each hidden layer through fixed random weights.

    Parameters
    ----------
    feedback : callable, optional
        An initialiser that draws each F_l, shape (n_L, n_l): N(0, 1 / n_L) by default.
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
        """Return F_1, ..., F_{L-1}, of shapes (n_L, n_l), as a tuple."""
        return self._draw(self.feedback, model, rng)

    def shapes(self, model: MLP) -> list[tuple[int, int]]:
        """Return the shapes of F_1, ..., F_{L-1}: each begins at the output."""
        *hidden, outputs = model.widths[1:]
        return [(outputs, units) for units in hidden]

    def deltas(self, theta: list[Layer], signals: Signals, delta: Any, state: Tree) -> list[Any]:
        """Return the deltas that the output's error sends to each layer directly."""
        paths = zip(state, signals.slopes[:-1], strict=True)
        return [*((delta @ weights) * here for weights, here in paths), delta]
