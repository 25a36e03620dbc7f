"""Draw which share of the movement of descent lies along the sharpest directions."""

from __future__ import annotations

from ..experiments.movement_share import MovementShare
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def shares(result: MovementShare, *, name: str = "edge-movement") -> BookFigure:
    """Draw the share of single steps and of sums of steps."""
    figure, axes = new_axes(height=4.0)
    axes.plot(result.steps, result.step_share, "o", color=colours.blue, markersize=5, label="one step")
    axes.plot(
        result.steps, result.window_share, "x", color=colours.pink, markersize=6, label=f"sum of {result.window} steps"
    )
    axes.axhline(result.chance, color=colours.muted, linestyle="--", linewidth=1.4, label="random direction")
    axes.axvline(result.steps[result.smooth][-1], color=colours.muted, linestyle=":", linewidth=1.4)
    axes.set_yscale("log")
    axes.set_ylim(1e-6, 2.0)
    axes.set_xlabel("step")
    axes.set_ylabel("share of the movement")
    axes.ticklabel_format(axis="x", style="plain")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, columnspacing=1.0)
    alt = (
        "Share of the movement in the span of the two sharpest directions, on a logarithmic scale. Before a dotted "
        "line almost all values lie below one in a hundred. After it single steps are at 1, "
        "and sums of fifty steps remain mostly below one in ten."
    )
    return BookFigure(figure, name=name, alt=alt)
