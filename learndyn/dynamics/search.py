"""The maximum of a function of one variable: a grid, then a closer grid around the best points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]

_POINTS = 9  # of the closer grid: each round narrows the interval by 4


def maximise(
    f: Function, grid: np.ndarray, *, peaks: int = 3, rounds: int = 10, batch: int = 1_000_000
) -> tuple[float, float]:
    """Return (x, f(x)) at the largest value seen.

    ``f`` takes an array of points, at most ``batch`` at once, to an array of values. The best local
    maxima on the grid are refined, each between its two neighbours, to 4^-rounds of the
    interval. The value is one that f takes, so it is never too large.
    """
    heights = _evaluated(f, grid, batch)
    padded = np.concatenate([[-np.inf], heights, [-np.inf]])
    tops = np.flatnonzero((heights >= padded[:-2]) & (heights >= padded[2:]))
    tops = tops[np.argsort(-heights[tops], kind="stable")][:peaks]
    best = (float(grid[tops[0]]), float(heights[tops[0]]))
    for top in tops:
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)]  # type: ignore[call-overload]
        for _ in range(rounds):
            x = np.linspace(low, high, _POINTS)
            y = _evaluated(f, x, batch)
            k = int(y.argmax())
            if y[k] > best[1]:
                best = (float(x[k]), float(y[k]))
            low, high = x[max(k - 1, 0)], x[min(k + 1, _POINTS - 1)]
    return best


def _evaluated(f: Function, x: np.ndarray, batch: int) -> np.ndarray:
    return np.concatenate([f(x[k : k + batch]) for k in range(0, len(x), batch)])
