"""Laws of numbered equations, definitions and theorems: the text comes back to each, and by its number."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from .building import REPOSITORY, Book, new_book

PAGES = sorted((REPOSITORY / "book").glob("*/*.md"))
KINDS = ("definition", "proposition", "theorem")
CELL = re.compile(r"^(`{3,})\{code-cell\}.*?^\1$", re.MULTILINE | re.DOTALL)
EQUATION = re.compile(r"^\$\$ \(([^)\s]+)\)$", re.MULTILINE)
BOX = re.compile(r"^:::\{(\w+)\}([^\n]*)\n:label: (\S+)\n\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
BY_WORDS = re.compile(
    r"\b(equation|formula|relation|identity|theorem|proposition|definition)s?\s+"
    r"(above|below|of the (last|next) (page|section))\b|\b(above|last|next|previous) "
    r"(equation|formula|relation|identity|theorem|proposition|definition)s?\b|\bthe same (equation|formula)\b",
    re.IGNORECASE,
)


def prose_of(path) -> str:
    """Read a page without its code."""
    return CELL.sub("", path.read_text(encoding="utf-8"))


PROSE = {path: prose_of(path) for path in PAGES}
EQUATIONS = [label for text in PROSE.values() for label in EQUATION.findall(text)]
BOXES = [box for text in PROSE.values() for box in BOX.findall(text) if box[0] in KINDS]
IDS = [f"{path.parent.name}-{path.stem}" for path in PAGES]


def references(role: str) -> Counter:
    """Count what the pages refer to by a role."""
    return Counter(label for text in PROSE.values() for label in re.findall(rf"\{{{role}\}}`([^`]+)`", text))


def test_the_book_has_equations_and_statements() -> None:
    assert len(EQUATIONS) > 60
    assert {kind for kind, *_ in BOXES} == set(KINDS)
    assert len(BOXES) > 20


def test_each_numbered_equation_is_referred_to_and_each_reference_leads_to_one() -> None:
    assert [label for label, count in Counter(EQUATIONS).items() if count > 1] == []
    assert [label for label in EQUATIONS if not re.fullmatch(r"eq-[a-z0-9-]+", label)] == []
    used = references("eq")
    assert sorted(set(EQUATIONS) - set(used)) == [], "take the label out, or refer to it by {eq}"
    assert sorted(set(used) - set(EQUATIONS)) == [], "no equation has this label"


def test_each_statement_is_referred_to_and_each_reference_leads_to_one() -> None:
    labels = [label for _, _, label, _ in BOXES]
    assert [label for label, count in Counter(labels).items() if count > 1] == []
    used = {label for label in references("numref") if label.startswith(tuple(f"{kind}-" for kind in KINDS))}
    assert sorted(set(labels) - used) == [], "refer to it by {numref}, or write it as prose"
    assert sorted(used - set(labels)) == [], "no statement has this label"


def test_each_statement_has_a_title_a_text_and_a_label_of_its_kind() -> None:
    for kind, title, label, text in BOXES:
        assert label.startswith(f"{kind}-"), label
        assert title.strip(), label
        assert text.strip().endswith((".", "$$")), label
        assert "{glue" not in text, f"{label} claims a measured number; what is measured stands outside"


def test_no_box_of_a_page_is_left_out_here() -> None:
    opening = re.compile(rf"^:::+\{{(?:{'|'.join(KINDS)})\}}", re.MULTILINE)
    opened = sum(len(opening.findall(text)) for text in PROSE.values())
    assert opened == len(BOXES), "write :label: under the first line, and an empty line below it"


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_no_page_refers_to_an_equation_or_a_statement_by_its_place(path) -> None:
    assert [found[0] for found in BY_WORDS.finditer(PROSE[path])] == []
    assert (
        re.findall(r"\b(?:[Tt]heorem|[Pp]roposition|[Dd]efinition|[Ee]quation|[Ee]q\.) \(?\d", PROSE[path])
        == []
    )


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_no_statement_is_run_in_as_bold_prose(path) -> None:
    assert re.findall(r"^\*\*(?:Theorem|Proposition|Definition|Lemma)\b", PROSE[path], re.MULTILINE) == []


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with a statement of each kind, a list of terms, an equation in a box and references across pages."""
    book = new_book(tmp_path_factory.mktemp("statements") / "root")
    refer = "{numref}`theorem-far`, {numref}`theorem-near`, {numref}`definition-near`, {eq}`eq-near`, {eq}`eq-far`"
    theorem = ":::{theorem} With $y$\n:label: theorem-near\n\nLet $x$.\n\n$$\nx = 1\n$$ (eq-near)\n:::"
    definition = ":::{definition} Word\n:label: definition-near\n\nA *word* is one.\n:::"
    proposition = ":::{proposition}\n:label: proposition-near\n\nIt is.\n:::"
    blocks = ("# One", f"See {refer}.", theorem, definition, proposition, "a term\n: its meaning")
    book.write_page("foundations/one", "\n\n".join(blocks) + "\n")
    far = theorem.replace("near", "far").replace("With $y$", "Far")
    book.write_page("foundations/two", f"# Two\n\n{far}\n\nSee {{numref}}`proposition-near`.\n")
    book.write_toc(["foundations/one", "foundations/two"])
    return book


