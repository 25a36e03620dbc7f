"""Draw the cost of a Jacobian by forward sweeps over its cost by backward sweeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.mode_costs import JacobianCost
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (("o", colours.blue, 8.0), ("x", colours.pink, 6.0), ("+", colours.green, 8.0))


@figure_style
def cost_ratio(results: Sequence[JacobianCost], *, name: str = "cost-ratio") -> BookFigure:
    """Draw counted ratios against n / m, a marker for each hidden part, with the line n / m."""
    figure, axes = new_axes(height=3.9)
    ends = np.array([1 / 50, 50.0])
    axes.plot(ends, ends, color=colours.orange, label="predicted, $n / m$")
    parts = dict.fromkeys(result.widths[1:-1] for result in results)
    for part, (marker, colour, size) in zip(parts, _LOOKS, strict=False):
        chosen = [result for result in results if result.widths[1:-1] == part]
        axes.plot(
            [result.inputs / result.outputs for result in chosen],
            [result.ratio for result in chosen],
            marker,
            color=colour,
            markersize=size,
            fillstyle="none",
            markeredgewidth=1.6,
            label=f"counted, hidden {', '.join(map(str, part))}",
        )
    axes.axhline(1, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.axvline(1, color=colours.muted, linestyle=":", linewidth=1.5)
    for words, place, offset, side in (
        ("reverse is cheaper", ends[0], (8, 6), "left"),
        ("forward is cheaper", ends[1], (-4, -14), "right"),
    ):
        axes.annotate(
            words, (place, 1), xytext=offset, textcoords="offset points", color=colours.muted, ha=side
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*ends)
    axes.set_xlabel("inputs / outputs, $n / m$")
    axes.set_ylabel("forward cost / reverse cost")
    axes.legend(loc="upper left")
    alt = (
        "Cost of a Jacobian by forward sweeps over its cost by backward sweeps, against inputs over "
        "outputs, both axes logarithmic. All counted marks lie on the diagonal, which crosses 1 where "
        "both numbers are equal; nets with different hidden layers coincide."
    )
    return BookFigure(figure, name=name, alt=alt)
