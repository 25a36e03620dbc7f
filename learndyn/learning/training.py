"""Training is a map: parameters and the rule's memory in, the same after one step out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad
from ..autodiff.tree import Tree
from ..dynamics.state import flatten, ravel
from .rules import Rule


@dataclass(frozen=True, slots=True, eq=False)
class TrainingMap:
    """One training step as a dynamical system z -> F(z) on the rule's whole state.

    Attributes
    ----------
    loss : callable
        Takes the tree of parameters to a tensor with one element.
    rule : Rule
    initial_state : ndarray, shape (m,)
        The flat state before the first step.
    """

    loss: Callable[[Tree], Any]
    rule: Rule
    initial_state: np.ndarray
    _unravel_state: Callable[[Any], Any]
    _unravel_theta: Callable[[Any], Tree]

    def __call__(self, z: Any) -> Any:
        """Return the state after one step from state ``z``, shape (m,)."""
        state = self._unravel_state(z)
        gradient = flatten(grad(self.loss)(self._unravel_theta(state.theta)))
        return flatten(self.rule.step(state, gradient))

    def parameters(self, z: Any) -> Tree:
        """Return the parameters in state ``z`` as the tree that the model takes."""
        return self._unravel_theta(self._unravel_state(z).theta)


def training_map(loss: Callable[[Tree], Any], rule: Rule, theta: Tree) -> TrainingMap:
    """Return the map that one step of ``rule`` makes of the state.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    rule : Rule
        For example ``GradientDescent(step_size=0.1)``.
    theta : tree of arrays
        Initial parameters.

    Returns
    -------
    TrainingMap
        Hand it to ``simulate`` together with its ``initial_state``.
    """
    flat, unravel_theta = ravel(theta)
    initial_state, unravel_state = ravel(rule.init(flat))
    return TrainingMap(loss, rule, initial_state, unravel_state, unravel_theta)
