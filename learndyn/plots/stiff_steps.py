"""Draw the steps that a stiff mode costs."""

from __future__ import annotations

from ..experiments.stiff_steps import StiffSteps
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def stiff_steps(result: StiffSteps, *, name: str = "stiff-steps") -> BookFigure:
    """Draw the steps of both methods against the curvature of the fast mode."""
    figure, axes = new_axes()
    lam = result.curvatures
    axes.loglog(lam, result.explicit, "o", color=colours.blue)
    axes.loglog(lam, result.predicted, color=colours.orange, linewidth=1.6)
    axes.axhline(result.implicit, color=colours.green, linestyle="--")
    axes.annotate(
        "Dormand-Prince", (lam[-2], result.explicit[-2]), xytext=(-12, 4),
        textcoords="offset points", ha="right", color=colours.blue,
    )  # fmt: skip
    axes.annotate(
        r"stability: $T\lambda/3.31$", (lam[2], result.predicted[2]), xytext=(12, -8),
        textcoords="offset points", color=colours.orange,
    )  # fmt: skip
    axes.annotate(
        "implicit Euler", (lam[-1], result.implicit), xytext=(0, 5),
        textcoords="offset points", ha="right", color=colours.green,
    )  # fmt: skip
    axes.set_xlabel(r"curvature of the fast mode, $\lambda$")
    axes.set_ylabel("steps")
    alt = (
        "Steps against the curvature of the fast mode, on logarithmic axes. Dormand-Prince first needs "
        "some tens of steps and then joins a line that grows in proportion to the curvature; implicit Euler stays level."
    )
    return BookFigure(figure, name=name, alt=alt)
