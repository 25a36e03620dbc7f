"""What holds on every page as a web host serves it: nothing remote, light, and fit for everyone.

A page is opened once, and each test then sets the scheme and the width that it looks at.
"""

from __future__ import annotations

import pytest

from learndyn.experiments.page_scores import BUDGET

from .accessibility import BUT_COLOURS, violations, violations_of_colours
from .conftest import DEEP
from .visit import Visit

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
MOST_BYTES = BUDGET * 1024
UNSET = """[...document.querySelectorAll('.math')].filter(each => {
    const shown = each.querySelector('mjx-container > svg'), said = each.querySelector('math, .visually-hidden');
    return !shown || shown.closest('details:not([open])') === null && shown.getBoundingClientRect().width === 0
        || !said.textContent.trim() || each.querySelector('[data-mml-node=merror], merror');
}).map(each => each.outerHTML)"""


@pytest.fixture(scope="module")
def seen(page_path: str, address: str, reader: Visit) -> Visit:
    """Open a page in the light, at the width of a desk, where no colour changes slowly."""
    reader.page.emulate_media(color_scheme="light")
    reader.page.set_viewport_size(DESK)
    return reader.open(address + page_path)


@pytest.fixture(scope="session")
def met() -> set[str]:
    """Return the combinations of colours that the pages of this session have shown."""
    return set()


def test_each_formula_is_there_for_the_eye_and_for_the_ear(seen: Visit) -> None:
    assert seen.page.evaluate(UNSET) == []


def test_a_page_weighs_less_than_its_budget_and_loads_no_explorable_yet(seen: Visit) -> None:
    assert 0 < seen.weigh() <= MOST_BYTES
    assert not any("/explorables/" in url for url in seen.requests)


def test_the_text_does_not_jump(seen: Visit) -> None:
    assert seen.page.evaluate("jumps") < 0.1


def test_each_visible_icon_is_drawn(seen: Visit) -> None:
    empty = seen.page.evaluate(
        "[...document.querySelectorAll('.fa-solid, .fas, .fab')]"
        ".filter(each => getComputedStyle(each).maskImage === 'none').map(each => each.className)"
    )
    assert empty == []


def test_axe_finds_no_violation_in_the_light(seen: Visit, axe: str, met: set[str]) -> None:
    seen.page.set_viewport_size(DESK)
    seen.page.emulate_media(color_scheme="light")
    assert violations(seen.page, axe, BUT_COLOURS) == []
    assert violations_of_colours(seen.page, axe, met) == []


def test_axe_finds_no_violation_in_the_dark(seen: Visit, axe: str, met: set[str]) -> None:
    seen.page.set_viewport_size(DESK)
    seen.page.emulate_media(color_scheme="dark")
    if seen.page.locator("html[data-theme]").count():  # not on a page that only leads on
        seen.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert violations_of_colours(seen.page, axe, met) == []
    if DEEP:
        assert violations(seen.page, axe, BUT_COLOURS) == []


def test_a_phone_never_scrolls_sideways(seen: Visit) -> None:
    seen.page.set_viewport_size(PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_no_request_leaves_the_site_and_the_console_is_silent(seen: Visit, address: str) -> None:
    """The last test of a page, so that it sees what came late."""
    seen.settle()
    assert seen.remote_requests(address) == []
    assert seen.complaints == []
