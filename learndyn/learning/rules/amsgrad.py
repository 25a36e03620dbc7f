"""AMSGrad: Adam that divides by the largest second moment that it has seen.

    m' = beta1 m + (1 - beta1) g
    v' = beta2 v + (1 - beta2) g^2
    u' = max(u, v')
    theta' = theta - eta m' / (sqrt(u') + epsilon)

The step of a coordinate can only shrink, which repairs Adam's failure to converge on some
convex problems. The algorithm of the paper has no bias correction; with it, the largest moment is
corrected as a whole. Where u = v' both have slope 1/2.

References
----------
Reddi, S. J., Kale, S. and Kumar, S. (2018). On the convergence of Adam and beyond. ICLR.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...autodiff import maximum
from .adam import corrected_direction, corrected_preconditioner
from .rmsprop import running_mean
from .rule import check_step, fraction, positive


class AMSGradState(NamedTuple):
    """Parameters, running means of g and g^2 and the largest of the latter, (n,); steps, ()."""

    theta: Any
    first_moment: Any
    second_moment: Any
    largest_second_moment: Any
    steps: Any


@dataclass(frozen=True, slots=True)
class AMSGrad:
    """Adam with a second moment that never falls (Reddi, Kale and Kumar, 2018).

    Parameters
    ----------
    step_size : float
        eta, positive; in units of theta.
    beta1, beta2 : float, optional
        Shares of the running means of g and of g^2 that are kept, in [0, 1).
    epsilon : float, optional
        Positive; in units of the gradient. It is added outside the root.
    bias_correction : bool, optional
        False, as in the paper. True divides as Adam does.

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
    bias_correction: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)
        fraction(self, "beta1", self.beta1)
        fraction(self, "beta2", self.beta2)
        positive(self, "epsilon", self.epsilon)

    def init(self, theta: Any) -> AMSGradState:
        """Return the state before the first step, with all moments and the count 0."""
        zero = np.zeros(theta.shape)
        return AMSGradState(theta, zero, zero, zero, np.array(0.0))

    def step(self, state: AMSGradState, gradient: Any, *, factor: Any = 1.0) -> AMSGradState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, AMSGradState, state, gradient)
        first = running_mean(state.first_moment, gradient, self.beta1)
        second = running_mean(state.second_moment, gradient * gradient, self.beta2)
        largest = maximum(state.largest_second_moment, second)
        steps = state.steps + 1.0
        direction = corrected_direction(self, first, largest, steps)
        theta = state.theta - (self.step_size * factor) * direction
        return AMSGradState(theta, first, second, largest, steps)

    def preconditioner(self, state: AMSGradState) -> Any:
        """Return what the first moment was divided by in the step that led to ``state``, (n,)."""
        return corrected_preconditioner(self, state.largest_second_moment, state.steps)
