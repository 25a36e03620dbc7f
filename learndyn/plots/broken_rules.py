"""Draw which checks find which faults."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from ..experiments.broken_rules import BrokenRules
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def found_table(result: BrokenRules, *, name: str = "broken-rules") -> BookFigure:
    """Draw, for each fault and check, how many of the broken rows were found."""
    figure, axes = new_axes(height=4.6)
    for i, broken in enumerate(result.broken):
        for j, found in enumerate(result.found[i]):
            share = found / broken
            axes.add_patch(
                Rectangle(
                    (j - 0.47, i - 0.45), 0.94, 0.9,
                    facecolor=colours.blue, alpha=0.35 * share, edgecolor="none",
                )
            )  # fmt: skip
            axes.add_patch(
                Rectangle(
                    (j - 0.47, i - 0.45), 0.94, 0.9,
                    facecolor="none", edgecolor=colours.muted, linewidth=0.8,
                )
            )  # fmt: skip
            axes.text(j, i, str(found), ha="center", va="center", color=colours.ink)
    axes.set_xticks(range(len(result.checks)), result.checks, rotation=25, ha="left")
    axes.xaxis.tick_top()
    labels = [f"{fault}, {n}" for fault, n in zip(result.faults, result.broken, strict=True)]
    axes.set_yticks(range(len(result.faults)), labels)
    axes.tick_params(length=0, labelcolor=colours.ink)
    axes.spines[:].set_visible(False)
    axes.grid(False)
    axes.set_xlim(-0.5, len(result.checks) - 0.5)
    axes.set_ylim(len(result.faults) - 0.5, -0.5)
    rows = ". ".join(
        f"{fault}: " + ", ".join(f"{check} {n}" for check, n in zip(result.checks, found, strict=True))
        + f" of {broken}"
        for fault, broken, found in zip(result.faults, result.broken, result.found, strict=True)
    )
    alt = f"A table of faults, one row each, and checks, one column each, with the number of rows found. {rows}."
    return BookFigure(figure, name=name, alt=alt)
