"""What every update rule has, and the checks that all rules share.

Symbols in all files of this folder: theta are the parameters, g the gradient of the loss at
theta, eta the step size (``step_size``), beta a share of the past that is kept (``momentum``,
``beta1``, ``beta2``), epsilon the number that keeps a denominator from 0. A prime marks the value
after the step.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

from ...autodiff import Tensor


class State(Protocol):
    """What a rule carries from step to step: a named tuple of vectors and step counts."""

    @property
    def theta(self) -> Any: ...


class Rule(Protocol):
    """A pure update rule. Parameters and gradients are flat vectors of shape (n,).

    ``init(theta)`` returns the state before the first step and ``step(state, gradient)`` the
    state after one more, with the gradient taken at ``state.theta``. Both work on arrays and on
    Tensors. ``step`` of the rules here also takes ``factor``, by which a schedule multiplies the
    step size.
    """

    def init(self, theta: Any) -> Any: ...

    def step(self, state: Any, gradient: Any) -> Any: ...


class BareRule(Rule, Protocol):
    """A rule that no schedule and no clipping wraps, so that the step size is its own."""

    @property
    def step_size(self) -> Any: ...


def check_step(rule: Rule, kind: type[Any], state: Any, gradient: Any) -> None:
    """Refuse the state of another rule, and a gradient of another model.

    Raises
    ------
    TypeError
        If the state is not of the rule's kind.
    ValueError
        If theta and the gradient have different shapes; they are never broadcast.
    """
    shape = getattr(gradient, "shape", ())
    if isinstance(state, kind) and getattr(state.theta, "shape", ()) == shape:
        return
    if not isinstance(state, kind):
        raise TypeError(
            f"{type(rule).__name__}: step received {type(state).__name__}, but the state of this "
            f"rule is {kind.__name__}. Make it with init(theta)"
        )
    raise ValueError(
        f"{type(rule).__name__}: the state holds parameters of shape "
        f"{getattr(state.theta, 'shape', ())}, the gradient has shape {shape}. A state belongs to "
        "the model that it was made for: make another with init(theta)"
    )


def positive(rule: object, name: str, value: Any) -> None:
    """Refuse a hyperparameter that is not a positive, finite number."""
    number = _number(rule, name, value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(
            f"{type(rule).__name__}: {name} must be positive and finite, got {value}. "
            "Pass a small positive number"
        )


def not_negative(rule: object, name: str, value: Any) -> None:
    """Refuse a hyperparameter that is negative or not finite."""
    number = _number(rule, name, value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(
            f"{type(rule).__name__}: {name} must be finite and not negative, got {value}. "
            "Pass 0 to switch it off"
        )


def fraction(rule: object, name: str, value: Any) -> None:
    """Refuse a share of the past that is not in [0, 1)."""
    if not 0 <= _number(rule, name, value) < 1:
        raise ValueError(
            f"{type(rule).__name__}: {name} must be at least 0 and below 1, got {value}. "
            "It is the share of the past that is kept: 0 keeps nothing, 0.9 is common"
        )


def _number(rule: object, name: str, value: Any) -> float:
    # A Tensor with one element passes, so that a run can be differentiated by its step size.
    vector = not isinstance(value, Tensor) and getattr(value, "shape", ()) != ()
    if isinstance(value, bool | str) or vector or not hasattr(value, "__float__"):
        raise TypeError(
            f"{type(rule).__name__}: {name} must be a number, got {type(value).__name__}. "
            "Pass one float"
        )
    if isinstance(value, Tensor):
        return value.item()
    return float(value)
