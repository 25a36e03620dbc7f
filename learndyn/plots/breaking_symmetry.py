"""Draw how equal units part: four ways, two kinds of noise, growth, fates, jobs and random starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..experiments.exchange_plane import Pitchfork
from ..experiments.noise_kinds import NoisyRun
from ..experiments.split_growth import SplitGrowth
from ..experiments.start_sizes import StartSizes
from ..experiments.symmetry_breaking import SymmetryBreaking
from ..experiments.unit_jobs import UnitJobs
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS = (
    (colours.ink, "-"),
    (colours.muted, ":"),
    (colours.green, "-."),
    (colours.orange, "--"),
    (colours.purple, (0, (5, 1, 1, 1, 1, 1))),
    (colours.blue, "-"),
)
_FLOOR = 1e-8  # splits below are drawn here: what rounding does differs between machines


@figure_style
def ways(results: Mapping[str, SymmetryBreaking], *, name: str = "breaking-ways") -> BookFigure:
    """Draw loss and split of runs that start at, or beside, the symmetric saddle."""
    figure, (top, bottom) = new_axes(2, 1, height=5.6, share_x=True)
    for (label, run), (colour, style) in zip(results.items(), _LOOKS, strict=False):
        every = slice(None, None, max(1, len(run.times) // 150))
        top.plot(
            run.times[every],
            run.losses[every],
            color=colour,
            linestyle=style,
            label=label,
        )
        bottom.semilogy(
            run.times[every],
            np.maximum(run.splits[every], _FLOOR),
            color=colour,
            linestyle=style,
        )
    top.set_ylabel("loss")
    top.set_ylim(0.0, 0.2)
    bottom.set_ylabel("split of the units")
    bottom.set_ylim(_FLOOR / 2, 6.0)
    bottom.set_yticks(
        [1e-8, 1e-6, 1e-4, 1e-2, 1.0],
        ["none", "$10^{-6}$", "$10^{-4}$", "$10^{-2}$", "1"],
    )
    bottom.minorticks_off()
    bottom.set_xlabel("step")
    figure.legend(loc="outside upper center", ncols=2)
    alt = (
        "Loss and split of two units against the step, for six runs. Without a way out, and with minibatches, there is "
        "no split and the loss stays at the saddle's. With noise, a bottleneck, a split along the unstable mode or a "
        f"random start the split grows to about {results['unstable mode'].splits[-1]:.1f} and the loss falls."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def noisy_weights(runs: Sequence[NoisyRun], *, name: str = "breaking-noise") -> BookFigure:
    """Draw the weight from the first input to both units, one panel for each of four kinds of noise."""
    figure, grid = new_axes(2, 2, height=4.6, share_x=True)
    for axes, run in zip(np.ravel(grid), runs, strict=True):
        axes.plot(
            run.times,
            run.weights[:, 0],
            color=colours.blue,
            linewidth=2.6,
            label="unit 1",
        )
        axes.plot(
            run.times,
            run.weights[:, 1],
            color=colours.orange,
            linestyle="--",
            linewidth=1.6,
            label="unit 2",
        )
        axes.set_title(run.kind)
    for axes in grid[1]:
        axes.set_xlabel("step")
    for axes in grid[:, 0]:
        axes.set_ylabel("weight $w_1$")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2)
    words = "; ".join(
        f"{run.kind}: " + ("the two lines coincide" if run.split == 0.0 else "the two lines part")
        for run in runs
    )
    alt = (
        "The weight from the first input to each of two units that start equal, against the step, under "
        f"noise. {words}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def growth(results: Mapping[str, SplitGrowth], *, name: str = "breaking-growth") -> BookFigure:
    """Draw the split against the step for several rules, with the predicted exponentials."""
    figure, axes = new_axes(height=3.7)
    looks = (
        (colours.blue, "-", "o"),
        (colours.orange, "--", "s"),
        (colours.green, "-.", "^"),
    )
    offsets = ((-8, 6), (8, -12), (-4, 4))
    aligns = ("right", "left", "right")
    rows = zip(results.values(), looks, offsets, aligns, (0.6, 0.5, 0.85), strict=True)
    for run, (colour, style, marker), offset, align, place in rows:
        every = max(1, len(run.times) // 12)
        axes.semilogy(run.times, run.predicted_splits, color=colour, linestyle=style)
        axes.semilogy(run.times[::every], run.splits[::every], marker, color=colour, markersize=5)
        at = int(place * (len(run.times) - 1))
        axes.annotate(
            run.rule, (run.times[at], run.predicted_splits[at]), xytext=offset, textcoords="offset points",
            ha=align, color=colour,
        )  # fmt: skip
    axes.set_xlabel("step")
    axes.set_ylabel("split of the state")
    factors = ", ".join(f"{run.rule} {run.predicted:.3f}" for run in results.values())
    alt = (
        "Split of two equal units against the step, on a logarithmic axis. Marks lie on straight lines, one for each "
        f"rule; the factors a step are: {factors}."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def fates(result: Pitchfork, *, name: str = "breaking-fates") -> BookFigure:
    """Draw the growth of a small split and where it ends, against the target."""
    figure, (top, bottom) = new_axes(2, 1, height=5.2, share_x=True)
    top.plot(
        result.targets,
        result.predicted_factors,
        color=colours.blue,
        label=r"predicted, $1 + \eta\mu$",
    )
    top.plot(result.targets, result.factors, "o", color=colours.orange, label="measured")
    top.axhline(1.0, color=colours.muted, linestyle=":", linewidth=1.5)
    top.set_ylabel("factor a step")
    top.legend(loc="upper left")
    for branch, marker, label in ((0, "o", "start +0.01"), (1, "s", "start −0.01")):
        colour = (colours.blue, colours.orange)[branch]
        bottom.plot(
            result.targets, result.branches[:, branch], marker=marker, linestyle=("-", "--")[branch], color=colour,
            label=label,
        )  # fmt: skip
    bottom.plot(
        result.targets,
        result.merged,
        "x",
        color=colours.ink,
        markersize=9,
        markeredgewidth=1.6,
        label="start 1",
    )
    bottom.axvline(0.0, color=colours.muted, linestyle=":", linewidth=1.5)
    bottom.set_ylabel("split at the end")
    bottom.set_xlabel("target $c$")
    bottom.legend(loc="upper left")
    alt = (
        "Two panels against the number c of the target. Above, the growth of a small split each step rises from "
        f"{result.factors[0]:.3f} through 1 at c = 0 to {result.factors[-1]:.3f}, and marks lie on the predicted curve. "
        "Below, the split at the end of long runs is zero for negative c, also from a large split, and forks into "
        "two branches of opposite sign for positive c."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def jobs(run: UnitJobs, *, name: str = "breaking-jobs") -> BookFigure:
    """Draw the path of both units' incoming weights, and the loss, with three moments marked."""
    figure, (top, bottom) = new_axes(2, 1, height=6.2)
    moments = _moments(run)
    for unit, (colour, style) in enumerate(((colours.blue, "-"), (colours.orange, "--"))):
        path = run.incoming[:, :, unit]
        top.plot(*path.T, color=colour, linestyle=style)
        for at, marker in zip(moments, "os*", strict=True):
            top.plot(
                *path[at],
                marker,
                color=colour,
                markersize=8 + 3 * (marker == "*"),
                markeredgecolor=colours.page,
            )
        top.annotate(
            f"unit {unit + 1}", path[-1], xytext=((0, -18), (-14, 2))[unit], textcoords="offset points", ha="right",
            color=colour,
        )  # fmt: skip
    top.axhline(0.0, color=colours.muted, linewidth=0.8)
    top.axvline(0.0, color=colours.muted, linewidth=0.8)
    top.annotate(
        "both, at the saddle",
        run.incoming[0, :, 0],
        xytext=(12, -14),
        textcoords="offset points",
        color=colours.ink,
    )
    top.set_xlim(-0.7, 2.1)
    top.set_xlabel("$w_1$")
    top.set_ylabel("$w_2$")
    bottom.plot(run.times, run.losses, color=colours.green)
    for at, marker in zip(moments, "os*", strict=True):
        bottom.plot(
            run.times[at],
            run.losses[at],
            marker,
            color=colours.green,
            markersize=8 + 3 * (marker == "*"),
        )
    bottom.set_ylim(bottom=0.0)
    bottom.set_xlabel("step")
    bottom.set_ylabel("loss")
    ends = ", ".join(f"unit {i + 1} at ({a:.1f}, {b:.1f})" for i, (a, b) in enumerate(run.incoming[-1].T))
    alt = (
        "Above, the incoming weights of two units in the plane. Both start at the same point and part along a fork; they "
        f"end with {ends}. Below, the loss rests at {run.losses[0]:.3f} and falls while they part."
    )
    return BookFigure(figure, name=name, alt=alt.replace("(-", "(−").replace(", -", ", −"))


