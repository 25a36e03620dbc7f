"""Elementwise arithmetic, exponentials, kinks and choice.

In each rule, ``g`` flows, ``y`` is the result, ``a, b, x`` are operands.

Conventions where no derivative exists, each pinned by a test:

==================  ======================================================================
absolute, sign      slope 0 at 0
relu, leaky_relu    at 0 the slope of the negative side (relu: 0)
maximum, minimum    equal operands share the cotangent, half each
clip                slope 1 on the closed interval, edges included
power               d/db a^b is 0 at a = 0, b >= 0; d/da a^b is 0 at b = 0
==================  ======================================================================

A slope that is infinite (sqrt at 0) gives an infinite derivative, with NumPy's own warning.
But **where the cotangent is exactly zero, an operation with a pole sends back exactly zero**,
whatever its slope: see ``gates``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import elementwise
from ..tensor import Tensor
from .gates import _value, direct, over, times

# --- choice -----------------------------------------------------------------------------

select = elementwise(
    "where",
    lambda x, y, *, condition: np.where(condition, x, y),
    lambda g, out, x, y, *, condition: choose(condition, g, 0.0),
    lambda g, out, x, y, *, condition: choose(condition, 0.0, g),
)


def choose(condition: Any, x: Any, y: Any) -> Any:
    """``where`` for use in rules: the condition is a fresh boolean array."""
    if isinstance(x, Tensor) or isinstance(y, Tensor):
        return select(x, y, condition=condition)
    return np.where(condition, x, y)


def where(condition: Any, x: Any, y: Any) -> Any:
    """Take from ``x`` where the condition holds and from ``y`` elsewhere.

    Parameters
    ----------
    condition : array_like of bool
        Not differentiated. It is copied.
    x, y : array_like or Tensor
        All three broadcast.

    Raises
    ------
    TypeError
        If the condition is a Tensor: compare it with something first.
    ValueError
        If the shapes do not broadcast.

    Notes
    -----
    Both branches are computed, and NumPy warns of an invalid value in either. The branch
    that is not taken receives the cotangent 0, which stays 0 through every operation with a
    pole: ``where(x > 0, log(x), 0.0)`` has slope 0 at 0. A *product* with an infinite value
    is no such operation, since 0 times infinity is not a number: for ``x * log(x)``, mask the
    argument too, ``log(where(x > 0, x, 1.0))``.
    """
    if isinstance(condition, Tensor):
        raise TypeError("where: the condition is a Tensor. Pass a comparison, such as t > 0")
    return select(x, y, condition=np.array(condition, dtype=bool))


# --- arithmetic -------------------------------------------------------------------------

add = elementwise(
    "add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, doc="Return a + b.", reads=False
)
subtract = elementwise(
    "subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, doc="Return a - b.", reads=False
)
multiply = elementwise(
    "multiply",
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    doc="Return a b, element by element.",
)
divide = elementwise(
    "divide",
    np.divide,
    lambda g, y, a, b: over(g, b),
    lambda g, y, a, b: times(-over(g, b), y),
    domains=("real", "nonzero"),
    doc="Return a / b.",
)
negative = elementwise("negative", np.negative, lambda g, y, x: -g, doc="Return -x.")


def _square_slope(g: Any, y: Any, x: Any) -> Any:
    """2 g x, doubled in the memory of the product."""
    c = g * x
    c += c
    return c


square = elementwise("square", np.square, _square_slope, doc="Return x^2.")
sqrt = elementwise(
    "sqrt",
    np.sqrt,
    lambda g, y, x: 0.5 * over(g, y),
    domains=("positive",),
    doc="Return the square root of x >= 0; its slope at 0 is infinite.",
)

# --- exponential and logarithm ----------------------------------------------------------

# Where exp overflows, its slope is a pole like any other.
exp = elementwise("exp", np.exp, lambda g, y, x: times(g, y), doc="Return e^x.")


def _expm1_slope(g: Any, y: Any, x: Any) -> Any:
    """e^x, not y + 1, which has no digits left for x << 0."""
    with np.errstate(over="ignore"):  # the value has warned
        return times(g, _exp(x))


expm1 = elementwise("expm1", np.expm1, _expm1_slope, doc="Return e^x - 1, accurate near 0.")
log = elementwise(
    "log",
    np.log,
    lambda g, y, x: over(g, x),
    domains=("positive",),
    doc="Return the natural logarithm of x > 0.",
)
log1p = elementwise(
    "log1p",
    np.log1p,
    lambda g, y, x: over(g, 1.0 + x),
    domains=("above_minus_one",),
    doc="Return ln(1 + x) for x > -1, accurate near 0.",
)
_exp, _log = direct(exp), direct(log)

# --- power ------------------------------------------------------------------------------


def _power(a: Any, b: Any) -> Any:
    # The operator of an array knows shorter ways for exponents such as 2, 0.5 and -1.
    return a**b if isinstance(a, np.ndarray) else np.power(a, b)


def _base_slope(g: Any, y: Any, a: Any, b: Any) -> Any:
    """b a^(b-1), and 0 where b = 0: the function is constant there, at a = 0 too."""
    if isinstance(b, int | float):
        if b == 2:
            return g * (2.0 * a)
        if b == 1:
            return g
    if isinstance(g, Tensor) or isinstance(y, Tensor):
        with np.errstate(divide="ignore", invalid="ignore"):
            return times(g, times(b, power(a, b - 1.0)))
    live = np.not_equal(g, 0) & np.not_equal(b, 0)
    if np.count_nonzero(live) != live.size:
        a = np.where(live, a, 1.0)
    return g * (b * _power(a, b - 1.0))


def _exponent_slope(g: Any, y: Any, a: Any, b: Any) -> Any:
    """a^b ln a; at a = 0 its limit 0 for b > 0, and 0 by convention for b = 0."""
    flat = np.equal(_value(a), 0) & np.greater_equal(_value(b), 0)
    if np.count_nonzero(flat):
        a = choose(flat, 1.0, a)
    with np.errstate(divide="ignore", invalid="ignore"):
        return times(times(g, y), _log(a))


power = elementwise(
    "power", _power, _base_slope, _exponent_slope, domains=("positive", "real"), doc="Return a^b."
)

# --- saturating -------------------------------------------------------------------------


def _stable_sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x) with the exponential of a number that is never positive."""
    decay = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1.0, decay) / (1.0 + decay)


