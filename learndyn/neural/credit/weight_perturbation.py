"""Weight perturbation: shake every weight, see whether the loss falls, and keep what helped.

    update = -(L(theta + sigma xi) - L(theta)) / sigma  xi                  one-sided
    update = -(L(theta + sigma xi) - L(theta - sigma xi)) / (2 sigma)  xi   symmetric

All examples of a batch share one perturbation. The statistics are those of node perturbation, with
the number of *weights* in the place of the number of units.

Jabri, M. and Flower, B. (1992). Weight perturbation. IEEE Transactions on Neural Networks 3, 154-157.
Werfel, J., Xie, X. and Seung, H. S. (2005). Learning curves for stochastic gradient descent in linear
feedforward networks. Neural Computation 17, 2699-2718.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree, tree_map
from ...learning import MLP, Layer
from ...learning.rules.rule import positive
from .loss_rule import LossRule
from .needs import Cost, Needs
from .rule import Proposal, check_batch, check_noise


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPerturbation(LossRule):
    """Correlates the loss of the batch with noise in all parameters.

    Parameters
    ----------
    noise : float, optional
        sigma, the standard deviation of the noise, in units of the weights.
    symmetric : bool, optional
        True compares the loss under xi with that under -xi; False with the loss without noise.
    loss : callable, optional
        As in ``LossRule``.

    Raises
    ------
    ValueError
        If the noise is not positive and finite.
    """

    needs: ClassVar[Needs] = Needs(global_scalar=True, separate_phases=True, noise=True)
    noise: float = 1e-3
    symmetric: bool = False

    def __post_init__(self) -> None:
        positive(self, "noise", self.noise)

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Draw Gaussian noise and return the update that it suggests; see ``CreditRule``."""
        x, y = check_batch(self, theta, x, y)
        rng = check_noise(self, rng)
        xi = tree_map(lambda leaf: rng.standard_normal(leaf.shape), theta)
        return Proposal(self.update_for(model, theta, x, y, xi), state, Cost(forward=2))

    def update_for(self, model: MLP, theta: list[Layer], x: Any, y: Any, xi: list[Layer]) -> list[Layer]:
        """Return the update for given noise, a tree like theta, before it is multiplied by sigma."""

        def shaken(size: float) -> Any:
            moved = tree_map(lambda weight, noise: weight + size * noise, theta, xi)
            return self.objective(model, moved, x, y)

        sigma = self.noise
        if self.symmetric:
            change = (shaken(sigma) - shaken(-sigma)) / (2.0 * sigma)
        else:
            change = (shaken(sigma) - self.objective(model, theta, x, y)) / sigma
        update: list[Layer] = tree_map(lambda noise: -change * noise, xi)
        return update
