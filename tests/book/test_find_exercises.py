"""Laws of the exercises: numbered through the book, each with a label and a hidden, executed solution."""

from __future__ import annotations

import re

import pytest

from .building import REPOSITORY, Book, new_book

PAGES = sorted((REPOSITORY / "book").glob("*/*.md"))
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
BOX = re.compile(r"^:::\{exercise\}[^\n]*\n:label: (\S+)\n\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
WITH_EXERCISES = [
    path for path in PAGES if re.search(r"^## Exercises?$", path.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_most_pages_have_exercises() -> None:
    assert len(WITH_EXERCISES) > 25


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_each_exercise_has_a_label_in_order_and_a_hidden_solution(path) -> None:
    text = path.read_text(encoding="utf-8")
    section = re.split(r"^## Exercises?$", text, flags=re.MULTILINE)[1]
    labels = [label for label, _ in BOX.findall(section)]
    name = path.stem.replace("_", "-")
    twice = sum(each.stem == path.stem for each in WITH_EXERCISES) > 1 and path.parent.name == "design"
    start = f"exercise-design-{name}" if twice else f"exercise-{name}"
    assert labels == [f"{start}-{number}" for number in range(1, len(labels) + 1)]
    assert labels, f"write the exercises of this page as :::{{exercise}} with :label: {start}-1 and so on"
    between = BOX.split(section)[3::3]
    for label, solution in zip(labels, between, strict=True):
        cells = CELL.findall(solution)
        assert cells and "hide-cell" in cells[0], label
        assert not CELL.sub("", solution).strip(), label


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_refers_to_an_exercise_by_a_typed_number(path) -> None:
    prose = CELL.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"[Ee]xercises? \d|\b(first|second|third|last) exercise\b", prose)
    assert not re.search(r"^\*\*\d+\.", prose, re.MULTILINE)


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with three exercises on two pages, and a reference to the last."""
    book = new_book(tmp_path_factory.mktemp("exercises") / "root")
    box = ":::{{exercise}} {}\n:label: {}\n\nProve $x$.\n:::\n"
    first = f"{box.format('With $y$', 'exercise-one-1')}\n{box.format('', 'exercise-one-2')}"
    book.write_page("foundations/one", f"# One\n\nSee {{numref}}`exercise-two-1`.\n\n{first}")
    book.write_page("foundations/two", f"# Two\n\n{box.format('Last', 'exercise-two-1')}")
    book.write_toc(["foundations/one", "foundations/two"])
    return book


def test_numbers_run_through_the_book_and_references_show_them(small_book: Book) -> None:
    build = small_book.build()
    assert build.status == 0, build.log
    one = (small_book.html / "foundations" / "one.html").read_text(encoding="utf-8")
    two = (small_book.html / "foundations" / "two.html").read_text(encoding="utf-8")
    numbers = r'<span class="caption-number">(Exercise \d+) ?</span>'
    assert re.findall(numbers, one) == ["Exercise 1", "Exercise 2"]
    assert re.findall(numbers, two) == ["Exercise 3"]
    assert re.search(r'<a class="reference internal" href="two.html#exercise-two-1">.*Exercise 3<', one)
    assert 'id="exercise-one-2"' in one


def test_an_exercise_without_a_label_and_one_with_a_label_of_another_fail(small_book: Book) -> None:
    path = small_book.pages / "foundations" / "two.md"
    healthy = path.read_text(encoding="utf-8")
    path.write_text(healthy + "\n:::{exercise} No label\n\nText.\n:::\n\n" + healthy.partition("\n\n")[2])
    build = small_book.build()
    path.write_text(healthy, encoding="utf-8")
    assert build.status != 0
    assert any("an exercise needs a label" in line for line in build.failures), build.failures
    assert any("exercise-two-1" in line for line in build.failures), build.failures
