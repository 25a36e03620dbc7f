"""Draw the loss on paths between nets, and barriers against the width."""

from __future__ import annotations

import numpy as np

from ..experiments.landscape_barriers import MatchedBarriers
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def paths_and_widths(result: MatchedBarriers, *, name: str = "landscape-barriers") -> BookFigure:
    """Draw four paths in the upper panel, heights before and after matching in the lower one."""
    figure, (upper, lower) = new_axes(2, 1, height=6.4)
    looks = (
        (result.copy, "-", colours.orange, "its own copy, renumbered"),
        (result.apart, "--", colours.blue, "a net trained apart"),
        (result.own, ":", colours.orange, "the copy, matched"),
        (result.matched, "-.", colours.blue, "the other net, matched"),
    )
    for path, style, colour, label in looks:
        upper.plot(path.coordinates, path.losses, linestyle=style, color=colour, label=label)
    upper.set_xlabel("position on the way to ...")
    upper.set_ylabel("loss")
    upper.set_ylim(-0.02, None)
    upper.legend(loc="upper left", bbox_to_anchor=(0.0, 1.42), ncols=2, columnspacing=1.0)
    for heights, marker, colour, label in (
        (result.before, "s", colours.blue, "as trained"),
        (result.after, "o", colours.green, "matched"),
    ):
        widths = np.repeat(result.widths, heights.shape[1])
        lower.plot(widths, heights.ravel(), marker, color=colour, markersize=5, markerfacecolor="none")
        lower.plot(result.widths, heights.mean(axis=1), "-", color=colour, linewidth=1.6)
        lower.annotate(
            label, (result.widths[-1], heights[-1].mean()), xytext=(8, 0), textcoords="offset points",
            color=colour, va="center", annotation_clip=False,
        )  # fmt: skip
    lower.set_xscale("log")
    lower.set_yscale("log")
    lower.set_xticks(result.widths, [f"{w}" for w in result.widths])
    lower.minorticks_off()
    lower.set_xlim(result.widths[0] * 0.8, result.widths[-1] * 2.6)
    lower.set_xlabel("hidden units")
    lower.set_ylabel("barrier")
    alt = (
        f"Upper panel: the loss on the way to a renumbered copy rises by {result.copy.height:.2f}, as it "
        "does on the way to a net that was trained apart; after matching both paths stay at the bottom. "
        "Lower panel: barriers of nets as trained do not fall with the width; after matching they fall "
        f"to {result.after[-1].mean():.3f} at {result.widths[-1]} units."
    )
    return BookFigure(figure, name=name, alt=alt)
