"""Draw what a gradient costs, in units of its function."""

from __future__ import annotations

from collections.abc import Sequence

from ..experiments.gradient_costs import GradientCost
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (("o", colours.blue), ("s", colours.green), ("^", colours.purple), ("D", colours.cyan))


@figure_style
def gradient_ratio(results: Sequence[GradientCost], *, name: str = "gradient-ratio") -> BookFigure:
    """Draw counted ratios against width, a colour for each depth, with prediction and bound."""
    figure, axes = new_axes(height=3.9)
    depths = dict.fromkeys(len(result.widths) for result in results)
    for depth, (marker, colour) in zip(depths, _LOOKS, strict=False):
        chosen = [result for result in results if len(result.widths) == depth]
        widths = [result.widths[0] for result in chosen]
        predicted = [result.predicted_both.total / result.predicted_function.total for result in chosen]
        axes.plot(widths, predicted, color=colour, linewidth=1.2)
        axes.plot(widths, [result.ratio for result in chosen], marker, color=colour, markersize=5)
        axes.annotate(
            f"{depth - 1} layers", (widths[-1], chosen[-1].ratio), xytext=(7, 0),
            textcoords="offset points", color=colour, va="center", annotation_clip=False,
        )  # fmt: skip
    axes.axhline(4, color=colours.orange, linestyle="--")
    axes.annotate(
        "bound for each operation", (1, 4), xytext=(0, -5), textcoords="offset points",
        color=colours.orange, va="top",
    )  # fmt: skip
    axes.set_xscale("log", base=2)
    top = max(result.widths[0] for result in results)
    axes.set_xticks(sorted({result.widths[0] for result in results}))
    axes.set_xticklabels([str(width) for width in sorted({result.widths[0] for result in results})])
    axes.set_xlim(0.85, 3.4 * top)
    axes.set_ylim(1.5, 4.3)
    axes.set_xlabel("units in each layer")
    axes.set_ylabel("gradient / function")
    alt = (
        "Operations of function and gradient over those of the function, against the number of units "
        "in each layer. Three nearly flat rows of dots on their predicted curves, between 2.2 and 2.9, "
        "higher for deeper nets; all below a dashed line at 4."
    )
    return BookFigure(figure, name=name, alt=alt)
