"""Draw two runs of the optimal heavy ball: one converges, one cycles."""

from __future__ import annotations

import numpy as np

from ..experiments.momentum_cycle import MomentumCycle
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def two_runs(result: MomentumCycle, *, shown: int = 30, name: str = "momentum-cycle") -> BookFigure:
    """Draw the first positions of both runs, and the levels of the predicted cycle."""
    figure, axes = new_axes()
    steps = np.arange(shown + 1)
    for level in result.predicted:
        axes.axhline(level, color=colours.muted, linestyle=":", linewidth=1.3)
    for positions, start, colour, marker, dash in zip(
        result.positions, result.starts, (colours.blue, colours.pink), "so", ("--", "-"), strict=True
    ):
        label = f"from rest at {start:g}"
        axes.plot(steps, positions[: shown + 1], marker + dash, color=colour, markersize=4, linewidth=1.1, label=label)
    axes.set_xlabel("step $t$")
    axes.set_ylabel("position $x_t$")
    axes.set_ylim(-4.2, 5.6)
    axes.legend(loc="upper right", ncols=2)
    alt = (
        "Position against step for two starts. One run decays to zero. The other settles on three positions, which "
        "it visits in turn for ever; dotted lines mark the predicted ones."
    )
    return BookFigure(figure, name=name, alt=alt)
