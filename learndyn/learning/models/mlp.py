"""The multilayer perceptron, and deep linear networks as its special case.

Layer l of a net with widths n_0, ..., n_L takes activations x_{l-1} to

    h_l = x_{l-1} W_l + b_l        (pre-activation)
    x_l = phi(h_l)                 (activation; the last layer has its own, linear by default)

Rows are samples, so a weight has shape (n_{l-1}, n_l). Rumelhart, Hinton and Williams (1986),
Learning representations by back-propagating errors, Nature 323, 533-536.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from ..initialisers import Initialiser, xavier_normal
from .activations import (
    Activation,
    activation_function,
    activation_name,
    check_activation,
)
from .layer import Layer, affine, check_features, check_layer, counts
from .summary import Described, Part


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """What every layer of a net computed for one batch.

    Attributes
    ----------
    preactivations : tuple of array or Tensor, one per layer
        h_1, ..., h_L, of shapes (..., batch, widths[l]).
    activations : tuple of array or Tensor, one more
        x_0 (the input), x_1, ..., x_L (the output): ``activations[l]`` comes from
        ``preactivations[l - 1]``.
    """

    preactivations: tuple[Any, ...]
    activations: tuple[Any, ...]


@dataclass(frozen=True, slots=True, repr=False)
class MLP(Described):
    """A multilayer perceptron: affine layers with an activation between them.

    Parameters
    ----------
    widths : tuple of int
        Number of units in each layer, inputs first: ``(2, 8, 1)`` has 8 hidden units.
        Two numbers make an affine model.
    activation : str or callable, optional
        Applied after each layer but the last: "tanh", "relu", "sigmoid", "erf", "gelu",
        "softplus", "leaky_relu", "sin", "linear" (also called "identity"), or a function of
        learndyn operations that acts element by element.
    output_activation : str or callable, optional
        Applied after the last layer; "linear", which does nothing, by default.
    bias : bool, optional
        False leaves the biases out: each ``Layer.bias`` is then None.

    Raises
    ------
    ValueError
        If there are fewer than two widths, one is not a positive whole number, or an
        activation is unknown.
    """

    widths: tuple[int, ...]
    activation: Activation = "tanh"
    output_activation: Activation = field(default="linear", kw_only=True)
    bias: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(
            self, "widths", counts(self.widths, "MLP", "two or more positive widths", 2)
        )
        check_activation(self.activation, "MLP")
        check_activation(self.output_activation, "MLP")

    def __repr__(self) -> str:
        output = activation_name(self.output_activation)
        options = f", output_activation={output!r}" if output != "linear" else ""
        options += "" if self.bias else ", bias=False"
        return f"MLP({self.widths}, {activation_name(self.activation)!r}{options})"

    def parts(self) -> list[Part]:
        """Return name and shapes of each layer of one net."""
        names = [activation_name(self.activation)] * (len(self.widths) - 2)
        names.append(activation_name(self.output_activation))
        return [
            Part(f"{i} {name}", shape, (1, shape[1]) if self.bias else None)
            for i, (name, shape) in enumerate(zip(names, pairwise(self.widths), strict=True))
        ]

    def init(
        self,
        rng: np.random.Generator,
        *,
        ensemble: tuple[int, ...] = (),
        initialiser: Initialiser = xavier_normal,
    ) -> list[Layer]:
        """Draw initial parameters.

        Parameters
        ----------
        rng : numpy.random.Generator
        ensemble : tuple of int, optional
            Leading axes: ``(400,)`` draws 400 independent nets that train side by side.
        initialiser : callable, optional
            From ``learndyn.learning.initialisers``. With ``bias=False`` the biases that it
            draws are dropped.

        Returns
        -------
        list of Layer
        """
        layers = [
            Layer(*initialiser(rng, ensemble, fan_in, fan_out))
            for fan_in, fan_out in pairwise(self.widths)
        ]
        return layers if self.bias else [Layer(layer.weight, None) for layer in layers]

    def __call__(self, theta: list[Layer], x: Any) -> Any:
        """Compute the output for a batch.

        Parameters
        ----------
        theta : list of Layer
            From ``init``, or a tree of the same structure.
        x : array or Tensor, shape (..., batch, widths[0])

        Returns
        -------
        array or Tensor, shape (..., batch, widths[-1])

        Raises
        ------
        ValueError
            If the inputs do not have ``widths[0]`` features, or theta has another depth or
            a layer of another shape.
        """
        x = self._checked(theta, x)
        activation = activation_function(self.activation)
        *hidden, last = theta
        for layer in hidden:
            x = activation(affine(x, *layer))
        return activation_function(self.output_activation)(affine(x, *last))

    def trace(self, theta: list[Layer], x: Any) -> LayerTrace:
        """Compute the output and keep what every layer did.

        Parameters and errors are those of ``__call__``.

        Returns
        -------
        LayerTrace
            Its last activation is the output, with the same bits as from ``__call__``.
        """
        x = self._checked(theta, x)
        hidden = activation_function(self.activation)
        steps = [hidden] * (len(theta) - 1) + [activation_function(self.output_activation)]
        before: list[Any] = []
        after = [x]
        for layer, activation in zip(theta, steps, strict=True):
            before.append(affine(after[-1], *layer))
            after.append(activation(before[-1]))
        return LayerTrace(tuple(before), tuple(after))

    def _checked(self, theta: list[Layer], x: Any) -> Any:
        """The input as an array, after a look at it and at the parameters."""
        widths, bias = self.widths, self.bias
        if len(theta) != len(widths) - 1:
            raise ValueError(f"MLP: {widths} has {len(widths) - 1} layers, got {len(theta)}")
        for i, layer in enumerate(theta):
            check_layer(layer, widths[i : i + 2], widths[i + 1], bias, "MLP", i)
        return check_features(x, widths[0], "MLP")


def deep_linear_network(widths: Iterable[int]) -> MLP:
    """Return a deep linear network: y = x W_1 W_2 ... W_L, without biases.

    Its function is linear, its training is not: each weight's gradient contains all others
    (Saxe, McClelland and Ganguli, 2014, Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks).

    Parameters
    ----------
    widths : iterable of int
        As in ``MLP``.
    """
    return MLP(tuple(widths), "linear", bias=False)
