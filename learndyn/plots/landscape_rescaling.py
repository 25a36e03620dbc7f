"""Draw slices of one function in three sets of coordinates."""

from __future__ import annotations

from typing import Any

from ..experiments.landscape_rescaling import RescaledSlices
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes

_LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    (colours.blue, {"linewidth": 2.4}),
    (colours.orange, {"linestyle": "none", "marker": "o", "markersize": 5, "markevery": 3}),
    (colours.pink, {"linestyle": "--", "linewidth": 1.8}),
)


@figure_style
def slices(result: RescaledSlices, *, name: str = "landscape-rescaling") -> BookFigure:
    """Draw filter-normalised slices on the left, slices of unit length on the right."""
    figure, panels = new_axes(1, 2, height=3.9, share_y=True)
    titles = ("filter-normalised", "unit length")
    for axes, losses, title in zip(panels, (result.filtered, result.plain), titles, strict=True):
        for number, (colour, look) in enumerate(_LOOKS):
            axes.plot(result.coordinates, losses[number], color=colour, label=result.names[number], **look)
        axes.set_yscale("log")
        axes.set_title(title)
        axes.set_xlabel("position")
        axes.set_xticks([-1, 0, 1])
    panels[0].set_ylabel("loss")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, columnspacing=1.0
    )
    alt = (
        "Loss along a random direction, on a logarithmic scale, for three nets with the same function. "
        "With filter normalisation the curve of the net with rescaled layers lies on that of the "
        "trained one, and that of the net with rescaled units rises up to "
        f"{result.change('filtered', 2) + 1:.1f} times as high. With directions of unit length all three "
        "differ."
    )
    return BookFigure(figure, name=name, alt=alt)
