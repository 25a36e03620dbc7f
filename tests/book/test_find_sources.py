"""Laws of the bibliography and the search: every source has a link, and what one looks for is in the index."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from .building import REPOSITORY, Book, new_book

BIBLIOGRAPHY = (REPOSITORY / "book" / "references.bib").read_text(encoding="utf-8")
ENTRIES = {
    key: entry
    for key, entry in re.findall(r"^@\w+\{([^,]+),\n(.*?)^\}", BIBLIOGRAPHY, re.MULTILINE | re.DOTALL)
}
IDENTIFIER = re.compile(r"^  (doi|eprint|url) *= \{(.+)\},$", re.MULTILINE)
FORMS = {
    "doi": re.compile(r"10\.\d{4,9}/\S+"),
    "eprint": re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}"),
    "url": re.compile(r"https?://\S+"),
}
WITHOUT = {
    "cauchy1847": "printed before identifiers",
    "lapicque1907": "printed before identifiers",
    "minsky1969": "a book of 1969, of which later editions alone have one",
    "jacobson1970": "a book of 1970 without one",
    "nesterov1983": "the Russian original has none",
    "trefethen2005": "a book that was printed without one",
    "sprinkhuizen1999": "the publisher's could not be confirmed",
    "spijker1991": "the publisher's could not be confirmed",
    "newman1986": "the publisher's could not be confirmed",
    "amari1972": "the publisher's could not be confirmed",
    "werfel2005": "the publisher's could not be confirmed",
    "shadlen1996": "the publisher's could not be confirmed",
    "amari1988": "the publisher's could not be confirmed",
}


def test_every_source_has_an_identifier_or_a_reason_why_not() -> None:
    assert len(ENTRIES) == len(re.findall(r"^@", BIBLIOGRAPHY, re.MULTILINE)) > 200
    assert {key for key, entry in ENTRIES.items() if not IDENTIFIER.search(entry)} == set(WITHOUT)


@pytest.mark.parametrize("key", sorted(set(ENTRIES) - set(WITHOUT)))
def test_an_identifier_has_its_form_and_belongs_to_one_source(key: str) -> None:
    for kind, value in IDENTIFIER.findall(ENTRIES[key]):
        assert FORMS[kind].fullmatch(value), (kind, value)
        assert BIBLIOGRAPHY.count(f"{{{value}}}") == 1, value


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book that cites a source of each kind, defines a term and describes a function."""
    book = new_book(tmp_path_factory.mktemp("sources") / "root")
    cited = " ".join(f"{{cite:p}}`{key}`" for key in ("polyak1964", "kingma2015", "cornford2021"))
    book.write_page("foundations/page", f"# A page\n\nA limit cycle {cited}.\n")
    book.write_page("glossary", "# Glossary\n\n:::{glossary}\nlimit cycle\n  A closed orbit.\n:::\n")
    book.write_page("reference/api", "# API\n\n```{eval-rst}\n.. autofunction:: learndyn.simulate\n```\n")
    text = (REPOSITORY / "book" / "references.md").read_text(encoding="utf-8")
    book.write_page("references", text)
    book.write_toc(["foundations/page", "glossary", "reference/api", "references"])
    build = book.build()
    assert build.status == 0, build.log
    return book


def test_identifiers_are_written_as_links(small_book: Book) -> None:
    html = (small_book.html / "references.html").read_text(encoding="utf-8")
    links = re.findall(r'<a class="reference external" href="(https?://[^"]+)"', html)
    for key in ("polyak1964", "kingma2015", "cornford2021"):
        for _, value in IDENTIFIER.findall(ENTRIES[key]):
            assert any(link.endswith(value) for link in links), (key, links)


@pytest.fixture(scope="module")
def index(small_book: Book) -> dict[str, Any]:
    """The index that the search page reads."""
    text = (small_book.html / "searchindex.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))


def pages_with(index: dict[str, Any], word: str) -> set[str]:
    """Find the pages that hold a word, as the search does."""
    found = index["terms"].get(word, [])
    numbers = [found] if isinstance(found, int) else found
    return {index["docnames"][number] for number in numbers}


def test_the_search_finds_an_author_a_term_and_a_function(index: dict[str, Any]) -> None:
    assert "references" in pages_with(index, "polyak")
    assert pages_with(index, "cycl") >= {"foundations/page", "glossary"}
    assert any("limit cycle" in entry for entry in index["indexentries"])
    api = index["docnames"].index("reference/api")
    assert (api, "simulate") in [(each[0], each[-1]) for each in index["objects"]["learndyn"]]
    assert pages_with(index, "no-such-word") == set()
