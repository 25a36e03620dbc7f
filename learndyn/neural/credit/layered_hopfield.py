"""A layered network with an energy: units in neighbouring layers pull at each other with equal weight.

With s_0 = x the clamped input, u_l = rho_l(s_l) and u_0 = x, the energy of one example is

    E = sum_{l=1}^{L} |s_l|^2 / 2 - u_{l-1} W_l u_l' - b_l u_l'

and activities descend E, or E + beta * loss(s_L, y) if the output is nudged towards a target:

    ds_l/dt = -s_l + rho_l'(s_l) * (u_{l-1} W_l + b_l + u_{l+1} W_{l+1}')  - beta d loss/ds_L  [l = L]

The output is s_L. rho is the model's activation, and its output activation for the last layer. Unlike
the feedforward net of the same weights, the answer depends on what later layers send back.

Hopfield, J. J. (1984). Neurons with graded response have collective computational properties like those
of two-state neurons. PNAS 81, 3088-3092. Scellier, B. and Bengio, Y. (2017), as cited in
``equilibrium_propagation``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import square
from ...autodiff import sum as sum_over
from ...learning import MLP, Layer
from ...learning.models.layer import affine
from .loss_rule import ExampleLoss, example_losses
from .settling import Activities
from .signals import layer_functions, loss_slope, slope


@dataclass(frozen=True, slots=True, eq=False)
class LayeredHopfield:
    """The flow of the activities, on one flat state of all units and examples.

    Attributes
    ----------
    model : MLP
        Widths and activations; its weights are used in both directions.
    theta : list of Layer
    x, y : arrays
        Inputs, (batch, n_0), and targets.
    nudging : float
        beta; at 0 the activities are free, and targets do not matter.
    loss : callable
    """

    model: MLP
    theta: list[Layer]
    x: Any
    y: Any
    nudging: float
    loss: ExampleLoss

    @property
    def activities(self) -> Activities:
        """The way between layers and flat state."""
        return Activities(self.x.shape[0], self.model.widths[1:])

    @property
    def initial_state(self) -> np.ndarray:
        """All units silent, s = 0."""
        return np.zeros(self.activities.size)

    def outputs(self, z: Any) -> Any:
        """Return s_L in state z, shape (batch, n_L)."""
        return self.activities.layers(z)[-1]

    def rates(self, z: Any) -> list[Any]:
        """Return u_0, ..., u_L in state z, of shapes (batch, n_l)."""
        layers = self.activities.layers(z)
        functions = layer_functions(self.model)
        return [self.x, *(rho(s) for rho, s in zip(functions, layers, strict=True))]

    def energy(self, z: Any) -> Any:
        """Return E + beta loss summed over the examples, (), in state z, shape (n,)."""
        layers, rates = self.activities.layers(z), self.rates(z)
        total: Any = 0.0
        for s, below, u, layer in zip(layers, rates[:-1], rates[1:], self.theta, strict=True):
            total = total + 0.5 * sum_over(square(s)) - sum_over(affine(below, *layer) * u)
        if self.nudging:
            losses = example_losses(self.loss, layers[-1], self.y, "EquilibriumPropagation")
            total = total + self.nudging * sum_over(losses)
        return total

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity of all activities, shape (n,); time does not matter."""
        layers, rates = self.activities.layers(z), self.rates(z)
        velocity = []
        for i, (s, rho) in enumerate(zip(layers, layer_functions(self.model), strict=True)):
            drive = affine(rates[i], *self.theta[i])
            if i + 1 < len(layers):
                drive = drive + rates[i + 2] @ self.theta[i + 1].weight.T
            velocity.append(slope(rho, s) * drive - s)
        if self.nudging:
            force = loss_slope(self.loss, layers[-1], self.y, "EquilibriumPropagation")
            velocity[-1] = velocity[-1] - self.nudging * force
        return self.activities.flat(velocity)
