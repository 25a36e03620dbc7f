"""The Wilson-Cowan pair: drag the input through the birth and the end of its rhythm."""

from __future__ import annotations

import json

import altair as alt
import numpy as np

from ..experiments.rate_inputs import RateInputs
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis, label
from .wording import number

__all__ = ["phase_plane_of_inputs"]

SIDE, SPACING, HEIGHT = 210, 76, 246
TICKS = [0, 0.1, 0.2, 0.3, 0.4]
TOP = 0.42


def phase_plane_of_inputs(
    result: RateInputs, *, start: int | None = None, name: str = "wilson-cowan-inputs"
) -> Explorable:
    """Show nullclines, states of rest and a run in the plane, and E over time, with a slider over P.

    Parameters
    ----------
    result : RateInputs
        One input for each position of the slider.
    start : int, optional
        The first position; otherwise that of the input nearest to 1.25.
    name : str, optional
    """
    first = int(np.argmin(np.abs(result.P - 1.25))) if start is None else start
    runs = frames(
        result.P.size,
        E=result.runs[:, :, 0],
        I=result.runs[:, :, 1],
        digits=3,
    )
    chart = alt.hconcat(_plane(result, runs), _over_time(result, runs), spacing=SPACING)
    return Explorable(
        name,
        chart,
        [Slider("input to the excitatory population, P", [f"{P:.2f}" for P in result.P], first)],
        [_caption(result, k) for k in range(result.P.size)],
        "Two panels. Left: the plane of E and I with the nullcline of each, the states of rest where they cross "
        f"(filled if stable, open if not), and a run, at P = {result.P[first]:.2f}. Right: E of the same run over "
        "time. A slider moves P. With little input the run comes to rest near silence, then it circles for ever, and "
        f"beyond P = {result.hopf.P:.2f} it winds into a state of steady activity.",
        height=314,
    )


def _plane(result: RateInputs, runs: alt.InlineData) -> Panel:
    scale = alt.Scale(domain=[-0.02, TOP], nice=False)
    across, up = axis(TICKS, title="E, excitatory"), axis(TICKS, title="I, inhibitory")
    x, y = alt.X("E:Q", scale=scale, axis=across), alt.Y("I:Q", scale=scale, axis=up)
    count, stable = result.P.size, result.stable
    curves = frames(
        count,
        E=np.broadcast_to(result.activity, result.excitatory.shape),
        I=np.clip(result.excitatory, -1.0, 1.0),
        digits=3,
    )
    other = frames(result.activity.size, E=np.clip(result.inhibitory, -1.0, 1.0), I=result.activity)
    rests = frames(
        count,
        E=[states[:, 0] for states in result.rests],
        I=[states[:, 1] for states in result.rests],
        inside=[np.where(good, 1.0, 0.0) for good in stable],
    )
    at_rest = shown_frame(rests, "E", "I", "inside")
    inside = alt.FillOpacity("inside:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    return alt.layer(
        shown_frame(curves, "E", "I")
        .mark_line(color=colours.orange, strokeDash=[8, 5], strokeWidth=2, clip=True)
        .encode(x=x, y=y, order="at:Q")
        .properties(name="excitatory"),
        alt.Chart(other)
        .mark_line(color=colours.green, strokeDash=[9, 4, 2, 4], strokeWidth=2, clip=True)
        .encode(x=x, y=y, order="row:Q"),
        shown_frame(runs, "E", "I")
        .mark_line(color=colours.blue, strokeWidth=2, clip=True)
        .encode(x=x, y=y, order="at:Q")
        .properties(name="orbit"),
        at_rest.mark_point(color=colours.page, size=110).encode(x=x, y=y),
        at_rest.mark_point(color=colours.ink, stroke=colours.ink, size=110)
        .encode(x=x, y=y, fillOpacity=inside)
        .properties(name="rests"),
        label(14, 84, "Ė = 0", colour=colours.orange),
        label(SIDE - 4, 180, "İ = 0", align="right", colour=colours.green),
    ).properties(width=SIDE, height=HEIGHT)


def _over_time(result: RateInputs, runs: alt.InlineData) -> Panel:
    # The records are equally spaced, so that their number does for the time.
    ticks = [int(np.argmin(np.abs(result.times - t))) for t in (0, 4, 8, 12)]
    words = axis(ticks, title="time t / τ")
    words.labelExpr = json.dumps({k: f"{result.times[k]:.0f}" for k in ticks}) + "[datum.value]"
    x = alt.X("at:Q", scale=alt.Scale(domain=[0, result.times.size - 1], nice=False), axis=words)
    y = alt.Y("E:Q", scale=alt.Scale(domain=[-0.02, TOP], nice=False), axis=axis(TICKS, title="E"))
    line = shown_frame(runs, "E").mark_line(color=colours.blue, strokeWidth=2, clip=True)
    return alt.layer(line.encode(x=x, y=y, order="at:Q").properties(name="activity")).properties(
        width=SIDE, height=HEIGHT
    )


def _caption(result: RateInputs, k: int) -> str:
    head = f"P = {result.P[k]:.2f}:"
    rates, stable, rests = result.rates[k], result.stable[k], result.rests[k]
    if len(rests) > 1:
        j = int(np.flatnonzero(stable)[0])
        return (
            f"{head} {len(rests)} states of rest, of which only the lowest is stable, with the rates "
            f"{_rates(rates[j])} per τ. The run ends at E = {number(result.runs[k, -1, 0], 3)}."
        )
    pair = rates[0]
    if not stable[0]:
        predicted = result.predicted_swing[k]
        near = result.hopf.P - result.P[k] < 0.35
        beside = f"; normal form: {number(predicted, 3)}" if near else ""
        return (
            f"{head} one state of rest, an unstable focus with the rates {_rates(pair)} per τ. The run winds "
            f"onto a cycle: period {number(result.period[k], 2)} τ, swing of E {number(result.swing[k], 3)}{beside}."
        )
    if np.iscomplex(pair).any():
        kept = float(np.exp(2.0 * np.pi * pair[0].real / abs(pair[0].imag)))
        return (
            f"{head} one state of rest, a stable focus with the rates {_rates(pair)} per τ. The run winds into it, "
            f"and each turn keeps {number(kept, 2)} of the distance."
        )
    return (
        f"{head} one state of rest, a stable node with the rates {_rates(pair)} per τ. The run falls to "
        f"E = {number(rests[0, 0], 3)}, almost silent."
    )


def _rates(pair: np.ndarray) -> str:
    if np.iscomplex(pair).any():
        return f"{number(pair[0].real, 3)} ± {number(abs(pair[0].imag), 2)}i"
    low, high = sorted(pair.real)
    return f"{number(high, 2)} and {number(low, 2)}"
