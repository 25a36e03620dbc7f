"""Draw how far what a population has learned in some directions reaches into others."""

from __future__ import annotations

import numpy as np

from ..experiments.move_population import PopulationReach, PopulationTransferCurve
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LINES = (
    (colours.blue, "-", "o"),
    (colours.orange, "--", "s"),
    (colours.green, "-.", "^"),
)


@figure_style
def generalisation(
    reach: PopulationReach, result: PopulationTransferCurve, *, name: str = "move-generalisation"
) -> BookFigure:
    """Draw the change of the joints beside the overlap, and the turn of the hand beside interpolation."""
    figure, (top, bottom) = new_axes(2, 1, height=6.2, share_x=True)
    degrees = np.degrees(result.directions)
    top.plot(degrees, reach.overlap_predicted, color=colours.blue)
    top.plot(degrees[::4], reach.generalisation.share[::4], "o", color=colours.blue, markersize=5.5)
    top.annotate("in the joints", (60, 0.66), color=colours.blue)
    top.set_ylabel("share")
    for i, (colour, style, marker) in enumerate(_LINES[: len(result.trained)]):
        bottom.plot(degrees, result.predicted[i], color=colour, linestyle=style)
        bottom.plot(degrees[i::6], result.turned[i, i::6], marker, color=colour, markersize=5.5)
    bottom.axhline(0.0, color=colours.muted, linewidth=1.0)
    places = ((-40, 0.13, "1"), (138, 0.36, "2"), (60, 1.1, "8"))
    for (x, y, text), (colour, _, _) in zip(places, _LINES, strict=True):
        bottom.annotate(text, (x, y), color=colour, ha="center")
    bottom.set_ylim(-0.2, 1.28)
    bottom.set_xticks([-180, -90, 0, 90, 180])
    bottom.set_xlim(-184, 184)
    bottom.set_xlabel("direction of the target (degrees)")
    bottom.set_ylabel("turn of the hand")
    alt = (
        "Top: share of the change of the joints that shows in other directions after training in "
        "direction 0: a bell that falls from 1 to nearly 0, marks on the line of the overlap. Bottom: "
        "turn of the hand after training in 1, 2 and 8 directions. With 1 it falls to "
        f"{result.turned[0, 0]:.2f} in the opposite direction, with 2 it is 1 in both and small between, "
        "with 8 it is about 1 everywhere. Marks lie on predicted lines."
    )
    return BookFigure(figure, name=name, alt=alt)
