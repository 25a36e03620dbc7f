"""Draw what a Hopfield network recalls from a damaged cue, and how many patterns it holds."""

from __future__ import annotations

import numpy as np

from ..autodiff import erf
from ..experiments.attractor_recall import Capacity, RecallMap
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (
    (colours.blue, "-", "o"),
    (colours.green, "--", "s"),
    (colours.orange, "-.", "^"),
    (colours.pink, (0, (2, 1.2)), "D"),
)


@figure_style
def overlaps(result: RecallMap, *, name: str = "attractor-recall") -> BookFigure:
    """Draw the overlap after one step and at the end against that of the cue."""
    figure, (left, right) = new_axes(1, 2, height=3.7, share_y=True)
    fine = np.linspace(0.0, 1.0, 60)
    for k, (colour, style, marker) in enumerate(_LOOKS[: len(result.loads)]):
        p = round(result.loads[k] * result.n)
        left.plot(
            fine, erf(fine / np.sqrt(2.0 * (p - 1) / result.n)), color=colour, linestyle=style, linewidth=1.5
        )
        left.plot(result.cues, result.first[k], marker, color=colour, markersize=5)
        right.plot(
            result.cues, result.final[k], marker=marker, color=colour, linestyle=style, linewidth=1.2,
            markersize=5, label=f"{result.loads[k]:g}",
        )  # fmt: skip
    for axes, title in ((left, "after one step"), (right, "at the end")):
        axes.plot([0, 1], [0, 1], color=colours.muted, linestyle=":", linewidth=1.2)
        axes.set_title(title)
        axes.set_xlabel("overlap of the cue")
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    left.set_ylabel("overlap")
    figure.legend(
        loc="outside upper center", ncols=4, title=r"patterns per neuron, $\alpha$", columnspacing=1.2
    )
    alt = (
        f"Two panels for networks of {result.n} neurons and four loads. Left, after one step: marks on the curves of the "
        "error function, above the diagonal, flatter for larger loads. Right, at the end: for small loads the overlap "
        "jumps from near 0 to 1 at a critical cue; for the largest load it stays below "
        f"{result.final[-1].max() + 0.05:.1f} even for a perfect cue."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def capacity(result: Capacity, *, name: str = "attractor-capacity") -> BookFigure:
    """Draw the part of the patterns that are recalled against the load."""
    figure, axes = new_axes(height=3.5)
    axes.axvline(0.138, color=colours.ink, linestyle=":", linewidth=1.8)
    axes.annotate(
        "0.138", (0.138, 0.04), xytext=(-5, 0), textcoords="offset points", ha="right", color=colours.ink
    )
    for k, ((colour, style, marker), n) in enumerate(zip(_LOOKS, result.sizes, strict=False)):
        axes.plot(
            result.loads,
            result.recalled[k],
            marker=marker,
            color=colour,
            linestyle=style,
            label=f"{n} neurons",
        )
    axes.legend(loc="upper right")
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlabel(r"patterns per neuron, $\alpha$")
    axes.set_ylabel("part that is recalled")
    alt = (
        "Part of the stored patterns that are recalled, against the number of patterns per neuron, for three sizes. All "
        "fall from 1 towards 0. The more neurons, the steeper the fall and the nearer to the dotted line at 0.138; "
        "halfway down they are at " + ", ".join(f"{x:.2f}" for x in result.halfway) + "."
    )
    return BookFigure(figure, name=name, alt=alt)
