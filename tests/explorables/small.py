"""The smallest explorable that has all its parts: a dot that a slider moves along a line."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from learndyn.explorables import Explorable, Slider, frames, shown_frame
from learndyn.plots.palette import colours

PLACES = 4
TEXTS = tuple(f"{k / 10}" for k in range(PLACES))


def dots(*, colour: str = colours.blue, width: int = 496, points: Any = None) -> alt.Chart:
    """Return a chart of k + 1 points in frame k, or of `points`."""
    points = [np.arange(k + 1.0) for k in range(PLACES)] if points is None else points
    scale = alt.Scale(domain=[0, 10], nice=False)
    data = frames(len(points), x=points)
    chart = shown_frame(data, "x").mark_point(color=colour)
    return chart.encode(x=alt.X("x:Q", scale=scale)).properties(width=width, height=246, name="dots")


def small(**changes: Any) -> Explorable:
    """Return the explorable, with some of its arguments changed."""
    arguments: dict[str, Any] = {
        "name": "small-dots",
        "chart": dots(),
        "sliders": [Slider("place", TEXTS, 1)],
        "captions": [f"{k + 1} dots." for k in range(PLACES)],
        "alt": "Two dots on a line; the slider adds more.",
        "height": 314,
    }
    return Explorable(**arguments | changes)
