"""Draw the plane of an excitatory and an inhibitory population."""

from __future__ import annotations

from ..experiments.rate_cycle import PhasePlane
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def phase_plane(result: PhasePlane, *, name: str = "rate-plane") -> BookFigure:
    """Draw nullclines, two runs, the cycle, and the state of rest inside it."""
    figure, axes = new_axes(height=4.4)
    axes.plot(result.activity, result.excitatory, color=colours.orange, linestyle="--")
    axes.plot(result.inhibitory, result.activity, color=colours.green, linestyle="-.")
    for states in result.runs:
        axes.plot(*states.T, color=colours.muted, linewidth=0.8)
        axes.plot(*states[0], "o", color=colours.muted, markersize=4)
    axes.plot(*result.orbit.T, color=colours.blue, linewidth=2.6)
    axes.plot(*result.rest, "o", color=colours.ink, markerfacecolor=colours.page, markersize=8, zorder=4)
    axes.annotate(
        "at rest,\nunstable", result.rest, xytext=(0.315, 0.075), color=colours.ink,
        arrowprops={"arrowstyle": "-", "color": colours.muted, "shrinkB": 5},
    )  # fmt: skip
    axes.annotate(r"$\dot E = 0$", (0.005, 0.165), color=colours.orange)
    axes.annotate(r"$\dot I = 0$", (0.268, 0.34), ha="right", color=colours.green)
    axes.annotate("cycle", (0.215, 0.02), color=colours.blue)
    axes.set_xlim(-0.02, 0.45)
    axes.set_ylim(-0.02, 0.4)
    axes.set_xlabel("E, activity of the excitatory population")
    axes.set_ylabel("I, inhibitory")
    low, high = result.orbit.min(axis=0), result.orbit.max(axis=0)
    alt = (
        "The plane of E and I with two nullclines that cross once, at an open circle. Two runs, one from beside the "
        "circle and one from far outside, wind onto the same closed orbit round it, on which E goes from "
        f"{low[0]:.2f} to {high[0]:.2f} and I from {low[1]:.2f} to {high[1]:.2f}."
    )
    return BookFigure(figure, name=name, alt=alt)
