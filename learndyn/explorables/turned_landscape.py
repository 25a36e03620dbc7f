"""A loss landscape to turn: walk around a point of it, and see its curvature change size and sign."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..experiments.turned_landscape import TurnedLandscape
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import Panel, axis, heading, label
from .wording import number

__all__ = ["landscape_to_turn"]

WIDE, HIGH, LOW, GAP = 496, 284, 120, 44
CEILING = 0.24  # loss at which walls are cut
RISE = 370.0  # pixels of a loss of 1
TILT = 180.0  # pixels from the nearest row to the farthest: more than two walls, so that none hides the point
FOOT = 14.0  # pixels under a loss of 0 in the nearest row


def landscape_to_turn(
    result: TurnedLandscape, *, start: tuple[int, int] = (0, 0), name: str = "landscape-to-turn"
) -> Explorable:
    """Show the loss around a point as a relief, and along the row through it, with two sliders.

    Parameters
    ----------
    result : TurnedLandscape
        One view for each azimuth (first slider) and point (second).
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    p, m = result.measured.shape
    chart = alt.vconcat(_relief(result), _profile(result), spacing=GAP)
    return Explorable(
        name,
        chart.resolve_scale(x="independent", y="independent"),
        [
            Slider("azimuth φ of the view", [f"{phi:g}°" for phi in result.azimuths], start[0]),
            Slider("point in the middle", list(result.points), start[1]),
        ],
        [_caption(result, i, k) for i in range(m) for k in range(p)],
        f"Above: the loss in a plane around a {result.points[start[1]]}, as a relief of {result.ys.size} rows seen "
        "obliquely from above, walls cut off. Below: the loss along the middle row, which leads through the point, "
        f"and a dashed parabola with the curvature {number(result.predicted[start[1], start[0]], 3)} that the "
        "Hessian gives. The first slider turns the landscape under the row, the second one goes to a maximum, a "
        "saddle or a minimum. At each azimuth the loss falls from the maximum and rises from the minimum; from the "
        "saddle it falls along the row at azimuths near 0 and rises near 90 degrees.",
        height=36 + HIGH + GAP + LOW + 54,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _by_frame(result: TurnedLandscape, values: np.ndarray) -> np.ndarray:
    """Let the point, which the second slider chooses, run faster than the azimuth: shape (frames, points)."""
    return np.moveaxis(values, 0, 1).reshape(result.measured.size, -1)


def _across(result: TurnedLandscape) -> tuple[alt.Scale, float, float]:
    """Return the scale of distances along a row, its left end, and the distance of two points."""
    left, right = float(result.xs[0]), float(result.xs[-1])
    return alt.Scale(domain=[left, right], nice=False), left, (right - left) / (result.xs.size - 1)


def _relief(result: TurnedLandscape) -> Panel:
    rows, columns = result.ys.size, result.xs.size
    scale, left, wide = _across(result)
    # Half a pixel is seen no finer. From far to near, since each row covers what lies behind it.
    cut = np.rint(2.0 * RISE * np.minimum(result.losses, CEILING)).astype(int)[:, :, ::-1]
    # A point more at either end of a row, outside the picture: there its filled shape goes down unseen.
    cut = np.pad(cut, [(0, 0), (0, 0), (0, 0), (1, 1)])
    points = shown_frame(frames(result.measured.size, h=_by_frame(result, cut)), "h")
    points = points.transform_calculate(
        line=f"floor(datum.at / {columns + 2})", column=f"datum.at % {columns + 2} - 1",
        end=f"datum.column < 0 || datum.column === {columns}",
        kind=f"datum.line === {rows // 2} ? 'middle' : 'other'",
        x=f"(datum.end ? 3 : 1) * ({left} + {wide} * datum.column)",
        y=f"datum.end ? -99 : datum.h / 2 + {TILT / (rows - 1)} * ({rows - 1} - datum.line)",
    )  # fmt: skip
    x = alt.X("x:Q", scale=scale, axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-FOOT, HIGH - FOOT], nice=False), axis=None)
    kinds = ["other", "middle"]
    colour = alt.Scale(domain=kinds, range=[colours.blue, colours.orange])
    width = alt.Scale(domain=kinds, range=[1.5, 3.0])
    surface = points.mark_line(fill=colours.page, clip=True).encode(
        x=x, y=y, order="at:Q", detail="line:Q",
        stroke=alt.Stroke("kind:N", scale=colour, legend=None),
        strokeWidth=alt.StrokeWidth("kind:N", scale=width, legend=None),
    )  # fmt: skip
    point = points.transform_filter(f"datum.kind === 'middle' && datum.column === {columns // 2}")
    return alt.layer(
        surface.properties(name="relief"),
        point.mark_point(color=colours.orange, stroke=colours.page, size=110).encode(x=x, y=y)
        .properties(name="point"),
        heading(f"The loss around the point, cut off at {CEILING:g}"),
    ).properties(width=WIDE, height=HIGH)  # fmt: skip


def _profile(result: TurnedLandscape) -> Panel:
    scale, left, wide = _across(result)
    x = alt.X("x:Q", scale=scale, axis=axis([-2, -1, 0, 1, 2], title="distance from the point"))
    # A thousandth is half a pixel. Whole numbers take less room than with "0." before each.
    data = frames(
        result.measured.size,
        **{
            name: np.rint(1000.0 * np.clip(_by_frame(result, values), -0.999, 0.999)).astype(int)
            for name, values in (("seen", result.profiles), ("law", result.parabolas))
        },
    )  # fmt: skip
    run = shown_frame(data, "seen", "law").transform_calculate(
        x=f"{left} + {wide} * datum.at", loss="datum.seen / 1000", parabola="datum.law / 1000"
    )

    def at(column: str) -> dict[str, Any]:
        domain = alt.Scale(domain=[0.0, CEILING], nice=False)
        return {"x": x, "y": alt.Y(f"{column}:Q", scale=domain, axis=axis([0, 0.1, 0.2], title="loss"))}

    return alt.layer(
        run.mark_line(color=colours.orange, clip=True).encode(**at("loss")).properties(name="profile"),
        run.mark_line(color=colours.ink, strokeWidth=2, strokeDash=[7, 5], clip=True)
        .encode(**at("parabola")).properties(name="parabola"),
        heading("Along the middle row"),
        label(WIDE, -17, "dashed: parabola of the Hessian", align="right"),
    ).properties(width=WIDE, height=LOW)  # fmt: skip


def _caption(result: TurnedLandscape, i: int, k: int) -> str:
    measured, predicted = (number(float(each[k, i]), 3) for each in (result.measured, result.predicted))
    first, second = (number(float(value), 3) for value in result.principal[k])
    crossing = float(result.crossings[k])
    head = (
        f"{result.points[k].capitalize()}, φ = {result.azimuths[i]:g}°. Near it the loss "
        f"{'falls' if result.measured[k, i] < 0.0 else 'rises'} along the row: curvature {measured}, predicted "
    )
    if result.alike[k]:
        return f"{head}{predicted} at every φ. The slice stays the same after a turn by 120°, and so λ₁ = λ₂ = {first}."
    law = f"{head}λ₁cos²φ + λ₂sin²φ = {predicted} (λ₁ = {first}, λ₂ = {second}). "
    if np.isfinite(crossing):
        turns = f"{number(crossing, 1)}° and {number(180.0 - crossing, 1)}°"
        return f"{law}Its sign changes at {turns}, where tan²φ = −λ₁/λ₂."
    return f"{law}It lies between the two, and keeps their sign."
