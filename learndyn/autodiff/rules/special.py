"""The error function and its kin, and logarithms of sigmoids.

With Phi the distribution and phi the density of a standard normal number:

    erf(x) = 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x,    erfc = 1 - erf,
    Phi(x) = erfc(-x / sqrt(2)) / 2,    gelu(x) = x Phi(x),
    softplus(x) = ln(1 + e^x),    log_sigmoid(x) = -softplus(-x),
    logaddexp(a, b) = ln(e^a + e^b).

Each keeps its relative accuracy in the tail where it is small, and overflows nowhere.

In each rule, ``g`` flows, ``y`` is the result, ``a, b, x`` are operands. Conventions, pinned by
tests: logaddexp(-inf, -inf) = -inf has slopes 0, and logaddexp(inf, inf) = inf shares 1/2 each.

References
----------
Cody, W. J. (1969). Rational Chebyshev approximations for the error function. Mathematics of
Computation 23, 631-637. The coefficients are those of its Fortran program CALERF.

Hendrycks, D. and Gimpel, K. (2016). Gaussian error linear units. arXiv:1606.08415.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import elementwise
from .elementwise import _exp, choose, clip, sigmoid
from .gates import _value, direct

# --- the error function by rational approximation ---------------------------------------


def _columns(pair: Any) -> list[Any]:
    """Numerator and denominator, power by power, each as a (2, 1) array."""
    return [column[:, None] for column in np.array(pair).T]


# Each pair is numerator and denominator, highest power first.
_SMALL = _columns([  # erf(y) / y in y^2, for y <= 0.46875
    [1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3],
    [1.0, 2.36012909523441209e1, 2.44024637934444173e2,
     1.28261652607737228e3, 2.84423683343917062e3],
])  # fmt: skip
_MIDDLE = _columns([  # exp(y^2) erfc(y) in y, for 0.46875 < y <= 4
    [2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3],
    [1.0, 1.57449261107098347e1, 1.17693950891312499e2,
     5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
     4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3],
])  # fmt: skip
_LARGE = _columns([  # y^2 (1/sqrt(pi) - y exp(y^2) erfc(y)) in 1/y^2, for y > 4
    [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4],
    [1.0, 2.56852019228982242e0, 1.87295284992346725e0,
     5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3],
])  # fmt: skip
_SMALL_END, _MIDDLE_END = 0.46875, 4.0
_FAR = 40.0  # exp(-y^2 / 2) is 0 in float64 from here on
_BLOCK = 8192  # numbers at a time, so that intermediate arrays stay in the cache
_ROOT_PI, _ROOT_HALF = math.sqrt(math.pi), math.sqrt(0.5)


def _ratio(columns: Any, t: Any) -> Any:
    """Numerator over denominator at a vector t, both by Horner's rule in one array."""
    first, *middle, last = columns
    both = first * t
    for column in middle:
        both += column
        both *= t
    both += last
    return both[0] / both[1]


def _scaled_tail(y: Any) -> Any:
    """exp(y^2) erfc(y) for a vector of y > 0.46875."""
    large = y > _MIDDLE_END
    count = np.count_nonzero(large)
    if count == 0:
        return _ratio(_MIDDLE, y)
    if count == y.size:
        inverse = 1.0 / y
        t = inverse * inverse
        return inverse * (1.0 / _ROOT_PI - t * _ratio(_LARGE, t))
    result = np.empty_like(y)
    for part in (large, ~large):
        result[part] = _scaled_tail(y[part])
    return result


def _gaussian(y: Any, scale: float) -> Any:
    """exp(-scale y^2) for 0 <= y <= 40, to a few units in the last place.

    Rounding y^2 = 700 alone would cost 700 units. A head of y with few bits has an exact
    square, and the rest is small.
    """
    head = np.trunc(16.0 * y) / 16.0
    return np.exp(-scale * head * head) * np.exp(-scale * (y - head) * (y + head))


def _by_region(x: Any, width: float, small: Any, large: Any) -> Any:
    """Apply ``small`` to the numbers with |x| <= width and ``large`` to the others."""
    array = np.asarray(x)
    flat = array.astype(np.float64).ravel()
    result = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        block, out = flat[part], result[part]
        is_small = np.abs(block) <= width
        count = np.count_nonzero(is_small)
        if count == block.size:
            out[:] = small(block)
        elif count == 0:
            out[:] = large(block)
        else:
            is_large = ~is_small
            out[is_small] = small(block[is_small])
            out[is_large] = large(block[is_large])
    return result.astype(np.result_type(array, 1.0), copy=False).reshape(array.shape)[()]


