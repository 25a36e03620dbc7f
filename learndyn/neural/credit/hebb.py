"""Hebb's rule, dW = x' y, in one linear layer y = x W: learning without a teacher.

It climbs E|y|^2 / 2, which has no maximum: for inputs of covariance C (about 0) the mean update is
C W, so W grows as exp(C t), without bound and along the first principal component.

Hebb, D. O. (1949). The Organization of Behavior. Wiley.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...autodiff import grad, mean, square
from ...autodiff import sum as sum_over
from ...autodiff.tree import Tree
from ...learning import MLP, Layer
from ...learning.models.activations import activation_function, identity
from .needs import Cost, Needs
from .rule import Proposal, check_batch
from .signals import hebbian


@dataclass(frozen=True, slots=True)
class UnsupervisedRule:
    """Base of the rules that learn one linear layer without targets."""

    needs: ClassVar[Needs] = Needs()

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree:
        """Return the empty state."""
        return ()

    def gradient(self, model: MLP, theta: list[Layer], x: Any, y: Any = None) -> list[Layer]:
        """Return the exact gradient of the objective, a tree like theta."""
        slope: list[Layer] = grad(lambda parameters: self.objective(model, parameters, x, y))(theta)
        return slope

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any = None) -> Any:
        """Return what the rule makes small."""
        raise NotImplementedError(f"{type(self).__name__}: say what the rule makes small")

    def _outputs(self, model: MLP, theta: list[Layer], x: Any) -> tuple[Any, Any]:
        """Inputs and outputs of the one layer, after a look at the model."""
        linear = activation_function(model.output_activation) is identity
        if len(model.widths) != 2 or model.bias or not linear:
            raise ValueError(
                f"{type(self).__name__}: learns one linear layer without bias, but the model is {model}. "
                'Use MLP((inputs, units), "linear", bias=False)'
            )
        x, _ = check_batch(self, theta, x, None)
        return x, model(theta, x)


@dataclass(frozen=True, slots=True)
class Hebb(UnsupervisedRule):
    """dW = mean of x' y: minus the gradient of -E|y|^2 / 2, which has no minimum (Hebb, 1949)."""

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any = None,
        state: Tree = (),
        rng: np.random.Generator | None = None,
    ) -> Proposal:
        """Return the mean of presynaptic times postsynaptic activity; targets do not matter."""
        x, outputs = self._outputs(model, theta, x)
        update = hebbian(theta, [x], [outputs / x.shape[0]])
        return Proposal(update, state, Cost(forward=1))

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any = None) -> Any:
        """Return -E|y|^2 / 2, minus half the power of the outputs."""
        x, outputs = self._outputs(model, theta, x)
        return -0.5 * mean(sum_over(square(outputs), axis=-1))
