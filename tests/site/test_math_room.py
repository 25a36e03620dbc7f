"""A formula has about the room that it takes once it is set, and is read as it is written if it never is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sphinx", reason="run `pip install -e .[book]`")

sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_ext"))

from learndyn_book.math_room import display_height, inline_width, with_room

PAGES = ("foundations/state", "foundations/momentum", "experiments/gradients", "neuroai/attractors")
ROOMS = """() => [...document.querySelectorAll('.bd-article span.math[style]')].map((each) => [
    parseFloat(each.style.getPropertyValue('--room')),
    each.querySelector('mjx-container').getBoundingClientRect().width / parseFloat(getComputedStyle(each).fontSize),
])"""


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("x", "x + y"),
        ("x_i", "x i"),
        ("\\frac{a}{b}", "a / b"),
        ("\\bar x", "x y"),
        ("k+1", "k = 1"),
        ("W", "WW"),
    ],
)
def test_what_is_set_shorter_gets_less_room(short: str, long: str) -> None:
    assert 0.0 < inline_width(short) < inline_width(long)


def test_signs_stand_closer_in_an_index() -> None:
    assert inline_width("x_{k+1}") - inline_width("x_k") < 0.8 * (inline_width("k+1") - inline_width("k"))


def test_a_row_more_and_a_fraction_are_higher() -> None:
    assert display_height("a") < display_height("a \\\\ b") < display_height("\\frac{a}{b} \\\\ b")


def test_only_formulas_get_room() -> None:
    html = '<p id="a">x</p><span class="math notranslate nohighlight">\\(x &lt; y\\)</span>'
    marked = with_room(html)
    assert marked.startswith('<p id="a">x</p><span class="math notranslate nohighlight" style="--room:')
    assert marked.endswith('em">\\(x &lt; y\\)</span>')
    assert with_room("<p>no formula</p>") == "<p>no formula</p>"


@pytest.mark.parametrize("name", PAGES)
def test_the_room_is_about_what_the_formulas_take(name: str, site: Path, address: str, visit: Any) -> None:
    if not (site / f"{name}.html").is_file():
        pytest.skip(f"this site has no page {name}")
    kept, taken = np.array(visit(f"{address}{name}.html").page.evaluate(ROOMS)).T
    assert kept.size > 20
    # MathJax fits the height of its letters to those of the text, which differ from system to system.
    assert 0.8 < kept.sum() / taken.sum() < 1.25
    assert np.median(np.abs(kept - taken)) < 0.5


@pytest.mark.parametrize("name", ["foundations/state", "foundations/stability"])
def test_a_formula_on_a_phone_keeps_its_size_when_later_ones_are_set(
    name: str, site: Path, address: str, visit: Any
) -> None:
    if not (site / f"{name}.html").is_file():
        pytest.skip(f"this site has no page {name}")
    seen = visit(f"{address}{name}.html", viewport={"width": 412, "height": 823})
    assert seen.page.evaluate("jumps") < 0.05


def test_without_the_script_of_formulas_their_sources_are_read(
    site: Path, address: str, browser: Any
) -> None:
    page = browser.new_page()
    page.route("**/mathjax/startup.js*", lambda route: route.abort())
    page.goto(f"{address}foundations/state.html")
    page.wait_for_function("document.documentElement.dataset.formulas === 'sources'")
    formula = page.locator(".bd-article span.math").first
    assert "F(z_t)" in formula.inner_text()
    assert formula.evaluate("each => getComputedStyle(each).color") == page.locator(
        ".bd-article p"
    ).first.evaluate("each => getComputedStyle(each).color")
    page.close()
