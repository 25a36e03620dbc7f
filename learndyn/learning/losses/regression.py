"""Losses of numbers: squared error in two conventions, and one that forgives outliers."""

from __future__ import annotations

import math
from typing import Any

from ...autodiff import clip, mean, mean_square, square
from ...autodiff import sum as sum_over
from .shapes import require_trailing


def mean_squared_error(
    prediction: Any, target: Any, *, axis: int | tuple[int, ...] | None = None
) -> Any:
    """Return the mean of (prediction - target)^2.

    Parameters
    ----------
    prediction, target : array or Tensor
        Of equal trailing shape; the target may lack leading (ensemble) axes.
    axis : int or tuple of int, optional
        Axes to average over; all by default. ``(-2, -1)`` keeps ensemble axes apart.

    Raises
    ------
    ValueError
        If the trailing shapes differ. They are not broadcast: (n,) against (n, 1) or (n, n)
        would compare everything with everything in silence.
    """
    require_trailing("mean_squared_error", prediction, target)
    return mean_square(prediction - target, axis=axis)


def half_squared_error(
    prediction: Any, target: Any, *, axis: int | tuple[int, ...] | None = None
) -> Any:
    """Return half the sum of (prediction - target)^2: its gradient is the error itself.

    The convention of exact solutions, such as those of deep linear networks. With n numbers
    in the sum it is n/2 times the mean squared error, and the largest stable step is smaller
    by that factor.

    Parameters and errors are those of ``mean_squared_error``; ``axis`` is summed over.
    """
    require_trailing("half_squared_error", prediction, target)
    return 0.5 * sum_over(square(prediction - target), axis=axis)


def huber(
    prediction: Any,
    target: Any,
    delta: float = 1.0,
    *,
    axis: int | tuple[int, ...] | None = None,
) -> Any:
    """Return the mean of r^2 / 2 where |r| <= delta, and delta (|r| - delta / 2) elsewhere.

    r = prediction - target. Value and slope are continuous; the slope is r, but never larger
    than delta, so one wild target pulls no harder than one that is off by delta
    (Huber, 1964, Robust estimation of a location parameter).

    Parameters
    ----------
    prediction, target, axis
        As in ``mean_squared_error``.
    delta : float, optional
        Where the parabola ends, in units of the target; positive.

    Raises
    ------
    ValueError
        If the trailing shapes differ, or delta is not positive and finite.
    """
    require_trailing("huber", prediction, target)
    if not (math.isfinite(delta) and delta > 0):
        raise ValueError(f"huber: delta must be positive and finite, got {delta}")
    error = prediction - target
    inner = clip(error, -delta, delta)
    # inner (error - inner / 2) is both cases at once, and squares nothing large.
    return mean(inner * (error - 0.5 * inner), axis=axis)
