"""Draw what the pages of the book cost to execute, and what libraries weigh."""

from __future__ import annotations

import numpy as np

from ..experiments.book_timings import Timings
from .figure import BookFigure
from .palette import colours
from .style import figure_style, new_axes


@figure_style
def page_seconds(result: Timings, *, name: str = "timings-pages") -> BookFigure:
    """Draw one bar a page: processor seconds of its kernel."""
    pages = list(result.pages.items())[::-1]
    figure, axes = new_axes(height=0.19 * len(pages) + 0.8)
    rows = np.arange(len(pages))
    seconds = [value for _, value in pages]
    axes.barh(rows, seconds, height=0.6, color=colours.blue)
    axes.axvline(result.page_seconds / len(pages), color=colours.orange, linestyle="--", linewidth=1.4)
    axes.annotate(
        "mean", (result.page_seconds / len(pages), 0), xytext=(5, 0), textcoords="offset points",
        color=colours.orange, va="center",
    )  # fmt: skip
    axes.set_yticks(rows, _short([page for page, _ in pages]), fontsize=8)
    axes.set_ylim(-0.7, len(pages) - 0.3)
    axes.set_xlabel("processor seconds")
    axes.grid(axis="y", visible=False)
    slowest = pages[-1]
    alt = (
        f"One bar for each of {len(pages)} pages, from {min(seconds):.1f} to {max(seconds):.1f} seconds of processor "
        f"time. The longest is {slowest[0].split('/')[-1].replace('_', ' ')}; the mean is "
        f"{result.page_seconds / len(pages):.1f} seconds."
    )
    return BookFigure(figure, name=name, alt=alt)


def _short(pages: list[str]) -> list[str]:
    """Leave the folder out where no other page has the same name."""
    names = [page.split("/")[-1] for page in pages]
    return [
        (name if names.count(name) == 1 else page.replace("/", ": ")).replace("_", " ")
        for page, name in zip(pages, names, strict=True)
    ]


@figure_style
def library_weights(result: Timings, *, name: str = "library-weights") -> BookFigure:
    """Draw size against the time of import, a mark for each library."""
    figure, axes = new_axes(height=3.3)
    size = np.array([library.megabytes for library in result.libraries])
    time = np.array([1000 * library.import_seconds for library in result.libraries])
    axes.plot(size, time, "o", color=colours.blue)
    for library, x, y in zip(result.libraries, size, time, strict=True):
        right = x < 0.5 * size.max()
        axes.annotate(
            library.name, (x, y), xytext=(8 if right else -8, 0), textcoords="offset points",
            ha="left" if right else "right", va="center",
        )  # fmt: skip
    axes.set_xlim(0, 1.08 * size.max())
    axes.set_ylim(0, 1.12 * time.max())
    axes.set_xlabel("installed size with requirements (MB)")
    axes.set_ylabel("import (ms of processor time)")
    words = ", ".join(
        f"{library.name} {library.megabytes:.0f} MB and {1000 * library.import_seconds:.0f} ms"
        for library in result.libraries
    )
    return BookFigure(figure, name=name, alt=f"Libraries by installed size and time of import: {words}.")
