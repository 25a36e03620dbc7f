"""Draw where Adam and AMSGrad go on the problem of Reddi, Kale and Kumar."""

from __future__ import annotations

from ..experiments.reddi_problem import ReddiProblem
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def paths(result: ReddiProblem, *, name: str = "reddi-paths") -> BookFigure:
    """Draw x against the step, on a logarithmic axis."""
    figure, axes = new_axes(height=3.4)
    for x, label, colour, line, offset in (
        (result.adam, "Adam", colours.pink, "--", (-6, -16)),
        (result.amsgrad, "AMSGrad", colours.blue, "-", (-6, 8)),
    ):
        axes.plot(result.steps[1:], x[1:], color=colour, linestyle=line)
        axes.annotate(
            label,
            (result.steps[-1], x[-1]),
            xytext=offset,
            textcoords="offset points",
            color=colour,
            ha="right",
        )
    axes.axhline(-1.0, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(
        "best point",
        (result.steps[1], -1.0),
        xytext=(4, 5),
        textcoords="offset points",
        color=colours.muted,
    )
    axes.set_xscale("log")
    axes.set_xlim(result.steps[1], result.steps[-1])
    axes.set_ylim(-1.12, 1.12)
    axes.set_yticks([-1, 0, 1])
    axes.set_xlabel("step")
    axes.set_ylabel("$x$")
    alt = (
        "Position against step, logarithmic in the step. Adam climbs to plus one, the worst point, and "
        "stays. AMSGrad falls to minus one, the best point."
    )
    return BookFigure(figure, name=name, alt=alt)
