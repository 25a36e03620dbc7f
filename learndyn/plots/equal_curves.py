"""Draw six runs with one loss curve: the curves, the multipliers where they ended, and what helped each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..experiments.equal_curves import NEUTRAL, PLATEAU, EndPoint, EqualCurves
from ..experiments.remedies import Remedies
from .figure import BookFigure
from .palette import CYCLE, colours
from .style import figure_style, new_axes
from .table_axes import set_table

# Wide lines first, so that what lies under the others still shows at their rims.
_WIDTHS = (11.0, 8.0, 5.5, 3.6, 2.2, 1.4)
_DASHES = ("-", "-", "-", (0, (4, 2)), (0, (1.2, 2)), "-")


@figure_style
def curves(result: EqualCurves, *, name: str = "equal-curves") -> BookFigure:
    """Draw the loss of each run against the step, one over the other."""
    figure, axes = new_axes(height=3.8)
    times = np.arange(result.losses.shape[1])
    shown = np.unique(np.concatenate([times[:31], np.linspace(31, times[-1], 90).astype(int)]))
    for kind, losses, colour, width, dashes in zip(
        result.names, result.losses, CYCLE, _WIDTHS, _DASHES, strict=True
    ):
        axes.plot(
            shown + 1, np.minimum(losses[shown], 0.9), color=colour, linewidth=width, linestyle=dashes,
            label=kind, dash_capstyle="butt", solid_capstyle="butt",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([1, 11, 101, 1001], ["0", "10", "100", "1000"])
    axes.minorticks_off()
    axes.set_xlim(1, times[-1] + 1)
    axes.set_ylim(0.0, 0.65)
    axes.set_xlabel("step")
    axes.set_ylabel("mean squared error")
    axes.annotate(
        "1/4", (1.0, PLATEAU), xycoords=("axes fraction", "data"), xytext=(-6, 10),
        textcoords="offset points", ha="right", color=colours.muted,
    )  # fmt: skip
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1.2, handlelength=1.8)
    alt = (
        "Loss against step for six runs, one line over the other. Five fall together from one half to one "
        f"quarter within 20 steps. The sixth first jumps to {result.losses[-1].max():.0f}, far outside of "
        "the picture, and is back at one quarter by step 3. From there on all are one level line."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def multipliers(points: tuple[EndPoint, ...], *, name: str = "end-multipliers") -> BookFigure:
    """Draw |1 - m| of each multiplier, one row a run."""
    figure, axes = new_axes(height=3.7)
    looks: tuple[tuple[str, str, str, Callable[[np.ndarray], np.ndarray]], ...] = (
        ("1 to rounding", "s", colours.pink, lambda m: np.abs(m - 1.0) < NEUTRAL),
        ("above 1", "^", colours.orange, lambda m: m >= 1.0 + NEUTRAL),
        ("below 1", "o", colours.blue, lambda m: m <= 1.0 - NEUTRAL),
    )
    for row, point in enumerate(points):
        apart = 0.18 if point.growing else 0.0
        for height, (label, marker, colour, chosen) in zip((0.0, -apart, apart), looks, strict=True):
            m = point.multipliers[chosen(point.multipliers)]
            gaps = np.unique(np.round(np.log10(np.maximum(np.abs(1.0 - m), NEUTRAL)), 1))
            axes.plot(
                10.0**gaps, np.full(gaps.shape, row + height), marker, color=colour, markersize=5.5,
                linestyle="none", label=label if row == 0 else None,
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(4e-13, 4.0)
    axes.set_xticks([1e-12, 1e-9, 1e-6, 1e-3, 1], ["$<10^{-12}$", "$10^{-9}$", "$10^{-6}$", "$10^{-3}$", "1"])
    axes.minorticks_off()
    axes.set_yticks(range(len(points)), [point.name for point in points])
    axes.set_ylim(len(points) - 0.5, -0.5)
    axes.set_xlabel("distance $|1 - m|$ of a multiplier from one")
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1.2, handlelength=0.8)
    alt = (
        "Distance of each multiplier from one where a run has ended, logarithmic, one row for each run. "
        + ". ".join(
            f"{point.name}: the nearest of {point.multipliers.size} is "
            + ("1 to rounding" if point.neutral else f"{point.nearest:.0e} away")
            for point in points
        )
        + "."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def remedies(result: Remedies, *, name: str = "remedies") -> BookFigure:
    """Draw the loss after each remedy for each run: a filled mark where the goal was reached."""
    figure, axes = new_axes(height=4.3)
    rows, columns = result.after.shape
    for row in range(rows):
        for column in range(columns):
            if result.cured[row, column]:
                axes.plot(column, row, "o", color=colours.blue, markersize=15)
                axes.text(column, row, "✓", color=colours.page, ha="center", va="center")
            else:
                loss = result.after[row, column]
                text = f"{loss:.2f}" if np.isfinite(loss) else "∞"
                axes.text(column, row, text, color=colours.muted, ha="center", va="center")
    set_table(axes, result.kinds, result.remedies, rotation=38.0)
    alt = "A table of six failed runs and seven remedies. " + ". ".join(
        f"{kind} is solved by: {', '.join(np.array(result.remedies)[cured]) or 'none'}"
        for kind, cured in zip(result.kinds, result.cured, strict=True)
    )
    return BookFigure(figure, name=name, alt=alt)
