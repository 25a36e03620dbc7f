"""A signal through depth: drag the weight variance across the critical line."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..experiments.signal_depth import SignalDepth
from ..plots.palette import colours
from .explorable import Explorable
from .frames import frames, shown_frame
from .slider import Slider
from .style import axis, heading, label
from .wording import number, scientific

__all__ = ["signal_through_depth"]

SIDE, SPACING, HEIGHT = 210, 76, 246
LEAST, MOST = -12, 8  # powers of ten
CRITICAL = 2e-3  # a factor this near to 1 is called critical: 30 layers make it a change of six percent


def signal_through_depth(
    result: SignalDepth, *, start: tuple[int, int] = (0, 0), name: str = "signal-through-depth"
) -> Explorable:
    """Show both mean squares in each layer, measured and predicted, with two sliders.

    Parameters
    ----------
    result : SignalDepth
        One entry for each activation (first slider) and weight variance (second).
    start : (int, int), optional
        The first position.
    name : str, optional
    """
    a, s = result.chi.shape
    data = frames(
        a * s,
        **{
            column: np.round(values.reshape(a * s, -1) / np.log(10.0), 2)
            for column, values in (
                ("q", result.forward), ("q_law", result.forward_predicted),
                ("delta", result.backward), ("delta_law", result.backward_predicted),
            )
        },
    )  # fmt: skip
    depth = int(result.layers[-1])
    chart = alt.hconcat(
        _panel(data, "q", "Forward: mean square q", colours.blue, depth, first=True),
        _panel(data, "delta", "Back: mean square of δ", colours.orange, depth, first=False),
        spacing=SPACING,
    )
    variance = float(result.weight_variances[start[1]])
    return Explorable(
        name,
        chart,
        [
            Slider("activation", list(result.activations), start[0]),
            Slider("weight variance σ_w²", [f"{v:.4g}" for v in result.weight_variances], start[1]),
        ],
        [_caption(result, i, j) for i in range(a) for j in range(s)],
        "Two panels over the layers of a random net, with logarithmic axes. Left: the mean square of the signal on "
        "its way forward. Right: that of the gradient on its way back, relative to the last layer. Marks are "
        f"measured, lines are the mean-field prediction. The start is {result.activations[start[0]]} with "
        f"σ_w² = {variance:.4g}; larger weights turn the decay on the right into growth, while with tanh the left "
        "panel stays level.",
        height=336,
        margins={"left": 66, "top": 36, "right": 14, "bottom": 54},
    )


def _panel(
    data: alt.InlineData, column: str, title: str, colour: str, depth: int, *, first: bool
) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(domain=[0, depth], nice=False)
    x = alt.X("layer:Q", scale=scale, axis=axis([0, 10, 20, 30], title="layer l"))
    powers = [LEAST, -8, -4, 0, 4, MOST]
    words = ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1", "10⁴", "10⁸"]
    vertical: dict[str, Any] = {
        "scale": alt.Scale(domain=[LEAST, MOST], nice=False),
        "axis": axis([float(p) for p in powers], labels=words),
    }
    shown = shown_frame(data, column, f"{column}_law").transform_calculate(layer="datum.at + 1")
    line = shown.mark_line(color=colours.muted, strokeWidth=2, clip=True)
    marks = shown.mark_point(color=colour, size=36, clip=True)
    words_at = [label(8, 16, "marks: measured"), label(8, 36, "line: predicted", colour=colours.muted)]
    return alt.layer(
        line.encode(x=x, y=alt.Y(f"{column}_law:Q", **vertical)).properties(name=f"{column}_predicted"),
        marks.encode(x=x, y=alt.Y(f"{column}:Q", **vertical)).properties(name=f"{column}_measured"),
        heading(title),
        *(words_at if first else []),
    ).properties(width=SIDE, height=HEIGHT)


def _caption(result: SignalDepth, i: int, j: int) -> str:
    chi, ratio = float(result.chi[i, j]), float(result.ratios[i, j])
    if abs(chi - 1.0) <= CRITICAL:
        kind = "Critical: the gradient should keep its size"
    elif chi < 1.0:
        kind = f"Vanishing: e times smaller every {number(-1.0 / np.log(chi), 1)} layers"
    else:
        kind = f"Exploding: e times larger every {number(1.0 / np.log(chi), 1)} layers"
    whole = scientific(float(np.exp(result.backward[i, j, 0])))
    last, law = (float(np.exp(q[i, j, -1])) for q in (result.forward, result.forward_predicted))
    return (
        f"{result.activations[i]}, σ_w² = {result.weight_variances[j]:.4g}. {kind}. Back, a layer multiplies by "
        f"χ = {number(chi, 3)}, measured {number(ratio, 3)}, and the whole net by {whole}. "
        f"Forward, q ends at {scientific(last)}, predicted {scientific(law)}."
    )
