"""Draw weights before and after learning in two geometries, and the order in which they are learned."""

from __future__ import annotations

import numpy as np

from ..experiments.biology_geometry import Geometries
from ..experiments.biology_order import LearningOrder
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_SHOWN = 220  # weights of each panel


@figure_style
def weights(result: Geometries, *, name: str = "biology-weights") -> BookFigure:
    """Draw each weight after learning against the same weight before, for both rules."""
    figure, row = new_axes(1, 2, height=3.8, share_x=True, share_y=True)
    panels = ((result.added, "add", colours.orange), (result.multiplied, "multiply", colours.blue))
    for axes, (learned, title, colour) in zip(row, panels, strict=True):
        step = max(1, learned.before.size // _SHOWN)
        before, after = learned.before[::step], learned.after[::step]
        turned = before * after < 0.0
        axes.axhline(0.0, color=colours.muted, linewidth=1.0)
        axes.plot([-4, 4], [-4, 4], color=colours.muted, linewidth=1.0, linestyle=":")
        axes.plot(before[~turned], after[~turned], ".", color=colour, markersize=4)
        axes.plot(before[turned], after[turned], "x", color=colours.pink, markersize=5)
        axes.set_title(title)
        axes.set_xlabel("weight before")
    row[0].set_ylabel("weight after")
    row[0].set_xlim(-4, 4)
    row[0].set_ylim(-5, 6)
    row[0].annotate("sign changed", (3.9, -3.2), ha="right", color=colours.pink)
    alt = (
        "Two panels of weights after learning against weights before. Left, where changes add, the points form a band of the "
        f"same width everywhere, and {100 * result.added.flips:.0f} percent of the weights have changed sign (crosses). Right, "
        "where changes multiply, the points form a fan that opens with the size of the weight, and none crosses zero."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def order(result: LearningOrder, *, name: str = "biology-order") -> BookFigure:
    """Draw three weights that rise to their targets, as shares of them, under both flows."""
    figure, row = new_axes(2, 1, height=5.0, share_x=True)
    panels = (
        (result.added, result.half_added, "add"),
        (result.multiplied, result.half_multiplied, "multiply"),
    )
    looks = ((colours.blue, "-"), (colours.orange, "--"), (colours.green, "-."))
    for axes, (states, halves, title) in zip(row, panels, strict=True):
        for i, (colour, style) in enumerate(looks[: len(result.targets)]):
            axes.plot(result.times, states[:, i] / result.targets[i], color=colour, linestyle=style)
            axes.plot(halves[i], 0.5, "o", color=colour, markeredgecolor=colours.page, zorder=3)
        axes.set_title(title)
        axes.set_ylabel("share of the target")
        axes.set_ylim(-0.03, 1.08)
        axes.set_xlim(0, result.times[-1])
    for i, (colour, _) in enumerate(looks[: len(result.targets)]):
        row[1].annotate(
            f"$w^* = {result.targets[i]:g}$",
            (np.interp(0.8, result.multiplied[:, i] / result.targets[i], result.times), 0.8), xytext=(10, -8),
            textcoords="offset points", color=colour,
        )  # fmt: skip
    row[1].set_xlabel("time")
    times = ", ".join(f"{t:.1f}" for t in result.half_multiplied)
    alt = (
        "Two panels of weights as shares of their targets against time. Where changes add, all curves lie almost on one another "
        f"and pass one half near {np.mean(result.half_added):.2f}. Where they multiply, each weight waits and then rises: the "
        f"halves are at {times}, the largest target first."
    )
    return BookFigure(figure, name=name, alt=alt)
