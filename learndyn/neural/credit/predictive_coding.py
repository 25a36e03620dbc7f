"""Predictive coding: hidden activities settle between what is predicted and what would be needed.

The activities x_1, ..., x_{L-1} descend the energy of one example

    F = sum over hidden layers of |e_l|^2 / 2  +  loss(phi_L(h_L), y) / v,     e_l = x_l - phi_l(h_l)

with v the variance of the output units, those of the hidden units being 1. For the squared error the
last term is |e_L|^2 / (2 v), e_L = y - phi_L(h_L). Then weights descend F where the activities rest:

    dx_l/dt = -e_l + (e_{l+1} * phi'(h_{l+1})) W_{l+1}',      dW_l = v x_{l-1}' (e_l * phi'(h_l))

The factor v makes dW comparable with minus the gradient of the loss, to which it tends as 1/v. It does
*not* tend to it as the loss becomes small: both shrink together. In a linear net the rest is known:
the output error y - f is multiplied by (1 + sum_l P_l'P_l / v)^{-1}, P_l = W_{l+1} ... W_L for the
hidden layers l, before it is propagated back as usual.

Whittington, J. C. R. and Bogacz, R. (2017). An approximation of the error backpropagation algorithm in a
predictive coding network with local Hebbian synaptic plasticity. Neural Computation 29, 1229-1262.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ...autodiff import square
from ...autodiff import sum as sum_over
from ...autodiff.tree import Tree
from ...learning import MLP, Layer
from ...learning.models.layer import affine
from ...learning.rules.rule import positive
from .loss_rule import ExampleLoss, LossRule, example_losses
from .needs import Cost, Needs
from .rule import Proposal, check_arrays, check_batch
from .settling import Activities, Settling
from .signals import hebbian, layer_functions, loss_slope, slope


@dataclass(frozen=True, slots=True, eq=False)
class PredictionFlow:
    """The flow of the hidden activities, -dF/dx, on one flat state of all hidden units and examples.

    Attributes
    ----------
    model : MLP
    theta : list of Layer
    x, y : arrays
        Inputs, (batch, n_0), and targets, both clamped.
    output_variance : float
        v.
    loss : callable
    """

    model: MLP
    theta: list[Layer]
    x: Any
    y: Any
    output_variance: float
    loss: ExampleLoss

    @property
    def activities(self) -> Activities:
        """The way between hidden layers and flat state."""
        return Activities(self.x.shape[0], self.model.widths[1:-1])

    @property
    def initial_state(self) -> np.ndarray:
        """The forward pass: hidden errors are 0."""
        return self.activities.flat(list(self.model.trace(self.theta, self.x).activations[1:-1]))

    def energy(self, z: Any) -> Any:
        """Return F summed over the examples, (), in state z, shape (n,)."""
        layers = [self.x, *self.activities.layers(z)]
        *hidden, last = zip(layers, self.theta, layer_functions(self.model), strict=True)
        errors = [
            x - phi(affine(below, *layer)) for x, (below, layer, phi) in zip(layers[1:], hidden, strict=True)
        ]
        below, layer, phi = last
        losses = example_losses(self.loss, phi(affine(below, *layer)), self.y, "PredictiveCoding")
        kinetic = [0.5 * sum_over(square(e)) for e in errors]
        return sum(kinetic, sum_over(losses) / self.output_variance)

    def errors(self, z: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Return x_0, ..., x_{L-1}, the errors e_1, ..., e_L and the slopes phi'(h_l), in state z.

        e_L is minus the slope of the loss by the output, over v.
        """
        layers = [self.x, *self.activities.layers(z)]
        errors, slopes = [], []
        functions = layer_functions(self.model)
        for i, (below, layer, phi) in enumerate(zip(layers, self.theta, functions, strict=True)):
            h = affine(below, *layer)
            if i + 1 < len(layers):
                errors.append(layers[i + 1] - phi(h))
            else:
                force = loss_slope(self.loss, phi(h), self.y, "PredictiveCoding")
                errors.append(-force / self.output_variance)
            slopes.append(slope(phi, h))
        return layers, errors, slopes

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity of all hidden activities, shape (n,); time does not matter."""
        _, errors, slopes = self.errors(z)
        driven = [e * s for e, s in zip(errors, slopes, strict=True)]
        velocity = [
            above @ layer.weight.T - error
            for error, above, layer in zip(errors[:-1], driven[1:], self.theta[1:], strict=True)
        ]
        return self.activities.flat(velocity)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveCoding(LossRule):
    """Weights learn after the hidden activities have settled (Whittington and Bogacz, 2017).

    Parameters
    ----------
    output_variance : float, optional
        v, positive; large for an update near that of backpropagation.
    settling : Settling, optional
        By default to the equilibrium that Newton's method finds from the forward pass.
    loss : callable, optional
        As in ``LossRule``.

    Raises
    ------
    ValueError
        If the variance is not positive and finite.
    """

    needs: ClassVar[Needs] = Needs(error_vector=True, separate_phases=True, symmetric_weights=True)
    output_variance: float = 1.0
    settling: Settling = field(default_factory=Settling)

    def __post_init__(self) -> None:
        positive(self, "output_variance", self.output_variance)

    def flow(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> PredictionFlow:
        """Return the flow by which the hidden activities settle for a batch."""
        check_arrays(self, theta, x, y)
        x, y = check_batch(self, theta, x, y)
        return PredictionFlow(model, theta, x, y, self.output_variance, self.loss)

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Let the activities settle and return the local update; see ``CreditRule``.

        Raises
        ------
        RuntimeError
            If the activities do not settle.
        TypeError
            If a Tensor is among the arguments.
        """
        flow = self.flow(model, theta, x, y)
        z, steps = self.settling(flow, flow.initial_state, "PredictiveCoding")
        layers, errors, slopes = flow.errors(z)
        scale = self.output_variance / flow.x.shape[0]
        driven = [scale * e * s for e, s in zip(errors, slopes, strict=True)]
        update = hebbian(theta, layers, driven)
        return Proposal(update, state, Cost(forward=1, settling=steps))
