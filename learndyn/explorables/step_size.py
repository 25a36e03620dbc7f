"""Gradient descent on a parabola: drag the step size through its four regimes."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..dynamics import classify_multiplier
from ..dynamics.regimes import Regime
from ..experiments.descent_regimes import DescentRegimes
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis
from .wording import number, scientific

__all__ = ["four_regimes"]

REACH, HIGHEST = 1.6, 1.35
SIDE, SPACING = 210, 76


def four_regimes(
    result: DescentRegimes, *, start: int | None = None, name: str = "step-size-regimes"
) -> Explorable:
    """Show each run over time, and its points on the parabola, with a slider over eta lambda.

    Parameters
    ----------
    result : DescentRegimes
        One run for each position of the slider, from theta = 1.
    start : int, optional
        The first position; otherwise about three quarters of the way.
    name : str, optional
    """
    relative = result.step_sizes * result.curvature
    theta = np.where(np.abs(result.positions) <= REACH, result.positions, np.nan)
    loss = 0.5 * result.curvature * theta**2
    # A line needs its first point outside, so that it leaves the panel in the right direction.
    outward = np.clip(result.positions, -1e3, 1e3)
    data = frames(relative.size, theta=theta, path=outward, loss=loss)
    chart = alt.hconcat(_over_time(data, result.steps), _on_parabola(data, result.curvature), spacing=SPACING)
    first = round(0.76 * (relative.size - 1)) if start is None else start
    return Explorable(
        name,
        chart,
        [Slider("step size × curvature, ηλ", [f"{s:.2f}" for s in relative], first)],
        [_caption(float(s), path, result.steps) for s, path in zip(relative, result.positions, strict=True)],
        "Two panels. Left: the position of gradient descent against the step, from 1, with "
        f"ηλ = {relative[first]:.2f}. Right: the same points on the parabola. "
        "Below 1 the slider gives a decay on one side, up to 2 a decay that "
        "changes sides at each step, at 2 a jump between two points for ever, and beyond 2 growth.",
        height=314,
    )


def _over_time(data: alt.InlineData, steps: np.ndarray) -> Panel:
    x = alt.X(
        "at:Q", scale=alt.Scale(domain=[0, float(steps[-1])], nice=False),
        axis=axis([0, 5, 10, 15, 20], title="step t"),
    )  # fmt: skip
    scale = alt.Scale(domain=[-REACH, REACH], nice=False)
    ticks = axis([-1, 0, 1], title="position θ")
    line = shown_frame(data, "path").mark_line(color=colours.blue, strokeWidth=1.6, clip=True, opacity=0.6)
    points = shown_frame(data, "theta").mark_point(color=colours.blue)
    return alt.layer(
        line.encode(x=x, y=alt.Y("path:Q", scale=scale, axis=ticks)),
        points.encode(x=x, y=alt.Y("theta:Q", scale=scale, axis=ticks)).properties(name="positions"),
    ).properties(width=SIDE, height=246)


def _on_parabola(data: alt.InlineData, curvature: float) -> Panel:
    theta = np.linspace(-REACH, REACH, 65)
    bowl = frames(theta.size, theta=theta, loss=0.5 * curvature * theta**2)
    x = alt.X(
        "theta:Q",
        scale=alt.Scale(domain=[-REACH, REACH], nice=False),
        axis=axis([-1, 0, 1], title="position θ"),
    )
    y = alt.Y(
        "loss:Q", scale=alt.Scale(domain=[0, HIGHEST], nice=False), axis=axis([0, 0.5, 1], title="loss L")
    )
    run = shown_frame(data, "theta", "loss")
    return alt.layer(
        alt.Chart(bowl).mark_line(color=colours.muted, strokeWidth=1.6, clip=True).encode(x=x, y=y),
        run.mark_line(color=colours.orange, strokeWidth=1.6, opacity=0.6, clip=True).encode(
            x=x, y=y, order="at:Q"
        ),
        run.mark_point(color=colours.orange).encode(x=x, y=y).properties(name="iterates"),
    ).properties(width=SIDE, height=246)


def _caption(s: float, path: np.ndarray, steps: np.ndarray) -> str:
    regime = classify_multiplier(1.0 - s)
    head = f"ηλ = {s:.2f}: each step multiplies the position by 1 − ηλ = {number(regime.multiplier.real, 2)}."
    end = f"After {steps[-1]:.0f} steps the distance to the minimum is {scientific(abs(path[-1]))}."
    if regime.multiplier == 0.0:
        return f"{head} Smooth convergence: the first step lands on the minimum."
    if regime.regime is Regime.SMOOTH:
        return f"{head} Smooth convergence: the run stays on one side. {end}"
    if regime.regime is Regime.OSCILLATING:
        return f"{head} Oscillating convergence: the run changes sides at each step. {end}"
    if regime.regime is Regime.NEUTRAL:
        return f"{head} Neutral: the run jumps between two points for ever, neither nearer nor farther. {end}"
    name = regime.regime.value.capitalize()
    leaves = " and leaves the picture" if np.abs(path).max() > REACH else ""
    return f"{head} {name}: the run changes sides at each step{leaves}. {end}"
