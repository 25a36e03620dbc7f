"""Descent beside its flows: lengthen the step until no flow can follow."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..dynamics import classify_multiplier
from ..dynamics.regimes import Regime
from ..experiments.descent_beside_flow import DescentBesideFlow
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import axis, heading, label
from .wording import number

__all__ = ["descent_and_flows"]

SIDE, SPACING, HEIGHT = 210, 76, 246
ACROSS, UP = (-0.1, 1.2), (-1.3, 1.3)
PRODUCTS, ERRORS = (0.09, 2.5), (1e-3, 3.0)


def descent_and_flows(
    result: DescentBesideFlow, *, start: int = 0, name: str = "descent-beside-flow"
) -> Explorable:
    """Show the paths in the plane, and the distances at equal times against the step, with a slider over it.

    Parameters
    ----------
    result : DescentBesideFlow
        One entry for each position of the slider.
    start : int, optional
        The first position.
    name : str, optional
    """
    count = result.step_sizes.size
    chart = alt.hconcat(_plane(result), _errors(result), spacing=SPACING)
    first = f"{result.products[start]:g}"
    return Explorable(
        name,
        chart,
        [Slider("step size × largest curvature, ηλ", [f"{s:g}" for s in result.products], start)],
        [_caption(result, k) for k in range(count)],
        f"Two panels. Left: a valley seen from above, with the points of descent for ηλ = {first}, the path of "
        "gradient flow and that of the modified flow, all from one start. Right: the largest distance of descent from "
        "each flow at the same time, against ηλ, with logarithmic axes and lines of the slopes 1 and 2. Longer steps "
        "move the points away from both paths: beyond 1 they jump across the floor of the valley, beyond 2 they leave.",
        height=336,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _plane(result: DescentBesideFlow) -> alt.LayerChart | alt.FacetChart:
    x: dict[str, Any] = {
        "scale": alt.Scale(domain=list(ACROSS), nice=False),
        "axis": axis([0.0, 0.5, 1.0], title="θ₁, along"),
    }
    y: dict[str, Any] = {
        "scale": alt.Scale(domain=list(UP), nice=False),
        "axis": axis([-1.0, 0.0, 1.0], title="θ₂, across"),
    }
    place = {"x": alt.X("a:Q", **x), "y": alt.Y("b:Q", **y)}
    return alt.layer(
        *_flows(result, place),
        *_points(result, place),
        heading("The paths"),
        label(SIDE - 4, 184, "flow", align="right", colour=colours.muted),
        label(SIDE - 4, 206, "descent", align="right", colour=colours.blue),
        label(SIDE - 4, 228, "modified flow", align="right", colour=colours.orange),
    ).properties(width=SIDE, height=HEIGHT)


def _flows(result: DescentBesideFlow, place: dict[str, Any]) -> list[alt.Chart]:
    plain = frames(result.times.size, a=result.flow[:, 0], b=result.flow[:, 1])
    modified = frames(result.step_sizes.size, a=result.modified[:, :, 0], b=result.modified[:, :, 1])
    return [
        alt.Chart(plain)
        .mark_line(color=colours.muted, strokeWidth=2, strokeDash=[8, 5])
        .encode(order="row:Q", **place),
        shown_frame(modified, "a", "b")
        .mark_line(color=colours.orange, strokeWidth=2)
        .encode(order="at:Q", **place)
        .properties(name="modified_flow"),
    ]


def _points(result: DescentBesideFlow, place: dict[str, Any]) -> list[alt.Chart]:
    count = result.step_sizes.size
    inside = [np.all((p > (ACROSS[0], UP[0])) & (p < (ACROSS[1], UP[1])), axis=1) for p in result.points]
    descent = frames(
        count,
        a=[p[:, 0] for p in result.points],
        b=[p[:, 1] for p in result.points],
        inside=[each.astype(int) for each in inside],
    )
    ends = [
        np.stack([points[step], there])
        for points, step, there in zip(result.points, result.worst, result.worst_flow, strict=True)
    ]
    link = frames(count, a=[each[:, 0] for each in ends], b=[each[:, 1] for each in ends])
    run = shown_frame(descent, "a", "b", "inside")
    return [
        run.mark_line(color=colours.blue, strokeWidth=1.6, opacity=0.6, clip=True).encode(
            order="at:Q", **place
        ),
        run.transform_filter("datum.inside === 1")
        .mark_point(color=colours.blue, size=40)
        .encode(**place)
        .properties(name="descent"),
        shown_frame(link, "a", "b")
        .mark_line(color=colours.ink, strokeWidth=1.6, strokeDash=[2, 4], clip=True)
        .encode(order="at:Q", **place)
        .properties(name="link"),
    ]


def _errors(result: DescentBesideFlow) -> alt.LayerChart | alt.FacetChart:
    x: dict[str, Any] = {
        "scale": alt.Scale(type="log", domain=list(PRODUCTS), nice=False),
        "axis": axis([0.1, 0.2, 0.5, 1.0, 2.0], title="ηλ"),
    }
    y: dict[str, Any] = {
        "scale": alt.Scale(type="log", domain=list(ERRORS), nice=False),
        "axis": axis([1e-3, 1e-2, 1e-1, 1.0], labels=["0.001", "0.01", "0.1", "1"]),
    }
    layers: list[alt.Chart] = []
    for i, (column, colour) in enumerate((("flow", colours.muted), ("modified", colours.orange))):
        place = {"x": alt.X("s:Q", **x), "y": alt.Y(f"{column}:Q", **y)}
        # The law passes through the smallest step, since it is one of small steps.
        ends = result.products[[0, -1]]
        law = frames(2, s=ends, **{column: result.errors[i, 0] * (ends / ends[0]) ** (i + 1)})
        every = frames(result.products.size, s=result.products, **{column: result.errors[i]})
        layers += [
            alt.Chart(law)
            .mark_line(color=colour, strokeWidth=1.3, strokeDash=[2, 3], clip=True)
            .encode(**place),
            alt.Chart(every).mark_point(color=colour, size=26).encode(**place),
            shown_frame(every)
            .mark_point(color=colour, size=150)
            .encode(**place)
            .properties(name=f"distance_{column}"),
        ]
    return alt.layer(
        *layers,
        heading("Largest distance"),
        label(SIDE - 4, 218, "dotted: slopes 1, 2", align="right"),
    ).properties(width=SIDE, height=HEIGHT)


def _caption(result: DescentBesideFlow, k: int) -> str:
    s = float(result.products[k])
    regime = classify_multiplier(1.0 - s)
    if regime.multiplier == 0.0:
        kind = "One step empties the steep mode; a flow never does"
    elif regime.regime is Regime.SMOOTH:
        kind = "The points stay on one side of the floor, as both flows do"
    elif regime.regime is Regime.OSCILLATING:
        kind = "The points jump across the floor, as neither flow does"
    elif regime.regime is Regime.NEUTRAL:
        kind = "The points jump across the floor for ever, and the flows come to rest on it"
    else:
        kind = "Descent diverges, and the flows come to rest"
    far, near = result.errors[:, k]
    first, second = result.orders[:, k]
    return (
        f"ηλ = {s:g}, η = {result.step_sizes[k]:.3g}. {kind}. Distance from gradient flow {number(far, 3)}, order "
        f"{number(first, 2)} (predicted for small steps: 1); from the modified flow {number(near, 4)}, order "
        f"{number(second, 2)} (2)."
    )
