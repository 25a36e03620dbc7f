"""Draw how many nodes a layer takes, with a node for each number and for each operation."""

from __future__ import annotations

from ..experiments.recording_designs import Widths
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def nodes_by_width(result: Widths, *, name: str = "design-nodes") -> BookFigure:
    """Draw both counts against the width of the layer."""
    figure, axes = new_axes(height=3.4)
    axes.loglog(result.widths, result.boxes, "o-", color=colours.orange)
    axes.loglog(result.widths, result.operations, "s--", color=colours.blue)
    axes.annotate(
        "a node for each number", (result.widths[-3], result.boxes[-3]), xytext=(-10, 4),
        textcoords="offset points", ha="right", color=colours.orange,
    )  # fmt: skip
    axes.annotate(
        "a node for each operation", (result.widths[2], 1), xytext=(0, 8), textcoords="offset points",
        color=colours.blue,
    )  # fmt: skip
    axes.set_xticks(result.widths, [str(size) for size in result.widths])
    axes.set_xticks([], minor=True)
    axes.set_ylim(0.5, 3 * result.boxes[-1])
    axes.set_xlabel("units in the layer")
    axes.set_ylabel("nodes recorded")
    alt = (
        f"Two lines on logarithmic axes over {result.widths[0]} to {result.widths[-1]} units. With a node for each "
        f"number the count rises along slope 2 from {result.boxes[0]} to {result.boxes[-1]}. With a node for each "
        f"operation it is {result.operations[0]} throughout."
    )
    return BookFigure(figure, name=name, alt=alt)
