"""Draw how fast one mode decays under descent and under the flows that stand for it."""

from __future__ import annotations

import numpy as np

from ..experiments.mode_rates import ModeRates
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_FLOWS = (
    (colours.orange, "--", "gradient flow"),
    (colours.green, "-.", "modified loss"),
    (colours.purple, ":", "one term more"),
)


@figure_style
def mode_rates(result: ModeRates, *, name: str = "mode-rates") -> BookFigure:
    """Draw the rates of descent (points) and of three flows (lines) against eta lambda."""
    figure, axes = new_axes(height=3.9)
    x = result.relative_steps
    seen = np.isfinite(result.descent_rates)
    axes.plot(
        x[seen], result.descent_rates[seen], "o", color=colours.blue, label="descent", zorder=3
    )
    for rates, (colour, style, label) in zip(result.flow_rates, _FLOWS, strict=True):
        axes.plot(x, rates, style, color=colour, label=label)
    axes.axvspan(1.0, x[-1], color=colours.grid, alpha=0.2, linewidth=0)
    axes.text(1.05, 0.25, "no flow\nfits descent", color=colours.muted, va="center")
    axes.set_xlim(0.0, x[-1])
    axes.set_ylim(0.0, 3.4)
    axes.set_xlabel(r"relative step $\eta\lambda$")
    axes.set_ylabel(r"decay in one step, $\eta\,\cdot$ rate")
    axes.legend(loc="upper left")
    alt = (
        "Rate of decay against relative step. All curves start together. The points of descent bend "
        "up and grow without bound near one; the three flows rise as a line, a parabola and a cubic. "
        "Beyond one there are no points."
    )
    return BookFigure(figure, name=name, alt=alt)
