"""Where descent goes when the minimum is unstable, on two losses that are not quadratic.

An even loss has L'(-theta) = -L'(theta). Descent jumps from theta to -theta and back where

    theta - eta L'(theta) = -theta,   that is   L'(theta) / theta = 2 / eta.

quartic, L = theta^2 / 2 + theta^4 / 4: the orbit is theta^2 = 2 / eta - 1. It exists while the
minimum is stable (eta < 2), repels, and is the edge of what converges. Beyond it |theta| goes
to about eta |theta|^3, so ln(sqrt(eta) |theta|) triples each step.

log cosh, L = ln cosh theta: the orbit solves theta = (eta / 2) tanh theta. It exists when the
minimum is unstable (eta > 2), attracts, and contains what has left the minimum.

References
----------
Strogatz, S. H. (2015). Nonlinear Dynamics and Chaos, 2nd ed., Westview, section 10.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad, logaddexp
from ..dynamics import linearise, simulate

STEPS = 400


def quartic(theta: Any) -> Any:
    """Return the sum of theta^2 / 2 + theta^4 / 4: curvature 1 at the minimum, more outside."""
    square = theta * theta
    return (0.5 * square + 0.25 * square * square).sum()


def log_cosh(theta: Any) -> Any:
    """Return the sum of ln cosh theta: curvature 1 at the minimum, less outside, slope below 1."""
    return (logaddexp(theta, -theta) - np.log(2.0)).sum()


@dataclass(frozen=True, slots=True)
class EvenLosses:
    """Orbits of period two of gradient descent on two even losses of curvature 1.

    Attributes
    ----------
    small_steps : ndarray, shape (a,)
        eta below 2, for the quartic.
    predicted_edges, measured_edges : ndarray, shape (a,)
        The largest start from which descent still converges.
    exponents : ndarray, shape (k,)
        Ratio of ln(sqrt(eta) abs(theta)) after a step and before it, along an explosion with eta = 1.
    large_steps : ndarray, shape (b,)
        eta, for log cosh.
    predicted_jumps, measured_jumps : ndarray, shape (b,)
        The size of theta after a long run from near the minimum.
    jump_multipliers : ndarray, shape (b,)
        Derivative of two steps on the orbit where eta > 2, of one step at the minimum below.
    """

    small_steps: np.ndarray
    predicted_edges: np.ndarray
    measured_edges: np.ndarray
    exponents: np.ndarray
    large_steps: np.ndarray
    predicted_jumps: np.ndarray
    measured_jumps: np.ndarray
    jump_multipliers: np.ndarray

    @property
    def edge_error(self) -> float:
        """Largest difference between a measured and a predicted edge."""
        return float(np.abs(self.measured_edges - self.predicted_edges).max())

    @property
    def jump_error(self) -> float:
        """Largest difference between a measured and a predicted jump."""
        return float(np.abs(self.measured_jumps - self.predicted_jumps).max())


def run(
    small_steps: Any = tuple(np.linspace(0.2, 1.9, 18)),
    large_steps: Any = tuple(np.linspace(1.55, 3.95, 25)),
) -> EvenLosses:
    """Find the edge of convergence of the quartic, and the jump on log cosh.

    Parameters
    ----------
    small_steps : array_like, optional
        Step sizes between 0 and 2, for the quartic.
    large_steps : array_like, optional
        Step sizes for log cosh; within about 0.02 of 2 the run is too short to settle.

    Returns
    -------
    EvenLosses
    """
    small, large = np.asarray(small_steps, float), np.asarray(large_steps, float)
    jumps = _jump(large)
    descent = descend(log_cosh, large)
    final = simulate(descent, np.full(large.size, 0.1), STEPS, every=STEPS).final_state
    slopes = np.diag(linearise(descent, jumps).to_matrix())  # the runs do not feel one another
    return EvenLosses(
        small,
        np.sqrt(2.0 / small - 1.0),
        _edge(small),
        _exponents(),
        large,
        jumps,
        np.abs(final),
        np.where(large > 2.0, slopes * slopes, slopes),  # the slope is the same at both ends
    )


def descend(loss: Any, step_sizes: np.ndarray) -> Any:
    """Return the map of descent with one step size for each number of the state."""
    slope = grad(loss)
    return lambda theta: theta - step_sizes * slope(theta)


def _edge(step_sizes: np.ndarray, halvings: int = 34) -> np.ndarray:
    """The largest start that converges, by halving a bracket for all step sizes at once."""
    descent = descend(quartic, step_sizes)
    low, high = np.zeros(step_sizes.size), np.full(step_sizes.size, 10.0)
    for _ in range(halvings):
        start = 0.5 * (low + high)
        end = simulate(descent, start, 200, every=200, nonfinite="record").final_state
        inside = np.abs(end) < start  # false for a NaN
        low, high = np.where(inside, start, low), np.where(inside, high, start)
    return 0.5 * (low + high)


def _exponents() -> np.ndarray:
    """By which power an explosion on the quartic grows in each step, eta = 1."""
    states = simulate(descend(quartic, np.ones(1)), [2.0], 20).states[:, 0]
    sizes = np.log(np.abs(states[np.isfinite(states)]))
    return sizes[1:] / sizes[:-1]


def _jump(step_sizes: np.ndarray) -> np.ndarray:
    """The root of theta = (eta / 2) tanh theta; 0 where there is none but 0."""
    theta = np.where(step_sizes > 2.0, step_sizes / 2.0, 0.0)
    for _ in range(50):  # Newton's method from above, where the function is convex
        tanh = np.tanh(theta)
        slope = 1.0 - 0.5 * step_sizes * (1.0 - tanh * tanh)
        value = theta - 0.5 * step_sizes * tanh
        theta = theta - np.divide(value, slope, out=np.zeros_like(value), where=theta > 0.0)
    return theta
