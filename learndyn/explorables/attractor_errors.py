"""A ring attractor with errors in its weights: put the bump anywhere, and see how long it stays."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..experiments.attractor_errors import AttractorErrors
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis, heading, label
from .wording import number

__all__ = ["ring_with_errors"]

SIDE, SPACING, HEIGHT = 210, 76, 246
REACH = 120.0  # degrees of drift
STILL, NEAR = (
    0.3,
    8.0,
)  # degrees: what moves less in the last quarter of the run, so near a place, is called at rest


def ring_with_errors(
    result: AttractorErrors, *, start: tuple[int, int] = (0, 0), name: str = "ring-attractor-errors"
) -> Explorable:
    """Show the bump at the start and the end, and its drift over time, with sliders over cue and errors.

    Parameters
    ----------
    result : AttractorErrors
        One bump for each cue (first slider) and size of errors (second).
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    k, m = result.cues.size, result.sizes.size
    chart = alt.hconcat(_bumps(result), _drift(result), spacing=SPACING)
    return Explorable(
        name,
        chart,
        [
            Slider("angle of the cue", [_degrees(cue) for cue in np.degrees(result.cues)], start[0]),
            Slider("errors of the weights, s", [f"{s:g}" for s in result.sizes], start[1]),
        ],
        [_caption(result, i, j) for i in range(k) for j in range(m)],
        "Two panels. Left: the rates of the neurons over their preferred angles, when the bump is put there and at the "
        f"end, for a cue at {_degrees(np.degrees(result.cues[start[0]]))} and errors of {result.sizes[start[1]]:g}. "
        "Right: the drift from the cue against time, with the first-order law and its places of rest. Without "
        "errors nothing moves; errors ten times larger bring the same drift ten times sooner.",
        height=336,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _bumps(result: AttractorErrors) -> Panel:
    k, m = result.cues.size, result.sizes.size
    angle = np.degrees((result.angles + np.pi) % (2.0 * np.pi) - np.pi)
    order = np.argsort(angle)
    rates = result.rates[..., order].reshape(k * m, result.times.size, -1)
    top = float(np.ceil(result.rates.max() * 11.0) / 10.0)
    data = frames(k * m, first=np.round(rates[:, 0], 3), last=np.round(rates[:, -1], 3))
    place = f"{float(angle[order[0]])} + {360.0 / order.size} * datum.at"  # neurons are evenly spaced
    shown = shown_frame(data, "first", "last").transform_calculate(angle=place)
    turn = alt.Scale(domain=[-180, 180], nice=False)
    x = alt.X("angle:Q", scale=turn, axis=axis([-180, -90, 0, 90, 180], title="preferred angle (°)"))
    scale, ticks = alt.Scale(domain=[0, top], nice=False), axis([0, 1, 2], title="rate")
    cue = shown_frame(frames(k * m, cue=np.repeat(np.degrees(result.cues), m)))
    return alt.layer(
        cue.mark_rule(color=colours.muted, strokeDash=[3, 4]).encode(x=alt.X("cue:Q", scale=turn)),
        shown.mark_line(color=colours.muted, strokeWidth=2, strokeDash=[8, 5])
        .encode(x=x, y=alt.Y("first:Q", scale=scale, axis=ticks), order="at:Q")
        .properties(name="bump_first"),
        shown.mark_line(color=colours.blue, strokeWidth=2)
        .encode(x=x, y=alt.Y("last:Q", scale=scale, axis=ticks), order="at:Q")
        .properties(name="bump_last"),
        heading(f"The bump at 0 and at {result.times[-1]:.0f} τ"),
    ).properties(width=SIDE, height=HEIGHT)


def _drift(result: AttractorErrors) -> Panel:
    k, m = result.cues.size, result.sizes.size
    records = result.times.size - 1  # that at time 0 has no place on a logarithmic axis
    shape = (k * m, records)
    data = frames(
        k * m,
        drift=np.round(np.degrees(result.drift[:, :, 1:]), 1).reshape(shape),
        law=np.round(np.degrees(result.predicted_drift[:, :, 1:]), 1).reshape(shape),
    )
    shown = shown_frame(data, "drift", "law")
    decades = [int(np.argmin(np.abs(result.times[1:] - t))) for t in (1, 10, 100, 1000)]
    time = axis([float(d) for d in decades], title="time (τ)", labels=["1", "10", "100", "10³"])
    x = alt.X("at:Q", scale=alt.Scale(domain=[0, records - 1], nice=False), axis=time)
    scale = alt.Scale(domain=[-REACH, REACH], nice=False)
    ticks = axis([-90, -45, 0, 45, 90], title="drift (°)")
    rests = frames(k * m, place=[_near(result, i) if s else [] for i in range(k) for s in result.sizes])
    at_rest = shown_frame(rests, "place").mark_rule(color=colours.orange, strokeDash=[2, 4])
    return alt.layer(
        at_rest.encode(y=alt.Y("place:Q", scale=scale, axis=ticks)),
        shown.mark_line(color=colours.orange, strokeWidth=2, strokeDash=[8, 5], clip=True)
        .encode(x=x, y=alt.Y("law:Q", scale=scale, axis=ticks), order="at:Q")
        .properties(name="drift_law"),
        shown.mark_line(color=colours.blue, strokeWidth=2, clip=True)
        .encode(x=x, y=alt.Y("drift:Q", scale=scale, axis=ticks), order="at:Q")
        .properties(name="drift_ring"),
        label(8, 14, "ring", colour=colours.blue),
        label(52, 14, "law (dots: at rest)", colour=colours.orange),
        heading("Drift from the cue"),
    ).properties(width=SIDE, height=HEIGHT)


def _near(result: AttractorErrors, i: int) -> np.ndarray:
    """Return the places of rest within the panel, in degrees from the cue."""
    away = np.degrees((result.places - result.cues[i] + np.pi) % (2.0 * np.pi) - np.pi)
    return away[np.abs(away) < REACH]


def _degrees(angle: float) -> str:
    return f"{number(angle, 1).removesuffix('.0')}°"


def _caption(result: AttractorErrors, i: int, j: int) -> str:
    drift, law = np.degrees(result.drift[i, j]), np.degrees(result.predicted_drift[i, j])
    end = f"{result.times[-1]:.0f} τ"
    head = f"Cue at {_degrees(np.degrees(result.cues[i]))}, s = {result.sizes[j]:g}."
    if result.sizes[j] == 0.0:
        return (
            f"{head} Equal neurons: after {end} the bump is {number(abs(drift[-1]), 1)}° away. "
            "It stays wherever it is put."
        )
    third = int(np.argmin(np.abs(result.times - result.times[-1] / 10.0)))
    gone = (
        f"Drift after {result.times[third]:.0f} τ: {number(drift[third], 1)}° (law {number(law[third], 1)}°), "
        f"after {end}: {number(drift[-1], 1)}° (law {number(law[-1], 1)}°)."
    )
    moved = abs(drift[-1] - np.interp(0.75 * result.times[-1], result.times, drift))
    away = float(
        np.degrees(np.abs(np.angle(np.exp(1j * (result.positions[i, j, -1] - result.places)))).min())
    )
    if moved > STILL or away > NEAR:
        return f"{head} {gone} The bump is still on its way: the law has {result.places.size} places of rest."
    return (
        f"{head} {gone} The bump has come to rest, {number(away, 1)}° from one of the "
        f"{result.places.size} places that the law predicts."
    )
