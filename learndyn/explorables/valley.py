"""Five rules in one valley: lengthen their steps, and see which one minds."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..experiments.valley_steps import ValleySteps
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, points_drawn
from .slider import Slider
from .style import axis
from .wording import scientific

__all__ = ["rules_in_a_valley"]

LOOKS = (
    (colours.blue, [1, 0]),
    (colours.orange, [8, 3]),
    (colours.green, [2, 3]),
    (colours.purple, [8, 3, 2, 3]),
    (colours.pink, [4, 3]),
)
WINDOW = ((-1.3, 0.5), (-0.6, 0.6))
WIDE, HIGH, LOW, GAP = 496, 220, 130, 108
LEAST, MOST = 1e-6, 100.0


def rules_in_a_valley(
    result: ValleySteps, *, shown: tuple[int, ...], start: tuple[int, int], name: str = "valley-five-rules"
) -> Explorable:
    """Show the path of each rule on the map, and its distance to the minimum, with two sliders.

    Parameters
    ----------
    result : ValleySteps
        Up to five rules; one entry for each position of the first slider.
    shown : tuple of int
        After how many steps: the positions of the second slider.
    start : (int, int)
        The first position.
    name : str, optional
    """
    count = len(shown)
    chart = alt.vconcat(
        alt.layer(_contours(result), *_legend(tuple(result.paths)), *_paths(result, shown), _ends(result))
        .properties(width=WIDE, height=HIGH),
        alt.layer(*_distances(result, shown)).properties(width=WIDE, height=LOW),
        spacing=GAP,
    ).resolve_scale(x="independent", y="independent")  # fmt: skip
    return Explorable(
        name,
        chart,
        [
            Slider("each rule's step size, times", [f"{f:.3g}" for f in result.factors], start[0]),
            Slider("steps taken", [str(t) for t in shown], start[1]),
        ],
        [_caption(result, i, shown[j]) for i in range(result.factors.size) for j in range(count)],
        f"Above: a long valley seen from above with the paths of {', '.join(result.paths)} from one start towards "
        "the minimum. Below: the distance of each to the minimum against the step, on a logarithmic axis. "
        "Longer steps throw the heavy ball out of the valley first, then gradient descent and Nesterov.",
        height=14 + HIGH + GAP + LOW + 54,
    )


def _x() -> alt.X:
    ticks = axis([-1, -0.5, 0, 0.5], title="a, along the floor")
    return alt.X("a:Q", scale=alt.Scale(domain=list(WINDOW[0]), nice=False), axis=ticks)


def _y() -> alt.Y:
    ticks = axis([-0.5, 0, 0.5], title="b, across")
    return alt.Y("b:Q", scale=alt.Scale(domain=list(WINDOW[1]), nice=False), axis=ticks)


def _contours(result: ValleySteps) -> alt.Chart:
    levels, points, _ = result.contours.shape
    at = np.tile(np.arange(points), (levels, 1))
    a, b = np.round(np.moveaxis(result.contours, -1, 0), 3)
    data = frames(levels, digits=3, a=a, b=b, at=at)
    lines: alt.Chart = (
        alt.Chart(data)
        .transform_flatten(["at", "a", "b"])
        .mark_line(color=colours.muted, strokeWidth=1.1, opacity=0.5, clip=True)
        .encode(x=_x(), y=_y(), detail="row:N", order="at:Q")
    )
    return lines


def _taken(data: alt.InlineData, shown: tuple[int, ...]) -> alt.Chart:
    """Return the frame of the first slider up to the step of the second, one datum for each step."""
    steps = "[" + ",".join(map(str, shown)) + "]"
    count = len(shown)
    return (
        alt.Chart(data)
        .transform_filter(f"datum.row === floor(row / {count})")
        .transform_calculate(at="sequence(length(datum.across))")
        .transform_flatten(["at", "across", "up", "distance"])
        .transform_filter(f"datum.at <= {steps}[row % {count}]")
        .transform_calculate(a="datum.across / 1000", b="datum.up / 1000")
    )


def _data(result: ValleySteps, name: str) -> alt.InlineData:
    # A thousandth is a third of a pixel or less. Whole numbers take less room than with "0." before each.
    path = np.rint(1000.0 * np.clip(result.paths[name], -20.0, 20.0)).astype(int)
    # Outside the picture a logarithmic axis would have no place for it.
    distance = np.clip(result.distances(name), LEAST / 10, 10 * MOST)
    columns = {"across": path[..., 0], "up": path[..., 1], "distance": distance}
    ends = [points_drawn(each <= MOST) for each in distance]
    cut = {name: [row[:end] for row, end in zip(rows, ends, strict=True)] for name, rows in columns.items()}
    return frames(result.factors.size, digits=2, **cut)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")


def _paths(result: ValleySteps, shown: tuple[int, ...]) -> list[alt.Chart]:
    layers = []
    for name, (colour, dash) in zip(result.paths, LOOKS, strict=False):
        run = _taken(_data(result, name), shown)
        line = run.mark_line(color=colour, strokeWidth=2.2, strokeDash=dash, clip=True)
        layers.append(line.encode(x=_x(), y=_y(), order="at:Q").properties(name=f"path_{_slug(name)}"))
    return layers


def _distances(result: ValleySteps, shown: tuple[int, ...]) -> list[alt.Chart]:
    ticks = axis([0, 10, 20, 30, 40], title="step t")
    x = alt.X("at:Q", scale=alt.Scale(domain=[0, shown[-1]], nice=False), axis=ticks)
    y = alt.Y(
        "distance:Q", scale=alt.Scale(type="log", domain=[LEAST, MOST], nice=False),
        axis=axis([1e-6, 1e-3, 1], title="distance", labels=["10⁻⁶", "10⁻³", "1"]),
    )  # fmt: skip
    layers = []
    for name, (colour, dash) in zip(result.paths, LOOKS, strict=False):
        run = _taken(_data(result, name), shown)
        line = run.mark_line(color=colour, strokeWidth=2.2, strokeDash=dash, clip=True)
        layers.append(line.encode(x=x, y=y).properties(name=f"distance_{_slug(name)}"))
    return layers


def _legend(names: tuple[str, ...]) -> list[alt.Chart]:
    """Name the rules between the panels, each in its colour and beside its kind of line: set, not measured."""
    layers = []
    for i, (name, (colour, dash)) in enumerate(zip(names, LOOKS, strict=False)):
        left, y = 176 * (i % 3), HIGH + 72 + 22 * (i // 3)
        sample = alt.Chart(frames(1, name=[name]))
        rule = sample.mark_rule(color=colour, strokeWidth=2.2, strokeDash=dash)
        text = sample.mark_text(color=colour, align="left")
        layers += [
            rule.encode(x=alt.value(left), x2=alt.value(left + 26), y=alt.value(y)),
            text.encode(x=alt.value(left + 33), y=alt.value(y), text="name:N"),
        ]
    return layers


def _ends(result: ValleySteps) -> alt.Chart:
    ends = frames(2, a=[result.start[0], 0.0], b=[result.start[1], 0.0], kind=["cross", "diamond"])
    shape = alt.Shape(
        "kind:N", scale=alt.Scale(domain=["cross", "diamond"], range=["cross", "diamond"]), legend=None
    )
    marks = alt.Chart(ends).mark_point(color=colours.ink, size=90)
    layer: alt.Chart = marks.encode(x=_x(), y=_y(), shape=shape)
    return layer


def _caption(result: ValleySteps, i: int, steps: int) -> str:
    distances = {name: float(result.distances(name)[i, steps]) for name in result.paths}
    first = float(np.linalg.norm(result.start))
    head = f"Step sizes times {result.factors[i]:.3g}, after {steps} step{'' if steps == 1 else 's'}. "
    if steps == 0:
        return f"{head}All rules stand at the start, {first:.2f} from the minimum."
    listed = ", ".join(f"{name} {scientific(value)}" for name, value in distances.items())
    lost = [name for name, value in distances.items() if value > first]
    end = f" Farther than at the start: {', '.join(lost)}." if lost else ""
    return f"{head}Distances to the minimum: {listed}.{end}"
