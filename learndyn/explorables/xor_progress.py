"""XOR while it is learnt: drag the step, and see what the net answers then."""

from __future__ import annotations

import altair as alt
import numpy as np

from ..experiments.xor import INPUTS, SOLVED_BELOW, TARGETS
from ..experiments.xor_progress import XorProgress
from ..experiments.xor_valleys import LEVELS
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import axis
from .wording import number, scientific

__all__ = ["xor_while_learning"]

SIDE, SPACING, HEIGHT = 210, 76, 210
HIGHEST = 0.3
NEAR = 0.01  # a loss this near to a level is said to be
FRACTIONS = {1 / 4: "1/4", 1 / 6: "1/6", 1 / 8: "1/8"}


def xor_while_learning(
    result: XorProgress, *, start: tuple[int, int] = (0, 0), name: str = "xor-while-learning"
) -> Explorable:
    """Show a net's answers over the square of inputs, and its loss, with two sliders.

    Parameters
    ----------
    result : XorProgress
        One entry for each net (first slider) and step (second).
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    n, s = result.nets.size, result.shown.size
    chart = alt.hconcat(_square(result), _losses(result), spacing=SPACING)
    ends = [
        f"{i + 1}, {'solved' if solved else 'not solved'} at the end"
        for i, solved in enumerate(result.losses[:, -1] < SOLVED_BELOW)
    ]
    return Explorable(
        name,
        chart,
        [
            Slider("net", ends, start[0]),
            Slider("steps taken", [str(t) for t in result.shown], start[1]),
        ],
        [_caption(result, i, k) for i in range(n) for k in range(s)],
        "Two panels. Left: what a net with two hidden units answers over the square of inputs, orange above one half "
        "and blue below, with the four examples (circles: target 1, squares: target 0). Right: its loss against the "
        f"step, with the levels 1/4, 1/6 and 1/8 and a mark at the step shown. The sliders choose one of {n} nets and "
        "the step. A net that solves the task ends with a band of orange between two of blue.",
        height=HEIGHT + 68,
    )


def _square(result: XorProgress) -> alt.LayerChart | alt.FacetChart:
    grid, points = result.axis, result.axis.size
    half = 0.5 * float(grid[1] - grid[0])
    low, high = float(grid[0]) - half, float(grid[-1]) + half
    scale = alt.Scale(domain=[low, high], nice=False)
    across, up = axis([0, 1], title="input x₁"), axis([0, 1], title="input x₂")
    across.grid = up.grid = False
    x, y = alt.X("x1:Q", scale=scale, axis=across), alt.Y("x2:Q", scale=scale, axis=up)
    frame_count = result.nets.size * result.shown.size
    hundredths = np.rint(100.0 * np.clip(result.surfaces - 0.5, -0.6, 0.6)).astype(int)
    data = frames(frame_count, v=hundredths.reshape(frame_count, -1))
    # Cells lie in rows from the lower left, so that the number of a cell does for its place.
    cells = shown_frame(data, "v").transform_calculate(
        x1=f"{float(grid[0])} + {2 * half} * (datum.at % {points}) - {half}",
        x2=f"{float(grid[0])} + {2 * half} * floor(datum.at / {points}) - {half}",
        right=f"datum.x1 + {2 * half}", top=f"datum.x2 + {2 * half}", size="abs(datum.v)",
    )  # fmt: skip
    shade = alt.FillOpacity(
        "size:Q", scale=alt.Scale(domain=[0, 50], range=[0, 0.85], clamp=True), legend=None
    )
    layers: list[alt.Chart] = []
    for test, colour, mark in (
        ("datum.v < 0", colours.negative, "below"),
        ("datum.v > 0", colours.positive, "above"),
    ):
        signed = cells.transform_filter(test).mark_rect(color=colour, strokeWidth=0)
        layers.append(signed.encode(x=x, x2="right", y=y, y2="top", fillOpacity=shade).properties(name=mark))
    examples = frames(4, x1=INPUTS[:, 0], x2=INPUTS[:, 1], target=[str(int(t)) for t in TARGETS[:, 0]])
    shape = alt.Shape("target:N", scale=alt.Scale(domain=["0", "1"], range=["square", "circle"]), legend=None)
    dots = alt.Chart(examples).mark_point(color=colours.ink, stroke=colours.page, size=130)
    return alt.layer(*layers, dots.encode(x=x, y=y, shape=shape)).properties(width=SIDE, height=HEIGHT)


def _losses(result: XorProgress) -> alt.LayerChart | alt.FacetChart:
    n, s, last = result.nets.size, result.shown.size, int(result.shown[-1])
    x = alt.X(
        # Most happens early: a root gives the first tenth of the steps a third of the axis.
        "step:Q", scale=alt.Scale(type="sqrt", domain=[0, last], nice=False),
        axis=axis([0, 500, 2000, 5000], title="step (root scale)", labels=["0", "500", "2000", "5000"]),
    )  # fmt: skip
    y = alt.Y(
        "loss:Q",
        scale=alt.Scale(domain=[0, HIGHEST], nice=False),
        axis=axis([0, 0.1, 0.2, 0.3], title="loss"),
    )
    thin = np.unique(np.rint(np.linspace(0.0, 1.0, 71) ** 2 * (result.steps.size - 1)).astype(int))
    curve = frames(
        n, digits=3,
        loss=np.minimum(result.losses[:, thin], 10.0), step=np.tile(result.steps[thin], (n, 1)),
    )  # fmt: skip
    line = (
        alt.Chart(curve)
        .transform_filter(f"datum.row === floor(row / {s})")
        .transform_flatten(["loss", "step"])
        .mark_line(color=colours.blue, clip=True)
    )
    here = frames(n * s, loss=result.shown_losses.ravel(), step=np.tile(result.shown, n))
    levels = frames(
        len(LEVELS), loss=list(LEVELS), step=[0] * len(LEVELS), text=[FRACTIONS[v] for v in LEVELS]
    )
    marks = alt.Chart(levels)
    return alt.layer(
        marks.mark_rule(color=colours.muted, strokeDash=[2, 4]).encode(y=y),
        marks.mark_text(align="right", baseline="bottom", color=colours.muted, dy=-1).encode(
            x=alt.value(SIDE), y=y, text="text:N"
        ),
        line.encode(x=x, y=y, order="step:Q").properties(name="losses"),
        shown_frame(here)
        .mark_point(color=colours.orange, size=110, clip=True)
        .encode(x=x, y=y)
        .properties(name="here"),
    ).properties(width=SIDE, height=HEIGHT)  # fmt: skip


def _caption(result: XorProgress, i: int, k: int) -> str:
    loss, step = float(result.shown_losses[i, k]), int(result.shown[k])
    answers = ", ".join(number(float(y), 2) for y in result.answers[i, k])
    level = min(LEVELS, key=lambda level: abs(level - loss))
    near = f", near the level {FRACTIONS[level]}" if abs(level - loss) < NEAR else ""
    # Below a millionth the digits are those of one machine's rounding.
    size = "below 10⁻⁶" if loss < 1e-6 else scientific(loss, 3)
    if loss < SOLVED_BELOW:
        near = ", solved"
    return (
        f"Net {i + 1} after {step} step{'' if step == 1 else 's'}: loss {size}{near}. It answers 00, 01, 10 and 11 "
        f"with {answers}: {result.right[i, k]} of 4 on the right side of 1/2."
    )
