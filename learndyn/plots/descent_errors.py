"""Draw the distance of descent from three flows against the step size."""

from __future__ import annotations

from ..experiments.descent_errors import DescentErrors
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_FLOWS = (
    ("o", "-", colours.orange, "gradient flow"),
    ("s", "--", colours.green, "modified loss"),
    ("^", "-.", colours.purple, "one term more"),
)


@figure_style
def descent_errors(result: DescentErrors, *, name: str = "descent-errors") -> BookFigure:
    """Draw measured distances and, through the last of each, a line of slope 1, 2 and 3."""
    figure, axes = new_axes(height=4.0)
    eta = result.step_sizes
    for power, (errors, (marker, style, colour, label)) in enumerate(
        zip(result.errors, _FLOWS, strict=True), start=1
    ):
        axes.loglog(eta, errors, marker, color=colour)
        axes.loglog(eta, errors[-1] * (eta / eta[-1]) ** power, style, color=colour, linewidth=1.4)
        axes.annotate(
            f"{label}, slope {power}", (eta[-1], errors[-1]), xytext=(10, -8),
            textcoords="offset points", color=colour, va="center",
        )  # fmt: skip
    axes.set_xticks(eta, [f"{value:g}" for value in eta])
    axes.minorticks_off()
    axes.set_ylim(0.3 * result.errors.min(), 6.0 * result.errors.max())
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel(f"distance at $t = {result.duration:g}$")
    alt = (
        "Distance of gradient descent from three flows against the step size, on logarithmic axes. "
        "The points follow straight lines of slope one, two and three."
    )
    return BookFigure(figure, name=name, alt=alt)
