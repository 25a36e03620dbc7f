"""Draw memories that learn from errors and forget, and what it costs to correct too little or too much."""

from __future__ import annotations

import numpy as np

from ..experiments.move_adaptation import OneMemory, TwoMemories
from ..experiments.move_correction import Correction
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def memories(one: OneMemory, two: TwoMemories, *, name: str = "move-memories") -> BookFigure:
    """Draw learning and washout of one memory, and the rebound of two memories that cancelled."""
    figure, (top, bottom) = new_axes(2, 1, height=6.2)
    trials = np.arange(len(one.output))
    top.plot(trials, one.predicted, color=colours.blue)
    top.plot(trials[::2], one.output[::2], "o", color=colours.blue, markersize=4.5)
    steps = np.array([0, 0, one.learning, one.learning, trials[-1]])
    f = one.model.perturbation
    top.plot(steps, [0.0, f, f, 0.0, 0.0], color=colours.muted, linewidth=1.4)
    top.axhline(one.asymptote_predicted, color=colours.ink, linestyle=":", linewidth=1.5)
    top.annotate("perturbation", (one.learning - 1, f), xytext=(0, -5), textcoords="offset points",
                 ha="right", va="top", color=colours.muted)  # fmt: skip
    top.annotate("asymptote", (trials[-1], one.asymptote_predicted), xytext=(0, 4),
                 textcoords="offset points", ha="right", color=colours.ink)  # fmt: skip
    top.annotate("learned", (8, 12.5), color=colours.blue)
    top.annotate("aftereffect", (one.learning + 5, 11), color=colours.blue)
    top.set_xlabel("trial")
    top.set_ylabel("degrees")
    begin = two.learning - 20
    shown = slice(begin, two.learning + two.extinction + 61)
    count = np.arange(len(two.output))[shown] - two.learning - two.extinction
    bottom.axhline(0.0, color=colours.muted, linewidth=1.0)
    bottom.axvspan(-two.extinction, 0, color=colours.grid, alpha=0.25, linewidth=0)
    fast, slow = two.memories[shown].T
    bottom.plot(count, slow, color=colours.green, linestyle="--")
    bottom.plot(count, fast, color=colours.orange, linestyle="-.")
    bottom.plot(count, two.output[shown], color=colours.blue)
    bottom.plot(np.arange(0, 61, 3), two.rebound_predicted[:61:3], "o", color=colours.blue, markersize=5)
    bottom.annotate("slow", (-19, slow[0]), xytext=(0, -14), textcoords="offset points", color=colours.green)
    bottom.annotate("fast", (-19, fast[0]), xytext=(0, 5), textcoords="offset points", color=colours.orange)
    bottom.annotate("sum", (-19, fast[0] + slow[0]), xytext=(0, 6), textcoords="offset points",
                    color=colours.blue)  # fmt: skip
    bottom.annotate("rebound", (30, two.rebound[30]), xytext=(0, 8), textcoords="offset points",
                    color=colours.blue)  # fmt: skip
    bottom.set_ylim(-0.65, 1.0)
    bottom.set_xlabel("trial of the error clamp")
    bottom.set_ylabel("learned / perturbation")
    trial, height = two.peak
    alt = (
        f"Top: one memory rises in {one.learning} trials towards {one.asymptote:.1f} degrees, below the "
        f"perturbation of {f:g}, and decays when that is gone. Bottom: a slow and a fast memory. "
        f"{two.extinction} trials of the opposite perturbation bring the fast one below zero, so that "
        "their sum is zero. In the clamp the fast one is gone after a few trials, and the sum rises to "
        f"{height:.2f} at trial {trial} before it decays slowly."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def correction(result: Correction, *, name: str = "move-correction") -> BookFigure:
    """Draw the variance of errors and their autocorrelation against the learning rate."""
    figure, (top, bottom) = new_axes(2, 1, height=5.6, share_x=True)
    sweep, gain = result.sweep, result.noise.kalman_gain
    for axes, curve, marks in (
        (top, result.variances, sweep.variances),
        (bottom, result.autocorrelations, sweep.autocorrelations),
    ):
        axes.axvline(gain, color=colours.muted, linestyle=":", linewidth=1.5)
        axes.plot(result.learning_rates, curve, color=colours.blue)
        axes.plot(sweep.learning_rates, marks, "o", color=colours.blue)
    top.annotate("Kalman gain", (gain, 2.3), xytext=(7, 0), textcoords="offset points", color=colours.muted)
    top.set_ylim(1.45, 2.45)
    top.set_ylabel("variance of errors")
    bottom.axhline(0.0, color=colours.muted, linewidth=1.0)
    bottom.annotate("drifts", (0.14, -0.12), color=colours.ink)
    bottom.annotate("zigzags", (0.72, -0.2), color=colours.ink)
    bottom.set_ylabel("autocorrelation, lag 1")
    bottom.set_xlabel("share of each error that is corrected, $B$")
    alt = (
        "Top: variance of errors against the share that is corrected: a valley with its bottom at "
        f"{gain:.2f}, marks on the line. Bottom: correlation of successive errors. It falls from "
        f"{sweep.autocorrelations[0]:.1f} to {sweep.autocorrelations[-1]:.1f} and crosses zero at the "
        "same place."
    )
    return BookFigure(figure, name=name, alt=alt)
