"""Gradient flow: what descent becomes when its steps are infinitely small.

    d theta / dt = -grad L(theta)

One step of descent with step size eta is one explicit Euler step of length eta, so k steps
of descent stand for the time t = k eta (Cauchy, 1847; Hairer, Lubich and Wanner, 2006, IX).
Along the flow the loss never rises: dL/dt = -|grad L|^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor, grad
from ..autodiff.tree import Tree
from ..dynamics.state import flatten, ravel


@dataclass(frozen=True, slots=True, eq=False)
class FlatLoss:
    """A loss as a function of one flat vector theta of shape (n,), with its gradient.

    Attributes
    ----------
    of_tree : callable
        The loss that was given: it takes the tree of parameters.
    parameters : callable
        Takes a vector of shape (n,) to the tree of parameters.
    """

    of_tree: Callable[[Tree], Any]
    parameters: Callable[[Any], Tree]

    def __call__(self, z: Any) -> Any:
        """Return L(theta), a tensor or number with one element."""
        return self.of_tree(self.parameters(z))

    def gradient(self, z: Any) -> Any:
        """Return grad L(theta), shape (n,): a Tensor where ``z`` is one."""
        return flatten(grad(self.of_tree)(self.parameters(z)))


def flat_loss(loss: Callable[[Tree], Any], theta: Tree) -> tuple[np.ndarray, FlatLoss]:
    """Return the flat parameters, shape (n,), and the loss as a function of them."""
    z, unravel = ravel(theta)
    return z, FlatLoss(loss, unravel)


@dataclass(frozen=True, slots=True, eq=False)
class GradientFlow:
    """The flow d theta/dt = -grad L(theta) on the flat vector of parameters.

    Attributes
    ----------
    initial_state : ndarray, shape (n,)
        The flat parameters at the start.
    """

    initial_state: np.ndarray
    _loss: FlatLoss

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity at state ``z``, shape (n,); time does not matter."""
        return -self._loss.gradient(z)

    def parameters(self, z: Any) -> Tree:
        """Return the parameters in state ``z`` as the tree that the model takes."""
        return self._loss.parameters(z)

    def loss(self, z: Any) -> Any:
        """Return L in state ``z``: a number, or a tensor where ``z`` is one."""
        return number(self._loss(z), z)


def gradient_flow(loss: Callable[[Tree], Any], theta: Tree) -> GradientFlow:
    """Return the gradient flow of a loss.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Initial parameters.

    Returns
    -------
    GradientFlow
        Hand it to ``integrate`` together with its ``initial_state``.

    Raises
    ------
    ValueError
        If the tree has no leaves; when called, if the loss does not have one element.
    """
    return GradientFlow(*flat_loss(loss, theta))


def number(value: Any, z: Any) -> Any:
    """A value with one element as a float, unless it was computed from a tensor."""
    if isinstance(value, Tensor):
        return value if isinstance(z, Tensor) else value.item()
    return float(np.asarray(value).item())


def require_step_size(step_size: float, caller: str) -> float:
    """Return a step size eta as a float, or say that it must be positive and finite."""
    if not (np.isfinite(step_size) and step_size > 0):
        raise ValueError(f"{caller}: step_size must be positive and finite, got {step_size}")
    return float(step_size)
