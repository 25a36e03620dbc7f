"""Draw the error of integrators against their step size."""

from __future__ import annotations

from collections.abc import Sequence

from ..experiments.integrator_orders import MethodErrors
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# marker, line, colour; which point carries the label, its offset in points, its alignment
_LOOKS = {
    "Euler": ("o", "-", colours.orange, 0, (-4, -16), "center"),
    "implicit Euler": ("s", "--", colours.pink, 0, (-12, 8), "center"),
    "Heun": ("^", "-", colours.green, 0, (-6, 8), "center"),
    "RK4": ("D", "-.", colours.blue, 0, (-8, 8), "center"),
    "Dormand-Prince": ("v", ":", colours.purple, -1, (10, -4), "left"),
}


@figure_style
def integrator_orders(results: Sequence[MethodErrors], *, name: str = "integrator-orders") -> BookFigure:
    """Draw measured errors, one line for each method, with its name."""
    figure, axes = new_axes(height=4.2)
    for result in results:
        marker, style, colour, place, offset, side = _LOOKS[result.name]
        axes.loglog(
            result.step_sizes, result.errors, style, marker=marker, color=colour, markersize=5
        )
        axes.annotate(
            result.name, (result.step_sizes[place], result.errors[place]), xytext=offset,
            textcoords="offset points", color=colour, ha=side,
        )  # fmt: skip
    axes.set_xlabel("step size $h$")
    axes.set_ylabel("error at the end")
    axes.set_ylim(1e-11, 1.0)
    alt = (
        "Error against step size for five methods, on logarithmic axes: two lines of slope one, for "
        "Euler and implicit Euler, and steeper ones for Heun, RK4 and Dormand-Prince."
    )
    return BookFigure(figure, name=name, alt=alt)