@figure_style
def sizes(result: StartSizes, *, name: str = "breaking-sizes") -> BookFigure:
    """Draw the part of random starts that has solved the task, after two times."""
    figure, axes = new_axes(height=3.7)
    places = (len(result.times) // 4, len(result.times) - 1)
    for place, (colour, style), marker in zip(
        places, ((colours.orange, "--"), (colours.blue, "-")), "so", strict=True
    ):
        axes.semilogx(
            result.sizes, result.solved[place], marker=marker, linestyle=style, color=colour,
            label=f"after {result.times[place]} steps",
        )  # fmt: skip
    axes.set_ylim(-0.04, 1.06)
    axes.set_xlabel(r"size $\sigma$ of the random start")
    axes.set_ylabel("part of nets with both jobs done")
    axes.legend(loc="center left")
    alt = (
        "The part of nets in which two units have solved the task, against the size of their random start. At the end it "
        f"is {result.solved[-1, 0]:.2f} for the smallest starts and falls to {result.solved[-1, -1]:.2f} for the largest."
    )
    return BookFigure(figure, name=name, alt=alt)


def _moments(run: UnitJobs) -> tuple[int, int, int]:
    """Before, in the middle of the fall, and after."""
    middle = 0.5 * (run.losses[0] + run.losses[-1])
    return 0, int(np.argmax(run.losses < middle)), len(run.times) - 1
