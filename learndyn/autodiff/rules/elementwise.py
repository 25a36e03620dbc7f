"""Elementwise operations. In each rule, ``g`` flows, ``y`` is the result, ``a, b, x`` are operands.

Conventions at points where no derivative exists, each pinned by a test: relu and absolute
have slope 0 at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import elementwise
from ..tensor import Tensor

# --- arithmetic -------------------------------------------------------------------------

add = elementwise("add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = elementwise("subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = elementwise(
    "multiply", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a
)
divide = elementwise(
    "divide",
    np.divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    domains=("real", "nonzero"),
)
negative = elementwise("negative", np.negative, lambda g, y, x: -g)


def _power_slope(g: Any, y: Any, a: Any, b: Any) -> Any:
    """b a^(b-1), and 0 where b = 0: the function is constant there, at a = 0 too."""
    constant = _value(b) == 0
    return g * b * power(a, where(constant, 1.0, b - 1.0))


def _exponent_slope(g: Any, y: Any, a: Any, b: Any) -> Any:
    """a^b ln a, and 0 at a = 0, the limit for b > 0."""
    zero = _value(a) == 0
    return g * where(zero, 0.0, y * log(where(zero, 1.0, a)))


power = elementwise("power", np.power, _power_slope, _exponent_slope, domains=("positive", "real"))
square = elementwise("square", np.square, lambda g, y, x: 2.0 * g * x)
sqrt = elementwise("sqrt", np.sqrt, lambda g, y, x: 0.5 * g / y, domains=("positive",))

# --- exponential and logarithm ----------------------------------------------------------

exp = elementwise("exp", np.exp, lambda g, y, x: g * y)
log = elementwise("log", np.log, lambda g, y, x: g / x, domains=("positive",))

# --- saturating and kinked --------------------------------------------------------------


def _stable_sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x) with the exponential of a number that is never positive."""
    decay = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, decay) / (1.0 + decay)


tanh = elementwise("tanh", np.tanh, lambda g, y, x: g - g * (y * y))
sigmoid = elementwise("sigmoid", _stable_sigmoid, lambda g, y, x: g * (y * (1.0 - y)))
relu = elementwise(
    "relu", lambda x: np.maximum(x, 0.0), lambda g, y, x: g * (x > 0), domains=("nonzero",)
)
absolute = elementwise(
    "absolute", np.abs, lambda g, y, x: g * np.sign(_value(x)), domains=("nonzero",)
)

# --- choice -----------------------------------------------------------------------------

select = elementwise(
    "where",
    lambda a, b, *, condition: np.where(condition, a, b),
    lambda g, y, a, b, *, condition: where(condition, g, 0.0),
    lambda g, y, a, b, *, condition: where(condition, 0.0, g),
)


def where(condition: Any, a: Any, b: Any) -> Any:
    """Take from ``a`` where the condition holds and from ``b`` elsewhere.

    Parameters
    ----------
    condition : array_like of bool
        Not differentiated. It is copied.
    a, b : array_like or Tensor
        All three broadcast.

    Raises
    ------
    TypeError
        If the condition is a Tensor: compare it with something first.
    ValueError
        If the shapes do not broadcast.

    Notes
    -----
    Both branches are computed. An invalid value in the branch that is not taken can
    still spoil the derivative, since 0 times infinity is not a number: mask the argument
    too, as in ``where(x > 0, log(where(x > 0, x, 1.0)), 0.0)``.
    """
    if isinstance(condition, Tensor):
        raise TypeError("where: the condition is a Tensor. Pass a comparison, such as t > 0")
    return select(a, b, condition=np.array(condition, dtype=bool))


def _value(x: Any) -> Any:
    """The number behind a tensor, for decisions that carry no derivative."""
    return x._data if isinstance(x, Tensor) else x
