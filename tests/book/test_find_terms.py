"""Laws of the glossary: each term is defined once, used, and linked where a page first mentions it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from docutils import nodes

from .building import REPOSITORY, Book, new_book

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))

from learndyn_book.first_use import Concept, Vocabulary, link_first_uses, prose_of


def concept(*names: str, definition: str = "What it is.") -> Concept:
    return Concept(names, "glossary", f"term-{names[0].replace(' ', '-')}", definition)


def page(*texts: str) -> nodes.document:
    """A page with a heading and one paragraph for each text."""
    section = nodes.section("", nodes.title("", "A fixed point in a heading"))
    section += [nodes.paragraph("", text) for text in texts]
    document = nodes.document(None, None)
    document += section
    return document


def links(document: nodes.document, *concepts: Concept) -> list[tuple[str, str]]:
    """Link a page's first mentions, and return each link's text and target."""
    link_first_uses(document, Vocabulary(concepts), {each: each.anchor for each in concepts})
    return [(each.astext(), each["refuri"]) for each in document.findall(nodes.reference)]


def test_the_first_mention_is_linked_and_no_other() -> None:
    document = page("A map.", "At a fixed\npoint, or two fixed points.", "Fixed points again.")
    before = document.astext()
    assert links(document, concept("fixed point")) == [("fixed\npoint", "term-fixed-point")]
    assert document.astext() == before


def test_a_term_is_found_across_the_lines_of_a_paragraph() -> None:
    document = page()
    document[0] += nodes.paragraph("", "", *map(nodes.Text, ("At a fixed", "\n", "point.")))
    assert links(document, concept("fixed point")) == [("fixed\npoint", "term-fixed-point")]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("fixed point", "Fixed points attract.", "Fixed points"),
        ("basin", "of both basins here", "basins"),
        ("orthogonal matrix", "by orthogonal matrices", "orthogonal matrices"),
        ("boundary", "the boundaries", "boundaries"),
        ("Nesterov's rule", "With Nesterov’s rule", "Nesterov’s rule"),
        ("Nesterov’s rule", "With Nesterov's rule", "Nesterov's rule"),
        ("map", "it is unmapped, mapping, remap, map-like, a_map", None),
        ("Adam", "adam", None),
        ("ulp", "ULP", None),
    ],
)
def test_a_term_is_a_whole_word_in_singular_or_plural_with_a_capital_at_the_start(
    name: str, text: str, found: str | None
) -> None:
    assert [link[0] for link in links(page(text), concept(name))] == ([found] if found else [])


def test_the_longest_of_overlapping_terms_counts_even_when_it_is_linked_already() -> None:
    document = page("A gradient flow, a second gradient flow, and a gradient.")
    assert [link[0] for link in links(document, concept("gradient"), concept("gradient flow"))] == [
        "gradient flow",
        "gradient",
    ]
    assert document[0][1][-2].astext() == "gradient"
    assert document[0][1][0].astext() == "A "


def test_the_names_of_one_concept_are_linked_once() -> None:
    document = page("Descent, that is gradient descent.")
    assert [link[0] for link in links(document, concept("gradient descent", "descent"))] == ["Descent"]


@pytest.mark.parametrize("kind", [nodes.title, nodes.literal, nodes.math, nodes.reference, nodes.caption])
def test_what_is_no_prose_is_left_alone(kind: type[nodes.Element]) -> None:
    document = page()
    document[0] += nodes.paragraph("", "", kind("", "a fixed point"))
    assert prose_of(document) == []


def test_a_term_without_a_definition_and_a_name_given_twice_are_found() -> None:
    assert Vocabulary([concept("map"), concept("flow", "velocity field")]).problems == []
    assert "the term 'map' has no definition" in Vocabulary([concept("map", definition=" ")]).problems[0]
    twice = Vocabulary([concept("map"), concept("step", "map")]).problems
    assert [each.partition(".")[0] for each in twice] == [
        "the term 'map' belongs to 'map' and to 'step'",
        "the term 'maps' belongs to 'map' and to 'step'",
    ]


def entries() -> list[tuple[list[str], str]]:
    """Read the names and the definition of each entry of the book's glossary."""
    text = (REPOSITORY / "book" / "glossary.md").read_text(encoding="utf-8")
    block = re.search(r"^:::\{glossary\}\n(.*?)^:::$", text, re.DOTALL | re.MULTILINE)
    assert block
    parts = [part.splitlines() for part in block[1].strip().split("\n\n")]
    return [
        (
            [line for line in part if not line.startswith(" ")],
            " ".join(line.strip() for line in part if line.startswith(" ")),
        )
        for part in parts
    ]


