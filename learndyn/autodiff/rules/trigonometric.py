"""Circular and hyperbolic functions, their inverses, hypot and sinc.

In each rule, ``g`` flows, ``y`` is the result, ``a, b, x`` are operands. ``tanh`` is in
``elementwise``, with the other saturating functions.

Conventions, each pinned by a test: hypot and arctan2 have the subgradient 0 at the origin,
where no derivative exists, and where an operand is infinite. arcsin and arccos have an
infinite slope at -1 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import elementwise
from ..tensor import Tensor
from .elementwise import choose, sqrt
from .gates import _value, direct, over, times

# --- circular ---------------------------------------------------------------------------

sin = elementwise("sin", np.sin, lambda g, y, x: g * _cos(x), doc="Return the sine of x radians.")
cos = elementwise(
    "cos", np.cos, lambda g, y, x: -(g * _sin(x)), doc="Return the cosine of x radians."
)
tan = elementwise(
    "tan",
    np.tan,
    lambda g, y, x: g + g * (y * y),
    domains=("unit",),
    doc="Return the tangent of x radians.",
)
_sin: Callable[..., Any]
_cos: Callable[..., Any]
_sin, _cos, _sqrt = direct(sin), direct(cos), direct(sqrt)


def _leg(x: Any) -> Any:
    """sqrt(1 - x^2), with all digits near |x| = 1."""
    product = (1.0 - x) * (1.0 + x)
    with np.errstate(invalid="ignore"):  # outside -1 to 1 the value is NaN, and has warned
        return _sqrt(product)


arcsin = elementwise(
    "arcsin",
    np.arcsin,
    lambda g, y, x: over(g, _leg(x)),
    domains=("unit",),
    doc="Return the angle from -pi/2 to pi/2 whose sine is x, for -1 <= x <= 1.",
)
arccos = elementwise(
    "arccos",
    np.arccos,
    lambda g, y, x: over(-g, _leg(x)),
    domains=("unit",),
    doc="Return the angle from 0 to pi whose cosine is x, for -1 <= x <= 1.",
)


def _arctan_slope(g: Any, y: Any, x: Any) -> Any:
    with np.errstate(over="ignore"):  # x^2 = inf is right: the slope is 0
        return g / (1.0 + x * x)


arctan = elementwise(
    "arctan",
    np.arctan,
    _arctan_slope,
    doc="Return the angle from -pi/2 to pi/2 whose tangent is x.",
)

# --- the plane --------------------------------------------------------------------------


def _part(a: Any, r: Any) -> Any:
    """a / r for a length r, and 0 where r is 0 or infinite."""
    length = _value(r)
    flat = np.equal(length, 0) | np.isinf(length)
    if np.count_nonzero(flat):
        a, r = choose(flat, 0.0, a), choose(flat, 1.0, r)
    return a / r


def _turn(a: Any, x1: Any, x2: Any) -> Any:
    """a / (x1^2 + x2^2), without overflow or underflow of the squares."""
    recorded = isinstance(x1, Tensor) or isinstance(x2, Tensor)
    r = hypot(x1, x2) if recorded else np.hypot(x1, x2)
    return _part(_part(a, r), r)


hypot = elementwise(
    "hypot",
    np.hypot,
    lambda g, y, a, b: g * _part(a, y),
    lambda g, y, a, b: g * _part(b, y),
    domains=("outer", "outer"),
    doc="Return sqrt(a^2 + b^2) without overflow; at the origin its subgradient is (0, 0).",
)
arctan2 = elementwise(
    "arctan2",
    np.arctan2,
    lambda g, y, x1, x2: g * _turn(x2, x1, x2),
    lambda g, y, x1, x2: -(g * _turn(x1, x1, x2)),
    domains=("outer", "outer"),
    doc="Return the angle of the point (x2, x1), ordinate first; at the origin both slopes are 0.",
)

# --- hyperbolic -------------------------------------------------------------------------


def _sinh_slope(g: Any, y: Any, x: Any) -> Any:
    with np.errstate(over="ignore"):  # the value has warned
        return times(g, _cosh(x))


def _cosh_slope(g: Any, y: Any, x: Any) -> Any:
    with np.errstate(over="ignore"):
        return times(g, _sinh(x))


sinh = elementwise("sinh", np.sinh, _sinh_slope, doc="Return the hyperbolic sine.")
cosh = elementwise("cosh", np.cosh, _cosh_slope, doc="Return the hyperbolic cosine.")
_sinh, _cosh = direct(sinh), direct(cosh)

# --- sinc -------------------------------------------------------------------------------

_TERMS = 24  # of the series; enough for the first ten derivatives


def _sinc_derivative(x: Any, *, order: int) -> Any:
    """The derivative of sin(pi x) / (pi x) of any order, without cancellation near 0.

    With t = pi x and f(t) = sin(t) / t = integral of cos(t s) over 0 < s < 1, the derivative is

        f_n(t) = sum over k of (-1)^k t^(2k-n) / ((2k+1) (2k-n)!),    2k >= n

    near 0, and further out the recurrence t f_n + n f_(n-1) = sin(t + n pi/2), which
    multiplies a rounding error by n / t in each step.
    """
    if order == 0:
        return np.sinc(x)
    t = np.pi * np.asarray(x)
    limit = max(1.5, 0.75 * order)
    near = np.abs(t) < limit
    inner, outer = np.where(near, t, 0.0), np.where(near, limit, t)
    f = np.sin(outer) / outer
    for n in range(1, order + 1):
        circle = (np.sin, np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u))[n % 4]
        f = (circle(outer) - n * f) / outer
    return np.pi**order * np.where(near, _sinc_series(inner, order), f)


def _sinc_series(t: Any, order: int) -> Any:
    """The series above, by Horner's rule in t^2."""
    first = (order + 1) // 2
    total, squared = 0.0, t * t
    for k in reversed(range(first, first + _TERMS)):
        total = (-1.0) ** k / ((2 * k + 1) * math.factorial(2 * k - order)) + squared * total
    return total * t if order % 2 else total


_sinc = elementwise(
    "sinc",
    _sinc_derivative,
    lambda g, y, x, *, order: g * _next_derivative(x, order + 1),
    domains=("unit",),
)


def _next_derivative(x: Any, order: int) -> Any:
    return _sinc(x, order=order) if isinstance(x, Tensor) else _sinc_derivative(x, order=order)


def sinc(x: Any) -> Any:
    """Return sin(pi x) / (pi x), and 1 at x = 0, as ``numpy.sinc``.

    Its derivatives are right at 0 and near it: odd ones are 0 there, the second is -pi^2/3.
    Derivatives of any order keep their digits up to about the tenth.
    """
    return _sinc(x, order=0)
