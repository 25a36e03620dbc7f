"""Draw how few nodes a graph has, and how many paths."""

from __future__ import annotations

from ..experiments.graph_sharing import Sharing
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def paths_and_rules(result: Sharing, *, name: str = "paths-and-rules") -> BookFigure:
    """Draw paths, rules of a walk along each path, rules of a sweep, and nodes, against depth."""
    figure, axes = new_axes(height=4.2)
    depths, shown = result.depths, slice(None, None, 3)
    for predicted, counted, marker, colour, label, side in (
        (result.predicted_paths, result.slopes, "o", colours.blue, "paths", "center"),
        (result.predicted_rules, result.rules, "s", colours.green, "rules, sweep", "bottom"),
        (result.predicted_nodes, result.nodes, "^", colours.purple, "nodes", "top"),
    ):
        axes.plot(depths, predicted, color=colour, linewidth=1.2)
        axes.plot(depths[shown], counted[shown], marker, color=colour, markersize=4.5)
        axes.annotate(
            label, (depths[-1], counted[-1]), xytext=(7, 0), textcoords="offset points",
            color=colour, va=side, annotation_clip=False,
        )  # fmt: skip
    axes.plot(result.walk_depths, result.walk_rules, "x", color=colours.pink, markersize=5)
    axes.annotate(
        "rules, path by path", (1, result.walk_rules[-1]), xytext=(0, 24),
        textcoords="offset points", color=colours.pink,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlim(0, depths[-1] + 12)
    axes.set_xticks(range(0, int(depths[-1]) + 1, 10))
    axes.set_xlabel("number of doublings")
    axes.set_ylabel("count")
    alt = (
        "Counts against the number of doublings, on a logarithmic axis. The number of paths is a "
        f"straight line up to 10 to the 12 at {depths[-1]}. Rules applied path by path lie just above "
        "it. Rules applied by a sweep and the number of nodes stay below 100."
    )
    return BookFigure(figure, name=name, alt=alt)