def test_the_glossary_defines_over_a_hundred_concepts_in_order_each_with_the_page_that_makes_it() -> None:
    heads = [names[0] for names, _ in entries()]
    assert len(heads) > 100
    assert heads == sorted(heads, key=str.lower)
    for names, definition in entries():
        own, _, link = definition.rpartition(" See ")
        assert len(own) > 20 and own.endswith((".", "$")), names
        page = re.fullmatch(r"\{doc\}`([a-z_/]+)`\.", link)
        assert page and (REPOSITORY / "book" / f"{page[1]}.md").is_file(), names
        sentences = re.split(r"(?<=[.;])\s+(?=[A-Z])", re.sub(r"\$[^$]*\$", "x", own))
        assert len(sentences) <= 3, names


def test_no_name_of_the_glossary_stands_in_two_entries() -> None:
    words = Vocabulary(Concept(tuple(names), "glossary", names[0], text) for names, text in entries())
    assert words.problems == []


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with a glossary, of whose terms one is on no page."""
    book = new_book(tmp_path_factory.mktemp("terms") / "root")
    text = "\n\n".join(f"{name}\n  Of {name}." for name in ("fixed point", "map", "orbit"))
    book.write_page("glossary", f"# Glossary\n\n:::{{glossary}}\n{text}\n:::\n")
    prose = (
        "A map, `a map`, $map$ and [a map](../intro.md).\n\n:::{div} takeaway\nFixed points of a map.\n:::"
    )
    book.write_page("foundations/page", f"# A map\n\n{prose}\n\n| map |\n|---|\n| fixed point |\n")
    book.write_toc(["foundations/page", "glossary"])
    return book


def links_of(html: Path) -> list[tuple[str, str]]:
    """Return the first-use links of a written page."""
    text = html.read_text(encoding="utf-8")
    return re.findall(r'<a class="first-use[^>]*href="([^"]*)"[^>]*>([^<]*)</a>', text)


def test_a_build_links_first_mentions_and_reports_a_term_that_no_page_mentions(small_book: Book) -> None:
    build = small_book.build()
    assert build.status != 0
    assert build.failures == [
        "book/glossary.md: the term 'orbit' is mentioned on no page. Use it, or take it out."
    ]
    expected = [("../glossary.html#term-map", "map"), ("../glossary.html#term-fixed-point", "Fixed points")]
    assert links_of(small_book.html / "foundations" / "page.html") == expected
    assert links_of(small_book.html / "glossary.html") == []


def test_a_new_term_is_linked_on_pages_that_did_not_change(small_book: Book) -> None:
    small_book.build()
    path = small_book.pages / "glossary.md"
    path.write_text(path.read_text(encoding="utf-8").replace("orbit", "takeaway"), encoding="utf-8")
    small_book.write_page("intro", "# A small book\n\nProse with a takeaway.\n")
    build = small_book.build()
    assert build.status == 0, build.log
    found = links_of(small_book.html / "intro.html")
    assert found == [("glossary.html#term-takeaway", "takeaway")]
    path.write_text(path.read_text(encoding="utf-8").replace("takeaway", "prose"), encoding="utf-8")
    assert small_book.build().status == 0
    assert links_of(small_book.html / "intro.html") == [("glossary.html#term-prose", "Prose")]
