"""Draw how far the multipliers of five models lie from 1."""

from __future__ import annotations

import numpy as np

from ..experiments.neutral_modes import NeutralModes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_ROUNDING = 1e-14  # anything below is drawn here: it is rounding, and differs between machines


@figure_style
def gaps(result: NeutralModes, *, name: str = "neutral-modes") -> BookFigure:
    """Draw |1 - m| of each multiplier, one row a model."""
    figure, axes = new_axes(height=3.4)
    for row, case in enumerate(result.cases):
        distances = np.maximum(case.gaps, _ROUNDING)
        neutral = np.arange(distances.size) < case.measured
        # Neutral modes lie on top of one another: spread them over the height of the row.
        height = row + np.where(neutral, 0.13 * (np.arange(distances.size) - (case.measured - 1) / 2), 0.0)
        axes.plot(distances[neutral], height[neutral], "s", color=colours.pink, markersize=5)
        axes.plot(distances[~neutral], height[~neutral], "o", color=colours.blue, markersize=5, alpha=0.6)
    axes.set_xscale("log")
    axes.set_xlim(2e-15, 3.0)
    axes.set_xticks([1e-14, 1e-10, 1e-6, 1e-2], ["below $10^{-14}$", "$10^{-10}$", "$10^{-6}$", "$10^{-2}$"])
    axes.minorticks_off()
    axes.set_yticks(range(len(result.cases)), [case.name for case in result.cases])
    axes.set_ylim(len(result.cases) - 0.4, -0.6)
    axes.set_xlabel("distance $|1 - m|$ of a multiplier from one")
    axes.text(6e-14, 2, "neutral", color=colours.pink, va="center")
    axes.text(1e-6, 0.0, "the rest", color=colours.blue, ha="center", va="center")
    alt = "Distance of each multiplier from one, logarithmic, one row for each model. " + ". ".join(
        f"{case.name}: {case.measured} multipliers below 1e-12, all others above {case.gaps[case.measured]:.0e}"
        for case in result.cases
    ) + "."
    return BookFigure(figure, name=name, alt=alt)
