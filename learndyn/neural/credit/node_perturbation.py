"""Node perturbation: shake every unit, see whether the loss falls, and blame the unit that shook.

Noise sigma xi_l is added to each h_l. With L_i the loss of example i, and xi of unit variance,

    delta_l = (1/B) (L_i(sigma xi) - L_i(0)) / sigma  xi_l         one-sided
    delta_l = (1/B) (L_i(sigma xi) - L_i(-sigma xi)) / (2 sigma)  xi_l      symmetric

For small sigma it is the directional derivative along xi, times xi: (g . xi) xi, an unbiased estimate
of the gradient g by h. Over n units, and for Gaussian xi,

    E cos^2 = 1/n,      E |estimate|^2 = (n + 2) |g|^2,

so the noise, not the bias, is the price: with n units the step must be some n times smaller.

Werfel, J., Xie, X. and Seung, H. S. (2005). Learning curves for stochastic gradient descent in linear
feedforward networks. Neural Computation 17, 2699-2718.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff.tree import Tree
from ...learning import MLP, Layer
from ...learning.models.layer import affine
from ...learning.rules.rule import positive
from .loss_rule import LossRule, example_losses
from .needs import Cost, Needs
from .rule import Proposal, check_batch, check_noise
from .signals import descent_update, layer_functions


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePerturbation(LossRule):
    """Correlates the loss of each example with noise in its pre-activations.

    Parameters
    ----------
    noise : float, optional
        sigma, the standard deviation of the noise, in units of h. The error of one update is of order
        sigma one-sided and sigma^2 symmetric, that of its mean over xi of order sigma^2 in both, and
        rounding is of order 1e-16 / sigma.
    symmetric : bool, optional
        True compares the loss under xi with that under -xi, which is exact where the loss is quadratic
        in h; False with the loss without noise.
    loss : callable, optional
        As in ``LossRule``.

    Raises
    ------
    ValueError
        If the noise is not positive and finite.
    """

    needs: ClassVar[Needs] = Needs(
        global_scalar=True, separate_phases=True, stored_activities=True, noise=True
    )
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
        xi = [rng.standard_normal((x.shape[0], units)) for units in model.widths[1:]]
        passes = 3 if self.symmetric else 2  # one without noise gives the presynaptic activities
        return Proposal(self.update_for(model, theta, x, y, xi), state, Cost(forward=passes))

    def update_for(self, model: MLP, theta: list[Layer], x: Any, y: Any, xi: Sequence[Any]) -> list[Layer]:
        """Return the update for given noise.

        Parameters
        ----------
        model, theta, x, y
            As in ``propose``.
        xi : sequence of arrays, shapes (batch, n_l)
            The noise of layers 1 to L, before it is multiplied by sigma.
        """
        activities = model.trace(theta, x).activations
        shaken = self._losses(model, theta, x, y, xi, self.noise)
        if self.symmetric:
            change = (shaken - self._losses(model, theta, x, y, xi, -self.noise)) / (2.0 * self.noise)
        else:
            calm = example_losses(self.loss, activities[-1], y, "NodePerturbation")
            change = (shaken - calm) / self.noise
        share = change.reshape((-1, 1)) / x.shape[0]
        return descent_update(theta, activities, [share * noise for noise in xi])

    def _losses(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        xi: Sequence[Any],
        size: float,
    ) -> Any:
        """The loss of each example, (batch,), with noise in all pre-activations."""
        for layer, phi, noise in zip(theta, layer_functions(model), xi, strict=True):
            x = phi(affine(x, *layer) + size * noise)
        return example_losses(self.loss, x, y, "NodePerturbation")
