"""The best that can be reached from a point: limited-memory BFGS.

    theta' = theta - t B grad L(theta),    B from the last pairs of steps s and changes of slope y

Steps fulfil the weak Wolfe conditions, found by bisection. The method rescales the curvature as it
goes and needs no step size, so it tells what a loss allows from what an update rule makes of it.

References
----------
Liu, D. C. and Nocedal, J. (1989). On the limited memory BFGS method for large scale optimization.
Mathematical Programming 45, 503-528.
Lewis, A. S. and Overton, M. L. (2013). Nonsmooth optimization via quasi-Newton methods.
Mathematical Programming 141, 135-163: the bisection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ..rules import GradientDescent
from ..training import training_map

_SUFFICIENT, _CURVATURE = 1e-4, 0.9
_TRIALS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """Where a descent ended.

    Attributes
    ----------
    theta : tree of arrays
    loss : float
    gradient_norm : float
    iterations : int
    """

    theta: Tree
    loss: float
    gradient_norm: float
    iterations: int


def refit(
    loss: Callable[[Tree], Any], theta: Tree, *, iterations: int = 500, goal: float = -np.inf,
    memory: int = 20,
) -> Refit:  # fmt: skip
    """Descend from theta until the goal, a critical point, or the end of the budget.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
    iterations : int, optional
        The budget.
    goal : float, optional
        A loss at which to stop.
    memory : int, optional
        How many pairs are kept.

    Returns
    -------
    Refit
        With an infinite loss if the loss at theta is not finite.
    """
    training = training_map(loss, GradientDescent(1.0), theta)

    def at(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = training.value_and_gradient(z)
        value = float(np.asarray(value).item())
        good = np.isfinite(value) and np.isfinite(gradient).all()
        return (value, gradient) if good else (np.inf, gradient)

    pairs: deque[tuple[np.ndarray, np.ndarray, float]] = deque(maxlen=memory)
    z, k = training.initial_state, 0
    with np.errstate(all="ignore"):  # a trial step may overflow; it is then shortened
        value, gradient = at(z)
        while k < iterations and goal < value < np.inf and np.linalg.norm(gradient) > 1e-12:
            direction = -_scaled(gradient, pairs)
            if not direction @ gradient < 0.0:
                pairs.clear()
                direction = -gradient
            first = 1.0 if pairs else min(1.0, 1.0 / float(np.linalg.norm(gradient)))
            found = _search(at, z, value, gradient, direction, first)
            if found is None:
                if not pairs:
                    break  # no lower point along the gradient: rounding
                pairs.clear()
                continue
            z_next, value, slope = found
            s, y = z_next - z, slope - gradient
            if s @ y > 1e-12 * np.linalg.norm(s) * np.linalg.norm(y):
                pairs.append((s, y, 1.0 / (s @ y)))
            z, gradient, k = z_next, slope, k + 1
    return Refit(training.parameters(z.copy()), value, float(np.linalg.norm(gradient)), k)


def _scaled(gradient: np.ndarray, pairs: Any) -> np.ndarray:
    """B grad L by the two loops of Liu and Nocedal."""
    q, shares = gradient.copy(), []
    for s, y, inverse in reversed(pairs):
        shares.append(inverse * (s @ q))
        q -= shares[-1] * y
    if pairs:
        s, y, _ = pairs[-1]
        q *= (s @ y) / (y @ y)
    for (s, y, inverse), share in zip(pairs, reversed(shares), strict=True):
        q += (share - inverse * (y @ q)) * s
    return q


def _search(
    at: Callable[[np.ndarray], tuple[float, np.ndarray]], z: np.ndarray, value: float,
    gradient: np.ndarray, direction: np.ndarray, t: float,
) -> tuple[np.ndarray, float, np.ndarray] | None:  # fmt: skip
    """A step that fulfils the weak Wolfe conditions, or the best that decreases enough."""
    slope, low, high, best = float(direction @ gradient), 0.0, np.inf, None
    for _ in range(_TRIALS):
        point = z + t * direction
        trial, gradient = at(point)
        if not trial <= value + _SUFFICIENT * t * slope:
            high = t
        else:
            best = (point, trial, gradient)
            if direction @ gradient >= _CURVATURE * slope:
                break
            low = t
        t = 2.0 * low if high == np.inf else 0.5 * (low + high)
    return best if best is not None and best[1] < value else None
