"""Draw what estimates of a gradient are worth as the horizon grows, and when they are cut off."""

from __future__ import annotations

import numpy as np

from ..experiments.chaos_gradients import Estimates, Truncation
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def sizes(result: Estimates, exponent: float, *, name: str = "chaos-estimates") -> BookFigure:
    """Draw typical sizes of first- and zeroth-order estimates, and the slope of the exponent."""
    figure, axes = new_axes(height=4.4)
    t = result.times
    axes.semilogy(t, result.rms_first, "-.", color=colours.orange, linewidth=1.5, label="first order, rms")
    axes.semilogy(t, result.typical_first, color=colours.blue, linewidth=2.4, label="first order, typical")
    half = len(t) // 3
    line = result.typical_first[half] * np.exp(exponent * (t - t[half]))
    axes.semilogy(t[half:], line[half:], "--", color=colours.ink, linewidth=1.3, label=r"slope $\lambda$")
    for number, sigma in enumerate(result.noises):
        axes.semilogy(
            t, result.typical_zeroth[:, number], color=colours.green, linewidth=1.6,
            label=None if number else "zeroth order, typical",
        )  # fmt: skip
        axes.semilogy(
            [result.meetings[number]], [result.plateaus[number]], "o", color=colours.green,
            markeredgecolor=colours.page, markersize=8,
        )  # fmt: skip
        axes.annotate(
            rf"$\sigma = {sigma:g}$", (t[-1], result.typical_zeroth[-1, number]), xytext=(0, -6),
            textcoords="offset points", ha="right", va="top", color=colours.green,
        )  # fmt: skip
    axes.set_ylim(5e-3, None)
    axes.set_xlabel(r"horizon $T$, s")
    axes.set_ylabel("size of one estimate")
    figure.legend(loc="outside upper center", ncols=2, columnspacing=1.2)
    places = ", ".join(f"{m:.1f}" for m in result.meetings)
    alt = (
        "Size of an estimate of the gradient against the horizon, on a logarithmic axis. The typical first-order "
        f"estimate rises along a straight line to {result.typical_first[-1]:.0e}; its root mean square rises faster, to "
        f"{result.rms_first[-1]:.0e}. Zeroth-order estimates rise with it and then level off, the later the smaller the "
        f"noise. The first order passes their levels at {places} seconds."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def cut_off(result: Truncation, *, name: str = "chaos-truncation") -> BookFigure:
    """Draw bias and standard deviation of the gradient against how far back it reaches."""
    figure, axes = new_axes(height=3.9)
    bias = np.abs(result.means - result.truth)
    shown = slice(3, None, 2) if len(bias) % 2 == 0 else slice(2, None, 2)
    axes.axhline(result.zeroth_deviation, color=colours.green, linestyle=":", linewidth=1.6)
    axes.axhline(abs(result.truth), color=colours.muted, linestyle="--", linewidth=1.2)
    axes.semilogy(result.reaches[shown], result.deviations[shown], "-.", color=colours.orange)
    axes.semilogy(result.reaches[shown], bias[shown], color=colours.blue)
    axes.annotate(
        "deviation, zeroth order",
        (0.1, 1.2 * result.zeroth_deviation),
        color=colours.green,
    )
    axes.annotate(
        "the slope itself",
        (0.1, 1.25 * abs(result.truth)),
        va="bottom",
        color=colours.muted,
    )
    axes.annotate("deviation,\nfirst order", (0.1, 0.75), ha="left", va="top", color=colours.orange)
    axes.annotate("bias", (3.5, 4.6), ha="center", va="top", color=colours.blue)
    axes.set_ylim(3e-2, 4 * max(result.deviations.max(), bias.max()))
    axes.set_xlabel("how far back the gradient reaches, s")
    axes.set_ylabel("size")
    alt = (
        "Bias and standard deviation of a gradient that is cut off, against how far back it reaches, on a logarithmic "
        f"axis. The deviation rises from below 0.1 to {result.deviations.max():.0f}. The bias is near the slope itself, "
        f"{abs(result.truth):.1f}, then rises to {bias.max():.0f}, and falls to {bias[-1]:.3f} only at the full "
        f"{result.duration:g} seconds. A dotted line marks the deviation of the zeroth order, "
        f"{result.zeroth_deviation:.1f}."
    )
    return BookFigure(figure, name=name, alt=alt)
