"""Check the pages as they were written: unique ids, and links that lead somewhere.

Sphinx warns of the dead links that it writes itself, which all have the class "reference".
It does not know the links in the HTML of a cell or of the theme, nor ids that two figures
share.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx

from .failure import Failure, page_name

__all__ = ["PageReader", "written_page_failures"]

LINKING_TAGS = frozenset({"a", "area", "link"})


class PageReader(HTMLParser):
    """Collect the ids and the links of one HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: dict[str, None] = {}  # in order, each once
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names and where it leads; the parser calls this for each tag."""
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
        link = attributes.get("src") or (attributes.get("href") if tag in LINKING_TAGS else None)
        if link and "reference" not in attributes.get("class", "").split():
            self.links[link] = None


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """What was found on one page."""

    path: Path
    ids: Counter[str]
    links: list[str]


def read_pages(app: Sphinx) -> dict[str, WrittenPage]:
    """Read every page that was written since the last build, and take the others from its memory."""
    memory = Path(app.doctreedir, "written_pages.pickle")
    known: dict[str, tuple[Any, ...]] = {}
    with suppress(FileNotFoundError, EOFError, pickle.UnpicklingError):
        known = pickle.loads(memory.read_bytes())
    pages: dict[str, WrittenPage] = {}
    for docname in sorted(app.env.found_docs):
        path = Path(app.builder.get_outfilename(docname))
        text = path.read_bytes()
        digest = blake2b(text).digest()
        found = known.get(docname)
        if found is None or found[0] != digest:
            reader = PageReader(text.decode("utf-8"))
            found = (digest, dict(reader.ids), list(reader.links))
        known[docname] = found
        pages[docname] = WrittenPage(path, Counter(found[1]), found[2])
    memory.write_bytes(pickle.dumps(known))
    return pages


def written_page_failures(app: Sphinx) -> list[Failure]:
    """Check every page of a book that was written as one HTML file per page."""
    if app.builder.name not in {"html", "dirhtml"}:
        return []
    pages = read_pages(app)
    ids = {page.path.resolve(): page.ids for page in pages.values()}
    return [
        Failure(page_name(app.env, docname), problem)
        for docname, page in pages.items()
        for problem in (*duplicate_ids(page), *dead_links(page, Path(app.outdir), ids))
    ]


def duplicate_ids(page: WrittenPage) -> Iterator[str]:
    """Say which ids of a page stand for more than one element."""
    for element_id, count in page.ids.items():
        if count > 1:
            yield f"the id {element_id!r} is given to {count} elements. Give it to one."


def dead_links(page: WrittenPage, site: Path, ids: dict[Path, Counter[str]]) -> Iterator[str]:
    """Say which links of a page lead to no file of the site, or to no element of its pages."""
    for link in page.links:
        target = urlsplit(link)
        if target.scheme or target.netloc:
            continue  # another site
        path = linked_file(page.path, site, unquote(target.path))
        if not path.is_file():
            yield f"the link {link!r} leads to no file of the book. Correct it or take it out."
        elif target.fragment and path in ids and unquote(target.fragment) not in ids[path]:
            yield f"the link {link!r} leads to no element of its page. Correct what follows the #."


def linked_file(page: Path, site: Path, path: str) -> Path:
    """Find the file that a browser would ask for when it follows a link on a page."""
    if not path:
        return page.resolve()
    start = site if path.startswith("/") else page.parent
    file = Path(os.path.normpath(start / path.lstrip("/"))).resolve()
    return file / "index.html" if file.is_dir() else file
