"""A finite-horizon control problem in discrete time.

    minimise  J(U) = sum_{t<T} l(x_t, u_t) + l_T(x_T)    over U = (u_0, .., u_{T-1})
    with      x_{t+1} = F(x_t, u_t),   x_0 given

J is a function of the controls alone, so its gradient by automatic differentiation is the first-order
condition; nothing else is needed to say whether a trajectory is optimal.

References
----------
Bellman, R. (1957). Dynamic Programming. Bryson, A. E. and Ho, Y.-C. (1975). Applied Optimal Control.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import grad, hessian, jacobian, reshape, stack
from ...dynamics.running import plain
from .checks import vector


@dataclass(frozen=True, slots=True, eq=False)
class ControlProblem:
    """Dynamics, costs, initial state and horizon.

    All three functions are written with learndyn operations and take components on the first axis,
    whatever follows being a batch: x of shape (n,) and u of shape (m,), or (n, T) and (m, T) for all steps
    at once.

    Parameters
    ----------
    step : callable
        F(x, u), of the shape of x, such as ``held_step(Pendulum(), 0.05, method=RK4(0.05))``.
    running_cost : callable
        l(x, u), of shape () or (T,).
    terminal_cost : callable
        l_T(x), of shape ().
    initial_state : array_like, shape (n,)
    horizon : int
        T, the number of steps.
    inputs : int, optional
        m.

    Raises
    ------
    ValueError
        If the initial state is no finite vector, or a count is below 1.
    """

    step: Callable[[Any, Any], Any]
    running_cost: Callable[[Any, Any], Any]
    terminal_cost: Callable[[Any], Any]
    initial_state: np.ndarray
    horizon: int
    inputs: int = 1

    def __post_init__(self) -> None:
        if self.horizon < 1 or self.inputs < 1:
            raise ValueError(
                f"ControlProblem: needs a horizon and inputs of at least 1, got {self.horizon} and "
                f"{self.inputs}"
            )
        size = np.size(plain(self.initial_state))
        # Frozen, so what was given is replaced by its checked copy in this way.
        checked = vector("ControlProblem", "the initial state", self.initial_state, size)
        object.__setattr__(self, "initial_state", checked)

    @property
    def size(self) -> int:
        """T m, the length of a flat vector of controls."""
        return self.horizon * self.inputs

    def controls(self, flat: Any) -> Any:
        """Return controls as an array of shape (T, m), from that shape or from (T m,).

        Raises
        ------
        ValueError
            If there is another number of them.
        """
        shape = np.shape(plain(flat))
        if shape not in ((self.size,), (self.horizon, self.inputs)):
            raise ValueError(
                f"ControlProblem: needs controls of shape ({self.horizon}, {self.inputs}) or "
                f"({self.size},), got shape {shape}"
            )
        return reshape(flat, (self.horizon, self.inputs))

    def rollout(self, controls: Any) -> Any:
        """Return the states x_0, .., x_T, shape (T + 1, n), of controls (T, m) or (T m,)."""
        u = self.controls(controls)
        states = [self.initial_state]
        for t in range(self.horizon):
            states.append(self.step(states[-1], u[t]))
        return stack(states)

    def cost(self, controls: Any) -> Any:
        """Return J(U), one element."""
        u = self.controls(controls)
        return self.cost_of(self.rollout(u), u)

    def cost_of(self, states: Any, controls: Any) -> Any:
        """Return the cost of states (T + 1, n) and controls (T, m) that belong together."""
        return self.running_cost(states[:-1].T, controls.T).sum() + self.terminal_cost(states[-1])

    def gradient(self, controls: Any) -> np.ndarray:
        """Return dJ/dU, shape (T m,): zero where the first-order condition holds."""
        flat = np.reshape(plain(controls), -1)
        return grad(self.cost)(flat)

    def hessian(self, controls: Any) -> np.ndarray:
        """Return d2J/dU2, shape (T m, T m), dynamics and all. For short horizons."""
        return hessian(self.cost)(np.reshape(plain(controls), -1))

    def gauss_newton_hessian(self, controls: Any) -> np.ndarray:
        """Return the Hessian of J with the dynamics linearised along the trajectory, (T m, T m).

        It is the curvature that iLQR sees: costs to second order, states to first order in U.
        """
        flat = np.reshape(plain(controls), -1)
        base = plain(self.rollout(flat))
        slopes = _state_jacobian(self, flat)  # dX/dU

        def linear(du: Any) -> Any:
            states = base + reshape(slopes @ du, base.shape)
            return self.cost_of(states, self.controls(flat + du))

        return hessian(linear)(np.zeros(flat.size))


def _state_jacobian(problem: ControlProblem, flat: np.ndarray) -> np.ndarray:
    """dX/dU of the rollout, shape ((T + 1) n, T m)."""
    return jacobian(lambda u: reshape(problem.rollout(u), -1))(flat)
