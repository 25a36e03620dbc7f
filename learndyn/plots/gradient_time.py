"""Draw the backward signal through time, and how a drive silences its growth."""

from __future__ import annotations

import numpy as np

from ..experiments.gradient_time import GradientTime, SilencedChaos
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface

# colour, line, offset of the label in points
_LOOKS = (
    (colours.blue, "-", (10, -12)),
    (colours.green, "--", (0, 8)),
    (colours.pink, "-.", (8, 6)),
)


@figure_style
def steps(result: GradientTime, *, name: str = "gradient-steps") -> BookFigure:
    """Draw the logarithm of the cotangent's length at each step, with the predicted lines."""
    figure, axes = new_axes(height=3.9)
    last = result.log_norms.shape[1]
    times = np.arange(1, last + 1)
    for number, (colour, style, offset) in enumerate(_LOOKS[: len(result.gains)]):
        rate = result.predicted[number]
        axes.plot([1, last], [rate * (last - 1), 0.0], color=colours.muted, linewidth=4.5, alpha=0.45)
        axes.plot(times, result.log_norms[number], style, color=colour)
        axes.annotate(
            rf"$g = {result.gains[number]:g}$", (times[last // 3], result.log_norms[number, last // 3]),
            xytext=offset, textcoords="offset points", color=colour,
        )  # fmt: skip
    axes.set_xlabel(r"time $t$ (the signal comes in on the right)")
    axes.set_ylabel(r"$\ln |\delta_t|$")
    alt = (
        "Logarithm of the length of the backward signal against time, for three gains. Each curve follows a straight "
        f"line that ends in 0 at the last time. Back at the first, one is at about {result.log_norms[0, 0]:.0f}, one "
        f"slightly below 0, one at about {result.log_norms[-1, 0]:.0f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def drive(result: SilencedChaos, *, name: str = "gradient-drive") -> BookFigure:
    """Draw the measured growth over gain and drive, and the predicted line without growth."""
    figure, axes = new_axes(height=3.9)
    draw_surface(axes, result.gains, result.input_stds, result.measured, limit=0.6, boundary=False)
    axes.contour(
        result.gains, result.input_stds, result.measured, levels=[0.0], colors=[colours.pink], linewidths=2.2
    )
    axes.contour(
        result.gains, result.input_stds, result.predicted, levels=[0.0], colors=[colours.ink],
        linewidths=2.2, linestyles="--",
    )  # fmt: skip
    axes.plot([], [], "--", color=colours.ink, label="predicted")
    axes.plot([], [], color=colours.pink, label="measured")
    axes.axvline(1.0, color=colours.muted, linestyle=":", linewidth=1.6)
    axes.annotate(
        "spectral\nradius 1", (1.0, 1.62), xytext=(5, 0), textcoords="offset points", color=colours.muted
    )
    axes.annotate("vanishing", (1.75, 1.62), color=colours.ink)
    axes.annotate("exploding", (2.35, 0.3), color=colours.ink)
    axes.set_xlabel(r"gain $g$")
    axes.set_ylabel(r"strength of the drive $\sigma_s$")
    axes.grid(False)
    figure.legend(loc="outside upper center", ncols=2, title="no growth", title_fontsize=11)
    alt = (
        "The plane of gain and drive. Two lines without growth, measured and predicted, lie almost on each other. They "
        "start near gain 1.2 for a weak drive and run to gains above 2 for a strong one. Left of them the gradient "
        "shrinks, right of them it grows."
    )
    return BookFigure(figure, name=name, alt=alt)
