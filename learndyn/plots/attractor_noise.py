"""Draw how noise moves a memory of a place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MultipleLocator

from ..experiments.attractor_noise import Diffusion
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = ((colours.blue, "o"), (colours.green, "s"), (colours.pink, "^"))


@figure_style
def diffusion(results: Sequence[Diffusion], *, name: str = "attractor-diffusion") -> BookFigure:
    """Draw some paths on the smallest ring, and the spread on each."""
    figure, (top, bottom) = new_axes(2, 1, height=5.6, share_x=True)
    few = results[0]
    for path in few.examples:
        top.plot(few.times, np.degrees(path), color=colours.muted, linewidth=0.8)
    spread = np.degrees(np.sqrt(few.predicted * few.times))
    for sign in (-1.0, 1.0):
        top.plot(few.times, sign * spread, color=colours.orange, linestyle="--")
    top.set_ylabel(f"position, {few.n} neurons")
    top.yaxis.set_major_locator(MultipleLocator(5.0))
    top.yaxis.set_major_formatter("{x:.0f}°")
    for result, (colour, marker) in zip(results, _LOOKS, strict=False):
        scale = np.degrees(1.0) ** 2
        bottom.plot(result.times, result.predicted * result.times * scale, color=colour, linewidth=1.6)
        bottom.plot(result.times[::3], result.variances[::3] * scale, marker, color=colour, markersize=5)
        bottom.annotate(
            f"{result.n} neurons", (result.times[-1], result.predicted * result.times[-1] * scale),
            xytext=(-6, 9), textcoords="offset points", ha="right", color=colour,
        )  # fmt: skip
    bottom.set_xlabel(r"time, in $\tau$")
    bottom.set_ylabel("variance, in square degrees")
    alt = (
        f"Above, paths of twelve noisy bumps on a ring of {few.n} neurons, which spread like random walks within a parabola. "
        "Below, the variance against time for three sizes: straight lines from 0, with half the slope for twice as many "
        "neurons, and marks near the predicted lines."
    )
    return BookFigure(figure, name=name, alt=alt)
