"""Draw what recording costs, in units of NumPy written by hand."""

from __future__ import annotations

from ..experiments.benchmarks import DEFAULT, KEPT, Benchmarks, TimeRow
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (
    (DEFAULT, "default", "o", colours.blue, -0.16),
    (KEPT, "keeping freed memory", "s", colours.orange, 0.16),
)


@figure_style
def ratio_dots(found: Benchmarks, *, name: str = "cost-ratios") -> BookFigure:
    """Draw the ratio of each workload, its quartiles and its ceiling, under both settings."""
    figure, axes = new_axes(height=4.6)
    workloads = [row.workload for row in found.under(DEFAULT)]
    for setting, label, marker, colour, shift in _LOOKS:
        rows = found.under(setting)
        places = [workloads.index(row.workload) + shift for row in rows]
        medians = [row.ratio.median for row in rows]
        below = [row.ratio.median - row.ratio.low for row in rows]
        above = [row.ratio.high - row.ratio.median for row in rows]
        axes.errorbar(
            medians, places, xerr=(below, above), fmt=marker, color=colour, label=label,
            capsize=0, markersize=6, linewidth=1.5,
        )  # fmt: skip
        axes.plot(
            [row.ceiling for row in rows], places, "|", color=colours.ink, markersize=12,
            markeredgewidth=1.6, label="ceiling" if setting == KEPT else None,
        )  # fmt: skip
    axes.axvline(1, color=colours.muted, linewidth=1.2)
    axes.set_xscale("log")
    axes.set_xlim(0.9, 1.25 * max(row.ratio.high for row in found.times))
    ticks = [tick for tick in (1, 2, 3, 5, 8, 12, 20) if tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(workloads)), workloads)
    axes.set_ylim(len(workloads) - 0.5, -0.5)
    axes.set_xlabel("time of a step over the same step by hand")
    figure.legend(loc="outside upper left", ncols=3, columnspacing=1.4)
    return BookFigure(figure, name=name, alt=_words(found))


def _words(found: Benchmarks) -> str:
    ratios = ", ".join(
        f"{default.workload} {_number(default)} and {_number(kept)}"
        for default, kept in zip(found.under(DEFAULT), found.under(KEPT), strict=True)
    )
    return (
        "Dots with quartiles on a logarithmic axis: the time of a step over the same step by hand, "
        f"with the default allocator and when freed memory is kept. {ratios}. A tick marks each "
        "ceiling."
    )


def _number(row: TimeRow) -> str:
    return f"{row.ratio.median:.1f}"
