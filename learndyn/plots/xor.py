"""Draw the XOR experiment: how often nets succeed, how they get there, what they compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..experiments.xor import INPUTS, SOLVED_BELOW, TARGETS, XorResult
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface


@figure_style
def success_rates(
    results: Sequence[XorResult],
    reference: Mapping[int, tuple[float, float]],
    *,
    name: str = "xor-success",
) -> BookFigure:
    """Draw the success rate of each width with its standard error, beside the reference."""
    figure, axes = new_axes()
    places = np.arange(len(results))
    for place, result in zip(places, results, strict=True):
        low, high = reference[result.width]
        axes.bar(
            place - 0.17,
            max(high - low, 0.006),
            0.22,
            bottom=low,
            color=colours.orange,
            label="reference range" if place == 0 else None,
        )
    axes.errorbar(
        places + 0.17,
        [result.success_rate for result in results],
        yerr=[result.standard_error for result in results],
        fmt="o",
        color=colours.blue,
        label="measured, one standard error",
    )
    axes.set_xticks(places, [str(result.width) for result in results])
    axes.set_xlabel("hidden units")
    axes.set_ylabel("share of nets that solve XOR")
    axes.set_ylim(0.7, 1.02)
    axes.legend(loc="lower right")
    alt = (
        "Share of nets that solve XOR for each number of hidden units. "
        + ", ".join(f"{r.width} units: {r.success_rate:.2f}" for r in results)
        + ". Each measured point lies at its reference range."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def loss_curves(result: XorResult, *, shown: int = 60, name: str = "xor-loss") -> BookFigure:
    """Draw the loss of the first ``shown`` nets of one width, in another colour for those that fail."""
    figure, axes = new_axes(height=3.8)
    every = max(1, (len(result.steps) - 1) // 50)  # sixty curves of fifty points are as good, and half as heavy
    for solved, colour, label in (
        (True, colours.blue, "solves the task"),
        (False, colours.pink, "does not"),
    ):
        chosen = [i for i in range(min(shown, result.solved.size)) if result.solved[i] == solved]
        if chosen:
            lines = axes.plot(result.steps[::every], result.losses[::every, chosen], color=colour, linewidth=1.1, alpha=0.7)
            lines[0].set_label(label)
    for level, text in ((1 / 4, "1/4"), (1 / 6, "1/6"), (1 / 8, "1/8"), (SOLVED_BELOW, "solved")):
        axes.axhline(level, color=colours.muted, linestyle=":", linewidth=1.2)
        axes.annotate(
            text,
            (1.0, level),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=colours.muted,
        )
    axes.set_ylim(0.0, 0.36)
    axes.set_xlim(0, result.steps[-1])
    axes.ticklabel_format(axis="x", style="plain")
    axes.set_xlabel("step")
    axes.set_ylabel("mean squared error")
    axes.legend(loc="upper right", ncols=2)
    alt = (
        f"Loss against step for {min(shown, result.solved.size)} nets with {result.width} hidden units. "
        "All first rest near one quarter. Most then fall below the line marked solved; the others "
        "level out at one eighth, a few at one sixth."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def decision_surfaces(
    surfaces: Sequence[tuple[str, np.ndarray, np.ndarray]], *, name: str = "xor-surface"
) -> BookFigure:
    """Draw what nets answer over the square of inputs, one panel per net.

    Parameters
    ----------
    surfaces : sequence of (title, axis, output)
        ``axis, output`` from ``learndyn.experiments.xor.decision_surface``.
    """
    figure, axes = new_axes(1, len(surfaces), height=3.3, share_y=True)
    for axis, (title, grid, output) in zip(np.atleast_1d(axes), surfaces, strict=True):
        draw_surface(axis, grid, grid, np.clip(output - 0.5, -0.6, 0.6), limit=0.5)
        for target, marker in ((1.0, "o"), (0.0, "s")):
            x1, x2 = INPUTS[TARGETS[:, 0] == target].T
            axis.plot(
                x1,
                x2,
                marker,
                color=colours.ink,
                markeredgecolor=colours.page,
                markersize=9,
                label=f"target {target:.0f}",
            )
        axis.set_title(title)
        axis.set_aspect("equal")
        axis.grid(False)
        axis.set_xticks([0, 1])
        axis.set_yticks([0, 1])
        axis.set_xlabel("$x_1$")
    np.atleast_1d(axes)[0].set_ylabel("$x_2$")
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    alt = "The answer of a net over the square of inputs, shaded by sign around one half. " + ". ".join(
        f"Panel {i}: {title}" for i, (title, _, _) in enumerate(surfaces, start=1)
    )
    return BookFigure(figure, name=name, alt=alt)
