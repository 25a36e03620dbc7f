"""Adam: RMSProp's division, momentum in the numerator, and a correction for starting at 0.

    m' = beta1 m + (1 - beta1) g
    v' = beta2 v + (1 - beta2) g^2
    t' = t + 1
    theta' = theta - eta [m' / (1 - beta1^t')] / (sqrt(v' / (1 - beta2^t')) + epsilon)

The step count t is part of the state: the map does not depend on anything else, and its
Jacobian contains d theta'/dt. AdamW subtracts eta * weight_decay * theta as well, outside the
division. For the slope of the root at v = 0 see ``rmsprop``.

References
----------
Kingma, D. P. and Ba, J. (2015). Adam: a method for stochastic optimization. ICLR.
Loshchilov, I. and Hutter, F. (2019). Decoupled weight decay regularization. ICLR.
Cohen, J. M. et al. (2022). Adaptive gradient methods at the edge of stability.
arXiv:2207.14484.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import power
from .rmsprop import root, running_mean
from .rule import check_step, fraction, not_negative, positive


class AdamState(NamedTuple):
    """Parameters, running means of g and g^2, each of shape (n,), and the number of steps, ()."""

    theta: Any
    first_moment: Any
    second_moment: Any
    steps: Any


@dataclass(frozen=True, slots=True)
class Adam:
    """Adaptive moment estimation (Kingma and Ba, 2015).

    Parameters
    ----------
    step_size : float
        eta, positive; in units of theta. The first step has this length in each coordinate.
    beta1, beta2 : float, optional
        Shares of the running means of g and of g^2 that are kept, in [0, 1).
    epsilon : float, optional
        Positive; in units of the gradient. It is added outside the root.
    bias_correction : bool, optional
        False leaves both divisions by 1 - beta^t out. Early steps are then *larger*, by
        (1 - beta1) / sqrt(1 - beta2) at the first.

    Raises
    ------
    TypeError
        If a hyperparameter is not a number.
    ValueError
        If one is out of its range.
    """

    step_size: float
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    bias_correction: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)
        fraction(self, "beta1", self.beta1)
        fraction(self, "beta2", self.beta2)
        positive(self, "epsilon", self.epsilon)

    def init(self, theta: Any) -> AdamState:
        """Return the state before the first step, with both moments and the count 0."""
        return AdamState(theta, np.zeros(theta.shape), np.zeros(theta.shape), np.array(0.0))

    def step(self, state: AdamState, gradient: Any, *, factor: Any = 1.0) -> AdamState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, AdamState, state, gradient)
        first = running_mean(state.first_moment, gradient, self.beta1)
        second = running_mean(state.second_moment, gradient * gradient, self.beta2)
        steps = state.steps + 1.0
        direction = corrected_direction(self, first, second, steps)
        theta = state.theta - (self.step_size * factor) * direction
        return AdamState(theta, first, second, steps)

    def preconditioner(self, state: AdamState) -> Any:
        """Return what the first moment was divided by in the step that led to ``state``, (n,).

        It is (1 - beta1^t) (sqrt(v / (1 - beta2^t)) + epsilon), the P of Cohen et al. (2022).
        """
        return corrected_preconditioner(self, state.second_moment, state.steps)


@dataclass(frozen=True, slots=True)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    theta' = (Adam's theta') - eta * weight_decay * theta. The decay is multiplied by the step
    size, as deep-learning libraries do it; the paper's lambda is eta * weight_decay here.

    Parameters
    ----------
    step_size, beta1, beta2, epsilon, bias_correction
        As for ``Adam``.
    weight_decay : float, optional
        Not negative. With 0 the rule is Adam.

    Raises
    ------
    TypeError
        If a hyperparameter is not a number.
    ValueError
        If one is out of its range.
    """

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        Adam.__post_init__(self)
        not_negative(self, "weight_decay", self.weight_decay)

    def step(self, state: AdamState, gradient: Any, *, factor: Any = 1.0) -> AdamState:
        """Return the state after one step with the gradient at ``state.theta``."""
        after = Adam.step(self, state, gradient, factor=factor)
        decay = self.step_size * factor * self.weight_decay
        return after._replace(theta=after.theta - decay * state.theta)


def corrected_direction(rule: Any, first: Any, second: Any, steps: Any) -> Any:
    """Return the first moment over the root of the second, both corrected if the rule says so."""
    if rule.bias_correction:
        first = first / (1.0 - power(rule.beta1, steps))
        second = second / (1.0 - power(rule.beta2, steps))
    return first / (root(second) + rule.epsilon)


def corrected_preconditioner(rule: Any, second: Any, steps: Any) -> Any:
    """Return the vector that the first moment is divided by, corrections included."""
    if not rule.bias_correction:
        return root(second) + rule.epsilon
    second = second / (1.0 - power(rule.beta2, steps))
    return (1.0 - power(rule.beta1, steps)) * (root(second) + rule.epsilon)
