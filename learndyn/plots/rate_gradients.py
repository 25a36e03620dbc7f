"""Draw gradients of trajectories: two that agree, one that fails, and what the good one learned."""

from __future__ import annotations

import numpy as np

from ..experiments.rate_adjoint import GradientGap, WaysBack
from ..experiments.rate_training import TrainedOscillator
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def ways_back(gap: GradientGap, back: WaysBack, *, name: str = "rate-gradients") -> BookFigure:
    """Draw the gap against the step, and the errors of the adjoint against the duration."""
    figure, (top, bottom) = new_axes(2, 1, height=6.0)
    line = gap.gaps[-1] * gap.step_sizes / gap.step_sizes[-1]
    top.loglog(gap.step_sizes, line, color=colours.muted, linestyle="--", linewidth=1.4)
    top.loglog(gap.step_sizes, gap.gaps, "o", color=colours.blue)
    top.annotate("slope 1", (0.027, 0.0034), color=colours.muted)
    top.set_xticks(gap.step_sizes, [f"{h:g}" for h in gap.step_sizes])
    top.set_yticks([0.003, 0.01], ["0.003", "0.01"])
    top.minorticks_off()
    top.set_xlabel(r"step of Euler's method, in $\tau$", labelpad=1)
    top.set_ylabel("gap of the gradients")
    times = np.array(back.durations)
    start = back.start_errors[0]
    bottom.semilogy(
        times, start * np.exp(-back.exponent * (times - times[0])), color=colours.muted,
        linestyle="--", linewidth=1.4,
    )  # fmt: skip
    bottom.semilogy(times, back.start_errors, "s", color=colours.pink)
    bottom.semilogy(times, back.reversed, "^-", color=colours.orange, linewidth=1.2)
    bottom.semilogy(times, back.checkpointed, "o-", color=colours.blue, linewidth=1.2)
    bottom.annotate("state at time 0", (12.0, 3.0), ha="right", color=colours.pink)
    bottom.annotate("gradient, state\nrun backwards", (15.2, 2e-3), ha="left", va="top", color=colours.orange)
    bottom.annotate("gradient, checkpointed", (20, 8e-8), ha="right", color=colours.blue)
    bottom.set_xticks(times, [f"{t:g}" for t in times])
    bottom.set_ylim(1e-8, 1e5)
    bottom.set_xlabel(r"duration $T$, in $\tau$")
    bottom.set_ylabel("error")
    alt = (
        "Above, the gap between two gradients against the step, on logarithmic axes: points on a line of slope 1. "
        "Below, errors against the duration: with the state run backwards, the error of the state and of the gradient "
        f"rise along a straight line to {back.start_errors[-1]:.0e} and {back.reversed[-1]:.0e}; with checkpoints the "
        f"gradient's error stays near {back.checkpointed[-1]:.0e}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def trained(result: TrainedOscillator, *, name: str = "rate-trained") -> BookFigure:
    """Draw what the network did before training and does after it, beyond the time of training."""
    figure, axes = new_axes(height=3.6)
    axes.axvline(result.duration, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.plot(result.times, result.target, color=colours.muted, linestyle="--", linewidth=1.2)
    axes.plot(result.times, result.before, color=colours.orange, linestyle="-.")
    axes.plot(result.times, result.after, color=colours.blue)
    axes.annotate(
        "trained up to here",
        (result.duration, 1.28),
        xytext=(5, 0),
        textcoords="offset points",
        color=colours.muted,
    )
    axes.annotate("before", (0.2, 1.28), color=colours.orange)
    axes.annotate("after", (4.0, 1.28), color=colours.blue)
    axes.set_ylim(-1.3, 1.5)
    axes.set_xlabel(r"time, in $\tau$")
    axes.set_ylabel(r"$x_0$")
    alt = (
        "Activity of one neuron against time, for three times the duration of the training. Before training it decays "
        "to a constant. After training it follows a sine of period 4 and goes on to oscillate evenly beyond the "
        f"training, with the period {result.cycle.period:.2f}, so that it slowly shifts against the dashed target."
    )
    return BookFigure(figure, name=name, alt=alt)
