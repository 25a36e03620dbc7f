"""Draw how near each measured number of the book is to its prediction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..experiments.predictions import Prediction
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LEAST = 1e-4  # anything below is drawn here: most of it is rounding, and differs between machines


@figure_style
def margins(
    results: Mapping[str, tuple[Prediction, ...]], *, name: str = "prediction-margins"
) -> BookFigure:
    """Draw deviation over tolerance of each prediction, one row a topic."""
    figure, axes = new_axes(height=0.36 * len(results) + 1.0)
    shares = [np.maximum([row.margin for row in rows], _LEAST) for rows in results.values()]
    for place, values in enumerate(shares):
        # Those at the left end lie on top of one another: spread all over the height of the row.
        height = place + 0.06 * (np.arange(values.size) - (values.size - 1) / 2) / max(1, values.size / 9)
        exact = values <= _LEAST
        axes.plot(values[exact], height[exact], "s", color=colours.green, markersize=4)
        axes.plot(values[~exact], height[~exact], "o", color=colours.blue, markersize=5, alpha=0.7)
    axes.axvline(1.0, color=colours.ink, linewidth=1.4)
    axes.annotate(
        "tolerance", (1.0, -0.75), xytext=(-6, 0), textcoords="offset points", ha="right", va="center",
        color=colours.ink,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(5e-5, 2.0)
    axes.set_xticks([1e-4, 1e-3, 1e-2, 0.1, 1.0], ["below 0.0001", "0.001", "0.01", "0.1", "1"])
    axes.minorticks_off()
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.4, -1.1)
    axes.set_xlabel("deviation over tolerance")
    count = sum(values.size for values in shares)
    alt = (
        f"Deviation of {count} measured numbers from their predictions, over the tolerance, logarithmic, one row "
        f"for each of {len(results)} topics. {sum(int((v <= _LEAST).sum()) for v in shares)} lie at the left end, "
        f"below 0.0001; the largest is {max(float(v.max()) for v in shares):.2f}, left of the line at 1."
    )
    return BookFigure(figure, name=name, alt=alt)
