"""What stands on the pages of the book: cells, checks, measured numbers, takeaways.

A page computes what it claims. This counts how: code cells, assertions that hold a claim, numbers
that a cell put into the prose (glued) and figures; and it finds sections that end without a
takeaway. It reads sources, and executes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
BARE = ("Where", "Exercise", "How to", "What would change", "What was tried", "What was weighed", "What it costs")
"""Sections that begin so close a page or list things, and need no takeaway."""


@dataclass(frozen=True, slots=True)
class PageCount:
    """One page.

    Attributes
    ----------
    name : str
        Folder and file, without the suffix.
    cells, assertions, glued, figures, citations : int
    sections : tuple of str
        Headings of the second level.
    bare : tuple of str
        Those of them that end without a takeaway and should have one.
    closing : bool
        Whether the page has a key takeaway.
    solutions : int
        Hidden cells that are executed.
    """

    name: str
    cells: int
    assertions: int
    glued: int
    figures: int
    citations: int
    sections: tuple[str, ...]
    bare: tuple[str, ...]
    closing: bool
    solutions: int


@dataclass(frozen=True, slots=True)
class Census:
    """All pages that are executed."""

    pages: tuple[PageCount, ...]

    def total(self, what: str) -> int:
        """Return the sum of one count over the pages."""
        return int(np.sum([getattr(page, what) for page in self.pages]))


def run(folder: str | Path) -> Census:
    """Count what stands on each executed page under a folder.

    Parameters
    ----------
    folder : path
        Of the book's pages.

    Raises
    ------
    FileNotFoundError
        If there is no such page.
    """
    root = Path(folder)
    paths = sorted(root.glob("*/*.md"))
    texts = ((path, path.read_text(encoding="utf-8")) for path in paths)
    pages = [
        count(path.relative_to(root).with_suffix("").as_posix(), text)
        for path, text in texts
        if "file_format: mystnb" in text[:200]
    ]
    if not pages:
        raise FileNotFoundError(f"page_census: no executed page under {root}. Pass the book's folder")
    return Census(tuple(pages))


def count(name: str, text: str) -> PageCount:
    """Count what stands on one page.

    Parameters
    ----------
    name : str
    text : str
        The page's source.
    """
    cells = CELL.findall(text)
    prose = CELL.sub("", text)
    parts = re.split(r"^## ", prose, flags=re.MULTILINE)[1:]
    sections = [part.partition("\n")[0].strip() for part in parts]
    bare = [
        title
        for title, part in zip(sections, parts, strict=True)
        if not title.startswith(BARE) and "{div} takeaway" not in part and "Key takeaway" not in part
    ]
    return PageCount(
        name, len(cells),
        sum(len(re.findall(r"^\s*assert ", cell, re.MULTILINE)) for cell in cells),
        len(re.findall(r"\{glue:(?:text)?\}`", prose)),
        sum(":  figure:" in cell for cell in cells),
        len(re.findall(r"\{cite:[a-z]+\}`", prose)),
        tuple(sections), tuple(bare), "Key takeaway" in prose,
        sum("hide-cell" in cell for cell in cells),
    )  # fmt: skip
