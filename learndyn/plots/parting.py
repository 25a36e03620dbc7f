"""Draw how gradient descent leaves gradient flow."""

from __future__ import annotations

import numpy as np

from ..experiments.parting import PARTED, Parting
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

# colour, line, offset of the label in points, label of the prediction
_LOOKS = (
    (colours.pink, "-", 7, "predicted parting"),
    (colours.orange, "--", -18, None),
)


@figure_style
def sharpness_and_distance(result: Parting, *, name: str = "parting") -> BookFigure:
    """Draw sharpness, and the distance from the flow, for the runs without a kick."""
    figure, (upper, lower) = new_axes(2, 1, height=5.6, share_x=True)
    upper.plot(result.coarse_times, result.flow_sharpness, color=colours.blue)
    upper.annotate(
        "flow", (result.coarse_times[-1], result.flow_sharpness[-1]), xytext=(-16, -2),
        textcoords="offset points", ha="right", color=colours.blue,
    )  # fmt: skip
    plain = [course for course in result.courses if not course.kick]
    for course, (colour, style, offset, label) in zip(plain, _LOOKS, strict=True):
        limit = 2.0 / course.step_size
        upper.plot(result.coarse_times, course.sharpness, style, color=colour, linewidth=1.6)
        upper.axhline(limit, color=colours.muted, linestyle=":", linewidth=1.2)
        upper.annotate(
            rf"$2/\eta = {limit:g}$", (0.0, limit), xytext=(4, 3),
            textcoords="offset points", color=colour,
        )  # fmt: skip
        lower.semilogy(result.times[1:], course.distances[1:], style, color=colour, linewidth=1.6)
        lower.axvline(course.crossing, color=colour, linestyle=":", linewidth=1.4)
        place = int(np.searchsorted(result.times, 45.0))
        lower.annotate(
            rf"$\eta = {course.step_size:g}$", (45.0, course.distances[place]), xytext=(0, offset),
            textcoords="offset points", ha="center", color=colour,
        )  # fmt: skip
        lower.plot(course.predicted, PARTED, "D", color=colours.ink, markersize=6, label=label)
    lower.legend(loc="upper left")
    upper.set_ylabel("sharpness $S$")
    lower.set_ylabel("distance from flow")
    lower.set_xlabel("time $t$")
    lower.set_ylim(1e-4, 4.0)
    upper.set_xlim(0.0, result.times[-1])
    alt = (
        "Two panels against time. Above: the sharpness of the flow rises to about "
        f"{np.max(result.flow_sharpness):.0f}, that of two runs of descent follows it and then stays near two over "
        "eta. Below: the distance of both runs from the flow, small and proportional to eta at first, jumps some time "
        "after the crossing and keeps growing."
    )
    return BookFigure(figure, name=name, alt=alt)
