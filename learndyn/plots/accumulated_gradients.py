"""Draw descent with gradients that are replaced, and with gradients that are added up."""

from __future__ import annotations

from ..experiments.accumulated_gradients import AccumulatedGradients, Periods
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def both_descents(
    result: AccumulatedGradients, *, name: str = "accumulated-descent"
) -> BookFigure:
    """Draw theta against the step for both conventions."""
    figure, axes = new_axes(height=3.2)
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    axes.plot(
        result.steps, result.accumulated[:, 0], "o-", color=colours.pink, markersize=4,
        linewidth=1.2, label="gradients added up",
    )  # fmt: skip
    axes.plot(
        result.steps, result.replaced, "o-", color=colours.blue, markersize=4,
        linewidth=1.2, label="gradient replaced",
    )  # fmt: skip
    axes.set_xlabel("step")
    axes.set_ylabel(r"$\theta$")
    axes.set_ylim(-1.3, 1.7)
    axes.legend(loc="upper right", ncols=2)
    alt = (
        "Position against step on a parabola. With the gradient replaced at each step it falls "
        "smoothly to zero. With gradients added up it swings between plus one and minus one and "
        "the swings do not shrink."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def period_curve(result: Periods, *, name: str = "accumulated-period") -> BookFigure:
    """Draw the period of the swings against eta lambda."""
    figure, axes = new_axes(height=3.2)
    axes.plot(result.fine, result.predicted, color=colours.orange, label="predicted")
    axes.plot(
        result.relative_steps, result.measured, "o", color=colours.blue, markersize=5, label="measured"
    )
    axes.axhline(2.0, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(
        "2 steps, the shortest", (result.fine[0], 2.0), xytext=(0, -4),
        textcoords="offset points", va="top", color=colours.muted,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_yticks([2, 5, 10, 20], ["2", "5", "10", "20"])
    axes.minorticks_off()
    axes.set_ylim(1.5, 30)
    axes.set_xlabel(r"step size times curvature, $\eta\lambda$")
    axes.set_ylabel("period in steps")
    axes.legend(loc="upper right")
    alt = (
        "Period of the swings against step size times curvature, on a logarithmic vertical axis. "
        "It falls from twenty steps towards two as the product goes from near zero to four, and "
        "the measured points lie on the predicted curve."
    )
    return BookFigure(figure, name=name, alt=alt)
