"""Models are plain descriptions; their parameters are data that is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..autodiff import relu, sigmoid, tanh
from .initialisers import Initialiser, xavier_normal

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid}


class Layer(NamedTuple):
    """The parameters of one affine layer x W + b.

    Attributes
    ----------
    weight : array or Tensor, shape (..., fan_in, fan_out)
    bias : array or Tensor, shape (..., 1, fan_out)
        The axis of length 1 is the batch: it lets leading axes, one net each, broadcast.
    """

    weight: Any
    bias: Any


@dataclass(frozen=True, slots=True)
class MLP:
    """A multilayer perceptron: affine layers with an activation between them.

    Parameters
    ----------
    widths : tuple of int
        Number of units in each layer, inputs first: ``(2, 8, 1)`` has 8 hidden units.
        Two numbers make an affine model.
    activation : {"tanh", "relu", "sigmoid"}, optional
        Applied after each layer but the last.

    Raises
    ------
    ValueError
        If there are fewer than two widths, one is not positive, or the activation is unknown.
    """

    widths: tuple[int, ...]
    activation: str = "tanh"

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if len(self.widths) < 2 or any(width < 1 for width in self.widths):
            raise ValueError(f"MLP: needs two or more positive widths, got {self.widths}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"MLP: unknown activation {self.activation!r}. Choose from {sorted(ACTIVATIONS)}"
            )

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
            From ``learndyn.learning.initialisers``.

        Returns
        -------
        list of Layer
        """
        pairs = zip(self.widths[:-1], self.widths[1:], strict=True)
        return [Layer(*initialiser(rng, ensemble, fan_in, fan_out)) for fan_in, fan_out in pairs]

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
            If the inputs do not have ``widths[0]`` features, or theta another depth.
        """
        if len(theta) != len(self.widths) - 1:
            raise ValueError(f"MLP: {self.widths} has {len(self.widths) - 1} layers, got {len(theta)}")
        if not x.shape or x.shape[-1] != self.widths[0]:
            raise ValueError(
                f"MLP: the input has shape {x.shape}; its last axis must hold {self.widths[0]} features"
            )
        activation = ACTIVATIONS[self.activation]
        *hidden, last = theta
        for layer in hidden:
            x = activation(x @ layer.weight + layer.bias)
        return x @ last.weight + last.bias
