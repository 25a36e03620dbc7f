"""Two ways to check a second derivative by differences, and what each can see.

For a function f of one number, with step h,

    (f(x+h) - 2 f(x) + f(x-h)) / h^2     errs by  h^2 |f''''| / 12  and  4 eps |f| / h^2,
    (f'(x+h) - f'(x-h)) / 2h             errs by  h^2 |f''''| / 6   and    eps |f'| / h.

The first sum is smallest at h = (48 eps |f| / |f''''|)^(1/4), where it is about eps^(1/2), the
second at h = (3 eps |f'| / |f''''|)^(1/3), where it is about eps^(2/3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, no_grad

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to form the second derivative, against the step.

    Attributes
    ----------
    errors : ndarray, shape (n,)
        Distance to the engine's second derivative.
    truncation, rounding : ndarray, shape (n,)
        Predicted error of the Taylor series, and predicted size of the rounding error.
    best_step : float
        Where the sum of both predictions is smallest.
    best_error : float
        That smallest sum.
    """

    errors: np.ndarray
    truncation: np.ndarray
    rounding: np.ndarray
    best_step: float
    best_error: float


@dataclass(frozen=True, slots=True)
class SecondDifferences:
    """Errors of both ways over the same steps.

    Attributes
    ----------
    steps : ndarray, shape (n,)
        h, increasing.
    twice, once : Branch
        f differenced twice, and the analytic gradient differenced once.
    """

    steps: np.ndarray
    twice: Branch
    once: Branch

    def near_best(self, branch: Branch) -> float:
        """Median of the measured errors over steps within a quarter decade of the best."""
        near = np.abs(np.log10(self.steps / branch.best_step)) <= 0.25
        return float(np.median(branch.errors[near]))


def run(
    f: Callable[[Any], Any],
    x: float,
    *,
    smallest: float = 1e-9,
    largest: float = 0.1,
    points: int = 121,
) -> SecondDifferences:
    """Sweep the step of both differences at ``x``.

    Parameters
    ----------
    f : callable
        From a number to a tensor with one element, differentiable four times.
    x : float
    smallest, largest, points : optional
        The range of h, evenly spaced in log h.
    """
    steps = np.geomspace(smallest, largest, points)
    slope = grad(f)
    first, second = abs(float(slope(x))), float(grad(slope)(x))
    fourth = abs(float(grad(grad(grad(slope)))(x)))
    with no_grad():
        value = float(f(x))
        high, low = (np.array([float(f(x + s * h)) for h in steps]) for s in (1.0, -1.0))
    ahead, behind = (np.array([float(slope(x + s * h)) for h in steps]) for s in (1.0, -1.0))

    h = (48.0 * EPS * abs(value) / fourth) ** 0.25
    twice = Branch(
        np.abs((high - 2.0 * value + low) / steps**2 - second),
        steps**2 * fourth / 12.0,
        4.0 * EPS * abs(value) / steps**2,
        h,
        h**2 * fourth / 12.0 + 4.0 * EPS * abs(value) / h**2,
    )
    h = (3.0 * EPS * first / fourth) ** (1.0 / 3.0)
    once = Branch(
        np.abs((ahead - behind) / (2.0 * steps) - second),
        steps**2 * fourth / 6.0,
        EPS * first / steps,
        h,
        h**2 * fourth / 6.0 + EPS * first / h,
    )
    return SecondDifferences(steps, twice, once)
