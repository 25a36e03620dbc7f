"""A combination of colours is looked at once, and none is missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import accessibility
from .accessibility import COLOURS, violations, violations_of_colours

PAGE = """<!doctype html><html lang="en"><title>A page</title><body style="color: #222; background: #fff">
<main><h1>Words</h1><p>All of this can be read.</p><p hidden style="color: #eee">Not this, but who sees it?</p>
{more}</main></body></html>"""
PALE = '<p style="color: #ccc">Too pale.</p>'
ON_DARK = '<div style="background: #333"><p>Dark on dark.</p></div>'
FIELD = '<label>A field <input value="Too pale." style="color: #ccc; background: #fff"></label>'
FADED = '<div style="opacity: 0.3"><p>Faded away.</p></div>'


@pytest.fixture
def page(browser: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(accessibility, "DEEP", False)
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("more", ["", PALE, ON_DARK, FADED, FIELD, "<p>Read on.</p>" * 5 + PALE])
def test_a_first_page_is_judged_as_if_all_its_texts_were_looked_at(page: Any, axe: str, more: str) -> None:
    page.set_content(PAGE.format(more=more))
    assert violations_of_colours(page, axe, set()) == violations(page, axe, COLOURS)
    assert bool(more) == bool(violations(page, axe, COLOURS))


def test_what_was_met_is_not_looked_at_again_and_what_is_new_is(page: Any, axe: str) -> None:
    met: set[str] = set()
    page.set_content(PAGE.format(more=PALE))
    assert len(violations_of_colours(page, axe, met)) == 1
    assert violations_of_colours(page, axe, met) == []
    page.set_content(PAGE.format(more=PALE + ON_DARK))
    assert "Dark on dark" in violations_of_colours(page, axe, met)[0][1]
