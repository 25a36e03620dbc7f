"""Draw the error of two ways to check a second derivative."""

from __future__ import annotations

from ..experiments.second_differences import SecondDifferences
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def both_branches(result: SecondDifferences, *, name: str = "second-differences") -> BookFigure:
    """Draw measured errors against the step, with the predicted sum of both errors."""
    figure, axes = new_axes(height=3.8)
    for branch, marker, colour, label in (
        (result.twice, "x", colours.pink, "$f$ differenced twice"),
        (result.once, "o", colours.blue, "gradient differenced once"),
    ):
        seen = branch.errors > 0  # an error of exactly zero has no place on a logarithmic axis
        axes.loglog(
            result.steps[seen], branch.errors[seen], marker, color=colour, markersize=4, label=label
        )
        axes.loglog(result.steps, branch.truncation + branch.rounding, color=colour, linewidth=1.5)
    axes.set_xlabel("step $h$")
    axes.set_ylabel("error of $f''$")
    axes.set_ylim(1e-14, 1e3)
    axes.legend(loc="upper right")
    alt = (
        "Error of the second derivative against the step, on logarithmic axes: two V shapes with "
        "their predictions. Differencing the function twice reaches about 1e-8, "
        "differencing the gradient once reaches about 1e-11."
    )
    return BookFigure(figure, name=name, alt=alt)
