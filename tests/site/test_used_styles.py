"""What is cut from a style sheet is what no page can use, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="run `pip install -e .[book]`")

sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_ext"))

from learndyn_book.one_asset import without_comments
from learndyn_book.plain_markup import mended
from learndyn_book.site_address import site_address
from learndyn_book.used_styles import (
    UsedNames,
    names_on_page,
    rebase_urls,
    used_styles,
    with_narrow_last_children,
)

USED = UsedNames(frozenset({"kept", "a:b"}), ("tip-",))


def test_a_rule_stays_if_all_that_it_asks_for_can_be_on_a_page() -> None:
    assert (
        used_styles(".kept p{color:red}.gone{color:red}.kept .gone{color:red}", USED) == ".kept p{color:red}"
    )


def test_a_list_of_selectors_keeps_the_used_ones() -> None:
    assert used_styles(".gone,.kept:is(.x,.y),#gone{top:0}", USED) == ".kept:is(.x,.y){top:0}"


def test_what_is_in_parentheses_or_quotes_never_costs_a_rule() -> None:
    for selector in (
        'a[href$=".gone"]',
        ".kept:not(.gone)",
        ":is(.gone,.also:not(#gone))",
        r".a\:b",
        ".tip-top",
    ):
        assert used_styles(f"{selector}{{top:0}}", USED) == f"{selector}{{top:0}}"


def test_conditions_are_looked_into_and_dropped_when_empty() -> None:
    css = "@media print{.gone{top:0}}@media screen{.gone{top:0}.kept{top:0}}"
    assert used_styles(css, USED) == "@media screen{.kept{top:0}}"


def test_braces_and_semicolons_in_strings_and_addresses_end_nothing() -> None:
    css = '.kept{content:"};.gone{"}'
    assert used_styles(css, USED) == css
    css = ".kept{background:url(data:image/svg+xml;x{y})}"
    assert used_styles(css, USED) == css


def test_no_rule_asks_for_any_last_child_of_a_last_child() -> None:
    css = "li:last-child>:last-child{margin:0}td > :last-child{margin:0}"
    narrow = "li:last-child > :is(p, ul, ol, dl):last-child{margin:0}td > :last-child{margin:0}"
    assert with_narrow_last_children(css) == with_narrow_last_children(narrow) == narrow


def test_the_icon_font_goes_even_where_its_classes_are_used() -> None:
    used = UsedNames(frozenset({"fa-solid", "fa-bars", "fast"}), ())
    css = '@font-face{font-family:"Font Awesome 6 Free"}.fa-solid{top:0}.fa-bars::before{top:0}.fast{top:0}'
    assert used_styles(css, used) == ".fast{top:0}"


def test_addresses_are_those_of_the_folder_that_the_sheet_came_from() -> None:
    css = 'a{b:url("../images/c.svg")}d{e:url(data:x)}'
    assert rebase_urls(css, "styles") == "a{b:url(images/c.svg)}d{e:url(data:x)}"


def test_a_script_loses_the_comments_of_whole_lines_and_keeps_code_and_licences() -> None:
    script = """/*! kept: BSD */
/* Copyright
   its authors */
// gone
   // gone, too
/**
 * gone
 */
const address = "https://a.org"; // kept
const pattern = /a*/; /* kept */
"""
    kept = without_comments(script)
    assert "gone" not in kept
    assert kept.splitlines() == [
        "/*! kept: BSD */", "/* Copyright", "   its authors */",
        'const address = "https://a.org"; // kept', "const pattern = /a*/; /* kept */",
    ]  # fmt: skip


def test_names_are_read_from_both_kinds_of_quotes() -> None:
    assert names_on_page("<p class=\"a b\"><i id='c'>") == {"a", "b", "c"}


def test_the_address_is_known_only_where_something_says_it() -> None:
    assert site_address({}) == ""
    assert site_address({"LEARNDYN_SITE_URL": "https://a.org/b"}) == "https://a.org/b/"
    assert site_address({"GITHUB_REPOSITORY": "Owner/book"}) == "https://owner.github.io/book/"


def test_an_empty_heading_becomes_a_cell_and_a_full_one_stays() -> None:
    assert mended('<th class="head"><p></p></th>') == '<td class="head"></td>'
    assert mended('<th class="head"><p>x</p></th>') == '<th class="head"><p>x</p></th>'
