"""Where the multipliers of a rule lie in the complex plane as eta lambda grows.

On lambda theta^2 / 2, with s = eta lambda, gradient descent has the one multiplier 1 - s. The
heavy ball has two, the roots of m^2 - (1 + beta - s) m + beta = 0. Their product is beta, so while
they are complex, for (1 - sqrt(beta))^2 < s < (1 + sqrt(beta))^2, both have the modulus
sqrt(beta). They leave the unit circle at -1, when s = 2 (1 + beta).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent, HeavyBall, measured_stability_limit, multipliers


@dataclass(frozen=True, slots=True)
class RootLocus:
    """The multipliers of gradient descent and of the heavy ball against s = eta lambda.

    Attributes
    ----------
    momentum : float
        beta.
    products : ndarray, shape (points,)
        s = eta lambda.
    descent : ndarray, shape (points,)
    heavy_ball : ndarray of complex, shape (points, 2)
    descent_limit, heavy_ball_limit : float
        The s at which a multiplier leaves the unit circle, measured by bisection.
    """

    momentum: float
    products: np.ndarray
    descent: np.ndarray
    heavy_ball: np.ndarray
    descent_limit: float
    heavy_ball_limit: float

    @property
    def complex_range(self) -> tuple[float, float]:
        """The interval of s in which the heavy ball turns, predicted."""
        root = float(np.sqrt(self.momentum))
        return (1.0 - root) ** 2, (1.0 + root) ** 2

    @property
    def turning(self) -> np.ndarray:
        """Where the heavy ball's multipliers are complex, shape (points,), bool."""
        return np.abs(self.heavy_ball[:, 0].imag) > 1e-6


def run(*, momentum: float = 0.5, points: int = 81, furthest: float = 3.2) -> RootLocus:
    """Compute the multipliers for ``points`` values of eta lambda from 0 to ``furthest``."""
    products = np.linspace(0.0, furthest, points)
    rules = GradientDescent(1.0), HeavyBall(1.0, momentum)
    descent, heavy_ball = (
        np.stack([multipliers(rule, float(s)) for s in products]) for rule in rules
    )
    limits = [measured_stability_limit(rule) for rule in rules]
    return RootLocus(momentum, products, descent[:, 0].real, heavy_ball, *limits)
