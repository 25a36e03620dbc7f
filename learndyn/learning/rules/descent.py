"""Gradient descent, theta' = theta - eta g (Cauchy, 1847)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from .rule import check_step, positive


class DescentState(NamedTuple):
    """The state of gradient descent: its parameters and nothing else."""

    theta: Any


@dataclass(frozen=True, slots=True)
class GradientDescent:
    """theta <- theta - eta grad L(theta) (Cauchy, 1847).

    Parameters
    ----------
    step_size : float
        eta, positive.

    Raises
    ------
    TypeError
        If the step size is not a number.
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        positive(self, "step_size", self.step_size)

    def init(self, theta: Any) -> DescentState:
        """Return the state before the first step."""
        return DescentState(theta)

    def step(self, state: DescentState, gradient: Any, *, factor: Any = 1.0) -> DescentState:
        """Return the state after a step against the gradient, both of shape (n,)."""
        check_step(self, DescentState, state, gradient)
        return DescentState(state.theta - (self.step_size * factor) * gradient)
