"""Draw how well forward and reverse mode agree, one dot for each row of the operation table."""

from __future__ import annotations

import numpy as np

from ..experiments.adjointness import EPS, Adjointness
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_KINDS = ("elementwise", "linear", "bilinear", "general")
_ZERO = 1e-18  # where a difference of exactly zero stands on the logarithmic axis


@figure_style
def defect_strip(result: Adjointness, *, name: str = "adjointness") -> BookFigure:
    """Draw both defects of each row, in one strip for each kind of row."""
    figure, axes = new_axes(height=4.4)
    kinds = np.array(result.kinds)
    for values, marker, colour, label in (
        (result.defects, "o", colours.blue, "forward against reverse mode"),
        (result.difference_errors, "x", colours.pink, "central difference against reverse mode"),
    ):
        for place, kind in enumerate(_KINDS):
            chosen = np.sort(np.maximum(values[kinds == kind], _ZERO))
            height = place + np.linspace(-0.3, 0.3, chosen.size)
            axes.plot(chosen, height, marker, color=colour, markersize=4, label=label if place == 0 else None)
    for value, text in ((result.bound, r"$n\,\varepsilon$"), (EPS ** (2 / 3), r"$\varepsilon^{2/3}$")):
        axes.axvline(value, color=colours.muted, linestyle=":", linewidth=1.5)
        axes.annotate(
            text,
            (value, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, 2),
            textcoords="offset points",
            color=colours.muted,
        )
    axes.set_xscale("log")
    axes.set_xlim(0.5 * _ZERO, 1e-7)
    axes.set_xticks([_ZERO, 1e-16, 1e-14, 1e-12, 1e-10, 1e-8])
    labels = ["0", *(f"$10^{{{power}}}$" for power in (-16, -14, -12, -10, -8))]
    axes.set_xticklabels(labels)
    axes.minorticks_off()
    axes.set_yticks(range(len(_KINDS)), _KINDS, color=colours.ink)
    axes.set_ylim(len(_KINDS) - 0.5, -0.5)
    axes.set_xlabel("relative difference")
    figure.legend(loc="outside lower center", ncols=1)
    alt = (
        f"A dot for each of {len(result.names)} rows, in four strips by kind, on a logarithmic axis. "
        "All dots for forward against reverse mode are at zero or near 1e-16. Those "
        "for a central difference are at zero or between 1e-13 and 1e-9."
    )
    return BookFigure(figure, name=name, alt=alt)
