"""Draw what the pages of the book weigh, and how soon a phone has painted them."""

from __future__ import annotations

from ..experiments.page_scores import PageScores
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def paint_and_weight(result: PageScores, *, name: str = "page-weights") -> BookFigure:
    """Draw each page's largest paint against its weight; pages with sliders have a mark of their own."""
    figure, axes = new_axes(height=3.6)
    kinds = ((False, "o", colours.blue, "without sliders"), (True, "D", colours.orange, "with sliders"))
    for explorable, marker, colour, words in kinds:
        chosen = [each for each in result.pages if each.explorable is explorable]
        weights, paints = [each.kilobytes for each in chosen], [each.paint for each in chosen]
        axes.plot(weights, paints, marker, color=colour, markersize=5, alpha=0.8, label=words)
    axes.set_xlim(0, 1.06 * max(each.kilobytes for each in result.pages))
    axes.set_ylim(0, 1.1 * max(each.paint for each in result.pages))
    axes.set_xlabel("weight over the wire (KB)")
    axes.set_ylabel("largest paint (s)")
    axes.legend(loc="lower left")
    weights, paints = [each.kilobytes for each in result.pages], [each.paint for each in result.pages]
    alt = (
        f"A mark for each of {len(result.pages)} pages. They weigh {min(weights):.0f} to {max(weights):.0f} KB, and the "
        f"largest paint comes after {min(paints):.1f} to {max(paints):.1f} seconds. "
        f"{sum(each.explorable for each in result.pages)} of them have sliders."
    )
    return BookFigure(figure, name=name, alt=alt)
