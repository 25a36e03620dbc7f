"""Laws of the reference's links: pages that use an object and its description lead to each other."""

from __future__ import annotations

import re
import sys

import pytest

pytest.importorskip("sphinx")

from .building import REPOSITORY, Book, cell, new_book, notebook_page

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))

from learndyn_book.used_on import Names, code_of, names_used

PUBLIC = Names(
    [
        *("learndyn.simulate", "learndyn.Map", "learndyn.dynamics.integrate", "learndyn.learning.zeros"),
        *("learndyn.experiments.xor.run", "learndyn.experiments.clock.run", "learndyn.check_grads"),
    ]
)


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("import learndyn as ld\nld.simulate(f)", {"learndyn.simulate"}),
        ("import learndyn\nlearndyn.dynamics.integrate(f)", {"learndyn.dynamics.integrate"}),
        ("from learndyn.dynamics import simulate as go\ngo()", {"learndyn.simulate"}),
        ("from learndyn.experiments import xor\nxor.run()", {"learndyn.experiments.xor.run"}),
        ("from learndyn.dynamics import integrate", set()),
        ("import numpy as np\nnp.zeros(3)\nsimulate(3)", set()),
        ("a = 'ld.simulate'  # ld.simulate", set()),
        ("not python", set()),
    ],
)
def test_code_uses_what_it_imports_and_names(code: str, used: set[str]) -> None:
    assert {PUBLIC.find(name) for name in names_used(code)} - {None} == used


def test_all_cells_of_a_page_are_one_program_without_their_options() -> None:
    page = notebook_page(
        cell("import learndyn as ld", ":tags: [hide-cell]"),
        "`ld.check_grads` and\n\n```python\nld.Map\n```",
        cell("ld.simulate(1)", ":tags: [a]", ":mystnb:", ":  figure:", ":    caption: ld.zeros"),
    )
    assert {PUBLIC.find(name) for name in names_used(code_of(page))} - {None} == {"learndyn.simulate"}


@pytest.mark.parametrize(
    ("text", "used", "named"),
    [
        ("ld.simulate", (), "learndyn.simulate"),
        ("learndyn.dynamics.integrate", (), "learndyn.dynamics.integrate"),
        ("ld.integrate(f, z0)", (), "learndyn.dynamics.integrate"),
        ("Map", (), "learndyn.Map"),
        ("check_grads", (), "learndyn.check_grads"),
        ("simulate()", (), "learndyn.simulate"),
        ("simulate", (), None),
        ("simulate", ("learndyn.simulate",), "learndyn.simulate"),
        ("zeros", ("learndyn.simulate",), None),
        ("run", ("learndyn.experiments.xor.run",), None),
        ("np.zeros", ("learndyn.learning.zeros",), None),
        ("ld.nothing", (), None),
        ("x[::2]", (), None),
        ("a + b", (), None),
    ],
)
def test_code_in_prose_names_an_object_only_if_it_is_sure(text: str, used: tuple, named: str | None) -> None:
    assert PUBLIC.mentioned(text, frozenset(used)) == named


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with a page of reference, a page that uses one of its two functions, and one that names it."""
    book = new_book(tmp_path_factory.mktemp("functions") / "root")
    functions = ".. autofunction:: learndyn.grad\n.. autofunction:: learndyn.jvp"
    book.write_page("reference/api", f"# Reference\n\n```{{eval-rst}}\n{functions}\n```\n")
    book.write_page("foundations/user", notebook_page("Text.", cell("import learndyn as ld\n\nld.grad(abs)")))
    book.write_page("foundations/namer", "# `ld.grad`\n\nSee `ld.grad`, `abs` and [`ld.grad`](user.md).\n")
    book.write_toc(["foundations/namer", "foundations/user", "reference/api"])
    return book


def users(book: Book) -> dict[str, list[str]]:
    """The pages that stand under each function of the reference."""
    html = (book.html / "reference" / "api.html").read_text(encoding="utf-8")
    parts = re.split(r'<dt class="sig sig-object py" id="learndyn\.(\w+)">', html)[1:]
    lines = (re.search(r'<p class="used-on">(.*?)</p>', part, re.DOTALL) for part in parts[1::2])
    return {
        name: re.findall(r'href="([^"]+)"', line[1]) if line else []
        for name, line in zip(parts[::2], lines, strict=True)
    }


def test_reference_and_pages_lead_to_each_other_and_follow_a_change(small_book: Book) -> None:
    build = small_book.build()
    assert build.status == 0, build.log
    assert users(small_book) == {"grad": ["../foundations/user.html"], "jvp": []}
    html = (small_book.html / "foundations" / "namer.html").read_text(encoding="utf-8")
    assert re.findall(r'<a class="api[^>]*href="([^"]+)"', html) == ["../reference/api.html#learndyn.grad"]
    page = small_book.pages / "foundations" / "user.md"
    page.write_text(page.read_text(encoding="utf-8").replace("ld.grad(abs)", "ld.jvp"), encoding="utf-8")
    assert small_book.build().status == 0
    assert users(small_book) == {"grad": [], "jvp": ["../foundations/user.html"]}
