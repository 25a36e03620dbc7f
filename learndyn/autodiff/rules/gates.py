"""Where the cotangent is exactly zero, an operation with a pole sends back exactly zero.

With slope s, a rule sends back g s. If g = 0 and s is infinite or not a number, the product is
not a number, and it spoils every operand further down. Yet nothing was asked of this operand:
``where`` did not take the branch, or a factor was 0. So the rules of operations with poles
(divide, power, sqrt, log, ...) multiply and divide by the two rows here. ``x * sqrt(x)`` then
has slope 0 at 0, and ``where(x > 0, log(x), 0.0)`` slope 0 at x <= 0.

Each row is an operation with derivatives of its own. At a pole, d(g s)/dg is the true slope,
infinite as it is; a row that put 0 there would hide poles of the second derivative. A number
that is not finite and meets a cotangent that is not zero is never hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import elementwise
from ..tensor import Tensor


def _value(x: Any) -> Any:
    """The number behind a tensor, for decisions that carry no derivative."""
    return x._data if isinstance(x, Tensor) else x


def direct(row: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A row of one operand for use in rules: arrays skip the checks that a caller's need."""
    forward = row.op.forward  # type: ignore[attr-defined]

    def call(x: Any) -> Any:
        if isinstance(x, Tensor):
            return row(x)
        # A plain number must stay plain: a NumPy float64 would turn float32 into float64.
        return float(forward(x)) if type(x) is float else forward(x)

    return call



def _product_of_live(g: Any, s: Any) -> Any:
    live = np.not_equal(g, 0)
    if np.count_nonzero(live) != live.size:
        s = np.where(live, s, 1.0)
    return g * s


def _quotient_of_live(g: Any, d: Any) -> Any:
    if type(d) is float and d * d > 0:  # a constant that is no pole
        return np.divide(g, d)
    live = np.not_equal(g, 0)
    if np.count_nonzero(live) != live.size:
        d = np.where(live, d, 1.0)
    return np.divide(g, d)


# Where g = 0 the function is constant in s, hence the second rule of each puts g (or y) first.
gated_product = elementwise(
    "gated_product",
    _product_of_live,
    lambda h, y, g, s: times(h, s),
    lambda h, y, g, s: times(g, h),
    doc="Return g s, and 0 where g is 0, even if s is infinite or not a number.",
)
gated_quotient = elementwise(
    "gated_quotient",
    _quotient_of_live,
    lambda h, y, g, d: over(h, d),
    lambda h, y, g, d: -over(times(y, h), d),
    domains=("real", "nonzero"),
    doc="Return g / d, and 0 where g is 0, even if d is 0 or not a number.",
)


def times(g: Any, s: Any) -> Any:
    """``gated_product`` for use in rules."""
    recorded = isinstance(g, Tensor) or isinstance(s, Tensor)
    return gated_product(g, s) if recorded else _product_of_live(g, s)


def over(g: Any, d: Any) -> Any:
    """``gated_quotient`` for use in rules."""
    recorded = isinstance(g, Tensor) or isinstance(d, Tensor)
    return gated_quotient(g, d) if recorded else _quotient_of_live(g, d)
