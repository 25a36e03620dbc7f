"""Draw how fast the tuned methods converge on one valley."""

from __future__ import annotations

from ..experiments.tuned_momentum import TunedMomentum
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = {
    "gradient descent": ("descent", colours.green, "-."),
    "standard nesterov": ("Nesterov, standard", colours.orange, "--"),
    "optimal nesterov": ("Nesterov, tuned", colours.purple, (0, (5, 1, 1, 1))),
    "heavy ball": ("heavy ball, tuned", colours.blue, "-"),
}


@figure_style
def convergence(
    result: TunedMomentum, *, shown: int = 150, name: str = "tuned-momentum"
) -> BookFigure:
    """Draw the distance to the minimum against the step, with the plain powers rho^t."""
    figure, axes = new_axes(height=4.0)
    for method, (label, colour, line) in _LOOKS.items():
        run = result[method]
        steps, sizes = run.steps[: shown + 1], run.sizes[: shown + 1]
        axes.semilogy(steps, sizes, color=colour, linestyle=line, label=label)
        axes.semilogy(steps, run.predicted**steps, color=colour, linestyle=":", linewidth=1.2)
    axes.set_xlim(0, shown)
    axes.set_ylim(1e-13, 3.0)
    axes.set_xlabel("step $t$")
    axes.set_ylabel(r"$|\theta_t| \, / \, |\theta_0|$")
    axes.legend(loc="lower left")
    alt = (
        "Distance to the minimum against step, logarithmic. Descent falls slowest, then Nesterov "
        "standard, Nesterov tuned, and the tuned heavy ball. The three curves with momentum run above "
        "dotted straight lines of nearly the same slope."
    )
    return BookFigure(figure, name=name, alt=alt)
