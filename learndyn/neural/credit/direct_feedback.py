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
from .feedback_alignment import check_shapes
from .loss_rule import LossRule
from .needs import Cost, Needs
from .rule import Proposal, check_batch, check_noise
from .signals import descent_update, forward, output_delta


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectFeedback(LossRule):
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
        rng = check_noise(self, rng)
        *hidden, outputs = model.widths[1:]
        return tuple(self.feedback(rng, (), outputs, units)[0] for units in hidden)

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree,
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return the update that the broadcast output error gives; see ``CreditRule``."""
        x, y = check_batch(self, theta, x, y)
        *hidden, outputs = model.widths[1:]
        check_shapes(self, [(outputs, units) for units in hidden], state)
        signals = forward(model, theta, x)
        delta = output_delta(self.loss, signals, y, "DirectFeedback")
        paths = zip(state, signals.slopes[:-1], strict=True)
        deltas = [*((delta @ weights) * here for weights, here in paths), delta]
        update = descent_update(theta, signals.activities, deltas)
        return Proposal(update, state, Cost(forward=1, backward=1))
