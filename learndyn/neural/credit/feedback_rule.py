"""Errors that come back through weights of their own: what such rules share.

A rule draws its feedback weights once and keeps them as its state. From the output's delta and these
weights it makes the deltas of all layers; what the weights then learn is the same for every rule.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...learning import MLP, Initialiser, Layer
from .loss_rule import LossRule
from .needs import Cost
from .rule import Proposal, check_batch, check_noise
from .signals import Signals, descent_update, forward, output_delta


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRule(LossRule, ABC):
    """A rule with feedback weights; each says of which shapes, and how errors pass through them."""

    def shapes(self, model: MLP) -> list[tuple[int, int]]:
        """Return the shapes of the feedback weights: those of W_2', ..., W_L' by default."""
        return [(above, below) for below, above in pairwise(model.widths[1:])]

    @abstractmethod
    def deltas(self, theta: list[Layer], signals: Signals, delta: Any, state: Tree) -> list[Any]:
        """Return delta_1, ..., delta_L, of which ``delta`` is the last."""

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree,
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return the update that errors through the feedback weights give; see ``CreditRule``.

        Raises
        ------
        ValueError
            If the feedback weights are those of another net.
        """
        x, y = check_batch(self, theta, x, y)
        self._check(model, state)
        signals = forward(model, theta, x)
        delta = output_delta(self.loss, signals, y, type(self).__name__)
        deltas = self.deltas(theta, signals, delta, state)
        update = descent_update(theta, signals.activities, deltas)
        return Proposal(update, state, Cost(forward=1, backward=1))

    def _draw(
        self, initialiser: Initialiser, model: MLP, rng: np.random.Generator | None
    ) -> tuple[Any, ...]:
        rng = check_noise(self, rng)
        return tuple(initialiser(rng, (), above, below)[0] for above, below in self.shapes(model))

    def _check(self, model: MLP, state: Tree) -> None:
        wanted = self.shapes(model)
        given = [getattr(f, "shape", None) for f in state] if isinstance(state, tuple | list) else None
        if given != wanted:
            raise ValueError(
                f"{type(self).__name__}: the state holds feedback weights of shapes {given}, the net needs "
                f"{wanted}. Make it with init(model, rng)"
            )
