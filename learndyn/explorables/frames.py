"""The data behind a slider: one frame for each position, with all that is drawn there.

A frame holds whole columns, so that a name is written once for a curve and not once for each of its points.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

__all__ = ["frames", "points_drawn", "shown_frame", "significant"]

DIGITS = 4


def significant(values: Any, digits: int = DIGITS) -> Any:
    """Round to `digits` significant digits, and turn an array into lists; what is not finite becomes None."""
    array = np.asarray(values)
    if array.ndim:
        return [significant(each, digits) for each in array]
    if array.dtype.kind in "iu":
        return int(array)
    if array.dtype.kind in "bUO":
        return array.item()
    if not np.isfinite(array):
        return None
    rounded = float(f"{float(array):.{digits}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def frames(count: int, *, digits: int = DIGITS, **columns: Any) -> alt.InlineData:
    """Return the data of a chart: frame r has entry r of each column.

    Parameters
    ----------
    count : int
        The number of frames: the product of the numbers of positions of the sliders. With two sliders the second
        one runs fastest, so frame (i, j) is frame i * (positions of the second) + j.
    digits : int
        Significant digits that are kept; integers stay as they are.
    **columns : array_like, shape (count,) or (count, points), or a list of `count` arrays
        Numbers or texts, by the name that the chart knows them by. NaN and infinity become gaps.

    Returns
    -------
    altair.InlineData
        Give it to ``alt.Chart``. Take the frame of the sliders' position with ``shown_frame``.

    Raises
    ------
    ValueError
        If a column has another number of entries, or the name ``row``.
    """
    for name, column in columns.items():
        if name == "row":
            raise ValueError("frames: 'row' is the number of the frame. Give the column another name")
        if len(column) != count:
            raise ValueError(
                f"frames: column {name!r} must have one entry for each of {count} frames, received {len(column)}"
            )
    rows = [
        {"row": row, **{name: significant(column[row], digits) for name, column in columns.items()}}
        for row in range(count)
    ]
    return alt.InlineData(values=rows)


def points_drawn(inside: Any) -> int:
    """Return how many points of a curve need be sent: up to the last one inside the panel, and one more.

    The one more lies outside, so that a line leaves the panel in the right direction.

    Parameters
    ----------
    inside : array_like of bool, shape (points,)
        Whether a point lies inside the panel.
    """
    places = np.flatnonzero(inside)
    return min(int(places[-1]) + 2, len(inside)) if places.size else 0


def shown_frame(data: alt.InlineData, *columns: str) -> alt.Chart:
    """Return a chart of the frame at the sliders' position, one datum for each point of `columns`.

    Parameters
    ----------
    data : altair.InlineData
        From ``frames``.
    *columns : str
        Columns with points, of one length within a frame. Without any, the frame is one datum.

    Returns
    -------
    altair.Chart
        Its data have ``at``, the number of the point, beside the columns of the frame.
    """
    chart = alt.Chart(data).transform_filter("datum.row === row")
    if not columns:
        return chart
    return chart.transform_calculate(at=f"sequence(length(datum.{columns[0]}))").transform_flatten(
        ["at", *columns]
    )
