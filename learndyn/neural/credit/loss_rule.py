"""What rules have in common that descend the loss of a feedforward net.

    L(theta) = mean over examples i of  loss(f(x_i; theta), y_i)

The mean, so that neither the update nor a step size depends on how many examples a batch has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import grad, mean
from ...autodiff.tree import Tree
from ...learning import MLP, Layer, half_squared_error

ExampleLoss = Callable[[Any, Any], Any]


def squared_error(prediction: Any, target: Any) -> Any:
    """Return |prediction - target|^2 / 2 for each example: (batch, outputs) to (batch,)."""
    return half_squared_error(prediction, target, axis=-1)


def example_losses(loss: ExampleLoss, prediction: Any, target: Any, caller: str) -> Any:
    """Return one loss for each example, shape (batch,).

    Raises
    ------
    ValueError
        If the loss has another shape, as one that averages over the batch has.
    """
    values = loss(prediction, target)
    given, wanted = getattr(values, "shape", ()), prediction.shape[:-1]
    if given != wanted:
        raise ValueError(
            f"{caller}: the losses of examples of shape {wanted} have shape {given}. Pass a "
            "loss that returns one number for each example, such as squared_error or "
            "lambda p, y: cross_entropy(p, y, axis=())"
        )
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRule:
    """Base of the rules whose objective is the mean loss of the net itself.

    Parameters
    ----------
    loss : callable, optional
        Takes predictions (batch, outputs) and targets to one loss for each example, (batch,).
        Half the squared error by default.
    """

    loss: ExampleLoss = squared_error

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree:
        """Return the empty state."""
        return ()

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> Any:
        """Return the mean loss of the examples, a number or a Tensor, ()."""
        return mean(example_losses(self.loss, model(theta, x), y, type(self).__name__))

    def gradient(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> list[Layer]:
        """Return the exact gradient of the objective, a tree like theta."""
        slope: list[Layer] = grad(lambda parameters: self.objective(model, parameters, x, y))(theta)
        return slope
