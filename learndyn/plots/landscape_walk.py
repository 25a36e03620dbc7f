"""Draw a noisy run on its principal plane, and a random walk on its own."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ..experiments.landscape_walk import PathPlanes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface


@figure_style
def paths(result: PathPlanes, *, name: str = "landscape-walk") -> BookFigure:
    """Draw the run over its slice in the upper panel, the walk in the lower one."""
    figure, (upper, lower) = new_axes(2, 1, height=6.6)
    _run(upper, result)
    _walk(lower, result)
    alt = (
        f"Upper panel: a training run on the plane that explains {100 * result.noisy.seen.explained:.0f} "
        "percent of it goes down a smooth slope in an arc. Lower panel: a random walk on the plane that "
        f"explains {100 * result.walk.seen.explained:.0f} percent of it traces a parabola, close to the "
        "predicted curve."
    )
    return BookFigure(figure, name=name, alt=alt)


def _run(axes: Axes, result: PathPlanes) -> None:
    surface, path = result.noisy.surface, result.noisy.seen.coordinates
    assert surface is not None  # only the walk has none
    draw_surface(
        axes, surface.xs, surface.ys, np.log(surface.losses / surface.losses.min()), shades=8, boundary=False
    )
    axes.plot(*path.T, color=colours.blue, linewidth=1.4)
    axes.plot(*path[0], "X", color=colours.blue, markeredgecolor=colours.page, markersize=10)
    axes.plot(*path[-1], "*", color=colours.blue, markeredgecolor=colours.page, markersize=14)
    axes.grid(False)
    axes.set_ylabel("second direction")
    axes.set_title("training with minibatches")


def _walk(axes: Axes, result: PathPlanes) -> None:
    path = result.walk.seen.coordinates
    # Principal directions have no sign, and the coordinates count from the end of the walk.
    spread = path - path.mean(axis=0)
    arc = result.arc - result.arc.mean(axis=0)
    sizes = (arc * spread).sum(axis=0) / (arc * arc).sum(axis=0)
    axes.plot(*(arc * sizes + path.mean(axis=0)).T, color=colours.muted, linestyle="--", linewidth=1.6,
              label=r"$\cos \pi t/T,\ \cos 2\pi t/T$")  # fmt: skip
    axes.plot(*path.T, color=colours.orange, linewidth=1.4, label="walk")
    axes.set_xlabel("first direction")
    axes.set_ylabel("second direction")
    axes.set_title("a random walk")
    axes.legend(loc="best")
