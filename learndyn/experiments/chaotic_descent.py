"""Descent beyond its limit that neither converges nor escapes: a double well.

For L = (theta^2 - 1)^2 / 4 a step is theta -> (1 + eta) theta - eta theta^3. The curvature of both
minima is 2, so they lose stability at eta = 1. With eta = 2 and theta = sqrt(2) cos(phi) the step is

    sqrt(2) (3 cos(phi) - 4 cos(phi)^3) = -sqrt(2) cos(3 phi) :

it triples the angle, so the Lyapunov exponent is ln 3, exactly. For eta below 1 the orbit settles
in a minimum and the exponent is the logarithm of its multiplier, ln |1 - 2 eta|.

References
----------
Benettin, G., Galgani, L., Giorgilli, A. and Strelcyn, J.-M. (1980). Meccanica 15, 9-30.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, jvp
from ..dynamics import lyapunov_exponents, simulate
from ..learning import GradientDescent, training_map


@dataclass(frozen=True, slots=True)
class ChaoticDescent:
    """Lyapunov exponents of descent in a double well.

    Attributes
    ----------
    step_sizes : ndarray, shape (n,)
        eta.
    exponents : ndarray, shape (n,)
        Lyapunov exponent for each step size, per step.
    exponent_at_two : float
        At eta = 2, by ``lyapunov_exponents``; predicted ln 3.
    """

    step_sizes: np.ndarray
    exponents: np.ndarray
    exponent_at_two: float

    @property
    def settled(self) -> np.ndarray:
        """ln |1 - 2 eta|, what a stable minimum predicts, shape (n,)."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(1.0 - 2.0 * self.step_sizes))


def loss(theta: Any) -> Any:
    """Return the sum of (theta^2 - 1)^2 / 4 over independent copies."""
    return 0.25 * ((theta * theta - 1.0) ** 2).sum()


def run(
    *, step_sizes: Any = None, start: float = 0.3, burn_in: int = 300, steps: int = 700
) -> ChaoticDescent:
    """Descend with many step sizes side by side, and measure how fast orbits part.

    Parameters
    ----------
    step_sizes : array_like, optional
        Up to 2; beyond, orbits leave.
    start : float, optional
    burn_in, steps : int, optional
        Steps before the average, and in it.
    """
    eta = np.linspace(0.3, 2.0, 171) if step_sizes is None else np.asarray(step_sizes, float)

    def descent(theta: Any) -> Any:
        return theta - eta * grad(loss)(theta)

    def log_stretch(theta: np.ndarray) -> np.ndarray:
        """ln |dF/dtheta| of each copy: they do not feel one another, so the Jacobian is diagonal."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(jvp(descent, (theta,), (np.ones_like(theta),))[1]))

    settled = simulate(descent, np.full(eta.size, start), burn_in, every=burn_in).final_state
    record = simulate(descent, settled, steps, observe={"stretch": log_stretch})
    step = training_map(loss, GradientDescent(2.0), np.array([start]))
    spectrum = lyapunov_exponents(step, [start], steps, burn_in=20)
    return ChaoticDescent(
        eta,
        record.observables["stretch"][:-1].mean(axis=0),
        float(spectrum.exponents[0]),
    )
