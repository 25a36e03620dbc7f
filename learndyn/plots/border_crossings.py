"""Draw what became of a tensor at the border with NumPy."""

from __future__ import annotations

from ..experiments.border_crossings import (
    DROPPED,
    KEPT,
    OBJECTS,
    REFUSED,
    BorderCrossings,
)
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_MARKS = {
    KEPT: ("o", colours.green),
    REFUSED: ("s", colours.blue),
    DROPPED: ("X", colours.pink),
    OBJECTS: ("D", colours.orange),
}


@figure_style
def crossings_table(result: BorderCrossings, *, name: str = "border-crossings") -> BookFigure:
    """Draw one mark for each crossing (row) and each design of the border (column)."""
    figure, axes = new_axes(height=5.2)
    for outcome, (marker, colour) in _MARKS.items():
        places = [
            (column, row)
            for row, outcomes in enumerate(result.outcomes)
            for column, found in enumerate(outcomes)
            if found == outcome
        ]
        axes.plot(
            [column for column, _ in places],
            [row for _, row in places],
            marker,
            color=colour,
            markersize=10,
            label=outcome,
        )
    axes.set_xticks(range(len(result.designs)), result.designs, color=colours.ink)
    axes.set_yticks(range(len(result.crossings)), result.crossings, color=colours.ink)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(axis="x", visible=False)
    axes.set_xlim(-0.5, len(result.designs) - 0.5)
    axes.set_ylim(len(result.crossings) - 0.4, -0.6)
    figure.legend(loc="outside lower center", ncols=1)
    silent = ", ".join(f"{design} {result.silent(design)}" for design in result.designs)
    alt = (
        f"A table of {len(result.crossings)} ways over the border, one row each, and three designs, "
        f"one column each, with a mark for the outcome. Silent losses: {silent}."
    )
    return BookFigure(figure, name=name, alt=alt)
