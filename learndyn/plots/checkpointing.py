"""Draw what a chain keeps alive, against the number of checkpointed segments."""

from __future__ import annotations

import numpy as np

from ..experiments.checkpointing import CheckpointSweep
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def live_results(result: CheckpointSweep, *, name: str = "live-results") -> BookFigure:
    """Draw counted peaks with the prediction s + n / s and the level without checkpoints."""
    figure, axes = new_axes(height=3.8)
    fine = np.geomspace(1, result.length, 200)
    axes.plot(fine, fine + result.length / fine, color=colours.orange, label="predicted, $s + n/s$")
    axes.plot(result.segments, result.peaks, "o", color=colours.blue, label="counted")
    axes.axhline(result.plain_peak, color=colours.muted, linestyle="--", linewidth=1.5)
    axes.annotate(
        "without checkpoints", (np.sqrt(result.length), result.plain_peak), xytext=(0, 5),
        textcoords="offset points", color=colours.muted, ha="center",
    )  # fmt: skip
    bottom = 0.6 * result.best
    axes.vlines(np.sqrt(result.length), bottom, result.best, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(
        r"$s = \sqrt{n}$", (np.sqrt(result.length), 0.0), xycoords=("data", "axes fraction"),
        xytext=(5, 5), textcoords="offset points", color=colours.muted,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(bottom, 1.6 * result.plain_peak)
    # The few numbers that matter say more than every power's subdivisions.
    axes.minorticks_off()
    axes.set_xticks([1, round(float(np.sqrt(result.length))), result.length])
    axes.set_yticks([result.best, result.plain_peak])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:.0f}")
    axes.set_xlabel("segments $s$")
    axes.set_ylabel("results alive at once")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.8))
    alt = (
        f"Results alive at once against the number of segments, for {result.length} steps, both axes "
        "logarithmic: a valley, symmetric about the square root of the number of steps. "
        "Counted dots lie on the predicted curve. Both ends reach the level without checkpoints."
    )
    return BookFigure(figure, name=name, alt=alt)
