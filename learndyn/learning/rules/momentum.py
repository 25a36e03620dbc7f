"""Rules that remember how they moved: heavy ball and Nesterov's accelerated gradient.

    heavy ball   v' = beta v - eta g(theta),   theta' = theta + v'
    Nesterov     v' = beta v - eta g(theta),   theta' = theta - eta g(theta) + beta v'

The velocity v is a displacement: it has the units of theta. For the heavy ball it is the last
step, theta_t - theta_{t-1}. Nesterov's method is usually written with two points,

    x_{t+1} = y_t - eta g(y_t),   y_{t+1} = x_{t+1} + beta (x_{t+1} - x_t) .

The gradient is taken at the look-ahead point y, so y is what this state calls theta, and
v = x_t - x_{t-1} is the displacement of the other point, x = theta - beta v.

References
----------
Polyak, B. T. (1964). Some methods of speeding up the convergence of iteration methods. USSR
Computational Mathematics and Mathematical Physics 4(5), 1-17.
Nesterov, Y. (1983). A method for solving the convex programming problem with convergence rate
O(1/k^2). Soviet Mathematics Doklady 27, 372-376.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .rule import check_step, fraction, positive


class HeavyBallState(NamedTuple):
    """Parameters, and the last displacement of the parameters; both of shape (n,)."""

    theta: Any
    velocity: Any


class NesterovState(NamedTuple):
    """The look-ahead point, and the last displacement of the base point; both of shape (n,)."""

    theta: Any
    velocity: Any


@dataclass(frozen=True, slots=True)
class HeavyBall:
    """v <- beta v - eta grad L(theta), theta <- theta + v (Polyak, 1964).

    Parameters
    ----------
    step_size : float
        eta, positive.
    momentum : float, optional
        beta in [0, 1). With 0 the rule is gradient descent.

    Raises
    ------
    TypeError
        If a hyperparameter is not a number.
    ValueError
        If one is out of its range.
    """

    step_size: float
    momentum: float = 0.9

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)
        fraction(self, "momentum", self.momentum)

    def init(self, theta: Any) -> HeavyBallState:
        """Return the state before the first step, at rest."""
        return HeavyBallState(theta, np.zeros(theta.shape))

    def step(self, state: HeavyBallState, gradient: Any, *, factor: Any = 1.0) -> HeavyBallState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, HeavyBallState, state, gradient)
        velocity = self.momentum * state.velocity - (self.step_size * factor) * gradient
        return HeavyBallState(state.theta + velocity, velocity)


@dataclass(frozen=True, slots=True)
class Nesterov:
    """x' = theta - eta grad L(theta), theta' = x' + beta (x' - x) (Nesterov, 1983).

    ``state.theta`` is the look-ahead point, at which the gradient is taken and the loss is
    recorded. ``base_point(state)`` is the other one, x.

    Parameters
    ----------
    step_size : float
        eta, positive.
    momentum : float, optional
        beta in [0, 1), constant. With 0 the rule is gradient descent.

    Raises
    ------
    TypeError
        If a hyperparameter is not a number.
    ValueError
        If one is out of its range.
    """

    step_size: float
    momentum: float = 0.9

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)
        fraction(self, "momentum", self.momentum)

    def init(self, theta: Any) -> NesterovState:
        """Return the state before the first step: both points at theta, at rest."""
        return NesterovState(theta, np.zeros(theta.shape))

    def step(self, state: NesterovState, gradient: Any, *, factor: Any = 1.0) -> NesterovState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, NesterovState, state, gradient)
        move = (self.step_size * factor) * gradient
        velocity = self.momentum * state.velocity - move
        return NesterovState(state.theta - move + self.momentum * velocity, velocity)

    def base_point(self, state: NesterovState) -> Any:
        """Return x = theta - beta v, the point that the rule moves by gradient steps, (n,)."""
        return state.theta - self.momentum * state.velocity
