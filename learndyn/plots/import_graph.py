"""Draw the house: which floor of the package imports from which."""

from __future__ import annotations

import numpy as np

from ..experiments.import_graph import ImportGraph
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def house(result: ImportGraph, *, name: str = "house-floors") -> BookFigure:
    """Draw one row and column a floor, with the share of a row's modules that import from the column."""
    figure, axes = new_axes(height=4.2)
    size = len(result.floors)
    shares = result.imports / result.modules[:, None]
    for row in range(size):
        for column in range(size):
            share = shares[row, column]
            if column > row:
                axes.text(column, row, "–", ha="center", va="center", color=colours.muted)
            elif share:
                axes.scatter(
                    column, row, s=1300 * share, color=colours.blue if column < row else colours.muted, alpha=0.35
                )
                axes.text(column, row, f"{result.imports[row, column]}", ha="center", va="center", color=colours.ink)
            else:
                axes.text(column, row, "0", ha="center", va="center", color=colours.muted)
    axes.set_xticks(range(size), result.floors, rotation=35, ha="right")
    labels = [f"{floor} ({count})" for floor, count in zip(result.floors, result.modules, strict=True)]
    axes.set_yticks(range(size), labels)
    axes.set_xlim(-0.6, size - 0.4)
    axes.set_ylim(-0.6, size - 0.4)
    axes.set_xlabel("imports from")
    axes.set_ylabel("floor (modules)")
    axes.grid(False)
    below = np.tril(result.imports, -1)
    most = np.unravel_index(below.argmax(), below.shape)
    alt = (
        "A square table of the package's six floors. Each row's modules import from floors in columns to its left, "
        f"most often {result.floors[most[0]]} from {result.floors[most[1]]}, {below.max()} modules. "
        f"All to the right of the diagonal is empty: {result.upward} imports go upward."
    )
    return BookFigure(figure, name=name, alt=alt)
