"""Laws of the notation: every symbol of every formula has one meaning on its page, and the table says which."""

from __future__ import annotations

import re

import pytest

from . import symbols
from .building import REPOSITORY

BOOK = REPOSITORY / "book"
TABLE = symbols.rows((BOOK / "notation.md").read_text(encoding="utf-8"))


def used() -> dict[str, set[str]]:
    """The symbols of each page, in reading order; reference pages have docstrings and no formulas."""
    contents = (REPOSITORY / "_toc.yml").read_text(encoding="utf-8")
    names = [name for name in re.findall(r"file: (\S+)", contents) if "/" in name]
    pages = [name for name in names if not name.startswith("reference/")]
    assert len(pages) > 30
    return {
        name: symbols.symbols_of_page((BOOK / f"{name}.md").read_text(encoding="utf-8")) for name in pages
    }


def test_every_symbol_of_every_page_is_explained_and_no_row_is_stale() -> None:
    assert symbols.problems(TABLE, used()) == []


def test_every_row_of_the_notation_is_read_and_says_what_it_means() -> None:
    text = (BOOK / "notation.md").read_text(encoding="utf-8")
    assert len(TABLE) == len(re.findall(r"^\| \$", text, re.MULTILINE)) > 100
    assert all(row.meaning and row.first for row in TABLE)


def test_a_made_up_page_with_a_symbol_of_its_own_is_found() -> None:
    pages = used() | {"made/up": symbols.symbols_of_page(r"Let $\Upsilon = \hat q \, \eta$.")}
    found = symbols.problems(TABLE, pages)
    assert [each for each in found if "made/up" in each] == [
        "Upsilon on made/up is in no row of the notation",
        "hat q on made/up is in no row of the notation",
    ]


def row(symbol: str, *pages: str, mark: str = "", first: str = "") -> symbols.Row:
    return symbols.Row(symbol, mark, "meaning", "unit", pages, first or (*pages, "")[0])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([row("J", first="a")], []),
        ([row("J", first="b")], ["J comes first on a, and not on 'b'"]),
        ([row("J", "a")], ["J on b is in no row of the notation"]),
        ([row("J", first="a"), row("J", first="a")], ["J has two meanings for all pages"]),
        ([row("J", "a", "b"), row("J", "b", mark="J_1")], []),
        (
            [row("J", "a", "b"), row("J", "b")],
            ["J has two meanings on b, and no mark tells them apart"],
        ),
        (
            [row("J", "a", "b", "c")],
            ["J is not on c, where the table says that it means 'meaning'"],
        ),
    ],
)
def test_each_kind_of_disagreement_is_found(table: list[symbols.Row], said: list[str]) -> None:
    assert symbols.problems(table, {"a": {"J"}, "b": {"J"}}) == said


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        (r"\dot\theta = -\nabla L(\theta), \dots", {"dot", "theta", "L"}),
        (r"\mathrm E\,v_i^2 \text{ if } \operatorname{Var} X", {"mathrm E", "v", "i", "X"}),
        (r"\bar{y} + \tilde w + \tilde{\theta}", {"bar", "tilde w", "tilde theta"}),
        (
            r"\begin{aligned} a &= \mathrm{ulp}(x) \\[2pt] &\cdot \sqrt\varepsilon \end{aligned}",
            {"a", "x", "varepsilon"},
        ),
        (
            r"z_{t+1} \in \mathbb{R}^n \sim \mathcal N(0, \sigma_w^2)",
            {"z", "t", "n", "w", "mathbb R", "mathcal N", "sigma"},
        ),
        (r"\left( P^\top Q \right)", {"P", "Q"}),
    ],
)
def test_the_symbols_of_a_formula_are_its_letters_with_their_accents_and_typefaces(
    formula: str, found: set[str]
) -> None:
    assert symbols.symbols(formula) == found


def test_formulas_are_read_from_prose_and_captions_and_not_from_code() -> None:
    text = (
        "Of $a$, `$b$` and\n\n$$\nc\n$$\n\n```{code-cell} ipython3\n:mystnb:\n:  figure:\n:    caption: |\n"
        ":      See $d$.\nlabel = '$e$'\n```\n"
    )
    assert [formula.strip() for formula in symbols.formulas(text)] == ["a", "c", "d"]
