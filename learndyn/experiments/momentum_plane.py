"""Momentum and step size: every kind of motion of the heavy ball on one quadratic mode.

With s = eta lambda the multipliers of a step solve m^2 - (1 + beta - s) m + beta = 0. With
b = sqrt(beta) and r = sqrt(s) the discriminant is

    (1 + beta - s)^2 - 4 beta = ((1 - b)^2 - s) ((1 + b)^2 - s),

so the two multipliers meet where r = 1 - b or r = 1 + b: there the step is a Jordan block, and
between the two lines the pair is complex, of size b. A multiplier leaves the unit circle, at -1,
where s = 2 (1 + beta). Momenta and products are squares here, so that a grid can have points on
the lines themselves.

References
----------
Polyak, B. T. (1964). Some methods of speeding up the convergence of iteration methods. USSR
Computational Mathematics and Mathematical Physics 4, 1-17.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ..dynamics import simulate
from ..learning import HeavyBall, multipliers, stability_limit, training_map


class Damping(Enum):
    """What the two multipliers of a mode with momentum are to each other."""

    OVER = "over-damped"
    CRITICAL = "critically damped"
    UNDER = "under-damped"
    ALTERNATING = "alternating"


@dataclass(frozen=True, slots=True, eq=False)
class MomentumPlane:
    """The heavy ball on lambda theta^2 / 2 for each momentum and each eta lambda.

    Attributes
    ----------
    momenta : ndarray, shape (m,)
        beta.
    products : ndarray, shape (p,)
        s = eta lambda.
    multipliers : ndarray of complex, shape (m, p, 2)
        Larger magnitude first.
    positions : ndarray, shape (m, p, steps + 1)
        theta of a run from theta = 1 without velocity.
    limits : ndarray, shape (m,)
        The s at which a multiplier is predicted to leave the unit circle, 2 (1 + beta).
    """

    momenta: np.ndarray
    products: np.ndarray
    multipliers: np.ndarray
    positions: np.ndarray
    limits: np.ndarray

    @property
    def spectral_radius(self) -> np.ndarray:
        """The size of the larger multiplier, shape (m, p)."""
        return np.abs(self.multipliers[..., 0])

    def damping(self, i: int, j: int, *, tolerance: float = 1e-9) -> Damping:
        """Name the motion at momentum i and product j.

        Parameters
        ----------
        i, j : int
        tolerance : float, optional
            A discriminant up to this size counts as zero.
        """
        trace = 1.0 + self.momenta[i] - self.products[j]
        discriminant = trace**2 - 4.0 * self.momenta[i]
        if abs(discriminant) <= tolerance:
            return Damping.CRITICAL
        if discriminant < 0.0:
            return Damping.UNDER
        return Damping.OVER if trace > 0.0 else Damping.ALTERNATING


def run(
    root_momenta: np.ndarray | None = None,
    root_products: np.ndarray | None = None,
    *,
    steps: int = 30,
) -> MomentumPlane:
    """Run the heavy ball once for each pair, and compute the multipliers of its whole state.

    Parameters
    ----------
    root_momenta : ndarray, shape (m,), optional
        sqrt(beta), in [0, 1). Default 0, 0.2, 0.4, 0.5, ..., 0.9, 0.95.
    root_products : ndarray, shape (p,), optional
        sqrt(eta lambda), positive. Default 0.05, 0.1, 0.2, ..., 2.
    steps : int, optional
    """
    if root_momenta is None:
        root_momenta = np.array([0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
    if root_products is None:
        root_products = np.insert(np.arange(1, 21) / 10, 0, 0.05)
    momenta, products = np.square(root_momenta), np.square(root_products)
    pairs, runs = [], []
    for beta in momenta:
        for s in products:
            rule = HeavyBall(float(s), float(beta))
            training = training_map(lambda theta: 0.5 * (theta * theta).sum(), rule, np.ones(1))
            pairs.append(multipliers(rule, 1.0))
            runs.append(simulate(training, training.initial_state, steps).states[:, 0])
    shape = momenta.size, products.size
    return MomentumPlane(
        momenta,
        products,
        np.stack(pairs).reshape(*shape, 2),
        np.stack(runs).reshape(*shape, steps + 1),
        np.array([stability_limit(HeavyBall(1.0, float(beta))) for beta in momenta]),
    )
