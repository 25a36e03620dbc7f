"""Draw an oscillation that only the step size makes."""

from __future__ import annotations

from ..experiments.rate_steps import FalseOscillation
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def false_oscillation(result: FalseOscillation, *, name: str = "rate-false-cycle") -> BookFigure:
    """Draw E by Euler's method, by Runge-Kutta's with the same step, and exactly."""
    figure, axes = new_axes(height=3.6)
    kept = result.times <= 20.0
    times = result.times[kept]
    axes.plot(times, result.euler[kept], color=colours.orange, linewidth=1.5)
    axes.plot(times, result.exact[kept], color=colours.ink, linewidth=2.2)
    axes.plot(times[::4], result.rk4[kept][::4], "o", color=colours.blue, markersize=4)
    top, bottom = result.euler.max(), result.euler.min()
    axes.annotate("Euler", (19.9, top + 0.008), ha="right", color=colours.orange)
    axes.annotate(
        "the flow (line), and Runge-Kutta (dots)", (0.3, bottom - 0.008), va="top", color=colours.ink
    )
    axes.set_ylim(bottom - 0.04, top + 0.03)
    axes.set_xlabel(r"time, in $\tau$")
    axes.set_ylabel("E")
    alt = (
        f"E against time at the input {result.P:g}. The flow, and Runge-Kutta with the step {result.step_size:g}, "
        "settle within ten time constants. Euler with the same step swings ever more and stays on a large oscillation "
        f"between {bottom:.2f} and {top:.2f}."
    )
    return BookFigure(figure, name=name, alt=alt)
