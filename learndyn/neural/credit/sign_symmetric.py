"""Sign-symmetric feedback: the way back knows the signs of the forward weights only.

    F_{l+1} = M_{l+1} * sign(W_{l+1})',     M >= 0, drawn once (or 1 everywhere)

Liao, Q., Leibo, J. Z. and Poggio, T. (2016). How important is weight symmetry in backpropagation?
AAAI 30: with M = 1 their "uniform", with fixed random M their "fixed random magnitude" feedback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff import absolute, sign
from ...autodiff.tree import Tree
from ...learning import MLP, Initialiser, Layer, lecun_normal
from .feedback_rule import FeedbackRule
from .needs import Needs
from .signals import Signals, backward


@dataclass(frozen=True, slots=True, kw_only=True)
class SignSymmetric(FeedbackRule):
    """Backpropagation through the signs of the weights, with magnitudes of its own.

    Parameters
    ----------
    magnitudes : callable, optional
        An initialiser; M_{l+1}, shape (n_{l+1}, n_l), is the absolute value of what it draws.
        None puts 1 everywhere.
    loss : callable, optional
        As in ``LossRule``.
    """

    needs: ClassVar[Needs] = Needs(
        weight_signs=True,
        feedback_weights=True,
        error_vector=True,
        separate_phases=True,
        stored_activities=True,
    )
    magnitudes: Initialiser | None = lecun_normal

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree:
        """Return M_2, ..., M_L, of shapes (n_l, n_{l-1}), as a tuple."""
        if self.magnitudes is None:
            return self._draw(_ones, model, np.random.default_rng(0))
        return tuple(absolute(m) for m in self._draw(self.magnitudes, model, rng))

    def deltas(self, theta: list[Layer], signals: Signals, delta: Any, state: Tree) -> list[Any]:
        """Return the deltas that come back through the signs of the weights."""
        feedback = [m * sign(layer.weight).T for m, layer in zip(state, theta[1:], strict=True)]
        return backward(delta, signals.slopes, feedback)


def _ones(rng: Any, ensemble: tuple[int, ...], fan_in: int, fan_out: int) -> tuple[Any, Any]:
    return np.ones((*ensemble, fan_in, fan_out)), None  # an initialiser that draws nothing
