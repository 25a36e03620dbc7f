"""The signals that local rules are made of: activities, slopes, errors, and their products.

    h_l = x_{l-1} W_l + b_l,   x_l = phi_l(h_l),   slope_l = phi_l'(h_l)
    delta_L = dL/dx_L * slope_L,   delta_l = (delta_{l+1} F_{l+1}) * slope_l

with F_{l+1}, shape (n_{l+1}, n_l), the weights of the way back. The update that belongs to errors
delta_l is -x_{l-1}' delta_l: presynaptic activity times postsynaptic error. With F = W' it is
backpropagation (Rumelhart, Hinton and Williams, 1986).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor, grad, jvp, mean, reshape
from ...autodiff import sum as sum_over
from ...learning import MLP, Layer
from ...learning.models.activations import activation_function, identity
from .loss_rule import ExampleLoss, example_losses

Function = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What the layers of a net hold after a forward pass.

    Attributes
    ----------
    activities : tuple of array or Tensor, one more than layers
        x_0, ..., x_L, of shapes (batch, n_l).
    slopes : tuple of array or Tensor
        phi_1'(h_1), ..., phi_L'(h_L).
    """

    activities: tuple[Any, ...]
    slopes: tuple[Any, ...]


def layer_functions(model: MLP) -> list[Function]:
    """Return the activations phi_1, ..., phi_L as functions."""
    hidden = activation_function(model.activation)
    return [hidden] * (len(model.widths) - 2) + [activation_function(model.output_activation)]


def slope(function: Function, h: Any) -> Any:
    """Return the derivative of an elementwise function at each element of h."""
    # Networks that settle ask for it thousands of times: on arrays the operation's own rule will do.
    if function is identity:
        return np.ones(h.shape)
    op = getattr(function, "op", None)
    if op is not None and op.kind == "elementwise" and not isinstance(h, Tensor):
        return op.jvp[0](np.ones(h.shape), function(h), h)
    return jvp(function, (h,), (np.ones(h.shape),))[1]


def forward(model: MLP, theta: list[Layer], x: Any) -> Signals:
    """Return activities and slopes of all layers for a batch x, shape (batch, n_0)."""
    trace = model.trace(theta, x)
    functions = zip(layer_functions(model), trace.preactivations, strict=True)
    return Signals(trace.activations, tuple(slope(phi, h) for phi, h in functions))


def loss_slope(loss: ExampleLoss, prediction: Any, target: Any, caller: str) -> Any:
    """Return the derivative of each example's loss by its own prediction, (batch, outputs)."""
    return grad(lambda p: sum_over(example_losses(loss, p, target, caller)))(prediction)


def output_delta(loss: ExampleLoss, signals: Signals, target: Any, caller: str) -> Any:
    """Return delta_L, the derivative of the mean loss by h_L, shape (batch, n_L)."""

    def mean_loss(prediction: Any) -> Any:
        return mean(example_losses(loss, prediction, target, caller))

    return grad(mean_loss)(signals.activities[-1]) * signals.slopes[-1]


def backward(delta: Any, slopes: Sequence[Any], feedback: Sequence[Any]) -> list[Any]:
    """Send an error back through a chain of feedback weights.

    Parameters
    ----------
    delta : array or Tensor, shape (batch, n_L)
        delta_L.
    slopes : sequence of arrays
        slope_1, ..., slope_L.
    feedback : sequence of arrays
        F_2, ..., F_L, of shapes (n_l, n_{l-1}).

    Returns
    -------
    list of array or Tensor
        delta_1, ..., delta_L.
    """
    deltas = [delta]
    for weights, here in zip(reversed(feedback), reversed(slopes[:-1]), strict=True):
        deltas.append((deltas[-1] @ weights) * here)
    return deltas[::-1]


def hebbian(theta: list[Layer], before: Sequence[Any], after: Sequence[Any]) -> list[Layer]:
    """Return the products of the activities on both sides of each synapse, summed over examples.

    Parameters
    ----------
    theta : list of Layer
        Whose shapes the result has.
    before : sequence of arrays, shapes (batch, n_{l-1})
    after : sequence of arrays, shapes (batch, n_l)

    Returns
    -------
    list of Layer
        before' after for each weight, and the sum of ``after`` for each bias.
    """
    layers = []
    for (_, bias), pre, post in zip(theta, before, after, strict=True):
        array: Any = pre if isinstance(pre, Tensor) else np.asarray(pre)
        total = None if bias is None else reshape(sum_over(post, axis=0), bias.shape)
        layers.append(Layer(array.T @ post, total))
    return layers


def descent_update(theta: list[Layer], activities: Sequence[Any], deltas: Sequence[Any]) -> list[Layer]:
    """Return -x_{l-1}' delta_l for each layer, and minus the sum of delta_l for each bias."""
    return hebbian(theta, activities[:-1], [-delta for delta in deltas])
