"""Sharpness during training: move the step size, and the edge at which training hovers moves with it."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..experiments.edge_of_stability import EdgeRun, FlowSharpness
from ..experiments.edge_steps import EdgeSteps
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import axis, label
from .wording import number, scientific

__all__ = ["sharpness_and_step"]

WIDE, HIGH, LOW, GAP = 454, 200, 110, 30
SHARPNESS, LOSS = (3.0, 150.0), (5e-3, 20.0)


def sharpness_and_step(
    result: EdgeSteps, flow: FlowSharpness, *, start: int = 0, name: str = "edge-of-stability-step-size"
) -> Explorable:
    """Show the sharpness beside the line 2/eta, and the loss, over training time, with a slider over eta.

    Parameters
    ----------
    result : EdgeSteps
        One run for each position of the slider.
    flow : FlowSharpness
        From the same start, for as long.
    start : int, optional
        The first position.
    name : str, optional
    """
    count = result.step_sizes.size
    # A logarithmic axis has no place for what is far outside; a line has to leave the panel all the same.
    data = frames(
        count,
        time=[result.times(k)[: _seen(one)] for k, one in enumerate(result.runs)],
        sharpness=[_near(one.sharpness, SHARPNESS)[: _seen(one)] for one in result.runs],
        loss=[_near(one.losses, LOSS)[: _seen(one)] for one in result.runs],
        edge=result.edges,
    )  # fmt: skip
    chart = alt.vconcat(
        _sharpness(data, flow, result.duration), _loss(data, result.duration), spacing=GAP
    ).resolve_scale(x="independent", y="independent")
    eta, edge = result.step_sizes[start], result.edges[start]
    return Explorable(
        name,
        chart,
        [Slider("step size η", [f"{step:g}" for step in result.step_sizes], start)],
        [_caption(result, flow, k) for k in range(count)],
        f"Two panels over the training time. Above: the sharpness of gradient descent with η = {eta:g}, a line at "
        f"2/η = {edge:.3g}, and the sharpness along gradient flow, on a logarithmic axis. Below: the loss of descent. "
        "Larger steps lower the line, and the sharpness with it, until the steps are so long that the run is lost.",
        height=14 + HIGH + GAP + LOW + 54,
        margins={"left": 66, "top": 14, "right": 56, "bottom": 54},
    )


def _near(values: np.ndarray, domain: tuple[float, float]) -> np.ndarray:
    near: np.ndarray = np.clip(values, domain[0] / 10, 10 * domain[1])
    return near


def _seen(one: EdgeRun) -> int:
    """Return the number of records up to the one at which the loss has left its panel."""
    (above,) = np.nonzero(~(one.losses <= LOSS[1]))
    return int(above[0]) + 1 if above.size else one.losses.size


def _x(duration: float, *, named: bool) -> alt.X:
    ticks = [0.0, 30.0, 60.0, 90.0, 120.0]
    labels = [f"{tick:.0f}" if named else "" for tick in ticks]
    words = axis(ticks, title="time t = ηk" if named else None, labels=labels)
    return alt.X("time:Q", scale=alt.Scale(domain=[0, duration], nice=False), axis=words)


def _sharpness(data: alt.InlineData, flow: FlowSharpness, duration: float) -> alt.LayerChart | alt.FacetChart:
    x, scale = _x(duration, named=False), alt.Scale(type="log", domain=list(SHARPNESS), nice=False)
    ticks = axis([5, 10, 20, 50, 100], title="sharpness λ")
    y, edge = alt.Y("sharpness:Q", scale=scale, axis=ticks), alt.Y("edge:Q", scale=scale, axis=ticks)
    along = frames(flow.times.size, digits=3, time=flow.times, sharpness=flow.sharpness)
    run, one = shown_frame(data, "time", "sharpness"), shown_frame(data)
    return alt.layer(
        alt.Chart(along)
        .mark_line(color=colours.muted, strokeWidth=2, strokeDash=[8, 5], clip=True)
        .encode(x=x, y=y),
        one.mark_rule(color=colours.orange, strokeWidth=2).encode(y=edge),
        one.mark_text(color=colours.orange, align="left").encode(
            x=alt.value(WIDE + 6), y=edge, text=alt.value("2/η")
        ),
        run.mark_line(color=colours.blue, strokeWidth=2, clip=True)
        .encode(x=x, y=y, order="at:Q")
        .properties(name="sharpness"),
        label(WIDE - 6, 12, "gradient flow", align="right", colour=colours.muted),
    ).properties(width=WIDE, height=HIGH)


def _loss(data: alt.InlineData, duration: float) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(type="log", domain=list(LOSS), nice=False)
    ticks = axis([1e-2, 1e-1, 1, 10], title="loss L", labels=["0.01", "0.1", "1", "10"])
    x, y = _x(duration, named=True), alt.Y("loss:Q", scale=scale, axis=ticks)
    line = shown_frame(data, "time", "loss").mark_line(color=colours.blue, strokeWidth=2, clip=True)
    return alt.layer(line.encode(x=x, y=y, order="at:Q").properties(name="loss")).properties(
        width=WIDE, height=LOW
    )


def _caption(result: EdgeSteps, flow: FlowSharpness, k: int) -> str:
    one, edge = result.runs[k], result.edges[k]
    head = f"η = {result.step_sizes[k]:g}, 2/η = {edge:.3g}."
    start = one.sharpness[0]
    if result.lost[k]:
        where = "above" if start > edge else "below"
        last = _seen(one) - 1
        time = number(result.times(k)[last], 1)
        end = "" if one.stopped is None else " In the end its weights are no longer finite."
        return (
            f"{head} Lost: the first sharpness, {number(start, 1)}, is {where} the line, and at t = {time} the loss is "
            f"{scientific(one.losses[last])}, after {number(one.losses[0], 2)} at the start.{end}"
        )
    end = f"The last loss is {scientific(one.losses[-1])}."
    if not result.reached[k]:
        return (
            f"{head} Below the edge: the largest ηλ is {number(one.scaled.max(), 2)}, and the sharpness ends at "
            f"{number(one.sharpness[-1], 1)}, that of the flow at {number(flow.sharpness[-1], 1)}. {end}"
        )
    return (
        f"{head} At the edge: ηλ = {number(one.settled, 2)} ± {number(one.spread, 2)} in the second half of the time, "
        f"beside 2. The sharpness of the flow ends at {number(flow.sharpness[-1], 1)}. {end}"
    )
