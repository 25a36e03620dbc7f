r"""Averages of an activation over Gaussian pre-activations.

With z, z' independent and standard normal, u = sqrt(q) z and v = sqrt(q) (c z + sqrt(1 - c^2) z'),

    square(q)           E phi(u)^2
    square_slope(q)     d square / dq = E phi(u) phi'(u) z / sqrt(q)
    slope_square(q)     E phi'(u)^2
    product(q, c)       E phi(u) phi(v)
    slope_product(q, c) E phi'(u) phi'(v) = (1/q) d product / dc

Closed forms: erf (Williams, 1997), and functions of two straight pieces, relu, leaky_relu and
linear (Cho and Saul, 2009). All others are summed by the trapezoidal rule on |z| <= 9, beyond
which the Gaussian is below 1e-17.

How many nodes. For a function that is analytic where |Im z| < a the rule's error is about
exp(a^2/2 - 2 pi a / h) for spacing h, and at best exp(-2 pi^2 / h^2). The poles of tanh(sqrt(q) z)
are at a = pi / (2 sqrt(q)), so that h = min(2/5, 1/(5 sqrt(q))) leaves about 1e-16: 47 nodes up to
q = 1/4, 91 at q = 1, 287 at q = 10. Gauss-Hermite with as many nodes is off by 3e-11 at q = 1 and
by 1e-6 at q = 10: its nodes are not where a function with poles needs them, and most lie where the
Gaussian is nothing (Trefethen, 2022). A function with a kink that has no closed form here gets an
error of order h^2.

References
----------
Williams, C. K. I. (1997). Computing with infinite networks. NeurIPS 9, 295-301.
Cho, Y. and Saul, L. K. (2009). Kernel methods for deep learning. NeurIPS 22, 342-350.
Trefethen, L. N. (2022). Exactness of quadrature formulas. SIAM Review 64, 132-150.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...autodiff import Tensor, arcsin, expand_dims, jvp, sqrt
from ..models.activations import Activation, activation_function, check_activation

_END = 9.0
_MOST = 20_001  # nodes on a line
_MOST_PLANE = 2_001  # nodes on each axis of a plane
_SMALLEST = 1e-8  # a variance below this one is taken for it where sqrt(q) divides


def elementwise_slope(phi: Callable[[Any], Any], u: np.ndarray) -> np.ndarray:
    """Return phi'(u), of the shape of u, for a function that acts element by element."""
    return np.broadcast_to(jvp(phi, (u,), (np.ones_like(u),))[1], u.shape)


@dataclass(frozen=True, slots=True)
class Quadrature:
    """Averages of any activation by the trapezoidal rule."""

    phi: Callable[[Any], Any]

    def square(self, q: Any) -> Any:
        z, w = nodes(q)
        u = self.phi(expand_dims(sqrt(q), -1) * z)
        return (u * u) @ w

    def square_slope(self, q: Any) -> np.ndarray:
        root = np.sqrt(np.maximum(q, _SMALLEST))[..., None]
        z, w = nodes(q)
        half = len(z) // 2
        u = root * z
        f = self.phi(u) * elementwise_slope(self.phi, u)
        # The mean of z f(z) is that of z (f(z) - f(-z)) / 2: no constant is left to cancel.
        odd = f[..., half + 1 :] - f[..., half - 1 :: -1]
        return (odd * z[half + 1 :]) @ w[half + 1 :] / root[..., 0]

    def slope_square(self, q: Any) -> np.ndarray:
        z, w = nodes(q)
        return elementwise_slope(self.phi, np.sqrt(q)[..., None] * z) ** 2 @ w

    def product(self, q: float, c: float) -> float:
        return self._plane(self.phi, q, c)

    def slope_product(self, q: float, c: float) -> float:
        return self._plane(lambda u: elementwise_slope(self.phi, u), q, c)

    def _plane(self, f: Callable[[Any], Any], q: float, c: float) -> float:
        """E f(u) f(v), on the product of two rules."""
        z, w = nodes(q, _MOST_PLANE)
        u, root = math.sqrt(q) * z, math.sqrt(q * max(0.0, 1.0 - c * c))
        return float((w * f(u)) @ (f(c * u[:, None] + root * z) @ w))


