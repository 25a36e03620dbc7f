"""Draw how far a run that lost a part of its state is from the run without a pause."""

from __future__ import annotations

import numpy as np

from ..experiments.paused_runs import PausedRuns
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# Colour, line, and how far a label moves up, in points, where lines end close to each other.
_LOOKS = (
    (colours.blue, "-", 5),
    (colours.pink, "-.", -5),
    (colours.orange, "--", 0),
    (colours.green, ":", 0),
)


@figure_style
def distances_after_pause(
    result: PausedRuns, shown: dict[str, str], *, name: str = "paused-runs"
) -> BookFigure:
    """Draw the distance against the step after the pause, one line for each loss.

    Parameters
    ----------
    result : PausedRuns
    shown : dict of str to str
        The words on each line, by the name of the loss in the result.
    name : str, optional
    """
    figure, axes = new_axes(height=3.9)
    for (loss, words), (colour, style, up) in zip(shown.items(), _LOOKS, strict=False):
        distances = result.resumed[loss].distances
        steps = np.arange(distances.size)
        axes.plot(steps[1:], distances[1:], style, color=colour)
        axes.annotate(
            words,
            (steps[-1], distances[-1]),
            xytext=(6, up),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    axes.set_yscale("log")
    axes.set_xlim(0, 1.36 * steps[-1])
    axes.set_xticks(np.linspace(0, steps[-1], 6))
    axes.set_xlabel("steps after the pause")
    axes.set_ylabel("distance / way made")
    alt = (
        "Distance from the run without a pause, as a share of its way, against steps after the pause, on "
        "a logarithmic axis. "
        + ". ".join(
            f"{words}: {result.resumed[loss].distances[1]:.2g} after one step, "
            f"{result.resumed[loss].distances[-1]:.2g} at the end"
            for loss, words in shown.items()
        ).replace("$", "")
        + "."
    )
    return BookFigure(figure, name=name, alt=alt)
