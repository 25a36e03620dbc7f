"""Draw what floating point does to equal units: a dead zone, and nets that rounding sets off."""

from __future__ import annotations

import numpy as np

from ..experiments.clock_rounding import WidthRuns
from ..experiments.clock_zone import Zones
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = ((colours.blue, "o", "-"), (colours.orange, "s", "--"), (colours.green, "^", "-."))


@figure_style
def zones(pair: Zones, net: Zones, *, name: str = "clock-zones") -> BookFigure:
    """Draw the smallest split that grows against eta mu: two numbers (filled) and the net (open)."""
    figure, axes = new_axes(height=4.1)
    for row, (colour, marker, style) in enumerate(_LOOKS[: len(pair.names)]):
        axes.loglog(pair.rates, pair.predicted[row], style, color=colour, linewidth=1.5)
        axes.loglog(pair.rates, pair.growing[row], marker, color=colour, label=pair.names[row])
        axes.loglog(net.rates, net.predicted[row], style, color=colour, linewidth=1.0)
        axes.loglog(
            net.rates,
            net.growing[row],
            marker,
            color=colour,
            markerfacecolor=colours.page,
            markeredgewidth=1.6,
        )
    axes.set_xticks(pair.rates, [f"{rate:g}" for rate in pair.rates])
    axes.minorticks_off()
    axes.set_xlabel(r"rate $\eta\mu$")
    axes.set_ylabel("smallest split that grows")
    figure.legend(loc="outside upper center", ncols=3)
    alt = (
        "Smallest split that grows against the rate, both logarithmic, between "
        f"{net.growing.min():.0e} and {pair.growing.max():.0e}. For each rule marks lie on or a little above lines that "
        "fall with slope minus one. Gradient descent is highest, heavy ball lowest. Open marks, of the net, lie on "
        "lower lines than filled ones."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def widths(result: WidthRuns, *, sigma: float = 1e-16, name: str = "clock-widths") -> BookFigure:
    """Draw when nets of equal units part, for several widths, and which of them stay equal."""
    figure, axes = new_axes()
    predicted, left = result.predicted(sigma), np.isfinite(result.escape_steps)
    top = 1.3 * max(predicted.max(), *result.escape_steps[left], 0.0)
    axes.plot(result.widths, predicted, color=colours.muted, linewidth=1.5)
    axes.text(
        0.98, 0.16, "line: predicted from a\nfirst split of $10^{-16}$", transform=axes.transAxes, ha="right",
        va="center", color=colours.muted,
    )  # fmt: skip
    axes.plot(result.widths[left], result.escape_steps[left], "o", color=colours.blue, label="the units part")
    axes.plot(
        result.widths[~left], np.full((~left).sum(), 0.95 * top), "X", color=colours.orange, markersize=9,
        label=f"together after {result.steps} steps",
    )  # fmt: skip
    axes.set_ylim(0.0, top)
    axes.set_xticks(result.widths)
    axes.set_xlabel("hidden units, all equal at the start")
    axes.set_ylabel("steps to escape")
    figure.legend(loc="outside upper center", ncols=2)
    stayed = ", ".join(str(width) for width in result.widths[~left]) or "none"
    alt = (
        f"Steps to escape for {result.widths.size} widths. Nets of these widths have not parted: {stayed}. The others "
        "lie near a predicted line that rises with the width."
    )
    return BookFigure(figure, name=name, alt=alt)
