"""The loss on a line or a plane through parameter space.

    f(a) = L(origin + a d)        f(a, b) = L(origin + a d1 + b d2)

A slice shows two of n dimensions. What looks like a minimum in it is one along the two directions
shown; the curvature in all others may have any sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from .batched import losses_at
from .planes import Line, Plane


@dataclass(frozen=True, slots=True, eq=False)
class LineSlice:
    """The loss along a line.

    Attributes
    ----------
    coordinates : ndarray, shape (m,)
        Multiples of the line's direction.
    losses : ndarray, shape (m,)
    line : Line
    """

    coordinates: np.ndarray
    losses: np.ndarray
    line: Line


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The loss on a grid in a plane.

    Attributes
    ----------
    xs : ndarray, shape (columns,)
        Multiples of the plane's first direction.
    ys : ndarray, shape (rows,)
        Multiples of the second direction.
    losses : ndarray, shape (rows, columns)
        ``losses[i, j]`` belongs to ``(xs[j], ys[i])``: the layout that contour plots take.
    plane : Plane
    """

    xs: np.ndarray
    ys: np.ndarray
    losses: np.ndarray
    plane: Plane


def slice_1d(
    loss: Callable[[Tree], Any],
    line: Line,
    coordinates: Any,
    *,
    batched: bool | None = None,
    block: int | None = None,
    progress: bool | None = None,
) -> LineSlice:
    """Evaluate a loss along a line.

    Parameters
    ----------
    loss, batched, block, progress
        As for ``slice_2d``.
    line : Line
    coordinates : array_like, shape (m,)
        Multiples of the line's direction, in any order.

    Raises
    ------
    ValueError
        If the coordinates are not a finite vector, or the loss has another shape than it should.
    """
    a = _axis(coordinates, "coordinates", "slice_1d")
    losses = losses_at(
        loss, lambda i, j: line.points(a[i:j]), a.size, line.template,
        batched=batched, block=block, progress=progress, caller="slice_1d",
    )  # fmt: skip
    return LineSlice(a, losses, line)


def slice_2d(
    loss: Callable[[Tree], Any],
    plane: Plane,
    xs: Any,
    ys: Any,
    *,
    batched: bool | None = None,
    block: int | None = None,
    progress: bool | None = None,
) -> Slice:
    """Evaluate a loss on a grid in a plane.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters of the structure of ``plane.template`` (a flat vector without
        one) to a number.
    plane : Plane
    xs, ys : array_like, shapes (columns,) and (rows,)
        Multiples of the plane's first and second direction, in any order.
    batched : bool, optional
        True for a loss that takes leaves with one more leading axis, of length B, to B losses.
        By default, if it was made by ``batched_loss``. Else it is called point by point.
    block : int, optional
        How many points at once. By default as many as a cache holds.
    progress : bool, optional
        Show a progress bar. By default, if stderr is a terminal and it takes over a second.

    Returns
    -------
    Slice
        Losses that overflow are infinite or nan, without a warning. No graph is recorded.

    Raises
    ------
    ValueError
        If xs or ys is not a finite vector, the block is not positive, or the loss has another
        shape than it should. An error of the loss carries a note with the point.
    """
    xs, ys = _axis(xs, "xs", "slice_2d"), _axis(ys, "ys", "slice_2d")

    def points(start: int, stop: int) -> np.ndarray:
        row, column = np.divmod(np.arange(start, stop), xs.size)
        return (
            plane.origin
            + xs[column, None] * plane.first
            + ys[row, None] * plane.second
        )

    losses = losses_at(
        loss, points, xs.size * ys.size, plane.template,
        batched=batched, block=block, progress=progress, caller="slice_2d",
    )  # fmt: skip
    return Slice(xs, ys, losses.reshape(ys.size, xs.size), plane)


def _axis(values: Any, role: str, caller: str) -> np.ndarray:
    axis = np.array(values, dtype=np.float64)
    if axis.ndim != 1 or not axis.size or not np.isfinite(axis).all():
        raise ValueError(
            f"{caller}: {role} must be a vector of finite numbers, got shape {axis.shape}. "
            "np.linspace makes one"
        )
    return axis
