r"""Nesterov's method as a flow: a heavy particle whose friction dies away as 3/t.

    X'' + (3/t) X' + grad L(X) = 0,   X(0) = theta, X'(0) = 0

is the limit of Nesterov's scheme with step size s as s -> 0, where step k stands for the
time t = k sqrt(s) (Su, Boyd and Candes, 2016). As a flow of first order on z = (X, V):

    X' = V,   V' = -grad L(X) - (3/t) V.

The friction is singular at t = 0, the motion is not: V/t -> X''(0), so there
X''(0) + 3 X''(0) = -grad L and V'(0) = -grad L / 4.

On a quadratic each mode is X = 2 J1(sqrt(lambda) t) / (sqrt(lambda) t) X(0), whose amplitude
falls as t^(-3/2) and whose loss as t^-3. The bound of order 1/t^2 holds for every convex loss,
but it is not what a quadratic shows.

For a loss with strong convexity mu the friction is the constant 2 sqrt(mu).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..autodiff import Tensor, concatenate
from ..autodiff.tree import Tree
from .gradient_flow import FlatLoss, flat_loss, number
from .rules.rule import check_step, positive


@dataclass(frozen=True, slots=True, eq=False)
class NesterovFlow:
    """The flow of Nesterov's method on z = (X, V), shape (2n,).

    Attributes
    ----------
    initial_state : ndarray, shape (2n,)
        The flat parameters, then a velocity of zero.
    friction : float
        r of the friction r/t; 3 for Nesterov's scheme.
    strong_convexity : float or None
        mu; if given, the friction is 2 sqrt(mu) at all times.
    """

    initial_state: np.ndarray
    friction: float
    strong_convexity: float | None
    _loss: FlatLoss

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity (X', V') at time ``t`` >= 0, shape (2n,).

        Raises
        ------
        ValueError
            If the time is negative, or V is not zero at t = 0 while the friction is r/t.
        """
        n = len(self.initial_state) // 2
        x, v = z[:n], z[n:]
        force = -self._loss.gradient(x)
        if self.strong_convexity is not None:
            return concatenate([v, force - 2.0 * math.sqrt(self.strong_convexity) * v])
        if t < 0:
            raise ValueError(f"nesterov_flow: the friction r/t needs t >= 0, got t={t}")
        if t > 0:
            return concatenate([v, force - (self.friction / t) * v])
        if np.any(v.data if isinstance(v, Tensor) else v):
            raise ValueError(
                "nesterov_flow: at t=0 the friction r/t is infinite, so V must be zero. "
                "Start from initial_state, or at a positive time"
            )
        return concatenate([v, force / (1.0 + self.friction)])

    def parameters(self, z: Any) -> Tree:
        """Return the parameters X in state ``z`` as the tree that the model takes."""
        return self._loss.parameters(z[: len(self.initial_state) // 2])

    def loss(self, z: Any) -> Any:
        """Return L(X) in state ``z``: a number, or a tensor where ``z`` is one."""
        return number(self._loss(z[: len(self.initial_state) // 2]), z)


def nesterov_flow(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    friction: float = 3.0,
    strong_convexity: float | None = None,
) -> NesterovFlow:
    """Return the flow X'' + (r/t) X' + grad L(X) = 0 that starts at rest.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Initial parameters.
    friction : float, optional
        r, not negative. 3 is the limit of Nesterov's scheme, and the smallest that guarantees
        the rate 1/t^2 for every convex loss.
    strong_convexity : float, optional
        mu, positive: the friction is then 2 sqrt(mu) instead of r/t, and the flow autonomous.

    Returns
    -------
    NesterovFlow
        Hand it to ``integrate`` with its ``initial_state``, from t = 0.

    Raises
    ------
    ValueError
        If a constant is out of range.

    References
    ----------
    Su, W., Boyd, S. and Candes, E. (2016). A differential equation for modeling Nesterov's
    accelerated gradient method. JMLR 17(153).
    """
    if not (math.isfinite(friction) and friction >= 0):
        raise ValueError(f"nesterov_flow: friction must be finite and not negative, got {friction}")
    if strong_convexity is not None:
        strong_convexity = float(strong_convexity)
        if not (math.isfinite(strong_convexity) and strong_convexity > 0):
            raise ValueError(
                f"nesterov_flow: strong_convexity must be positive, got {strong_convexity}. "
                "Leave it out for the friction r/t"
            )
    x, flat = flat_loss(loss, theta)
    start = np.concatenate([x, np.zeros_like(x)])
    return NesterovFlow(start, float(friction), strong_convexity, flat)


class NesterovSchemeState(NamedTuple):
    """The state of Nesterov's scheme with its growing momentum.

    Attributes
    ----------
    theta : array or Tensor, shape (n,)
        y, where the gradient is taken.
    iterate : array or Tensor, shape (n,)
        x, the last point that a gradient step led to.
    steps : array or Tensor, shape ()
        k, how many steps were made.
    """

    theta: Any
    iterate: Any
    steps: Any


@dataclass(frozen=True, slots=True)
class NesterovScheme:
    """Nesterov's scheme for convex losses, whose momentum (k - 1)/(k + 2) grows to 1.

        x_k = y_{k-1} - s grad L(y_{k-1}),   y_k = x_k + (k - 1)/(k + 2) (x_k - x_{k-1})

    An update rule: step k stands for the time k sqrt(s) of ``nesterov_flow`` (Nesterov, 1983;
    Su, Boyd and Candes, 2016, eq. 1). With constant momentum it is the rule ``Nesterov``.

    Parameters
    ----------
    step_size : float
        s, positive; eta elsewhere. At most 1/lambda_max in the proof for convex losses.

    Raises
    ------
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)

    def init(self, theta: Any) -> NesterovSchemeState:
        """Return the state before the first step, with both points in one place."""
        return NesterovSchemeState(theta, theta, np.zeros(()))

    def step(
        self, state: NesterovSchemeState, gradient: Any, *, factor: Any = 1.0
    ) -> NesterovSchemeState:
        """Return the state after one step with the gradient at ``state.theta``."""
        check_step(self, NesterovSchemeState, state, gradient)
        k = state.steps + 1.0
        x = state.theta - (self.step_size * factor) * gradient
        y = x + (k - 1.0) / (k + 2.0) * (x - state.iterate)
        return NesterovSchemeState(y, x, k)
