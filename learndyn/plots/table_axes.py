"""Axes as a table: names of rows on the left, of columns above, and lines between the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from .palette import colours


def set_table(axes: Axes, rows: Sequence[str], columns: Sequence[str], *, rotation: float = 40.0) -> None:
    """Turn axes into a table; cell (row, column) is at x = column, y = row.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows, columns : sequence of str
        Their names.
    rotation : float, optional
        Of the names of columns, in degrees.
    """
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xticks(range(len(columns)), columns, rotation=rotation, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=colours.ink)
    axes.grid(False)
    for edge in np.arange(len(rows) + 1) - 0.5:
        axes.axhline(edge, color=colours.grid, linewidth=0.7, alpha=0.4)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
