"""Draw the exponents of random circuits, and a circuit before and after its chaos is tamed."""

from __future__ import annotations

import numpy as np

from ..experiments.chaos_circuit import CircuitChaos
from ..experiments.chaos_force import TamedChaos
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = ((colours.orange, "^", -0.05), (colours.blue, "o", 0.05))


@figure_style
def exponents(result: CircuitChaos, *, name: str = "chaos-circuits") -> BookFigure:
    """Draw the curve of mean-field theory and the exponents of single circuits."""
    figure, axes = new_axes(height=3.7)
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    below = np.array([0.9, 1.0])
    axes.plot(below, below - 1.0, color=colours.ink)
    axes.plot([1.0, *result.curve_gains], [0.0, *result.curve], color=colours.ink)
    axes.annotate("infinite circuit", (2.3, 0.13), ha="left", va="top", color=colours.ink)
    for row, (colour, marker, shift) in enumerate(_LOOKS[: len(result.sizes)]):
        x = np.repeat(result.gains + shift, result.measured.shape[-1])
        axes.plot(
            x, result.measured[row].ravel(), marker, color=colour, markeredgecolor=colours.page,
            label=rf"$N = {result.sizes[row]}$, one circuit each",
        )  # fmt: skip
    axes.legend(loc="upper left")
    axes.set_xlabel(r"gain $g$")
    axes.set_ylabel(r"largest exponent, per $\tau$")
    means = result.measured.mean(axis=-1)
    alt = (
        "Largest Lyapunov exponent of random circuits against their gain. The curve of an infinite circuit rises from "
        f"-0.1 at gain 0.9 through 0 at 1 to {result.curve[-1]:.2f} at {result.curve_gains[-1]:g}, flat just above 1. "
        f"Single circuits of {result.sizes[0]} and {result.sizes[-1]} neurons scatter below it, the small ones lower: at "
        f"gain {result.gains[0]:g} their means are {means[0, 0]:.2f} and {means[-1, 0]:.2f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def tamed(result: TamedChaos, *, name: str = "chaos-force") -> BookFigure:
    """Draw rates of three neurons without and with the learned feedback, and the output."""
    figure, (top, middle, bottom) = new_axes(3, 1, height=6.0, share_x=True)
    for axes, rates, title in (
        (top, result.before, "before: rates of three neurons"),
        (middle, result.after, "after: the same neurons"),
    ):
        for column, (colour, style) in enumerate(
            ((colours.blue, "-"), (colours.green, "--"), (colours.purple, "-."))
        ):
            axes.plot(result.times, rates[:, column], style, color=colour, linewidth=1.5)
        axes.set_ylim(-1.1, 1.1)
        axes.set_title(title)
    bottom.plot(result.times, result.output, color=colours.pink, linewidth=3.0)
    bottom.plot(result.times, result.target, "--", color=colours.ink, linewidth=1.2)
    bottom.set_title("after: output, and target (dashed)")
    bottom.set_xlabel(r"time since learning stopped, in $\tau$")
    alt = (
        "Three panels against time. Above, the rates of three neurons wander irregularly. In the middle, the same "
        "neurons with the learned feedback repeat every 60 time constants. Below, the output lies on the dashed target; "
        f"the root mean square error is {result.error:.3f}."
    )
    return BookFigure(figure, name=name, alt=alt)
