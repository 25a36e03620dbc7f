"""RMSProp: each coordinate's step is divided by the size of its recent gradients.

    v' = decay v + (1 - decay) g^2,   theta' = theta - eta g / (sqrt(v') + epsilon)

**Where v' = 0** the square root has no derivative. Here its slope there is taken as 0. Then
d theta'/dg = -eta / epsilon at g = v = 0, which is the true derivative of the whole step, and
no Jacobian is NaN at the initial state. A negative v, which no run produces, counts as 0.

References
----------
Tieleman, T. and Hinton, G. (2012). Lecture 6.5: RMSProp. COURSERA: Neural Networks for
Machine Learning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import Tensor, sqrt, where
from .rule import check_step, fraction, positive


class RMSPropState(NamedTuple):
    """Parameters, and the running mean of squared gradients; both of shape (n,)."""

    theta: Any
    second_moment: Any


@dataclass(frozen=True, slots=True)
class RMSProp:
    """theta <- theta - eta g / (sqrt(v) + epsilon), v a running mean of g^2.

    Parameters
    ----------
    step_size : float
        eta, positive; in units of theta.
    decay : float, optional
        Share of the running mean that is kept, in [0, 1).
    epsilon : float, optional
        Positive; in units of the gradient. It is added outside the root.

    Raises
    ------
    TypeError
        If a hyperparameter is not a number.
    ValueError
        If one is out of its range.
    """

    step_size: float
    decay: float = 0.9
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)
        fraction(self, "decay", self.decay)
        positive(self, "epsilon", self.epsilon)

    def init(self, theta: Any) -> RMSPropState:
        """Return the state before the first step, with second moment 0."""
        return RMSPropState(theta, np.zeros(theta.shape))

    def step(self, state: RMSPropState, gradient: Any, *, factor: Any = 1.0) -> RMSPropState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, RMSPropState, state, gradient)
        second = running_mean(state.second_moment, gradient * gradient, self.decay)
        direction = gradient / (root(second) + self.epsilon)
        return RMSPropState(state.theta - (self.step_size * factor) * direction, second)

    def preconditioner(self, state: RMSPropState) -> Any:
        """Return sqrt(v) + epsilon, by which the step that led to ``state`` was divided, (n,)."""
        return root(state.second_moment) + self.epsilon


def running_mean(mean: Any, value: Any, kept: float) -> Any:
    """Return kept * mean + (1 - kept) * value."""
    return kept * mean + (1.0 - kept) * value


def root(v: Any) -> Any:
    """Return the square root of v, with value and slope 0 where v <= 0."""
    if not isinstance(v, Tensor):
        return np.sqrt(np.maximum(v, 0.0))
    # NaN is not <= 0: it must stay NaN, as it does for arrays.
    dead = np.less_equal(v.data, 0.0)
    return where(dead, 0.0, sqrt(where(dead, 1.0, v)))
