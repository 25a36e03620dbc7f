"""Draw how many measured numbers and how many checks stand on each page."""

from __future__ import annotations

import numpy as np

from ..experiments.page_census import Census
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def numbers_and_checks(result: Census, *, name: str = "honest-census") -> BookFigure:
    """Draw one row a page: glued numbers and assertions."""
    pages = sorted(result.pages, key=lambda page: page.glued)
    figure, axes = new_axes(height=0.2 * len(pages) + 1.0)
    rows = np.arange(len(pages))
    glued, checks = ([getattr(page, what) for page in pages] for what in ("glued", "assertions"))
    axes.hlines(rows, 0, glued, color=colours.blue, linewidth=1.2, alpha=0.5)
    axes.plot(glued, rows, "o", color=colours.blue, markersize=4.5, label="numbers put in by a cell")
    axes.plot(checks, rows, "|", color=colours.orange, markersize=8, markeredgewidth=2.2, label="assertions")
    axes.set_yticks(rows, [page.name.split("/")[1].replace("_", " ") for page in pages], fontsize=8)
    axes.set_ylim(-0.8, len(pages) - 0.2)
    axes.set_xlim(0, None)
    axes.set_xlabel("how many on the page")
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside upper center", ncols=2)
    alt = (
        f"One row for each of {len(pages)} pages: numbers that a cell put into the prose, from {min(glued)} to "
        f"{max(glued)}, and assertions, from {min(checks)} to {max(checks)}. No page is without either."
    )
    return BookFigure(figure, name=name, alt=alt)