# Both slopes come from the value alone. They are right to a rounding error of 1, not of
# themselves: beyond |x| = 19 (tanh) and x = 37 (sigmoid) they are exactly 0.
# A row of its own, so that a second derivative through tanh has one node here and not three.
tanh_slope: Callable[..., Any]
tanh_slope = elementwise(
    "tanh_slope",
    lambda g, y: g - y * y * g,
    lambda h, c, g, y: tanh_slope(h, y),
    lambda h, c, g, y: h * g * (-2.0 * y),
    doc="Return g (1 - y^2), the derivative of tanh where its value is y.",
)


def _tanh_slope(g: Any, y: Any, x: Any) -> Any:
    if isinstance(g, Tensor) or isinstance(y, Tensor):
        return tanh_slope(g, y)
    c = y * y  # the same, with an array less
    c *= g
    return g - c


tanh = elementwise("tanh", np.tanh, _tanh_slope, doc="Return the hyperbolic tangent.")
sigmoid = elementwise(
    "sigmoid",
    _stable_sigmoid,
    lambda g, y, x: g * (y * (1.0 - y)),
    doc="Return 1 / (1 + e^-x), without overflow.",
)

# --- kinks ------------------------------------------------------------------------------

relu = elementwise(
    "relu",
    lambda x: np.maximum(x, 0.0),
    lambda g, y, x: g * (x > 0),
    domains=("nonzero",),
    doc="Return max(x, 0), with slope 0 at 0.",
)
absolute = elementwise(
    "absolute",
    np.abs,
    lambda g, y, x: g * np.sign(_value(x)),
    domains=("nonzero",),
    doc="Return the absolute value of x, with slope 0 at 0.",
)
sign = elementwise(
    "sign",
    np.sign,
    lambda g, y, x: np.zeros_like(_value(g)),
    domains=("nonzero",),
    doc="Return -1, 0 or 1. The derivative is 0 everywhere, at the jump too.",
)


