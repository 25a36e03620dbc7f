"""One healthy book, built once, of which each test breaks a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import Book, cell, logging_cell, new_book, notebook_page


@pytest.fixture(scope="session")
def healthy_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A built book of three pages, one of them executed. Not to be edited: take ``book``."""
    book = new_book(tmp_path_factory.mktemp("healthy") / "root")
    glued = 'from myst_nb import glue\n\nglue("four", 2 + 2, display=False)'
    book.write_page(
        "foundations/healthy",
        notebook_page(
            "Two and two make {glue:text}`four`.",
            cell(glued),
            logging_cell("healthy"),
        ),
    )
    link = "[the landing page](../intro.md#a-small-book)"
    book.write_page("experiments/page", f"# A page\n\nSee {link}.\n")
    book.write_toc(["foundations/healthy", "experiments/page"])
    build = book.build()
    assert build.status == 0, build.log
    assert book.executions == ["healthy"]
    book.clear_executions()
    return book


@pytest.fixture
def book(healthy_book: Book, tmp_path: Path) -> Book:
    """A copy of the healthy book, with all that was built."""
    return healthy_book.copy_to(tmp_path / "root")
