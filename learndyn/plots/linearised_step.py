"""Draw how runs beside a minimum shrink, next to what the multipliers predict."""

from __future__ import annotations

from ..experiments.linearised_step import LinearisedStep
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def deviations(result: LinearisedStep, *, name: str = "linearised-step") -> BookFigure:
    """Draw both deviations against the step, and the powers of their multipliers."""
    figure, axes = new_axes()
    along, across = result.predicted["minimum"]
    for seen, multiplier, colour, marker, dash, label in (
        (result.deviations[1], along, colours.blue, "o", "-", "along the valley"),
        (result.deviations[0], across, colours.orange, "s", "--", "across it"),
    ):
        predicted = seen[0] * abs(multiplier) ** result.steps
        axes.semilogy(result.steps, predicted, dash, color=colour, linewidth=1.5)
        axes.semilogy(result.steps, seen, marker, color=colour, markersize=5)
        text = f"{label}, $m = {multiplier:.2f}$"
        axes.annotate(
            text,
            (result.steps[9], predicted[9]),
            xytext=(8, 8),
            textcoords="offset points",
            color=colour,
        )
    axes.set_xlabel("step $t$")
    axes.set_ylabel("distance from the minimum")
    alt = (
        "Distance from the minimum against the step, logarithmic. Two straight lines fall, the mode across the "
        "valley fast, the mode along it slowly; the measured points lie on the predicted lines."
    )
    return BookFigure(figure, name=name, alt=alt)