@dataclass(frozen=True, slots=True)
class ErrorFunction:
    """Averages of erf in closed form."""

    def square(self, q: Any) -> Any:
        return (2.0 / math.pi) * arcsin(2.0 * q / (1.0 + 2.0 * q))

    def square_slope(self, q: Any) -> Any:
        return (4.0 / math.pi) / ((1.0 + 2.0 * q) * np.sqrt(1.0 + 4.0 * q))

    def slope_square(self, q: Any) -> Any:
        return (4.0 / math.pi) / np.sqrt(1.0 + 4.0 * q)

    def product(self, q: float, c: float) -> float:
        return 2.0 / math.pi * math.asin(2.0 * c * q / (1.0 + 2.0 * q))

    def slope_product(self, q: float, c: float) -> float:
        # (1 + 2q)^2 - (2cq)^2, written so that nothing cancels at c = 1
        below = 1.0 + 4.0 * q + 4.0 * q * q * (1.0 - c) * (1.0 + c)
        return 4.0 / math.pi / math.sqrt(below)


@dataclass(frozen=True, slots=True)
class TwoPieces:
    """Averages of x where x > 0 and a x where x < 0, in closed form."""

    negative_slope: float  # a

    def square(self, q: Any) -> Any:
        return self._mean * q

    def square_slope(self, q: Any) -> Any:
        return self._mean * np.ones_like(q)

    def slope_square(self, q: Any) -> Any:
        return self._mean * np.ones_like(q)

    def product(self, q: float, c: float) -> float:
        arc = math.sqrt(max(0.0, 1.0 - c * c)) + c * math.asin(c)
        return q * (self._even * c + self._odd * (2.0 / math.pi) * arc)

    def slope_product(self, q: float, c: float) -> float:
        return self._even + self._odd * (2.0 / math.pi) * math.asin(c)

    @property
    def _mean(self) -> float:
        return 0.5 * (1.0 + self.negative_slope**2)

    # phi(x) = (1 + a)/2 x + (1 - a)/2 |x|: the squares of the two factors.

    @property
    def _even(self) -> float:
        return 0.25 * (1.0 + self.negative_slope) ** 2

    @property
    def _odd(self) -> float:
        return 0.25 * (1.0 - self.negative_slope) ** 2


Averages = Quadrature | ErrorFunction | TwoPieces

_CLOSED: dict[str, Averages] = {
    "erf": ErrorFunction(),
    "identity": TwoPieces(1.0),
    "linear": TwoPieces(1.0),
    "relu": TwoPieces(0.0),
}


def gaussian_averages(activation: Activation, caller: str) -> Averages:
    """Return the averages of an activation: in closed form for a name that has one.

    Raises
    ------
    ValueError
        If the activation is unknown.
    """
    check_activation(activation, caller)
    phi = activation_function(activation)
    if isinstance(activation, str):
        if activation == "leaky_relu":
            return TwoPieces(-float(phi(-1.0)))
        if activation in _CLOSED:
            return _CLOSED[activation]
    return Quadrature(phi)


def nodes(q: Any, most: int = _MOST) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes z and weights, of sum 1, that are enough for the largest of the variances q.

    There is an odd number of them, symmetric, at most ``most``: beyond q = 5e4,
    or 5e2 in a plane, the accuracy falls off slowly.
    """
    largest = float(np.max(q.numpy() if isinstance(q, Tensor) else q, initial=0.0))
    return _rule(min(math.ceil(_END * max(2.5, 5.0 * math.sqrt(largest))), most // 2))


@lru_cache(maxsize=64)
def _rule(half: int) -> tuple[np.ndarray, np.ndarray]:
    z = np.arange(-half, half + 1) * (_END / half)
    w = np.exp(-0.5 * z * z)
    w /= w.sum()
    z.flags.writeable = w.flags.writeable = False  # all callers share them
    return z, w
