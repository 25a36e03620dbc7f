"""Draw representational drift: tuning curves that wander, and how far nets go along their valley."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..experiments.biology_drift import Drift
from ..experiments.biology_tuning import TuningDrift, preferred
from .figure import BookFigure
from .palette import colours, diverging_colormap
from .style import figure_style, new_axes

_LOOKS = {
    "synapses": (colours.blue, "o", "noisy synapses"),
    "targets": (colours.orange, "s", "noisy targets"),
}


@figure_style
def tuning(result: TuningDrift, *, name: str = "biology-tuning") -> BookFigure:
    """Draw the activity of all units against direction: at the start, at the end, and the end sorted anew."""
    start, end = result.curves
    again = end[np.argsort(preferred(end), kind="stable")]
    figure, row = new_axes(1, 3, height=3.1, share_y=True)
    panels = ((start, "start"), (end, "later"), (again, "later, sorted anew"))
    for axes, (curves, title) in zip(row, panels, strict=True):
        axes.imshow(
            curves, cmap=diverging_colormap(opacity=0.9), vmin=-1.0, vmax=1.0, aspect="auto",
            interpolation="nearest", extent=(0.0, 360.0, len(curves) + 0.5, 0.5),
        )  # fmt: skip
        axes.set_title(title, fontsize=11)
        axes.set_xticks([0, 180])
        axes.grid(False)
    row[1].set_xlabel("direction of the stimulus (degrees)")
    row[0].set_ylabel("unit")
    row[0].set_yticks([1, len(start) // 2, len(start)])
    turned = int(np.sum(result.correlations < 0.5))
    alt = (
        "Three maps of the activity of sixteen units (rows) against the direction of the stimulus. At the start the rows "
        "are sorted by preferred direction and form a diagonal band. Later, in the same order, the band is broken: "
        f"{turned} units have a curve that correlates less than 0.5 with their first one. Sorted anew, a band is there again."
    )
    return BookFigure(figure, name=name, alt=alt, fixed_colours=True)


@figure_style
def distances(results: Sequence[Drift], *, name: str = "biology-distances") -> BookFigure:
    """Draw the squared distance along the floor against time for both kinds of noise, and across it."""
    figure, axes = new_axes(height=4.2)
    for result in results:
        colour, marker, label = _LOOKS[result.source]
        axes.loglog(result.times, result.predicted.along, color=colour, linewidth=1.6)
        axes.loglog(*_marks(result.times, result.measured.along), marker, color=colour, markersize=5)
        place = len(result.times) // 3
        axes.annotate(
            f"{label}: slope {result.exponent:.1f}", (result.times[place], result.predicted.along[place]),
            xytext=(-4, 10), textcoords="offset points", ha="right", color=colour,
        )  # fmt: skip
    walls = results[0]
    axes.loglog(walls.times, walls.predicted.across, color=colours.muted, linewidth=1.4, linestyle="--")
    axes.annotate(
        "across the valley (linear theory)", (walls.times[-1], walls.predicted.across[-1]), xytext=(0, -17),
        textcoords="offset points", ha="right", color=colours.muted,
    )  # fmt: skip
    axes.set_xlabel("steps")
    axes.set_ylabel("squared distance from the start")
    ends = " and ".join(f"{r.measured.along[-1]:.1g} for {_LOOKS[r.source][2]}" for r in results)
    alt = (
        "Squared distance along the floor of the valley against the number of steps, both logarithmic. Marks lie on the "
        f"predicted lines, of slopes {' and '.join(f'{r.exponent:.1f}' for r in results)}. They end at {ends}. A dashed "
        f"curve, the distance across the valley for noisy synapses, levels off at {walls.predicted.across[-1]:.1g}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def readouts(result: Drift, *, name: str = "biology-readouts") -> BookFigure:
    """Draw the loss with the net's own readout, and with the readout that it had at the start."""
    figure, axes = new_axes(height=3.4)
    lines = (
        (result.measured.old_readout, result.predicted.old_readout, "readout of the start", colours.pink, "^", "--"),
        (result.measured.loss, result.predicted.loss, "own readout", colours.green, "o", "-"),
    )
    for measured, predicted, label, colour, marker, style in lines:
        axes.plot(result.times, 1e3 * predicted, color=colour, linewidth=1.6, linestyle=style)
        times, values = _marks(result.times, measured)
        axes.plot(times, 1e3 * values, marker, color=colour, markersize=5)
        axes.annotate(
            label, (result.times[-1], 1e3 * predicted[-1]), xytext=(0, 9 if style == "-" else 12),
            textcoords="offset points", ha="right", color=colour,
        )  # fmt: skip
    axes.margins(y=0.14)
    axes.set_xlabel("steps")
    axes.set_ylabel(r"loss $\times\,10^3$")
    alt = (
        "Loss against steps. With the net's own readout it stays at about "
        f"{1e3 * result.measured.loss[-1]:.2f} thousandths. With the readout of the start it rises in a straight line to "
        f"{1e3 * result.measured.old_readout[-1]:.1f} thousandths. Marks, measured, lie near the predicted lines."
    )
    return BookFigure(figure, name=name, alt=alt)


def _marks(times: Any, values: Any) -> tuple[Any, Any]:
    """About a dozen records, evenly spread on the logarithmic axis."""
    wanted = np.unique(np.geomspace(1, len(times), 14).astype(int)) - 1
    return times[wanted], values[wanted]
