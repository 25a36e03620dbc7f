"""What holds on every page as a web host serves it: nothing remote, light, and fit for everyone.

A page is opened once, and each test then sets the scheme and the width that it looks at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from learndyn.experiments.page_scores import BUDGET

from .visit import Visit

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
MOST_BYTES = BUDGET * 1024

# What else than colours could differ in the dark? Nothing, but the deep profile looks.
ALL = '{ resultTypes: ["violations"] }'
COLOURS = """{ resultTypes: ["violations"],
  runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }"""
# A section of the reference repeats one markup for each function: the fourth has no colour that the third has not.
FEW = '{ exclude: [["dl.py ~ dl.py ~ dl.py ~ dl.py"]] }'
IN_THE_DARK = (ALL, "document") if os.environ.get("LEARNDYN_PROFILE") == "deep" else (COLOURS, FEW)


@pytest.fixture(scope="module")
def seen(page_path: str, address: str, browser: Any) -> Iterator[Visit]:
    """Open a page in the light, at the width of a desk, where no colour changes slowly."""
    context = browser.new_context(color_scheme="light", viewport=DESK, reduced_motion="reduce")
    yield Visit(context.new_page(), address + page_path)
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    package = pytest.importorskip("axe_playwright_python", reason="run `pip install axe-playwright-python`")
    return (Path(package.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, axe: str, options: str, where: str = "document") -> list[tuple[str, str]]:
    """Return the rules that a page, or a part of it, breaks, each with the first element that does."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    found = page.evaluate(f"async () => (await axe.run({where}, {options})).violations")
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def test_no_request_leaves_the_site_and_the_console_is_silent(seen: Visit, address: str) -> None:
    assert seen.remote_requests(address) == []
    assert seen.complaints == []
    assert seen.page.locator("mjx-merror").count() == 0


def test_a_page_weighs_less_than_its_budget_and_loads_no_explorable_yet(seen: Visit) -> None:
    assert 0 < seen.bytes <= MOST_BYTES
    assert not any("/explorables/" in url for url in seen.requests)


def test_the_text_does_not_jump_when_its_formulas_are_set(seen: Visit) -> None:
    assert seen.page.evaluate("jumps") < 0.1


def test_each_visible_icon_is_drawn(seen: Visit) -> None:
    empty = seen.page.evaluate(
        "[...document.querySelectorAll('.fa-solid, .fas, .fab')]"
        ".filter(each => getComputedStyle(each).maskImage === 'none').map(each => each.className)"
    )
    assert empty == []


def test_axe_finds_no_violation_in_the_light(seen: Visit, axe: str) -> None:
    seen.page.set_viewport_size(DESK)
    seen.page.emulate_media(color_scheme="light")
    assert violations(seen.page, axe, ALL) == []


def test_axe_finds_no_violation_in_the_dark(seen: Visit, axe: str) -> None:
    seen.page.set_viewport_size(DESK)
    seen.page.emulate_media(color_scheme="dark")
    if seen.page.locator("html[data-theme]").count():  # not on a page that only leads on
        seen.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert violations(seen.page, axe, *IN_THE_DARK) == []


def test_a_phone_never_scrolls_sideways(seen: Visit) -> None:
    seen.page.set_viewport_size(PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
