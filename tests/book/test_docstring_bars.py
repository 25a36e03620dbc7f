"""Laws of the docstrings on reference pages: a bar is a bar."""

import pytest

pytest.importorskip("sphinx")

from .building import REPOSITORY


@pytest.fixture
def escape_bars(monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY / "book" / "_ext")
    from learndyn_book.docstring_bars import escape_bars

    return escape_bars


def test_bars_in_prose_are_escaped_and_those_in_literals_are_not(escape_bars):
    assert escape_bars(["if |x| < 1, ``|y|`` and ||A||"]) == [r"if \|x\| < 1, ``|y|`` and \|\|A\|\|"]


def test_a_literal_block_is_left_alone_up_to_its_end(escape_bars):
    block = ["Text::", "", "    |x|", "", "    |y|"]
    assert escape_bars([*block, "After |z|"]) == [*block, r"After \|z\|"]


def test_a_star_that_begins_no_emphasis_is_escaped(escape_bars):
    assert escape_bars(["shape (n, *lengths) and **params", "a *word* stands out", "2 * 3, x* A x"]) == [
        r"shape (n, \*lengths) and \*\*params",
        "a *word* stands out",
        "2 * 3, x* A x",
    ]
