"""Draw how long rules need to the floor of a valley."""

from __future__ import annotations

import numpy as np

from ..experiments.valley_times import TurnedTimes, ValleyTimes
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def times_to_floor(result: ValleyTimes, *, name: str = "valley-times") -> BookFigure:
    """Draw steps against the condition number: measured marks, predicted lines."""
    figure, axes = new_axes(height=4.0)
    k = result.condition_numbers
    for words, measured, predicted, marker, colour, style in (
        ("descent", result.descent, result.predicted_descent, "o", colours.blue, "-"),
        ("heavy ball", result.heavy_ball, result.predicted_heavy_ball, "s", colours.orange, "--"),
        ("Adam, turned 45°", result.adam_turned, None, "^", colours.purple, ":"),
        ("Adam, along the axes", result.adam_aligned, None, "v", colours.green, ":"),
    ):
        if predicted is None:
            axes.plot(k, measured, style, color=colour, linewidth=1.3)
        else:
            axes.plot(k, predicted, style, color=colour)
        axes.plot(k, measured, marker, color=colour)
        axes.annotate(
            words,
            (k[-1], measured[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(k[0] / 1.2, 22.0 * k[-1])
    axes.set_xticks([10.0, 100.0, 1000.0])
    axes.set_xlabel("condition number $k$")
    axes.set_ylabel("steps to the floor")
    alt = (
        "Steps to the floor against the condition number, both axes logarithmic. Descent rises with "
        "slope one and the heavy ball with slope one half; their marks lie on the predicted lines. Adam "
        "is level in the valley along the axes, and rises in the turned valley."
    )
    return BookFigure(figure, name=name, alt=alt)


@figure_style
def turned_times(result: TurnedTimes, *, name: str = "valley-turned-times") -> BookFigure:
    """Draw steps against the angle of the valley."""
    figure, axes = new_axes(height=3.7)
    degrees = np.degrees(result.angles)
    axes.axhline(result.plain, color=colours.muted, linestyle="--", linewidth=1.5)
    axes.annotate(
        "descent",
        (0, result.plain),
        xytext=(2, 5),
        textcoords="offset points",
        color=colours.muted,
    )
    axes.plot(
        degrees,
        result.predicted_rescaled,
        color=colours.blue,
        label="descent in the best units, predicted",
    )
    axes.plot(degrees, result.rescaled, "o", color=colours.blue, label="the same, measured")
    axes.plot(
        degrees,
        result.adam,
        "^:",
        color=colours.purple,
        fillstyle="none",
        markeredgewidth=1.5,
        linewidth=1.3,
        label="Adam, measured",
    )
    axes.set_xticks([0, 15, 30, 45, 60, 75, 90])
    axes.set_ylim(0, 1.2 * max(result.plain, result.adam.max()))
    axes.set_xlabel("angle between valley and axis, degrees")
    axes.set_ylabel("steps to the floor")
    figure.legend(loc="outside lower center", ncols=1)
    alt = (
        "Steps to the floor of one valley against its angle to the axes. A level dashed line for "
        "descent. Descent in the best units falls to one step at 0 and 90 degrees and meets the dashed "
        "line at 45. Adam follows the same shape from 80 steps to about 270."
    )
    return BookFigure(figure, name=name, alt=alt)
