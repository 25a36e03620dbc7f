"""Draw Nesterov's scheme on its flow, the error between them, and the decay of the loss."""

from __future__ import annotations

import numpy as np

from ..experiments.nesterov_limit import NesterovDecay, NesterovLimit, closed_form
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def scheme_on_flow(
    result: NesterovLimit, *, mode: int = -1, shown: tuple[int, ...] = (0, 2), name: str = "nesterov-flow"
) -> BookFigure:
    """Draw one mode: the closed form as a line, and the iterates of two runs."""
    figure, axes = new_axes()
    times = np.linspace(1e-3, result.duration, 300)
    exact = closed_form(times, result.curvatures, result.start)[:, mode]
    axes.axhline(0.0, color=colours.muted, linewidth=1.0)
    axes.plot(times, exact, color=colours.blue, label="flow, closed form")
    for run, marker, colour in zip(shown, ("s", "o"), (colours.pink, colours.orange), strict=True):
        points = result.iterates[run][:, mode]
        root = result.root_steps[run]
        axes.plot(
            root * np.arange(points.size), points, marker, color=colour, markersize=4,
            label=rf"scheme, $\sqrt{{s}} = {root:g}$",
        )  # fmt: skip
    axes.set_xlabel(r"time $t = k\,\sqrt{s}$")
    axes.set_ylabel("one mode, $X$")
    axes.legend(loc="upper right")
    alt = (
        "One mode against time: a damped swing around zero. The iterates of Nesterov's scheme with a "
        "large step lead the line of the flow, those with a small step lie closer to it."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def loss_decay(result: NesterovDecay, *, name: str = "nesterov-decay") -> BookFigure:
    """Draw the loss of a quadratic with its envelope and the bound for convex losses."""
    figure, axes = new_axes(height=3.8)
    late = result.times > 1.0
    t = result.times[late]
    axes.loglog(t, result.losses[late], color=colours.blue, linewidth=1.2)
    axes.loglog(t, 2.0 / t**2, "--", color=colours.orange)
    axes.loglog(t, 4.0 / (np.pi * t**3), "-.", color=colours.green)
    axes.text(30.0, 5e-3, "bound $2/t^2$", color=colours.orange)
    axes.text(1.1, 1e-4, "envelope\n" r"$4/(\pi\,t^3)$", color=colours.green)
    axes.set_ylim(1e-7, 3.0)
    axes.set_xlabel("time $t$")
    axes.set_ylabel("loss $L$")
    alt = (
        "Loss of a quadratic along Nesterov's flow, on logarithmic axes: a row of arches that touch a "
        "line falling as t to the minus three, ever further below the bound that falls as t to the minus two."
    )
    return BookFigure(figure, name=name, alt=alt)
