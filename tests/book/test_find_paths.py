"""Laws of the overview: questions lead somewhere, and a path's minutes are counted from its pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from docutils import nodes

from .building import REPOSITORY, Book, cell, new_book, notebook_page

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))

from learndyn_book.reading_time import RATES, Contents, Rates, contents_of, in_words, minutes

OVERVIEW = (REPOSITORY / "book" / "overview.md").read_text(encoding="utf-8")


def test_minutes_add_up_over_the_pages_and_each_part_takes_its_own_time() -> None:
    rates = Rates(words=250, equation=30, figure=60, code=6)
    assert minutes(Contents(1000, 0, 0, 0), rates) == 4
    assert minutes(Contents(0, 4, 0, 0), rates) == 2
    assert minutes(Contents(0, 0, 3, 0), rates) == 3
    assert minutes(Contents(0, 0, 0, 10), rates) == 1
    assert minutes(Contents(1000, 4, 3, 10), rates) == 10


def test_minutes_are_written_no_more_exactly_than_they_are_known() -> None:
    written = [in_words(time) for time in (0.2, 12.4, 59.4, 60.0, 131.0, 179.0)]
    assert written == ["1 min", "12 min", "59 min", "1 h", "2 h 10 min", "3 h"]


def test_hidden_code_and_outputs_take_no_time() -> None:
    def a_cell(*tags: str) -> nodes.container:
        source = nodes.literal_block("", "a = 1\n\nb = 2")
        output = nodes.container("", nodes.paragraph("", "printed words"), nb_element="cell_code_output")
        body = nodes.container("", source, nb_element="cell_code_source")
        return nodes.container(
            "", body, output, nb_element="cell_code", cell_metadata={"tags": [*tags], "mystnb": {}}
        )

    document = nodes.document(None, None)
    document += [nodes.paragraph("", "four words of prose"), nodes.math_block("", "x"), a_cell()]
    document += [a_cell("hide-input"), a_cell("hide-cell"), a_cell("remove-cell")]
    assert contents_of(document) == Contents(4, 1, 0, 2)


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with a path of two pages, one of them with a figure in a cell."""
    book = new_book(tmp_path_factory.mktemp("paths") / "root")
    figure = ":mystnb: {figure: {name: fig-one, caption: One.}, image: {alt: A dot.}}"
    show = cell("from IPython.display import HTML\n\nHTML('<b>x</b>')", ":tags: [hide-input]", figure)
    book.write_page("foundations/one", notebook_page("word " * (175 * 3 - 1) + "end.", show, "$$\nx\n$$"))
    book.write_page("foundations/two", "# Two\n\n" + "word " * 175 * 5 + "\n")
    book.write_page(
        "overview",
        "# Overview\n\nAt {reading}`words` a minute:\n\n```{reading-path}\nfoundations/one: first\n"
        "foundations/two\n```\n",
    )
    book.write_toc(["overview", "foundations/one", "foundations/two"])
    return book


def text_of(path: Path) -> str:
    """The text of a written page's article."""
    article = re.search(r"<article.*?</article>", path.read_text(encoding="utf-8"), re.DOTALL)
    assert article
    return " ".join(re.sub(r"<[^>]+>", " ", article[0]).split())


def test_a_path_shows_titles_minutes_and_their_sum_and_follows_the_pages(small_book: Book) -> None:
    build = small_book.build()
    assert build.status == 0, build.log
    text = text_of(small_book.html / "overview.html")
    assert "At 175 a minute" in text
    assert "A page (4 min): first Two (5 min) Together 9 min." in text
    small_book.write_page("foundations/two", "# Two\n\n" + "word " * 175 * 7 + "\n")
    assert small_book.build().status == 0
    assert "Together 11 min." in text_of(small_book.html / "overview.html")


def test_a_path_to_a_page_that_does_not_exist_and_a_rate_that_is_not_known_fail(small_book: Book) -> None:
    path = small_book.pages / "overview.md"
    healthy = path.read_text(encoding="utf-8")
    path.write_text(healthy.replace("foundations/two", "foundations/three").replace("`words`", "`hours`"))
    build = small_book.build()
    path.write_text(healthy, encoding="utf-8")
    assert build.status != 0
    assert any("unknown document: '/foundations/three'" in line for line in build.failures)
    assert any("knows no rate 'hours'" in line for line in build.failures)


def questions() -> list[tuple[str, str]]:
    """Each question of the overview, with its answer."""
    return re.findall(r"^(\S[^\n]*)\n: (.*?)\n\n", OVERVIEW, re.MULTILINE | re.DOTALL)


def test_at_least_25_questions_each_lead_to_a_section_that_exists() -> None:
    assert len(questions()) >= 25
    for question, answer in questions():
        links = re.findall(r"\]\(([a-z_/]+)\.md#([a-z0-9-]+)\)", answer)
        assert links, question
        for page, anchor in links:
            text = (REPOSITORY / "book" / f"{page}.md").read_text(encoding="utf-8")
            heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, (question, page, anchor)


def test_most_questions_name_a_tool() -> None:
    assert sum("{py:obj}" in answer for _, answer in questions()) >= 25


def test_no_minutes_are_typed_on_the_overview() -> None:
    assert not re.search(r"\b\d+ (min|minutes|h|hours)\b", OVERVIEW)
    assert f"{RATES.words} to" in OVERVIEW  # of the source's range the slow end is taken
    paths = re.findall(r"^```\{reading-path\}\n(.*?)^```$", OVERVIEW, re.MULTILINE | re.DOTALL)
    assert len(paths) == 3
    for path in paths:
        names = [line.partition(": ")[0] for line in path.splitlines()]
        assert len(names) >= 8
        assert all((REPOSITORY / "book" / f"{name}.md").is_file() for name in names)
