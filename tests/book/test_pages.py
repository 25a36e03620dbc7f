"""Every page keeps the pattern: it measures, it checks, and each section ends in a takeaway."""

from __future__ import annotations

import pytest

from learndyn.experiments import page_census

from .building import REPOSITORY

CENSUS = page_census.run(REPOSITORY / "book")


@pytest.mark.parametrize("page", CENSUS.pages, ids=lambda page: page.name)
def test_a_page_measures_and_checks_and_ends_each_section_in_a_takeaway(page: page_census.PageCount) -> None:
    assert page.assertions > 0 and page.glued > 0
    assert not page.bare, f"sections without a takeaway: {page.bare}"
    assert page.closing
    folder = page.name.split("/")[0]
    if folder != "design":
        assert page.figures > 0 and page.solutions > 0
        assert "Exercises" in page.sections or "Exercise" in page.sections


def test_a_section_without_a_takeaway_is_found() -> None:
    text = (
        "# T\n\n## One\n\nProse.\n\n## Two\n\n:::{div} takeaway\nSo.\n:::\n\n"
        "```{code-cell} ipython3\n:tags: [hide-cell]\nassert 1\n## Not a heading\n```\n\n"
        "{glue:text}`a` {cite:p}`b`\n\n## Exercises\n"
    )
    found = page_census.count("x/y", text)
    assert found.bare == ("One",)
    assert found.sections == ("One", "Two", "Exercises")
    assert (found.cells, found.assertions, found.glued, found.citations, found.solutions) == (1, 1, 1, 1, 1)
    assert not found.closing


def test_a_folder_without_pages_is_refused(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="no executed page under"):
        page_census.run(tmp_path)
