"""Draw how the errors of rules whose activities settle depend on what is meant to be small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..experiments.credit_settling import SettlingErrors, ShrinkingErrors
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_KINDS = (
    (colours.green, "o", "predictive coding, $1/v$"),
    (colours.pink, "s", r"equilibrium prop., $\beta$"),
    (colours.blue, "^", r"the same, symmetric"),
)
_VARIANCES = ((colours.green, "o"), (colours.orange, "s"), (colours.purple, "^"))


@figure_style
def settling(
    shrinking: ShrinkingErrors, orders: Sequence[SettlingErrors], *, name: str = "credit-settling"
) -> BookFigure:
    """Draw the relative error of predictive coding as the loss shrinks, and below it what does lower errors.

    Parameters
    ----------
    shrinking : ShrinkingErrors
    orders : sequence of SettlingErrors
        Predictive coding, equilibrium propagation one-sided, and symmetric.
    name : str, optional
    """
    figure, (above, below) = new_axes(2, height=6.6)
    _draw_shrinking(above, shrinking)
    for result, (colour, marker, label) in zip(orders, _KINDS, strict=True):
        below.loglog(result.small, result.errors, "-", marker=marker, color=colour, linewidth=1.5)
        last = int(np.argmax(result.small))
        below.annotate(
            f"{label}\norder {result.order:.2f}",
            (result.small[last], result.errors[last]),
            xytext=(8, 0), textcoords="offset points", va="center", color=colour, fontsize=11,
        )  # fmt: skip
    below.set_xlim(right=2.0)
    below.set_ylim(top=0.06)
    below.set_xlabel(r"the small number, $1/v$ or $\beta$")
    below.set_ylabel("relative error")
    limits = ", ".join(f"{limit:.2g}" for limit in shrinking.limits)
    slopes = ", ".join(f"{result.order:.2f}" for result in orders)
    alt = (
        "Above: relative error of predictive coding against the size of the output error. For each of three "
        f"variances it levels off at a dotted line: {limits}. Below: relative error against a small number, both "
        "logarithmic: straight lines for predictive coding, one-sided and symmetric equilibrium propagation, with "
        f"slopes {slopes}."
    )
    return BookFigure(figure, name=name, alt=alt)


def _draw_shrinking(axes: Any, result: ShrinkingErrors) -> None:
    for v, errors, limit, (colour, marker) in zip(
        result.variances, result.errors, result.limits, _VARIANCES, strict=False
    ):
        axes.loglog(result.sizes, errors, "-", marker=marker, color=colour, linewidth=1.5)
        axes.axhline(limit, color=colour, linewidth=1.0, linestyle=":")
        axes.annotate(
            f"$v = {v:g}$", (result.sizes[0], errors[0]), xytext=(0, 7), textcoords="offset points",
            color=colour, ha="left",
        )  # fmt: skip
    axes.invert_xaxis()
    axes.set_ylim(5e-3, 2.0)
    axes.set_xlabel("size of the output error (it shrinks to the right)")
    axes.set_ylabel("relative error")
