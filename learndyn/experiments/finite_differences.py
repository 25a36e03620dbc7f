"""How well can a finite difference check a gradient? The best step is predictable.

Along a direction v the loss is a function of one number, phi(s) = L(theta + s v). Its central
difference errs by

    h^2 |phi'''(0)| / 6     (truncation)    and about    eps |phi(0)| / h     (rounding),

with eps = 2^-52. The sum is smallest at h = (3 eps |phi| / |phi'''|)^(1/3). The engine supplies
phi' and phi''', by differentiating three times.

References
----------
Press et al. (2007). Numerical Recipes, 3rd ed., section 5.7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, no_grad
from ..autodiff.tree import Tree, tree_map

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class StepSweep:
    """Errors of central differences of one directional derivative.

    Attributes
    ----------
    steps : ndarray, shape (n,)
        h, increasing.
    errors : ndarray, shape (n,)
        Distance between the central difference and the engine's derivative.
    value, slope, third : float
        phi(0), phi'(0) and phi'''(0), from the engine.
    """

    steps: np.ndarray
    errors: np.ndarray
    value: float
    slope: float
    third: float

    @property
    def truncation(self) -> np.ndarray:
        """Predicted error of cutting the Taylor series, shape (n,)."""
        return self.steps**2 * abs(self.third) / 6

    @property
    def rounding(self) -> np.ndarray:
        """Predicted size of the rounding error, shape (n,)."""
        return EPS * abs(self.value) / self.steps

    @property
    def predicted_best_step(self) -> float:
        """Where the sum of both predictions is smallest."""
        return float(np.cbrt(3 * EPS * abs(self.value) / abs(self.third)))

    @property
    def measured_best_step(self) -> float:
        """The step with the smallest error, smoothed over half a decade.

        A rounding error may be zero by luck, so a single smallest error says little: the
        errors are averaged, as logarithms, over steps within a factor of 10^(1/4).
        """
        logs = np.log10(np.maximum(self.errors, EPS * abs(self.slope)))
        near = np.abs(np.log10(self.steps)[:, None] - np.log10(self.steps)[None, :]) <= 0.25
        return float(self.steps[np.argmin(near @ logs / near.sum(axis=1))])

    @property
    def truncation_order(self) -> float:
        """Measured power of h where truncation dominates a hundredfold and h is small."""
        chosen = (self.truncation > 100 * self.rounding) & (self.steps < 0.1)
        return float(np.polyfit(np.log(self.steps[chosen]), np.log(self.errors[chosen]), 1)[0])


def run(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    seed: int = 0,
    smallest: float = 1e-12,
    largest: float = 0.1,
    points: int = 133,
) -> StepSweep:
    """Sweep the step of a central difference along a random direction.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Where to differentiate.
    seed : int, optional
        Of the direction, N(0, 1) in each coordinate.
    smallest, largest : float, optional
        The range of h.
    points : int, optional
        Number of steps, evenly spaced in log h.
    """
    rng = np.random.default_rng(seed)
    direction = tree_map(lambda leaf: rng.standard_normal(np.shape(leaf)), theta)

    def phi(s: Any) -> Any:
        return loss(tree_map(lambda leaf, v: leaf + s * v, theta, direction))

    steps = np.geomspace(smallest, largest, points)
    with no_grad():
        value = float(phi(0.0))
        ahead, behind = (np.array([float(phi(sign * h)) for h in steps]) for sign in (1, -1))
    slope = float(grad(phi)(0.0))
    third = float(grad(grad(grad(phi)))(0.0))
    errors = np.abs((ahead - behind) / (2 * steps) - slope)
    return StepSweep(steps, errors, value, slope, third)