def test_each_kind_is_numbered_through_the_book_and_references_show_the_number(small_book: Book) -> None:
    build = small_book.build("-W", "-n", "--keep-going")
    assert build.status == 0, build.log
    one = (small_book.html / "foundations" / "one.html").read_text(encoding="utf-8")
    two = (small_book.html / "foundations" / "two.html").read_text(encoding="utf-8")
    numbers = r'<span class="caption-number">(\w+ \d+) ?</span>'
    assert re.findall(numbers, one) == ["Theorem 1", "Definition 1", "Proposition 1"]
    assert re.findall(numbers, two) == ["Theorem 2"]
    assert re.search(r'href="two.html#theorem-far">.*?Theorem 2<', one)
    assert re.search(r'href="#theorem-near">.*?Theorem 1<', one)
    assert re.search(r'href="one.html#proposition-near">.*?Proposition 1<', two)
    assert '<a class="reference internal" href="#equation-eq-near">(1)</a>' in one
    assert '<a class="reference internal" href="two.html#equation-eq-far">(2)</a>' in one
    assert "<dt>a term</dt>" in one, "a list of terms is none of our definitions"


def test_the_downloads_name_each_statement_and_its_number(small_book: Book) -> None:
    script = (small_book.html / "notebooks" / "foundations" / "one.py").read_text(encoding="utf-8")
    assert "# See Theorem 2, Theorem 1, Definition 1, (1), (2)." in script
    assert "# > **Theorem 1**\n# >\n# > **With $y$**\n# >\n# > Let $x$." in script
    assert "# > x = 1 \\tag{1}" in script
    far = (small_book.html / "notebooks" / "foundations" / "two.py").read_text(encoding="utf-8")
    assert "# > x = 1 \\tag{2}" in far, "its number in the book, which references show"
    assert "# > **Proposition 1**\n# >\n# > It is." in script, "an empty title leaves nothing behind"


def test_a_statement_without_a_label_and_one_with_a_label_of_another_fail(small_book: Book) -> None:
    path = small_book.pages / "foundations" / "two.md"
    healthy = path.read_text(encoding="utf-8")
    nameless, doubled = ":::{theorem} No label\n", ":::{definition}\n:label: theorem-far\n"
    path.write_text(
        healthy + "".join(f"\n{each}\nText.\n:::\n" for each in (nameless, doubled)), encoding="utf-8"
    )
    build = small_book.build()
    path.write_text(healthy, encoding="utf-8")
    assert build.status != 0
    assert any("a theorem needs a label" in line for line in build.failures), build.failures
    assert any("theorem-far" in line for line in build.failures), build.failures
