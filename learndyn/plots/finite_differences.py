"""Draw the error of central differences against their step."""

from __future__ import annotations

from ..experiments.finite_differences import StepSweep
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def step_sweep(result: StepSweep, *, name: str = "step-sweep") -> BookFigure:
    """Draw measured errors with both predicted errors and the predicted best step."""
    figure, axes = new_axes(height=3.8)
    # A step whose error is exactly zero has no place on a logarithmic axis.
    seen = result.errors > 0
    axes.loglog(
        result.steps[seen], result.errors[seen], "o", color=colours.blue, markersize=4, label="measured"
    )
    axes.loglog(result.steps, result.truncation, color=colours.orange, label=r"truncation, $s^2$")
    axes.loglog(
        result.steps, result.rounding, "--", color=colours.pink, label=r"rounding, $1/s$"
    )
    axes.axvline(result.predicted_best_step, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(
        "predicted best step",
        (result.predicted_best_step, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(5, -2),
        textcoords="offset points",
        va="top",
        color=colours.muted,
    )
    axes.set_xlabel("step $s$")
    axes.set_ylabel("error of the difference")
    bottom = result.errors[seen].min()
    axes.set_ylim(0.3 * bottom, 10 * result.errors.max())
    axes.legend(loc="lower left")
    alt = (
        "Error of a central difference against its step, both on logarithmic axes: a V. The left arm "
        "falls as one over s and is scattered, the right arm rises as s squared, and the tip lies "
        "at the predicted best step."
    )
    return BookFigure(figure, name=name, alt=alt)
