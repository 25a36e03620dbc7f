"""Feedback alignment: start with feedback at any angle, and follow the update from uphill to downhill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from ..experiments.credit_turning import CreditTurning
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis, heading, label
from .wording import number

__all__ = ["update_and_gradient"]

SIDE, SPACING, HEIGHT = 210, 76, 246
LOWEST, HIGHEST = -6.0, 2.5  # change of the loss by a step, thousandths of that at the start


def update_and_gradient(
    result: CreditTurning,
    *,
    shown: Sequence[int],
    start: tuple[int, int] = (0, 0),
    name: str = "feedback-alignment-angle",
) -> Explorable:
    """Show angles and the loss's change over the steps, with sliders over the first angle and the step.

    Parameters
    ----------
    result : CreditTurning
        One run for each position of the first slider.
    shown : sequence of int
        Records of the run: the positions of the second slider.
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    shown = list(shown)
    chart = alt.hconcat(_angles(result, shown), _changes(result, shown), spacing=SPACING)
    return Explorable(
        name,
        chart,
        [
            Slider("angle of feedback to forward weights", [f"{a:g}°" for a in result.starts], start[0]),
            Slider("training step", [f"{result.steps[k]:.0f}" for k in shown], start[1]),
        ],
        [_caption(result, i, k) for i in range(result.starts.size) for k in shown],
        "Two panels over the training step. Left: the angles to minus the gradient of the hidden layer's update and of "
        "the whole update, and that of forward to feedback weights, with a line at 90 degrees. Right: the change of "
        "the loss by one step, measured and to first order. At the start of the run the feedback is "
        f"{result.starts[start[0]]:g} degrees from the forward weights. From large angles the update first points "
        "uphill and then turns; from 0 degrees it opens to about 30.",
        height=336,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _run(result: CreditTurning, count: int, **columns: Any) -> alt.Chart:
    """Return a chart of the whole run at the first slider's position."""
    steps = np.broadcast_to(result.steps, (result.starts.size, result.steps.size))
    data = frames(result.starts.size, step=steps, **columns)
    return (
        alt.Chart(data)
        .transform_filter(f"datum.row === floor(row / {count})")
        .transform_flatten(["step", *columns])
    )


def _here(result: CreditTurning, shown: list[int], **columns: Any) -> alt.Chart:
    """Return a chart of the record at both sliders' position."""
    flat: dict[str, Any] = {name: values[:, shown].ravel() for name, values in columns.items()}
    step = np.tile(result.steps[shown], result.starts.size)
    return shown_frame(frames(step.size, step=step, **flat))


def _step(result: CreditTurning) -> alt.X:
    scale = alt.Scale(domain=[0, float(result.steps[-1])], nice=False)
    return alt.X("step:Q", scale=scale, axis=axis([0, 200, 400], title="step"))


def _angles(result: CreditTurning, shown: list[int]) -> Panel:
    scale, ticks = alt.Scale(domain=[0, 180], nice=False), axis([0, 45, 90, 135, 180], title="angle (°)")
    run = _run(
        result, len(shown), weights=result.weights, law=result.law, hidden=result.hidden, whole=result.whole
    )
    here = _here(result, shown, hidden=result.hidden, whole=result.whole)

    def at(column: str) -> dict[str, Any]:
        return {"x": _step(result), "y": alt.Y(f"{column}:Q", scale=scale, axis=ticks)}

    right = alt.Chart(frames(1, angle=[90.0])).mark_rule(color=colours.ink, strokeDash=[3, 4])
    weights = run.mark_line(color=colours.orange, strokeWidth=2, strokeDash=[8, 5])
    law = run.transform_filter(f"datum.step % {10 * result.steps[1]:g} === 0").mark_point(
        color=colours.orange, size=30
    )
    return alt.layer(
        right.encode(y=alt.Y("angle:Q", scale=scale, axis=ticks)),
        weights.encode(**at("weights")).properties(name="angle_weights"),
        law.encode(**at("law")).properties(name="angle_law"),
        run.mark_line(color=colours.green, strokeWidth=2, strokeDash=[2, 4]).encode(**at("whole")),
        run.mark_line(color=colours.blue, strokeWidth=2)
        .encode(**at("hidden"))
        .properties(name="angle_hidden"),
        here.mark_point(color=colours.green, size=90).encode(**at("whole")).properties(name="whole_here"),
        here.mark_point(color=colours.blue, size=90).encode(**at("hidden")).properties(name="hidden_here"),
        label(SIDE - 4, 14, "hidden update", align="right", colour=colours.blue),
        label(SIDE - 4, 34, "whole update", align="right", colour=colours.green),
        label(SIDE - 4, 54, "W₂ to F′", align="right", colour=colours.orange),
        heading("Angles"),
    ).properties(width=SIDE, height=HEIGHT)


def _changes(result: CreditTurning, shown: list[int]) -> Panel:
    scale = alt.Scale(domain=[LOWEST, HIGHEST], nice=False)
    ticks = axis([-6, -4, -2, 0, 2], title="of first loss (‰)")
    measured, law = 1e3 * result.changes, 1e3 * result.predicted_changes
    run = _run(result, len(shown), change=measured, law=law)
    here = _here(result, shown, change=measured)

    def at(column: str) -> dict[str, Any]:
        return {"x": _step(result), "y": alt.Y(f"{column}:Q", scale=scale, axis=ticks)}

    zero = alt.Chart(frames(1, level=[0.0])).mark_rule(color=colours.ink, strokeDash=[3, 4])
    return alt.layer(
        zero.encode(y=alt.Y("level:Q", scale=scale, axis=ticks)),
        run.mark_line(color=colours.blue, strokeWidth=2).encode(**at("change")).properties(name="change"),
        run.mark_line(color=colours.orange, strokeWidth=2, strokeDash=[8, 5])
        .encode(**at("law"))
        .properties(name="change_law"),
        here.mark_point(color=colours.blue, size=90).encode(**at("change")).properties(name="change_here"),
        label(SIDE - 4, 14, "measured", align="right", colour=colours.blue),
        label(SIDE - 4, 34, "first order", align="right", colour=colours.orange),
        heading("Loss change by a step"),
    ).properties(width=SIDE, height=HEIGHT)


def _caption(result: CreditTurning, i: int, k: int) -> str:
    hidden, whole = result.hidden[i, k], result.whole[i, k]
    if whole > 90.0:
        kind = "The whole update points uphill"
    elif hidden > 90.0:
        kind = "The hidden layer climbs, the output layer wins"
    else:
        kind = "All points downhill"
    return (
        f"Feedback at {result.starts[i]:g}°, step {result.steps[k]:.0f}. {kind}: {number(hidden, 1)}° (hidden), "
        f"{number(whole, 1)}° (whole). The next step changes the loss by {number(1e3 * result.changes[i, k], 2)} ‰, "
        f"first order {number(1e3 * result.predicted_changes[i, k], 2)} ‰. "
        f"W₂ is at {number(result.weights[i, k], 1)}° to F′ (law {number(result.law[i, k], 1)}°)."
    )
