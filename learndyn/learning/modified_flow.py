r"""The modified flow: the smooth motion that gradient descent itself follows, to some order.

Descent with step size eta is Euler's method for f = -g, g = grad L. Backward error analysis
(Hairer, Lubich and Wanner, 2006, IX.1) gives the flow that passes through its iterates,

    f~ = f - eta/2 f'f + eta^2 (1/12 f''(f, f) + 1/3 f'f'f) + ...
       = -[ g + eta/2 H g + eta^2 (1/12 D^2 g[g, g] + 1/3 H H g) + ... ]

with the Hessian H and the second derivative of the gradient D^2 g[g, g]. The first two terms
are the gradient of the modified loss L + eta/4 |grad L|^2 (Barrett and Dherin, 2021). The
third is in general no gradient of anything: its Jacobian is not symmetric.

The series is asymptotic. On a quadratic with curvature lambda it is the Taylor series of

    rate = -log(1 - eta lambda) / eta,

whose radius is eta lambda = 1. At eta lambda = 0.9 the modified loss has the rate 1.305 / eta
where the true one is 2.303 / eta. Beyond 1 the mode changes its sign at each step, and no
real autonomous flow on that line passes through the iterates: a flow cannot jump over its
fixed point. (Several modes with exactly the same negative factor could turn around each
other in pairs; one alone cannot.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import jvp
from ..autodiff.tree import Tree
from .curvature import curvature_gradient
from .gradient_flow import FlatLoss, flat_loss, number, require_step_size

ORDERS = (1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class ModifiedFlow:
    """The flow that descent with step size eta follows up to O(eta^(order + 1)).

    Attributes
    ----------
    initial_state : ndarray, shape (n,)
        The flat parameters at the start.
    step_size : float
        eta.
    order : {1, 2}
        The highest power of eta in the velocity.
    """

    initial_state: np.ndarray
    step_size: float
    order: int
    _loss: FlatLoss

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity at state ``z``, shape (n,); time does not matter."""
        eta, gradient = self.step_size, self._loss.gradient
        g = gradient(z)
        h_g = jvp(gradient, (z,), (g,))[1]
        velocity = -(g + 0.5 * eta * h_g)
        if self.order == 1:
            return velocity

        h_h_g = jvp(gradient, (z,), (h_g,))[1]
        turned = curvature_gradient(self._loss, z, g, g)  # D^2 g[g, g]
        return velocity - eta**2 * (turned / 12.0 + h_h_g / 3.0)

    def parameters(self, z: Any) -> Tree:
        """Return the parameters in state ``z`` as the tree that the model takes."""
        return self._loss.parameters(z)

    def loss(self, z: Any) -> Any:
        """Return the loss L itself in state ``z``, not the modified one."""
        return number(self._loss(z), z)

    def modified_loss(self, z: Any) -> Any:
        """Return L + eta/4 |grad L|^2 in state ``z`` (whatever the order of the flow)."""
        g = self._loss.gradient(z)
        return number(self._loss(z) + 0.25 * self.step_size * (g * g).sum(), z)


def modified_flow(
    loss: Callable[[Tree], Any], theta: Tree, step_size: float, *, order: int = 1
) -> ModifiedFlow:
    """Return the modified flow of gradient descent.

    After a fixed time t = k eta, descent is at the distance O(eta) from gradient flow,
    O(eta^2) from the modified flow of order 1 and O(eta^3) from that of order 2.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Initial parameters.
    step_size : float
        eta of the descent that is to be followed, positive.
    order : {1, 2}, optional
        1 is the gradient flow of L + eta/4 |grad L|^2; 2 adds the next term.

    Returns
    -------
    ModifiedFlow
        Hand it to ``integrate`` together with its ``initial_state``.

    Raises
    ------
    ValueError
        If the step size is not positive and finite, or the order is neither 1 nor 2.

    References
    ----------
    Barrett, D. and Dherin, B. (2021). Implicit gradient regularization. ICLR.
    Hairer, E., Lubich, C. and Wanner, G. (2006). Geometric Numerical Integration, 2nd ed., IX.
    """
    eta = require_step_size(step_size, "modified_flow")
    if order not in ORDERS:
        raise ValueError(
            f"modified_flow: order must be 1 or 2, got {order!r}. For order 0 use gradient_flow"
        )
    z, flat = flat_loss(loss, theta)
    return ModifiedFlow(z, eta, order, flat)


def exact_rate(step_size: float, curvature: Any) -> Any:
    """Return -log(1 - eta lambda)/eta, the rate of the flow through descent's iterates.

    On a quadratic, a mode with curvature lambda is multiplied by 1 - eta lambda a step, which
    the flow dx/dt = -rate x does in the time eta.

    Parameters
    ----------
    step_size : float
        eta, positive.
    curvature : float or array_like
        lambda, of any shape.

    Returns
    -------
    float or ndarray
        In units of 1/time, of the shape of ``curvature``. At eta lambda = 1 the mode is gone
        in one step and the rate is inf; beyond 1 no real autonomous flow exists and the rate
        is nan.

    Raises
    ------
    ValueError
        If the step size is not positive and finite.
    """
    eta = require_step_size(step_size, "exact_rate")
    x = eta * np.asarray(curvature, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -np.log1p(-x) / eta
    return rate[()]


def truncated_rate(step_size: float, curvature: Any, *, order: int) -> Any:
    """Return the same rate from the series that is cut after the power ``order`` of eta.

    lambda (1 + eta lambda/2 + (eta lambda)^2/3 + ...): order 0 is gradient flow, 1 the
    modified loss, 2 the next term. Parameters are those of ``exact_rate``.

    Raises
    ------
    ValueError
        If the step size is not positive and finite, or the order is negative.
    """
    eta = require_step_size(step_size, "truncated_rate")
    if order < 0:
        raise ValueError(f"truncated_rate: order must be 0 or more, got {order}")
    curvature = np.asarray(curvature, dtype=np.float64)
    x = eta * curvature
    return (curvature * sum(x**k / (k + 1) for k in range(order + 1)))[()]
