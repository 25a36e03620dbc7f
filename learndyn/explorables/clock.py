"""The symmetry clock: make the first difference between two units as small as you like, and see when they part."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..experiments.clock_sizes import ClockSizes
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import axis, label
from .wording import number, scientific

__all__ = ["plateau_and_first_split"]

WIDE, HIGH, LOW, GAP = 496, 200, 110, 30
SPLITS = (1e-17, 10.0)


def plateau_and_first_split(
    result: ClockSizes, *, start: int = 0, name: str = "symmetry-clock-first-split"
) -> Explorable:
    """Show the split beside its prediction, and the loss, over the steps, with a slider over the first split.

    Parameters
    ----------
    result : ClockSizes
        One run for each position of the slider.
    start : int, optional
        The first position.
    name : str, optional
    """
    count = result.sigmas.size
    data = frames(
        count,
        split=np.clip(result.splits, SPLITS[0] / 10, None),
        loss=np.round(result.losses, 5),
        T=result.predicted,
        parted=result.escape_steps,
        threshold=np.full(count, result.threshold),
    )
    law = frames(
        count,
        step=np.stack([np.zeros(count), result.predicted], axis=1),
        split=np.stack([result.sigmas, np.full(count, result.threshold)], axis=1),
    )
    chart = alt.vconcat(_splits(data, law, result), _losses(data, result), spacing=GAP).resolve_scale(
        x="independent", y="independent"
    )
    return Explorable(
        name,
        chart,
        [Slider("first split σ", [_power(sigma) for sigma in result.sigmas], start)],
        [_caption(result, k) for k in range(count)],
        "Two panels over the steps of descent. Above: the split between two hidden units on a logarithmic axis, a "
        f"straight line from σ = {_power(result.sigmas[start])} on, beside its prediction. Below: the loss, level "
        "until the split is about 0.1. The slider makes the first split smaller: the fall of the loss moves to the "
        f"right by equal amounts, and below about {scientific(result.zone)} it does not come.",
        height=14 + HIGH + GAP + LOW + 54,
    )


def _x(field: str, result: ClockSizes, *, named: bool) -> alt.X:
    ticks = [0.0, 250.0, 500.0, 750.0, 1000.0]
    words = axis(
        ticks, title="step t" if named else None, labels=[f"{tick:.0f}" if named else "" for tick in ticks]
    )
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, float(result.times[-1])], nice=False), axis=words)


def _run(data: alt.InlineData, column: str, result: ClockSizes) -> alt.Chart:
    # Records are equally spaced, so that their number does for the step.
    every = int(result.times[1] - result.times[0])
    return shown_frame(data, column).transform_calculate(step=f"datum.at * {every}")


def _splits(data: alt.InlineData, law: alt.InlineData, result: ClockSizes) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(type="log", domain=list(SPLITS), nice=False)
    powers = ["10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "1"]
    ticks = axis([1e-15, 1e-10, 1e-5, 1.0], title="split", labels=powers)
    x, y = _x("step", result, named=False), alt.Y("split:Q", scale=scale, axis=ticks)
    mark, level = (
        _x("parted", result, named=False),
        alt.Y("threshold:Q", scale=scale, axis=ticks),
    )
    predicted = shown_frame(law, "step", "split").mark_line(
        color=colours.orange, strokeWidth=2, strokeDash=[8, 5]
    )
    measured = _run(data, "split", result).mark_line(color=colours.blue, strokeWidth=2, clip=True)
    parted = shown_frame(data).transform_filter("isValid(datum.parted)").mark_point(color=colours.blue)
    return alt.layer(
        shown_frame(data).mark_rule(color=colours.muted, strokeDash=[2, 3]).encode(y=level),
        measured.encode(x=x, y=y, order="at:Q").properties(name="split"),
        predicted.encode(x=x, y=y, order="at:Q").properties(name="law"),
        parted.encode(x=mark, y=level).properties(name="parted"),
        label(WIDE - 6, 100, "measured", align="right", colour=colours.blue),
        label(WIDE - 6, 122, "predicted", align="right", colour=colours.orange),
    ).properties(width=WIDE, height=HIGH)


def _losses(data: alt.InlineData, result: ClockSizes) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(domain=[0, 0.15], nice=False)
    ticks = axis([0, 0.05, 0.1, 0.15], title="loss L")
    x, y = _x("step", result, named=True), alt.Y("loss:Q", scale=scale, axis=ticks)
    at_law = _x("T", result, named=True)
    line = _run(data, "loss", result).mark_line(color=colours.blue, strokeWidth=2)
    one = shown_frame(data)
    return alt.layer(
        one.mark_rule(color=colours.orange, strokeWidth=2, strokeDash=[8, 5]).encode(x=at_law),
        one.mark_text(color=colours.orange, align="left", dx=6).encode(
            x=at_law, y=alt.value(8), text=alt.value("T")
        ),
        line.encode(x=x, y=y, order="at:Q").properties(name="loss"),
    ).properties(width=WIDE, height=LOW)


def _caption(result: ClockSizes, k: int) -> str:
    sigma, steps, predicted = result.sigmas[k], result.escape_steps[k], result.predicted[k]
    head = f"σ = {_power(sigma)}:"
    law = f"T = ln({result.threshold:g}/σ) / ln {number(result.factor, 4)} = {predicted:.0f}"
    if np.isnan(steps):
        return (
            f"{head} predicted {law}, but after {result.times[-1]} steps the split is still "
            f"{scientific(result.splits[k, -1])}. Near σ₀ = {scientific(result.zone)} and below, the steps are lost in "
            "rounding."
        )
    (fallen,) = np.nonzero(result.losses[k] < 0.9 * result.saddle_loss)
    fall = f" By step {result.times[fallen[0]]} the loss has fallen by a tenth." if fallen.size else ""
    return f"{head} the units part after {steps:.0f} steps, predicted {law}.{fall}"


def _power(sigma: float) -> str:
    return scientific(sigma, 1).removeprefix("1 × ")
