"""Draw how sharpness rises to the edge of stability, for descent and for every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..experiments.edge_of_stability import EdgeRun, FlowSharpness
from ..learning.stability_limits import bare_rule
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LINES = ((colours.pink, "-"), (colours.orange, "-."), (colours.blue, ":"))


@figure_style
def rise(flow: FlowSharpness, runs: Sequence[EdgeRun], *, name: str = "edge-rise") -> BookFigure:
    """Draw the sharpness against time along gradient flow, and along descent with three step sizes."""
    figure, axes = new_axes(height=4.0)
    axes.plot(flow.times, flow.sharpness, color=colours.ink, linewidth=2.2)
    axes.annotate(
        "gradient flow", (flow.times[-1], flow.sharpness[-1]), xytext=(-4, -6), textcoords="offset points",
        ha="right", va="top", color=colours.ink,
    )  # fmt: skip
    for run, (colour, style) in zip(runs, _LINES, strict=True):
        eta = bare_rule(run.rule).step_size
        edge = run.limit / eta
        axes.axhline(edge, color=colours.muted, linewidth=1.0)
        axes.plot(eta * run.steps, run.sharpness, color=colour, linestyle=style, linewidth=2.2)
        _label(axes, rf"$\eta$ = {eta:g}: 2/$\eta$ = {edge:.0f}", (flow.times[-1], edge), colour)
    axes.set_xlim(0.0, flow.times[-1])
    axes.set_ylim(0.0, None)
    axes.set_xlabel(r"time $t = \eta k$ after $k$ steps")
    axes.set_ylabel(r"sharpness $\lambda$")
    alt = (
        "Sharpness against time. Gradient flow rises from below 10 to above 50. Descent follows it at first; with step "
        "sizes 0.2, 0.1 and 0.05 it leaves the curve at 10, 20 and 40, overshoots a little, and stays there."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def all_rules(runs: Mapping[str, EdgeRun], *, name: str = "edge-rules") -> BookFigure:
    """Draw eta lambda over its limit for each rule, one panel a rule.

    Parameters
    ----------
    runs : mapping of str to EdgeRun
        Six; the key is the panel's title.
    """
    figure, axes = new_axes(3, 2, height=6.2, share_y=True)
    for axis, (title, run) in zip(axes.flat, runs.items(), strict=True):
        axis.axhline(1.0, color=colours.ink, linewidth=1.4, linestyle="--")
        axis.plot(run.steps[1:], run.relative[1:], color=colours.blue, linewidth=1.3)
        axis.set_title(title)
        axis.set_xlim(0, run.steps[-1])
        axis.set_ylim(0.0, 1.6)
        axis.ticklabel_format(axis="x", style="plain")
        axis.set_xticks(np.arange(0, run.steps[-1] + 1, 4000 if run.steps[-1] > 4000 else 1000))
    for axis in axes[-1]:
        axis.set_xlabel("step")
    for axis in axes[:, 0]:
        axis.set_ylabel(r"$\eta\lambda$ / limit")
    alt = (
        "Six panels of eta times sharpness over the limit of the rule, against the step. "
        + ", ".join(list(runs)[:-1])
        + f" end near 1, each with scatter around it. {list(runs)[-1]} touches 1 and then falls well below."
    )
    return BookFigure(figure, name=name, alt=alt)


def _label(axes: Any, text: str, place: tuple[float, float], colour: str) -> None:
    axes.annotate(
        text, place, xytext=(-4, 9), textcoords="offset points", ha="right", va="bottom", color=colour
    )
