"""Draw the paths of several rules on the map of a valley, a panel for each."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ..experiments.valley_paths import ValleyPaths
from ..experiments.valley_symmetries import TurnedPaths
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_COLOURS = (colours.blue, colours.orange, colours.green, colours.purple)


@figure_style
def paths_on_map(result: ValleyPaths, *, steps: int | None = None, name: str) -> BookFigure:
    """Draw each path on level lines of the loss, two panels to a row.

    Parameters
    ----------
    result : ValleyPaths
    steps : int, optional
        How many steps of each path to draw; all by default.
    name : str
        The name of the figure.
    """
    rows = (len(result.paths) + 1) // 2
    figure, axes = new_axes(rows, 2, height=0.4 + 2.1 * rows, share_x=True, share_y=True)
    axes = np.atleast_2d(axes)
    panels = zip(axes.flat, result.paths.items(), _COLOURS, strict=False)
    for axis, (rule, path), colour in panels:
        _draw_map(axis, result)
        path = path if steps is None else path[: steps + 1]
        axis.plot(*path.T, "o-", color=colour, markersize=3.2, linewidth=1.3, markevery=_apart(path, result))
        _mark_ends(axis, result)
        axis.set_title(rule)
    for axis in axes[-1]:
        axis.set_xlabel("$a$, along the floor" if _is_straight(result) else "$a$")
    for axis in axes[:, 0]:
        axis.set_ylabel("$b$, across" if _is_straight(result) else "$b$")
    alt = (
        "Level lines of a narrow valley, with the path of an update rule from a cross at the left to the "
        "minimum, a star at the right, in each panel. "
    ) + ". ".join(f"Panel {i}: {rule}" for i, rule in enumerate(result.paths, start=1)) + "."
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def turned_paths(
    result: TurnedPaths, landscape: ValleyPaths, rules: tuple[str, ...], *, name: str = "turned-paths"
) -> BookFigure:
    """Draw the path of each rule in a valley, and its path in the turned valley, turned back."""
    figure, axes = new_axes(1, len(rules), height=3.1, share_x=True, share_y=True)
    for axis, rule in zip(np.atleast_1d(axes), rules, strict=True):
        _draw_map(axis, landscape)
        axis.plot(*result.straight[rule].T, "-", color=colours.blue, linewidth=2.6, label="as it lies")
        axis.plot(
            *result.turned[rule].T,
            "o",
            color=colours.orange,
            markersize=4,
            fillstyle="none",
            markeredgewidth=1.3,
            label=f"turned by {result.angle:g}°, then back",
        )
        _mark_ends(axis, landscape)
        axis.set_title(rule)
        axis.set_xlabel("$a$, along the floor")
    np.atleast_1d(axes)[0].set_ylabel("$b$, across")
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    alt = (
        "Level lines of a narrow valley with two paths in each panel: a line for the valley as it lies, "
        "circles for the turned valley. For descent the circles lie on the line. For Adam they make "
        "another path."
    )
    return BookFigure(figure, name=name, alt=alt)


def _draw_map(axis: Axes, result: ValleyPaths) -> None:
    highest = float(result.losses.max())
    # A curved valley is narrower than the map's grid where the loss is lowest.
    levels = highest * (np.geomspace(1e-4, 0.7, 8) if _is_straight(result) else np.geomspace(2e-3, 0.7, 6))
    axis.contour(
        result.a, result.b, result.losses, levels, colors=[colours.muted], linewidths=0.8, alpha=0.55
    )
    axis.grid(False)


def _apart(path: np.ndarray, result: ValleyPaths) -> list[int]:
    """Number the steps whose marks can be told apart: each a 100th of the map from the mark before."""
    extent = np.array([np.ptp(result.a), np.ptp(result.b)])
    marked = [0]
    for step, place in enumerate(path):
        if np.linalg.norm((place - path[marked[-1]]) / extent) > 1 / 100:
            marked.append(step)
    return marked


def _mark_ends(axis: Axes, result: ValleyPaths) -> None:
    axis.plot(*result.start, "x", color=colours.ink, markersize=8, markeredgewidth=1.8)
    axis.plot(*result.minimum, "*", color=colours.ink, markeredgecolor=colours.page, markersize=13)


def _is_straight(result: ValleyPaths) -> bool:
    return not np.any(result.minimum)
