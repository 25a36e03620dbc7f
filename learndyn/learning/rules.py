"""Update rules: pure steps on their whole state.

A rule has ``init(theta) -> state`` and ``step(state, gradient) -> state``; nothing is
hidden in an object, so all that the rule remembers is part of the dynamical system.
Every state has a field ``theta``, the parameters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


class State(Protocol):
    """What a rule carries from step to step."""

    @property
    def theta(self) -> Any: ...


class Rule(Protocol):
    """A pure update rule. All states and gradients are flat vectors of shape (n,)."""

    def init(self, theta: Any) -> Any: ...

    def step(self, state: Any, gradient: Any) -> Any: ...


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
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.step_size) and self.step_size > 0):
            raise ValueError(
                f"GradientDescent: step_size must be positive and finite, got {self.step_size}"
            )

    def init(self, theta: Any) -> DescentState:
        """Return the state before the first step."""
        return DescentState(theta)

    def step(self, state: DescentState, gradient: Any) -> DescentState:
        """Return the state after a step against the gradient."""
        return DescentState(state.theta - self.step_size * gradient)
