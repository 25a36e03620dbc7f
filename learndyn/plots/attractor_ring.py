"""Draw where a bump begins, and how a lattice pins it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..experiments.attractor_ring import Onset, Pinning
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def onset(result: Onset, *, name: str = "attractor-onset") -> BookFigure:
    """Draw the active part of the ring and the modulation against the strength of the kernel."""
    figure, (top, bottom) = new_axes(2, 1, height=5.4, share_x=True)
    strength = result.curve[:, 0]
    for axes, flat, column, marks in (
        (top, 1.0, result.curve[:, 1] / np.pi, result.half_widths / np.pi),
        (bottom, 0.0, result.curve[:, 2], result.modulation),
    ):
        axes.axvline(2.0, color=colours.muted, linestyle=":", linewidth=1.5)
        axes.plot([result.J1[0], 2.0], [flat, flat], color=colours.ink, linewidth=1.8)
        axes.plot([2.0, result.J1[-1]], [flat, flat], color=colours.muted, linestyle="--", linewidth=1.4)
        axes.plot(strength, column, color=colours.orange)
        axes.plot(result.J1, marks, "o", color=colours.blue)
    top.annotate("flat", (1.05, 0.9), color=colours.ink)
    top.annotate("flat, unstable", (5.2, 0.93), color=colours.muted)
    top.annotate("bump", (4.2, 0.53), color=colours.orange)
    top.set_ylim(0.3, 1.06)
    top.set_ylabel("active part of the ring")
    bottom.set_ylabel("modulation $A$")
    bottom.set_xlabel("modulation of the kernel, $J_1$")
    alt = (
        "Above, the part of the ring that is active against the strength J1: 1 up to J1 = 2, then marks on a curve that "
        f"falls to {result.half_widths[-1] / np.pi:.2f}. Below, the size of the modulation: 0 up to J1 = 2, then a jump to "
        f"{result.curve[0, 2]:.2f} and a rise, marks on the predicted curve."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def pinning(results: Sequence[Pinning], *, name: str = "attractor-pinning") -> BookFigure:
    """Draw the positions of bumps on lattices against time."""
    figure, row = new_axes(1, len(results), height=3.9, share_y=True)
    for axes, result in zip(row, results, strict=True):
        shown = result.times > 0.0
        for k, path in enumerate(result.positions):
            axes.semilogx(
                result.times[shown][::2], np.degrees(path[shown][::2]), color=colours.blue,
                linestyle=("-", "--")[k % 2], linewidth=1.5,
            )  # fmt: skip
        for place in range(-1, 2):
            axes.axhline(
                np.degrees(place * result.spacing), color=colours.orange, linestyle=":", linewidth=1.3
            )
        axes.set_title(f"{result.n} neurons")
        axes.set_xlabel(r"time, in $\tau$")
    row[0].set_ylabel("position, in degrees")
    coarse, fine = results[0], results[-1]
    alt = (
        f"Positions of nine bumps against time, on a ring of {coarse.n} neurons and on one of {fine.n}. On the coarse ring "
        "they gather within a hundred time constants at the preferred angles of neurons, dotted lines; on the fine ring "
        f"they do the same, but have less far to go: {np.degrees(coarse.drift):.0f} degrees at most against "
        f"{np.degrees(fine.drift):.0f}."
    )
    return BookFigure(figure, name=name, alt=alt)
