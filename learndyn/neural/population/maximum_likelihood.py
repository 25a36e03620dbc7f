r"""Maximum likelihood: the stimulus under which the responses are most probable.

The log-likelihood L(theta) of each trial is looked at on a grid around the ring. Newton's method,

    theta <- theta - L'(theta) / L''(theta),

then finds the maximum near the best point of the grid. The derivatives are those of the recorded
likelihood. A bracket, at first one grid spacing to each side, keeps L' > 0 at its left end and L' < 0
at its right one. A step that leaves it, as each step does where L is convex, is replaced by a
bisection, so that every trial converges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import grad, jvp
from ...autodiff import sum as sum_over
from .checks import as_responses
from .noise import Noise
from .ring import wrap
from .tuning import Tuning

_CHUNK = 2**21  # numbers in a table of trials by grid points by units
_ITERATIONS = 60  # bisection alone halves the bracket down to rounding in fewer
_TOLERANCE = 1e-12  # radians


@dataclass(frozen=True, slots=True)
class MaximumLikelihood:
    """Maxima of the likelihood, one a trial.

    Attributes
    ----------
    direction : ndarray, shape (...)
        The estimates in [-pi, pi), radians; NaN where the likelihood is the same all around.
    iterations : int
        Of the trial that took longest.
    converged : bool
        True if the last step of every trial was below 1e-12 radians.
    """

    direction: np.ndarray
    iterations: int
    converged: bool


def maximum_likelihood(tuning: Tuning, noise: Noise, responses: Any, *, grid: int = 64) -> MaximumLikelihood:
    """Return the maximum likelihood estimates of the stimuli.

    Parameters
    ----------
    tuning : Tuning
    noise : Noise
    responses : array_like, shape (..., units)
    grid : int, optional
        How many directions are looked at first, three or more. The spacing must resolve the tuning
        curves: 64 do up to a von Mises kappa of about 100.

    Returns
    -------
    MaximumLikelihood

    Raises
    ------
    ValueError
        If the responses do not have as many units as the tuning, or the grid has too few points.
    """
    n = as_responses("maximum_likelihood", responses, tuning.units)
    if grid < 3:
        raise ValueError(f"maximum_likelihood: the grid needs three or more directions, got {grid}")
    flat = n.reshape(-1, tuning.units)
    points = 2.0 * math.pi * np.arange(grid) / grid
    table = _table(tuning, noise, flat, points)
    known = np.ptp(table, axis=-1) > 1e-13 * np.abs(table).max(axis=-1, initial=1e-300)
    spacing = 2.0 * math.pi / grid
    start = points[table[known].argmax(axis=-1)]
    found, iterations, converged = _climb(tuning, noise, flat[known], start, spacing)
    direction = np.full(len(flat), np.nan)
    direction[known] = wrap(found)
    return MaximumLikelihood(direction.reshape(n.shape[:-1]), iterations, converged)


def _table(tuning: Tuning, noise: Noise, n: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The log-likelihood of each trial at each point, (trials, points), in pieces that fit a cache."""
    rows = max(1, _CHUNK // (points.size * tuning.units))
    pieces = [noise.log_likelihood(tuning, points, n[i : i + rows, None, :]) for i in range(0, len(n), rows)]
    return np.concatenate(pieces) if pieces else np.empty((0, points.size))


def _climb(
    tuning: Tuning, noise: Noise, n: np.ndarray, start: np.ndarray, spacing: float
) -> tuple[np.ndarray, int, bool]:
    """Newton's method inside a bracket that shrinks, on all trials side by side."""
    theta, low, high = start.copy(), start - spacing, start + spacing
    active = np.arange(len(start))  # trials that still move
    for iteration in range(_ITERATIONS + 1):
        if not active.size:
            return theta, iteration, True
        slope, curvature = _derivatives(tuning, noise, n[active], theta[active])
        at = theta[active]
        low[active] = np.where(slope >= 0.0, at, low[active])
        high[active] = np.where(slope <= 0.0, at, high[active])
        bent = curvature != 0.0
        step = np.where(bent, -slope / np.where(bent, curvature, 1.0), np.inf)
        new = at + step
        inside = (new >= low[active]) & (new <= high[active])
        new = np.where(inside, new, 0.5 * (low[active] + high[active]))
        theta[active] = new
        active = active[np.abs(new - at) > _TOLERANCE]
    return theta, _ITERATIONS, False


def _derivatives(
    tuning: Tuning, noise: Noise, n: np.ndarray, theta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """L' and L'' of each trial: the Hessian of the sum over trials is diagonal."""
    slope = grad(lambda t: sum_over(noise.log_likelihood(tuning, t, n)))
    return jvp(slope, (theta,), (np.ones_like(theta),))
