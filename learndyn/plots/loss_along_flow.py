"""Draw the loss along gradient flow: beside that of descent, and how fast it falls."""

from __future__ import annotations

from ..experiments.loss_along_flow import LossAlongFlow
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_MARKS = (("s", colours.pink), ("o", colours.orange), ("^", colours.green))


@figure_style
def flow_and_descent(result: LossAlongFlow, *, name: str = "flow-and-descent-loss") -> BookFigure:
    """Draw the loss of the flow as a line and that of each descent at its own times."""
    figure, axes = new_axes()
    axes.plot(result.times, result.losses, color=colours.blue, label="gradient flow")
    for descent, (marker, colour) in zip(result.descents, _MARKS, strict=False):
        axes.plot(
            descent.times, descent.losses, marker, color=colour, markersize=5,
            label=rf"descent, $\eta = {descent.step_size:g}$",
        )  # fmt: skip
    axes.set_ylim(0.0, 1.05 * result.losses[0])
    axes.set_xlabel(r"time $t = \eta k$")
    axes.set_ylabel("loss $L$")
    axes.legend(loc="upper right")
    sizes = " and ".join(f"{descent.step_size:g}" for descent in result.descents)
    alt = (
        f"Loss against time for gradient flow and for descent with step sizes {sizes}. The points "
        "with the large step lie below the line of the flow while it falls, those with the small step almost on it."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def fall_of_the_loss(result: LossAlongFlow, *, every: int = 4, name: str = "loss-fall") -> BookFigure:
    """Draw the measured fall of the loss on the squared gradient."""
    figure, axes = new_axes()
    axes.plot(
        result.times, result.squared_gradients, color=colours.blue,
        label=r"predicted, $|\nabla L|^2$",
    )  # fmt: skip
    axes.plot(
        result.times[::every], result.fall[::every], "o", color=colours.orange, markersize=5,
        label=r"measured, $-dL/dt$",
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlabel("time $t$")
    axes.set_ylabel("fall of the loss")
    axes.legend(loc="upper right")
    alt = (
        "Fall of the loss per unit of time along gradient flow, measured at points and predicted as "
        "a line, the squared length of the gradient. The points lie on the line."
    )
    return BookFigure(figure, name=name, alt=alt)
