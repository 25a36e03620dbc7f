"""Draw the loss along two lines and on the plane of three renumbered copies of a net."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..experiments.landscape_copies import RenumberedCopies
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes
from .surface import draw_surface


@figure_style
def lines_and_plane(result: RenumberedCopies, *, name: str = "landscape-copies") -> BookFigure:
    """Draw both lines in the upper panel, and the slice with its marks in the lower one."""
    figure, (upper, lower) = new_axes(2, 1, height=8.2)
    layout: Any = figure.get_layout_engine()
    layout.set(hspace=0.04)
    upper.get_gridspec().set_height_ratios([1.0, 2.8])
    _lines(upper, result)
    _plane(lower, result)
    figure.legend(*lower.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    corners = len(result.marks.minima)
    alt = (
        "Upper panel: from the initial to the trained net the loss falls without a bump; from there to "
        f"a second minimum it rises to {result.across.losses.max():.2f} half-way and falls back. Lower "
        f"panel: level lines of the loss in a plane with {corners} minima at the corners of an "
        f"equilateral triangle, {len(result.marks.saddles)} saddles between them and "
        f"{len(result.marks.maxima)} maximum at the centre. Three ridges run outwards from the maximum "
        "through the saddles. The picture looks the same after a turn by 120 degrees."
    )
    return BookFigure(figure, name=name, alt=alt)


def _lines(axes: Axes, result: RenumberedCopies) -> None:
    looks = (
        (result.way_down, colours.blue, "-", "from the start to a minimum", (0.30, 10)),
        (result.across, colours.orange, "--", "between two minima", (0.0, 10)),
    )
    for line, colour, style, text, (place, up) in looks:
        axes.plot(line.coordinates, line.losses, color=colour, linestyle=style)
        height = float(np.interp(place, line.coordinates, line.losses))
        axes.annotate(
            text, (place, height), xytext=(4, up), textcoords="offset points", color=colour, va="bottom"
        )
    axes.set_ylim(0.0, None)
    axes.set_xlabel("position on the line")
    axes.set_ylabel("loss")


def _plane(axes: Axes, result: RenumberedCopies) -> None:
    surface = result.surface
    # A level in equal ratios shows the small barrier and the steep walls together.
    xs, ys = surface.xs[::2], surface.ys[::2]
    height = np.log(surface.losses[::2, ::2] / result.minimum.loss)
    draw_surface(axes, xs, ys, height, shades=8, boundary=False)
    levels = np.linspace(0.0, height.max(), 9)[1:]
    axes.contour(xs, ys, height, levels=levels, colors=[colours.muted], linewidths=0.7, alpha=0.6)
    axes.plot(*result.ridges.points[::2].T, ".", color=colours.ink, markersize=3, label="ridge")
    kinds = (
        (result.marks.minima, "o", colours.blue, "minimum"),
        (result.marks.saddles, "X", colours.green, "saddle"),
        (result.marks.maxima, "^", colours.pink, "maximum"),
    )
    for points, marker, colour, label in kinds:
        axes.plot(*points.T, marker, color=colour, markeredgecolor=colours.page, markersize=10, label=label)
    axes.set_aspect("equal")
    axes.grid(False)
    axes.set_xlabel("distance along the first direction")
    axes.set_ylabel("along the second")
