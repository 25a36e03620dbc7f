"""Draw deep linear networks: stages of learning, plateaus, and the drift of the conserved balance."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ..experiments.conserved_balance import ConservedBalance
from ..experiments.depth_plateaus import DepthPlateaus
from ..experiments.learning_stages import Stages
from ..experiments.random_stages import RandomStages
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LINES = (
    (colours.blue, "-"),
    (colours.orange, "--"),
    (colours.green, "-."),
    (colours.pink, (0, (2, 1.2))),
)


@figure_style
def stages_of_learning(result: Stages, *, name: str = "deep-linear-stages") -> BookFigure:
    """Draw each mode's strength with the formula, and below it the loss with its plateaus."""
    figure, (top, bottom) = new_axes(2, 1, height=5.4, share_x=True)
    every = max(1, len(result.times) // 40)
    rows = zip(result.values, result.strengths.T, result.predicted.T, _LINES, strict=False)
    for s, measured, predicted, (colour, style) in rows:
        top.plot(result.times, measured, color=colour, linestyle=style)
        top.plot(result.times[::every], predicted[::every], "o", color=colour, markersize=3.5)
        _at_the_right(top, s, f"$s = {s:g}$", colour)
    top.set_ylabel("strength $a$ of a mode")
    top.set_ylim(0.0, 1.08 * result.values[0])
    bottom.plot(result.times, result.losses, color=colours.blue)
    for learned, level in enumerate(result.plateaus):
        bottom.axhline(level, color=colours.muted, linestyle=":", linewidth=1.5)
        _at_the_right(bottom, level, f"{learned} learned", colours.muted)
    bottom.set_yscale("log")
    bottom.set_ylim(result.plateaus[-1] / 30, 2.5 * result.plateaus[0])
    bottom.set_ylabel("loss $L$")
    bottom.set_xlabel("time $t$")
    bottom.set_xlim(0.0, result.times[-1])
    alt = (
        f"Two panels over time. Above, {len(result.values)} modes rise one after the other along sigmoids, the "
        "strongest first, and points of the formula lie on each. Below, the loss on a logarithmic axis "
        "descends in steps and rests near the level predicted for each number of learned modes."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def random_start(result: RandomStages, *, name: str = "deep-linear-random") -> BookFigure:
    """Draw modes from a random start: measured, deflated prediction, and plain half-rise times."""
    figure, axes = new_axes(height=3.9)
    _draw_modes(axes, result.stages)
    axes.plot(
        result.plain_half_rises,
        np.full(len(result.stages.values), 0.5),
        "x",
        color=colours.ink,
        markersize=8,
        markeredgewidth=2,
        label="half-rise, each mode alone",
    )
    _finish_modes(axes, result.stages)
    alt = (
        "Four modes of a net from a random start, each as a share of its full strength, rise one after the "
        "other. The points of the formula with the deflated start lie on the curves; the crosses, "
        "which ignore the stronger modes, come before the curves of the weaker ones."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def tanh_net(result: Stages, *, name: str = "deep-linear-tanh") -> BookFigure:
    """Draw the modes of a tanh net with the formula of the linear net."""
    figure, axes = new_axes(height=3.9)
    _draw_modes(axes, result)
    _finish_modes(axes, result)
    alt = (
        "Four modes of a tanh net, each as a share of its full strength, rise in the same order as those of "
        "a linear net. The first three lag behind the points of the linear formula, a little more "
        "each; the last begins earlier than its points and rises more slowly."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def plateaus_of_depth(result: DepthPlateaus, *, name: str = "deep-linear-plateaus") -> BookFigure:
    """Draw half-rise times against the start, a mark and a predicted line for each depth."""
    figure, axes = new_axes(height=3.9)
    rows = zip(result.depths, result.times, result.predicted, _LINES, "os^D", strict=False)
    for depth, times, predicted, (colour, style), marker in rows:
        axes.loglog(result.starts, predicted, color=colour, linestyle=style)
        axes.loglog(result.starts, times, marker, color=colour)
        axes.annotate(
            f"{depth} layers",
            (result.starts[1], times[1]),
            xytext=(8, 8),
            textcoords="offset points",
            color=colour,
        )
    axes.set_xlabel("start $a_0$")
    axes.set_ylabel("half-rise time")
    alt = (
        "Time to half of the target against the start, both axes logarithmic. Two layers: almost flat. "
        "Three and four layers: marks approach falling straight lines with slopes of a third and a half."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def drift_of_the_balance(result: ConservedBalance, *, name: str = "deep-linear-drift") -> BookFigure:
    """Draw the drift of the conserved quantity against the step size, with the prediction."""
    figure, axes = new_axes(height=3.7)
    axes.loglog(
        result.step_sizes, result.predicted, color=colours.orange, label=r"predicted, $\eta$ times the integral"
    )
    axes.loglog(result.step_sizes, result.drifts, "o", color=colours.blue, label="measured")
    axes.set_xticks(result.step_sizes, [f"{eta:g}" for eta in result.step_sizes])
    axes.minorticks_off()
    axes.set_xlabel(r"step size $\eta$")
    axes.set_ylabel("drift $|D(T) - D(0)|$")
    axes.legend(loc="upper left")
    alt = (
        "Drift of the conserved quantity over a fixed time against the step size of descent, both axes "
        "logarithmic. The measured points lie on a predicted line of slope one for small steps and rise "
        "above it for large ones."
    )
    return BookFigure(figure, name=name, alt=alt)


def _draw_modes(axes: Axes, stages: Stages) -> None:
    every = max(1, len(stages.times) // 60)
    shares, formula = stages.strengths / stages.values, stages.predicted / stages.values
    rows = zip(stages.values, shares.T, formula.T, stages.half_rises, _LINES, strict=False)
    for s, measured, predicted, half, (colour, style) in rows:
        axes.plot(stages.times, measured, color=colour, linestyle=style)
        axes.plot(stages.times[::every], predicted[::every], "o", color=colour, markersize=3.5)
        axes.annotate(
            f"$s = {s:g}$",
            (half, 1.0),
            xytext=(0, 8),
            textcoords="offset points",
            color=colour,
            ha="center",
        )
    axes.plot([], [], color=colours.muted, label="measured")
    axes.plot([], [], "o", color=colours.muted, markersize=3.5, label="formula")


def _finish_modes(axes: Axes, stages: Stages) -> None:
    axes.set_xlim(0.0, stages.times[-1])
    axes.set_ylim(-0.02, 1.15)
    axes.set_xlabel("time $t$")
    axes.set_ylabel("share learned, $a / s$")
    axes.figure.legend(loc="outside lower center", ncols=3)


def _at_the_right(axes: Axes, level: float, text: str, colour: str) -> None:
    axes.annotate(
        text,
        (1.0, level),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=colour,
    )
