"""Draw the singular values of a long product, multiplied out and by QR."""

from __future__ import annotations

import numpy as np

from ..experiments.long_products import LongProduct
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def two_routes(result: LongProduct, *, name: str = "long-product") -> BookFigure:
    """Draw the singular values by both routes, with the predicted ones and the floor of rounding."""
    figure, axes = new_axes(height=3.9)
    number = np.arange(1, len(result.chained) + 1)
    axes.plot(number, result.predicted, color=colours.muted, linewidth=1.5, label=r"$L\mu_i$, predicted")
    axes.plot(number, result.chained, "o", color=colours.blue, markersize=6, label="by QR")
    axes.plot(
        number,
        result.explicit,
        "x",
        color=colours.pink,
        markersize=7,
        markeredgewidth=1.8,
        label="multiplied out",
    )
    axes.axhline(result.floor, color=colours.muted, linestyle=":", linewidth=1.5)
    axes.annotate(
        r"$\epsilon\, s_{\max}$",
        (1, result.floor),
        xytext=(0, -16),
        textcoords="offset points",
        color=colours.muted,
    )
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_xlabel("singular value, the largest first")
    axes.set_ylabel(r"$\ln s$")
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1.2)
    alt = (
        "Logarithms of twenty singular values, sorted. Those found by QR follow a predicted curve down to "
        f"{result.chained[-1]:.0f}. Those of the product multiplied out agree with them in the first half, down to a "
        f"dotted line at {result.floor:.0f}, and then stay near it."
    )
    return BookFigure(figure, name=name, alt=alt)
