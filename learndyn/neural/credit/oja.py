"""Oja's rule: Hebb's with just as much forgetting as keeps the weights finite. In one layer y = x W,

    dW = (x - y W')' y

For one unit and inputs of covariance C (about 0) the mean update is C w - (w'C w) w. It rests at the
unit eigenvectors of C. At the first one a step eta has the multipliers 1 - eta (l_1 - l_i) along the
i-th eigenvector and 1 - 2 eta l_1 along w itself; at all others some multiplier is above 1.

With several units W comes to an orthonormal basis of the principal subspace (Oja, 1989), not to the
eigenvectors themselves: rotations of the basis are neutral.

Oja, E. (1982). A simplified neuron model as a principal component analyzer. J. Math. Biol. 15, 267-273.
Oja, E. (1989). Neural networks, principal components, and subspaces. Int. J. Neural Syst. 1, 61-68.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import mean, square
from ...autodiff import sum as sum_over
from ...autodiff.tree import Tree
from ...learning import MLP, Layer
from .hebb import UnsupervisedRule
from .needs import Cost
from .rule import Proposal
from .signals import hebbian


@dataclass(frozen=True, slots=True)
class Oja(UnsupervisedRule):
    """dW = mean of (x - y W')' y: principal components (Oja, 1982; several units: 1989).

    Its objective is the error E|x - y W'|^2 / 2 of a reconstruction. Oja's update is not minus its
    gradient, but the part of it that is left where the columns of W are orthonormal; there the two
    are equal.
    """

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any = None,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return Hebb's update with Oja's forgetting; targets do not matter."""
        x, outputs = self._outputs(model, theta, x)
        surprise = x - outputs @ theta[0].weight.T
        update = hebbian(theta, [surprise], [outputs / x.shape[0]])
        return Proposal(update, state, Cost(forward=1))

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any = None) -> Any:
        """Return E|x - y W'|^2 / 2, what a linear reconstruction of the inputs misses."""
        x, outputs = self._outputs(model, theta, x)
        return 0.5 * mean(sum_over(square(x - outputs @ theta[0].weight.T), axis=-1))
