"""Backpropagation: the reference that every other rule is compared with.

The update is minus the exact gradient of the mean loss, taken by the derivative engine.

Rumelhart, D. E., Hinton, G. E. and Williams, R. J. (1986). Learning representations by
back-propagating errors. Nature 323, 533-536.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree, tree_map
from ...learning import MLP, Layer
from .loss_rule import LossRule
from .needs import Cost, Needs
from .rule import Proposal, check_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Backprop(LossRule):
    """The exact gradient. In signals: delta_l = (delta_{l+1} W_{l+1}') * phi'(h_l).

    Parameters
    ----------
    loss : callable, optional
        As in ``LossRule``.
    """

    needs: ClassVar[Needs] = Needs(
        weight_transport=True,
        error_vector=True,
        separate_phases=True,
        stored_activities=True,
    )

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return minus the gradient of the mean loss; see ``CreditRule``."""
        x, y = check_batch(self, theta, x, y)
        update = tree_map(lambda slope: -slope, self.gradient(model, theta, x, y))
        return Proposal(update, state, Cost(forward=1, backward=1))
