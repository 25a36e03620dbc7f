"""Draw the length of the parameters up to the step at which the loss is no number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.first_nan import FirstNan
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = ((colours.blue, "-", (-16, -4), "right"), (colours.orange, "--", (0, 12), "right"))


@figure_style
def lengths(runs: Sequence[FirstNan], *, name: str = "nan-lengths") -> BookFigure:
    """Draw two runs that end in a loss that is no number."""
    figure, axes = new_axes(height=3.6)
    for run, (colour, line, offset, side) in zip(runs, _LOOKS, strict=True):
        steps = np.unique(np.append(np.arange(1, run.seen, 5), run.seen - 1))
        logs = np.log10(run.lengths[steps])
        axes.plot(steps, logs, color=colour, linestyle=line)
        axes.plot(run.seen, logs[-1], "X", color=colours.pink, markersize=11, zorder=4)
        axes.annotate(
            run.name, (steps[-1], logs[-1]), xytext=offset, textcoords="offset points", ha=side, color=colour
        )
    axes.plot(
        [], [], "X", color=colours.pink, markersize=9, linestyle="none", label="first loss that is not finite"
    )
    axes.set_yticks([0, 50, 100, 150], ["1", "$10^{50}$", "$10^{100}$", "$10^{150}$"])
    axes.set_ylim(-12, 175)
    axes.set_xlim(0, None)
    axes.set_xlabel("step")
    axes.set_ylabel("length of the parameters")
    figure.legend(loc="outside upper center")
    alt = "Length of the parameters against the step on a logarithmic axis, for two runs. " + ". ".join(
        f"{run.name}: from {run.lengths[1]:.1f} after one step to {run.lengths[run.seen - 1]:.0e} before "
        f"step {run.seen}, where the loss is no longer finite"
        for run in runs
    )
    return BookFigure(figure, name=name, alt=alt)
