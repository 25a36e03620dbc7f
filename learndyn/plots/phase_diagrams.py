"""Draw the phase diagrams: training over step size and momentum, depth, and width and budget."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..experiments.phase_depth import DepthMap
from ..experiments.phase_step_momentum import DIVERGES, SPIKES, StepMomentumMap
from ..experiments.phase_xor import XorMap
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# Another shape for each kind, so that no regime is told by its colour alone.
_REGIMES = (
    ("o", colours.blue, "descends"),
    ("s", colours.green, "oscillates"),
    ("^", colours.orange, "spikes"),
    ("x", colours.pink, "diverges"),
)


@figure_style
def step_momentum(result: StepMomentumMap, *, name: str = "phase-step-momentum") -> BookFigure:
    """Draw what most starts do in each cell, with the limit of the quadratic."""
    figure, axes = new_axes(height=4.3)
    for kind, (marker, colour, label) in enumerate(_REGIMES):
        rows, columns = np.nonzero(result.majority == kind)
        axes.plot(
            result.scaled_steps[columns], result.momenta[rows], marker, color=colour, markersize=5,
            linestyle="none", label=label,
        )  # fmt: skip
    axes.plot(result.line, result.momenta, color=colours.ink, linewidth=2.2)
    lost = result.lost
    axes.plot(lost, result.momenta, color=colours.ink, linewidth=1.6, linestyle="--")
    _log_steps(axes)
    axes.set_ylabel(r"momentum $\beta$")
    axes.set_ylim(-0.06, result.momenta[-1] + 0.06)
    axes.grid(False)
    _legend(figure, axes, 4)
    alt = (
        "A grid of runs over scaled step size and momentum. At the left the loss descends or oscillates, in a "
        "broad band it spikes above its first value, at the right it diverges. The solid line of the quadratic leans to "
        f"the right, from {result.line[0]:.0f} to {result.line[-1]:.1f}. The dashed border of divergence leans to "
        f"the left, from {lost[0]:.1f} at no momentum to {lost[-1]:.1f}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def ends(result: StepMomentumMap, *, row: int = 0, name: str = "phase-ends") -> BookFigure:
    """Draw the last eta lambda, over its limit, of all runs of one momentum that did not diverge."""
    figure, axes = new_axes(height=3.7)
    regimes, reached = result.regimes[:, row], result.ends[:, row]
    for kind, (marker, colour, label) in enumerate(_REGIMES[:DIVERGES]):
        starts, columns = np.nonzero(regimes == kind)
        if len(starts):
            axes.plot(
                result.scaled_steps[columns], reached[starts, columns], marker, color=colour, markersize=5,
                linestyle="none", label=label,
            )  # fmt: skip
    axes.axhline(1.0, color=colours.ink, linewidth=1.8)
    _log_steps(axes, last=4)
    axes.set_ylabel(r"at the end: $\eta\lambda / 2(1+\beta)$")
    axes.set_ylim(0.0, 1.45)
    _legend(figure, axes, 3)
    middle = np.nanmedian(reached[regimes == SPIKES])
    alt = (
        "Scaled sharpness at the end of each run over its limit, against the scaled step size at the start. Runs that "
        f"spike lie about a horizontal line at 1, their median is {middle:.2f}; runs that descend lie on a slope below."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def depth(
    result: DepthMap, scales: tuple[np.ndarray, np.ndarray], *, factor: float, name: str = "phase-depth"
) -> BookFigure:
    """Draw which nets train, with two multiples of the depth scale.

    ``scales`` are weight variances and their depth scales, on a fine grid; ``factor`` is the
    multiple that is drawn beside 6.
    """
    figure, axes = new_axes(height=4.2)
    looks = (("o", colours.blue, "trains"), ("x", colours.pink, "does not"))
    for wanted, (marker, colour, label) in zip((True, False), looks, strict=True):
        rows, columns = np.nonzero(result.trained == wanted)
        axes.plot(
            result.weight_variances[columns], result.depths[rows], marker, color=colour, markersize=5.5,
            linestyle="none", label=label,
        )  # fmt: skip
    top = result.depths[-1] * 1.12
    for multiple, style, label in ((6.0, "-", r"$6\,\xi$"), (factor, "--", rf"${factor:.0f}\,\xi$")):
        height = multiple * scales[1]
        shown = np.where(height > top, np.nan, height)
        axes.plot(scales[0], shown, style, color=colours.ink, linewidth=2.0, label=label)
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
    axes.minorticks_off()
    axes.set_ylim(0, top)
    axes.set_xlabel(r"weight variance times width, $\sigma_w^2$")
    axes.set_ylabel("hidden layers")
    axes.grid(False)
    _legend(figure, axes, 4)
    alt = (
        "A grid of nets over weight variance and depth. Shallow nets train at all variances, deep ones only in a "
        "window in the middle. The two drawn multiples of the depth scale rise steeply towards the critical variance "
        "from both sides; the border of what trains rises with them."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def xor(result: XorMap, *, name: str = "phase-xor") -> BookFigure:
    """Draw the share of nets that are done, as the area of a disc, over budget and width."""
    figure, axes = new_axes(height=4.0)
    places = np.arange(len(result.widths))
    budgets, rows = np.meshgrid(result.budgets, places)
    axes.scatter(budgets, rows, s=150, facecolors="none", edgecolors=colours.grid, linewidths=0.8)
    axes.scatter(budgets, rows, s=150 * result.success, color=colours.blue, linewidths=0)
    axes.set_xscale("log")
    axes.set_yticks(places, [str(width) for width in result.widths])
    axes.set_ylim(-0.6, places[-1] + 0.6)
    axes.set_xlabel("budget, steps")
    axes.set_ylabel("hidden units")
    axes.grid(False)
    alt = (
        "Discs over budget and width; the filled part is the share of nets that have solved XOR. Wide nets are all "
        f"done after a few hundred steps. Of those with {result.widths[0]} units {100 * result.success[0, -1]:.0f} "
        f"percent are done after {result.budgets[-1]:,} steps, and the share hardly grows at the end."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def independence(result: XorMap, *, column: int = -1, name: str = "phase-independence") -> BookFigure:
    """Draw the share of nets that fail within one budget, measured and as independent tries."""
    figure, axes = new_axes(height=3.7)
    failed, told = 1.0 - result.success[:, column], 1.0 - result.independent[:, column]
    seen = failed > 0
    axes.plot(result.widths, told, "--", color=colours.ink, label="independent pairs")
    axes.errorbar(
        result.widths[seen], failed[seen], yerr=result.standard_error[seen, column], fmt="o", color=colours.blue,
        markersize=6, capsize=3, label="measured",
    )  # fmt: skip
    least = 1.0 / (result.networks * result.solved.shape[1])
    axes.plot(
        result.widths[~seen], np.full((~seen).sum(), least), "v", color=colours.pink, markersize=7,
        label=f"none of {result.networks * result.solved.shape[1]}",
    )  # fmt: skip
    axes.set_yscale("log", nonpositive="clip")
    axes.set_ylim(5e-5, 0.6)
    axes.set_xticks(result.widths, [str(width) for width in result.widths])
    axes.set_xlabel("hidden units")
    axes.set_ylabel("share of nets that fail")
    _legend(figure, axes, 3)
    alt = (
        "Share of nets that fail against width, on a logarithmic scale. Independent pairs predict a straight line from "
        f"{told[0]:.2g} down to {told[-1]:.1g}. The measured share falls faster, to {failed[1]:.2g} at "
        f"{result.widths[1]} units."
    )
    return BookFigure(figure, name=name, alt=alt)


def _log_steps(axes: Any, last: int = 8) -> None:
    axes.set_xscale("log")
    ticks = [tick for tick in (0.25, 0.5, 1, 2, 4, 8) if tick <= last]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(r"scaled step size at the start, $\eta\lambda_0$")


def _legend(figure: Any, axes: Any, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper center", ncols=columns, columnspacing=1.0, handlelength=1.4
    )
