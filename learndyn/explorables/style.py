"""The look of an explorable: that of the book's figures, in Vega's words.

Nothing here depends on how wide a text is: room for labels is set, not measured. So the still figure and the live one
take the same place on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from ..plots.palette import CYCLE, colours

__all__ = ["CONFIG", "FONTS", "Panel", "axis", "heading", "label"]

# What a layered chart is once its size is set, by its type.
Panel = alt.LayerChart | alt.FacetChart

# matplotlib counts in points of 4/3 pixels: 12 points there are 16 pixels here, and a line of 2 is 2.7 wide.
FONTS = "DejaVu Sans, Verdana, Roboto, sans-serif"
_TEXT, _TICK = 16, 14.67

CONFIG: dict[str, Any] = {
    "aria": False,  # the figure is one image with one text, not a hundred of them
    "background": None,
    "font": FONTS,
    "view": {"stroke": None},
    "range": {"category": list(CYCLE)},
    "axis": {
        "domainColor": colours.muted,
        "domainWidth": 1.33,
        "gridColor": colours.grid,
        "gridOpacity": 0.3,
        "gridWidth": 1.07,
        "labelColor": colours.muted,
        "labelFontSize": _TICK,
        "labelOverlap": False,
        "labelBound": False,
        "labelFlush": False,
        "tickColor": colours.muted,
        "tickWidth": 1.33,
        "tickSize": 5,
        "titleColor": colours.ink,
        "titleFontSize": _TEXT,
        "titleFontWeight": "normal",
    },
    "axisX": {"minExtent": 24, "maxExtent": 24, "titlePadding": 6},
    "axisY": {"minExtent": 42, "maxExtent": 42, "titlePadding": 8},
    "text": {"color": colours.ink, "fontSize": _TICK, "baseline": "middle"},
    "line": {"strokeWidth": 2.67, "strokeCap": "round", "strokeJoin": "round"},
    "point": {"filled": True, "opacity": 1, "size": 70},
    "rule": {"color": colours.muted, "strokeWidth": 1.33},
}


def axis(
    values: Sequence[float], *, title: str | None = None, labels: Sequence[str] | None = None
) -> alt.Axis:
    """Return an axis with ticks at `values`, with `labels` instead of the numbers; there is room for five signs."""
    if labels is None:
        # Without a number of digits Vega takes it from the step: 10, 20, 30 become 1e+1, 2e+1, 3e+1.
        return alt.Axis(values=list(values), title=title, format=".6~g")
    choice = f"{json.dumps(list(labels))}[indexof({json.dumps(list(values))}, datum.value)]"
    return alt.Axis(values=list(values), title=title, labelExpr=choice)


def heading(text: str) -> alt.Chart:
    """Return a title over a panel, at its left edge: a layer. Vega's own would hang on the widths of labels."""
    title = alt.Chart(alt.InlineData(values=[{"text": text}])).mark_text(align="left", fontSize=_TEXT)
    layer: alt.Chart = title.encode(x=alt.value(0), y=alt.value(-17), text="text:N")
    return layer


def label(
    x: float,
    y: float,
    text: str,
    *,
    align: Literal["left", "center", "right"] = "left",
    colour: str = colours.ink,
) -> alt.Chart:
    """Return a text at (x, y) of a panel, in pixels from its upper left corner: a layer."""
    words = alt.Chart(alt.InlineData(values=[{"text": text}])).mark_text(align=align, color=colour)
    layer: alt.Chart = words.encode(x=alt.value(x), y=alt.value(y), text="text:N")
    return layer
