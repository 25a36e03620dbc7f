"""Two circles: where momentum puts the multipliers of one quadratic mode.

With s = eta lambda, the multipliers mu of one step on lambda theta^2 / 2 solve

    heavy ball   mu^2 - (1 + beta - s) mu + beta = 0
    Nesterov     mu^2 - (1 + beta) (1 - s) mu + beta (1 - s) = 0 .

A complex pair has |mu|^2 equal to the constant term and 2 Re mu equal to the middle one. So the
heavy ball's pair stays on |mu| = sqrt(beta), and Nesterov's on |mu|^2 = 2 c Re mu with
c = beta / (1 + beta): the circle of radius c around c, which goes through 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent, HeavyBall, Nesterov, Rule, multipliers, stability_limit


@dataclass(frozen=True, slots=True)
class RuleMultipliers:
    """The two multipliers of a rule with momentum against s = eta lambda.

    Attributes
    ----------
    name : str
    products : ndarray, shape (points,)
        s = eta lambda.
    values : ndarray of complex, shape (points, 2)
        Larger magnitude first.
    centre, radius : float
        The circle on which a complex pair is predicted to lie, with its centre on the real axis.
    limit : float
        The s at which a multiplier is predicted to leave the unit circle.
    """

    name: str
    products: np.ndarray
    values: np.ndarray
    centre: float
    radius: float
    limit: float

    @property
    def turning(self) -> np.ndarray:
        """Where the pair is complex, shape (points,), bool."""
        return np.abs(self.values[:, 0].imag) > 1e-6

    @property
    def spectral_radius(self) -> np.ndarray:
        """The size of the larger multiplier, shape (points,)."""
        return np.abs(self.values[:, 0])

    @property
    def off_circle(self) -> float:
        """The largest distance of a complex multiplier from the predicted circle."""
        pairs = self.values[self.turning]
        return float(np.max(np.abs(np.abs(pairs - self.centre) - self.radius)))


@dataclass(frozen=True, slots=True)
class MomentumCircles:
    """The multipliers of both rules with the same momentum.

    Attributes
    ----------
    momentum : float
        beta.
    heavy_ball, nesterov : RuleMultipliers
    descent_products, descent_radius : ndarray, shape (points,)
        eta lambda, and the size of the multiplier, of gradient descent, for comparison.
    """

    momentum: float
    heavy_ball: RuleMultipliers
    nesterov: RuleMultipliers
    descent_products: np.ndarray
    descent_radius: np.ndarray


def run(*, momentum: float = 0.5, points: int = 181, furthest: float = 1.06) -> MomentumCircles:
    """Compute the multipliers of both rules for eta lambda from 0 to beyond their limits.

    Parameters
    ----------
    momentum : float, optional
        beta, in (0, 1).
    points : int, optional
        Values of s for each rule.
    furthest : float, optional
        The largest s as a multiple of the rule's limit.
    """
    middle = momentum / (1.0 + momentum)
    circles = ((0.0, float(np.sqrt(momentum))), (middle, middle))
    rules: tuple[Rule, Rule] = (HeavyBall(1.0, momentum), Nesterov(1.0, momentum))
    results = []
    for name, rule, (centre, radius) in zip(("heavy ball", "Nesterov"), rules, circles, strict=True):
        limit = stability_limit(rule)
        products = np.linspace(0.0, furthest * limit, points)
        values = np.stack([multipliers(rule, float(s)) for s in products])
        results.append(RuleMultipliers(name, products, values, centre, radius, limit))
    descent = GradientDescent(1.0)
    products = np.linspace(0.0, furthest * stability_limit(descent), points)
    sizes = np.array([abs(multipliers(descent, float(s))[0]) for s in products])
    heavy_ball, nesterov = results
    return MomentumCircles(momentum, heavy_ball, nesterov, products, sizes)
