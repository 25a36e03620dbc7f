"""Formulas stand there with the text: before any script, without one, and without moving it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .test_pages import PHONE

PAGES = ("foundations/state", "foundations/stability", "neuroai/attractors")
# Not those of hidden solutions and cells, which a script closes.
SIZES = """() => [...document.querySelectorAll('.bd-article .math mjx-container > svg')]
    .filter(each => !each.closest('.toggle, details')).map(each => each.getBoundingClientRect())
    .map(each => [each.width, each.height])"""
DRAW_ALL = "mjx-container > svg { content-visibility: visible !important; }"


@pytest.fixture(params=PAGES)
def url(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Return the address of a page that has many formulas."""
    if not (site / f"{request.param}.html").is_file():
        pytest.skip(f"this site has no page {request.param}")
    return f"{address}{request.param}.html"


def test_without_a_script_formulas_look_as_with_one(url: str, visit: Any) -> None:
    with_scripts = visit(url, viewport=PHONE).page.evaluate(SIZES)
    without = visit(url, viewport=PHONE, java_script_enabled=False).page.evaluate(SIZES)
    assert len(with_scripts) > 20
    assert min(map(min, with_scripts)) > 1
    assert without == with_scripts


def test_no_formula_moves_the_text_on_a_phone(url: str, visit: Any) -> None:
    assert visit(url, viewport=PHONE).page.evaluate("jumps") < 0.05


def test_a_page_asks_for_no_font(url: str, visit: Any) -> None:
    assert [each for each in visit(url).requests if ".woff" in each] == []


def test_no_sign_is_cut_at_the_edge_of_its_formula(url: str, visit: Any) -> None:
    """What is drawn only when it is near is cut at its edges: there no more than a trace of a sign may stick out."""
    image = pytest.importorskip("PIL.Image", reason="run `pip install -e .[plots]`")
    page = visit(url, viewport={"width": 800, "height": 5000}).page
    shots = []
    for style in ("", DRAW_ALL):
        page.add_style_tag(content=f"{style} /* */")
        page.wait_for_timeout(500)
        shots.append(np.asarray(image.open(BytesIO(page.screenshot())).convert("L"), dtype=int))
    assert np.abs(shots[0] - shots[1]).max() < 128  # of 255: nowhere ink on the one and paper on the other


def test_no_line_begins_with_the_sign_after_a_formula(url: str, visit: Any) -> None:
    begins = """() => [...document.querySelectorAll('.ld-tied')].filter(each => {
        const signs = each.lastChild, place = document.createRange();
        if (signs.nodeType !== Node.TEXT_NODE) return false;
        place.setStart(signs, 0); place.setEnd(signs, 1);
        return place.getBoundingClientRect().left < each.querySelector('mjx-container').getBoundingClientRect().left;
    }).map(each => each.textContent)"""
    page = visit(url, viewport=PHONE).page
    assert page.locator(".ld-tied").count() > 10
    assert page.evaluate(begins) == []


def test_a_long_formula_scrolls_in_its_own_box(url: str, visit: Any) -> None:
    page = visit(url, viewport=PHONE).page
    wide = """() => [...document.querySelectorAll('.bd-article div.math')].filter(each => each.scrollWidth > each.clientWidth)
        .map(each => getComputedStyle(each).overflowX)"""
    assert set(page.evaluate(wide)) <= {"auto"}
    tall = """() => [...document.querySelectorAll('.bd-article div.math')].filter(each => each.scrollHeight > each.clientHeight)
        .length"""
    assert page.evaluate(tall) == 0
