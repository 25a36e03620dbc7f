"""Draw the curvature that Adam sees on a parabola, run by run."""

from __future__ import annotations

from collections.abc import Sequence

from ..experiments.adam_cycle import AdamOnParabola
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def hovering(
    runs: Sequence[AdamOnParabola], *, shown: int = 3000, name: str = "adam-hovering"
) -> BookFigure:
    """Draw eta lambda / P against the step, one panel for each run, with the frozen limit."""
    figure, axes = new_axes(len(runs), 1, height=1.0 + 1.6 * len(runs), share_x=True)
    for axis, run in zip(axes, runs, strict=True):
        axis.axhline(run.limit, color=colours.orange, linestyle="--", linewidth=1.8, zorder=3)
        axis.plot(run.steps[:shown], run.products[:shown], color=colours.blue, linewidth=1.4)
        axis.set_title(rf"$\beta_1 = {run.rule.beta1:g}$, limit {run.limit:.2f}")
        axis.set_xlim(0, shown)
        axis.set_ylim(0.0, 1.25 * run.limit)
        axis.set_ylabel(r"$\eta\lambda / P$")
    axes[-1].ticklabel_format(axis="x", style="plain")
    axes[-1].set_xlabel("step")
    alt = "Step size times preconditioned curvature against step, one panel for each run. " + " ".join(
        f"With beta1 = {run.rule.beta1:g} it rises to the limit {run.limit:.2f} and "
        + ("settles there." if run.rule.beta1 < 0.17 else "is thrown below it again and again.")
        for run in runs
    )
    return BookFigure(figure, name=name, alt=alt)
