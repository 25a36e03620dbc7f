"""Draw escape times: against the size of the first split, and of nets that noise sets off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.clock_noise import NoisyTimes
from ..experiments.clock_times import ClockTimes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# colour, marker, line style, offset of the label in points
_LOOKS = (
    (colours.blue, "o", "-", (-4, 6)),
    (colours.orange, "s", "-", (-4, 6)),
    (colours.green, "^", "--", (-4, -18)),
)


@figure_style
def times(result: ClockTimes, *, name: str = "clock-times") -> BookFigure:
    """Draw the measured escape times over the predicted straight lines."""
    figure, axes = new_axes(height=3.9)
    for number, (colour, marker, style, offset) in enumerate(_LOOKS[: len(result.names)]):
        clock, line = result.clocks[number], result.predicted[number]
        axes.semilogx(clock.sigmas, line, style, color=colour, linewidth=1.6)
        axes.semilogx(clock.sigmas, clock.times, marker, color=colour)
        place = 2 * len(line) // 3
        middle = np.sqrt(clock.sigmas[place - 1] * clock.sigmas[place])
        axes.annotate(
            result.names[number], (middle, 0.5 * (line[place - 1] + line[place])), xytext=offset,
            textcoords="offset points", ha="right" if number != 1 else "center", color=colour,
        )  # fmt: skip
    axes.invert_xaxis()
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel(r"first split $\sigma$ (smaller to the right)")
    axes.set_ylabel("steps to escape")
    alt = (
        "Steps to escape against the first split, on a logarithmic axis from 0.01 down to "
        f"{result.clocks[0].sigmas[-1]:.0e}. Each rule gives marks on a straight line. Gradient descent is steepest and "
        f"reaches {result.clocks[0].times[-1]:.0f} steps; heavy ball and Nesterov stay near "
        f"{result.clocks[1].times[-1]:.0f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def noise(results: Sequence[NoisyTimes], *, name: str = "clock-noise") -> BookFigure:
    """Draw the distribution of the escape times for several sizes of noise, over the predicted densities."""
    figure, axes = new_axes()
    looks = ((colours.blue, "-"), (colours.orange, "--"))
    for result, (colour, style) in zip(results, looks, strict=False):
        width = result.predicted_spread
        edges = np.arange(result.times.min() - 0.25 * width, result.times.max() + 0.5 * width, 0.5 * width)
        axes.hist(result.times, bins=edges, density=True, color=colour, alpha=0.3)
        fine = np.linspace(result.predicted_mean - 3.0 * width, result.predicted_mean + 6.0 * width, 150)
        density = result.density(fine)
        axes.plot(fine, density, style, color=colour)
        exponent = round(np.log10(result.noise))
        axes.annotate(
            rf"noise $10^{{{exponent}}}$", (fine[density.argmax()], density.max()), xytext=(0, 6),
            textcoords="offset points", ha="center", color=colour,
        )  # fmt: skip
    axes.margins(y=0.15)
    axes.set_xlim(left=0.0)
    axes.set_yticks([])
    axes.set_xlabel("steps to escape")
    axes.set_ylabel("density")
    first, last = results[0], results[-1]
    alt = (
        f"Two histograms of escape times of {first.times.size} nets, with centres near {first.times.mean():.0f} and "
        f"{last.times.mean():.0f} steps. They have the same width and shape, with a longer tail to the right, and "
        "follow the predicted densities."
    )
    return BookFigure(figure, name=name, alt=alt)