def _upper(x: Any) -> Any:
    """erfc(|x|) for |x| > 0.46875."""
    y = np.minimum(np.abs(x), _FAR)
    return _scaled_tail(y) * _gaussian(y, 1.0)


def _upper_normal(x: Any) -> Any:
    """Phi(-|x|), with the exponent from x itself: x / sqrt(2) is rounded."""
    y = np.minimum(np.abs(x), _FAR)
    return 0.5 * _scaled_tail(_ROOT_HALF * y) * _gaussian(y, 0.5)


def _erf_small(x: Any) -> Any:
    return x * _ratio(_SMALL, x * x)


def _erf(x: Any) -> Any:
    return _by_region(x, _SMALL_END, _erf_small, lambda x: np.copysign(1.0 - _upper(x), x))


def _erfc(x: Any) -> Any:
    def large(x: Any) -> Any:
        tail = _upper(x)
        return np.where(x < 0, 2.0 - tail, tail)

    return _by_region(x, _SMALL_END, lambda x: 1.0 - _erf_small(x), large)


def _phi_integral(x: Any) -> Any:
    def large(x: Any) -> Any:
        tail = _upper_normal(x)
        return np.where(x < 0, tail, 1.0 - tail)

    small = _SMALL_END / _ROOT_HALF * (1 - 1e-15)
    return _by_region(x, small, lambda x: 0.5 + 0.5 * _erf_small(_ROOT_HALF * x), large)


# --- rows -------------------------------------------------------------------------------


def _bell(x: Any, scale: float) -> Any:
    """exp(-scale x^2), with x cut off where the result is 0, so that its square is finite."""
    near = clip(x, -_FAR, _FAR)
    return _exp(near * near * -scale)


erf = elementwise(
    "erf",
    _erf,
    lambda g, y, x: g * (2.0 / _ROOT_PI * _bell(x, 1.0)),
    doc="Return the error function of x, odd, from -1 to 1.",
)
erfc = elementwise(
    "erfc",
    _erfc,
    lambda g, y, x: g * (-2.0 / _ROOT_PI * _bell(x, 1.0)),
    doc="Return 1 - erf(x), with all digits for large x.",
)
normal_cdf = elementwise(
    "normal_cdf",
    _phi_integral,
    lambda g, y, x: g * (_ROOT_HALF / _ROOT_PI * _bell(x, 0.5)),
    doc="Return Phi(x), the probability that a standard normal number is below x.",
)
_cdf = direct(normal_cdf)


def _gelu_slope(g: Any, y: Any, x: Any) -> Any:
    """Phi(x) + x phi(x)."""
    near = clip(x, -_FAR, _FAR)  # further out phi is 0, and x phi must not be inf times 0
    return g * (_cdf(x) + near * (_ROOT_HALF / _ROOT_PI * _exp(near * near * -0.5)))


gelu = elementwise(
    "gelu",
    # Phi(-40) is 0 already, so the cut changes no product but -inf times 0.
    lambda x: np.maximum(x, -_FAR) * _phi_integral(x),
    _gelu_slope,
    doc="Return x Phi(x), the exact Gaussian error linear unit.",
)

# --- logarithms of sigmoids -------------------------------------------------------------

_sigmoid = direct(sigmoid)

softplus = elementwise(
    "softplus",
    lambda x: np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))),
    lambda g, y, x: g * _sigmoid(x),
    doc="Return ln(1 + e^x), a smooth relu; its slope is sigmoid(x).",
)
log_sigmoid = elementwise(
    "log_sigmoid",
    lambda x: np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x))),
    lambda g, y, x: g * _sigmoid(-x),
    doc="Return ln(sigmoid(x)); its slope is sigmoid(-x).",
)


def _share(y: Any, a: Any, b: Any) -> Any:
    """e^a / (e^a + e^b) = sigmoid(a - b), and at equal infinities 1/2 above and 0 below."""
    value = _value(y)
    if np.count_nonzero(np.isinf(value)):
        tie = np.isinf(_value(a)) & np.equal(_value(a), _value(b))
        apart = choose(tie, 0.0, a) - choose(tie, 0.0, b)
        return choose(np.equal(value, -np.inf), 0.0, _sigmoid(apart))
    return _sigmoid(a - b)


logaddexp = elementwise(
    "logaddexp",
    np.logaddexp,
    lambda g, y, a, b: g * _share(y, a, b),
    lambda g, y, a, b: g * _share(y, b, a),
    doc="Return ln(e^a + e^b) without overflow; the slopes sum to 1.",
)
