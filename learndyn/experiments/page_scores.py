"""What Lighthouse says of each page of the built book, read from the file of measurements.

Nothing is measured here: ``tests/site/lighthouse.py`` writes the file, on a phone as Lighthouse
simulates it. Weights are compressed, as they go over the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .measurements import read_measurements

__all__ = ["BUDGET", "FLOOR", "FLOOR_WITH_SLIDERS", "PageScore", "PageScores", "page_score", "read"]

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NOT_FOR_SEARCH = frozenset({"404.html", "search.html", "genindex.html"})
BUDGET = 250  # kilobytes over the wire, for one page with all that it loads before a slider is near
FLOOR, FLOOR_WITH_SLIDERS = 0.95, 0.90  # of each score; the second for the performance of a page with sliders


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page.

    Attributes
    ----------
    page : str
        Its address in the site.
    scores : mapping of str to float
        Lighthouse's four categories, each from 0 to 1.
    paint : float
        Seconds until the largest element is painted.
    shift : float
        Lighthouse's cumulative layout shift, without a unit: 0 if nothing jumps.
    kilobytes : float
        What the page and all that it loads weigh.
    kinds : mapping of str to float
        The same by kind: "Document", "Script", "Stylesheet", "Font", "Image" and others.
    explorable : bool
        Whether it has a figure with sliders.
    formulas : float
        What its formulas weigh, in kilobytes; a part of "Document".
    machine : float
        Lighthouse's benchmark index of the machine while the page was measured, without a unit:
        the more, the faster.
    """

    page: str
    scores: Mapping[str, float]
    paint: float
    shift: float
    kilobytes: float
    kinds: Mapping[str, float]
    explorable: bool
    formulas: float
    machine: float

    @property
    def judged(self) -> tuple[str, ...]:
        """The categories that count for this page: a page that no search is meant to find has no "seo"."""
        return CATEGORIES[:-1] if self.page in NOT_FOR_SEARCH else CATEGORIES

    @property
    def below_floor(self) -> tuple[str, ...]:
        """The categories in which the page scores less than its floor."""
        floors = dict.fromkeys(CATEGORIES, FLOOR)
        if self.explorable:
            floors["performance"] = FLOOR_WITH_SLIDERS
        return tuple(name for name in self.judged if self.scores[name] < floors[name])


@dataclass(frozen=True, slots=True)
class PageScores:
    """The whole file.

    Attributes
    ----------
    pages : tuple of PageScore
        In the order of their addresses.
    theme : mapping of str to float
        Kilobytes of what the theme would load on each page: "styles", "scripts" and "icons", and of
        what this book does not load or loads late: "mathjax" and "vega".
    version : str
        Lighthouse's.
    """

    pages: tuple[PageScore, ...]
    theme: Mapping[str, float]
    version: str

    def lowest(self, category: str, *, explorables: bool | None = None) -> float:
        """Return the lowest score of a category.

        Parameters
        ----------
        category : {"performance", "accessibility", "best-practices", "seo"}
        explorables : bool, optional
            Only pages with sliders, or only those without. All by default. Pages that no search
            is meant to find do not count for "seo".
        """
        return min(
            each.scores[category]
            for each in self.pages
            if explorables in (None, each.explorable) and category in each.judged
        )

    @property
    def heaviest(self) -> PageScore:
        """The page that weighs most."""
        return max(self.pages, key=lambda each: each.kilobytes)


def page_score(page: str, facts: Mapping[str, Any]) -> PageScore:
    """Return one page's entry of the file.

    Parameters
    ----------
    page : str
    facts : mapping
        As ``tests/site/lighthouse.py`` measures them.
    """
    return PageScore(
        page=page,
        scores=MappingProxyType({name: float(facts[name]) for name in CATEGORIES}),
        paint=facts["paint"],
        shift=facts["shift"],
        kilobytes=facts["KB"],
        kinds=MappingProxyType(facts["kinds"]),
        explorable=facts["explorable"],
        formulas=facts["formulas"],
        machine=facts["machine"],
    )


def read(path: str | Path) -> PageScores:
    """Read the file of measurements.

    Parameters
    ----------
    path : path

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    command = f"python -m tests.site.lighthouse --write {path}"
    found = read_measurements(path, caller="page_scores", command=command)
    pages = tuple(page_score(page, facts) for page, facts in sorted(found["pages"].items()))
    return PageScores(pages=pages, theme=MappingProxyType(found["theme"]), version=found["lighthouse"])