def _larger(g: Any, winner: Any, loser: Any) -> Any:
    """The cotangent where the winner is larger, and half of it where the two are equal."""
    winner, loser = _value(winner), _value(loser)
    share = g * np.greater(winner, loser)
    tie = np.equal(winner, loser)
    return choose(tie, 0.5 * g, share) if np.count_nonzero(tie) else share


maximum = elementwise(
    "maximum",
    np.maximum,
    lambda g, y, a, b: _larger(g, a, b),
    lambda g, y, a, b: _larger(g, b, a),
    domains=("halves", "quarters"),
    doc="Return the larger of a and b. Where they are equal, each has slope 1/2.",
)
minimum = elementwise(
    "minimum",
    np.minimum,
    lambda g, y, a, b: _larger(g, b, a),
    lambda g, y, a, b: _larger(g, a, b),
    domains=("halves", "quarters"),
    doc="Return the smaller of a and b. Where they are equal, each has slope 1/2.",
)


def _leaky_slope(g: Any, y: Any, x: Any, *, negative_slope: float) -> Any:
    positive = np.greater(_value(x), 0)
    return choose(positive, g, negative_slope * g)


_leaky_relu = elementwise(
    "leaky_relu",
    lambda x, *, negative_slope: np.where(np.greater(x, 0), x, negative_slope * x),
    _leaky_slope,
    domains=("nonzero",),
)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Return x where x > 0, and ``negative_slope * x`` elsewhere; at 0 the slope is that too.

    Raises
    ------
    TypeError
        If ``negative_slope`` is not a plain number. To learn it, write
        ``maximum(x, 0.0) + slope * minimum(x, 0.0)``.
    """
    if not isinstance(negative_slope, int | float | np.floating | np.integer):
        raise TypeError(
            f"leaky_relu: negative_slope must be a number, got {type(negative_slope).__name__}. "
            "To learn it, write maximum(x, 0.0) + slope * minimum(x, 0.0)"
        )
    return _leaky_relu(x, negative_slope=float(negative_slope))


def _clipped(x: Any, *, a_min: Any, a_max: Any) -> Any:
    x = np.positive(x) if a_min is None else np.maximum(x, a_min)
    return x if a_max is None else np.minimum(x, a_max)


def _inside(g: Any, y: Any, x: Any, *, a_min: Any, a_max: Any) -> Any:
    """The cotangent on the closed interval from a_min to a_max."""
    inside, x = True, _value(x)
    if a_min is not None:
        inside = np.greater_equal(x, a_min)
    if a_max is not None:
        inside = np.less_equal(x, a_max) & inside
    return g * inside


_clip = elementwise("clip", _clipped, _inside, domains=("halves",))


def clip(a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """Limit ``a`` to the interval from ``a_min`` to ``a_max``, as ``numpy.clip``.

    Parameters
    ----------
    a : array_like or Tensor
    a_min, a_max : array_like or None, optional
        Constants that broadcast with ``a``; None is no bound. Arrays are copied.

    Raises
    ------
    TypeError
        If a bound is a Tensor: use ``maximum`` and ``minimum``, which differentiate both.
    ValueError
        If the shapes do not broadcast.

    Notes
    -----
    The slope is 1 on the closed interval, so that a point on an edge can still move in, and
    0 outside. Where ``a_min > a_max`` the result is ``a_max``, with slope 0.
    """
    return _clip(a, a_min=_bound(a_min, "a_min"), a_max=_bound(a_max, "a_max"))


def _bound(bound: Any, role: str) -> Any:
    if isinstance(bound, Tensor):
        raise TypeError(
            f"clip: {role} is a Tensor, but bounds are constants. Pass {role}.numpy(), or use "
            "maximum and minimum to differentiate a bound"
        )
    # A plain number stays plain, so that float32 stays float32.
    return bound if bound is None or isinstance(bound, int | float) else np.array(bound)
