"""The controls of a page still do what they say with the scripts put together and deferred."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

# What the keyboard reaches, marked as it is reached; every focus must show.
WALK = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, input:not([type=radio]:not(:checked)), [tabindex="0"]')];
  return all.filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0
    && !each.disabled && each.getClientRects().length).length;
}"""
STAND = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const first = !at.dataset.reached;
  at.dataset.reached = 'yes';
  const shown = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
    || style.boxShadow !== 'none';
  const seen = shown(getComputedStyle(at)) || shown(getComputedStyle(at, '::after'));
  return { first, seen, what: at.outerHTML.slice(0, 120) };
}"""


def page_with(site: Path, mark: str) -> str:
    """Name the first page whose HTML has a mark."""
    found = (p for p in sorted(site.rglob("*.html")) if mark in p.read_text(encoding="utf-8"))
    return next(found).relative_to(site).as_posix()


def test_the_theme_button_goes_round_and_is_remembered(address: str, visit: Any) -> None:
    page = visit(address + "intro.html", color_scheme="light").page
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_hidden_cell_opens(site: Path, address: str, visit: Any) -> None:
    page = visit(address + page_with(site, "above-input")).page
    details = page.locator("details.hide").first
    assert not details.evaluate("each => each.open")
    details.locator("summary").click()
    assert details.evaluate("each => each.open")


def test_ctrl_k_searches(address: str, visit: Any) -> None:
    page = visit(address + "intro.html").page
    page.keyboard.press("Control+k")
    page.keyboard.type("gradient")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"search\.html\?q=gradient"))
    page.wait_for_selector("#search-results li a")


def test_the_download_menu_opens(address: str, visit: Any) -> None:
    page = visit(address + "intro.html").page
    page.locator(".dropdown-download-buttons > button").click()
    assert page.locator(".dropdown-download-buttons .dropdown-menu a").first.is_visible()


def test_the_search_finds_pages_over_http_and_from_files(site: Path, address: str, visit: Any) -> None:
    for start in (address, site.as_uri() + "/"):
        page = visit(start + "search.html?q=gradient")
        page.page.wait_for_selector("#search-results li a")
        page.page.wait_for_timeout(500)  # the summaries come one by one, if at all
        assert page.remote_requests(start) == []
        assert page.complaints == []


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("simulate", "reference/dynamics.html"),
        ("limit cycle", "glossary.html"),
        ("Polyak", "references.html"),
    ],
    ids=["a function", "a term", "an author"],
)
def test_the_search_leads_to_a_function_a_term_and_an_author(
    words: str, page: str, site: Path, address: str, visit: Any
) -> None:
    if not (site / page).is_file():
        pytest.skip(f"this site has no page {page}")
    opened = visit(f"{address}search.html?q={quote_plus(words)}").page
    opened.wait_for_selector(f'#search-results li a[href*="{page}"]')


def test_a_page_read_in_the_dark_is_printed_in_the_light_and_alone(address: str, visit: Any) -> None:
    page = visit(address + "intro.html", color_scheme="dark").page
    page.evaluate("""addEventListener('beforeprint', () => {
        window.printed = getComputedStyle(document.querySelector('article p')).color;
        window.around = [...document.querySelectorAll(
            '.bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .prev-next-area, .bd-footer'
        )].filter((each) => each.checkVisibility()).map((each) => each.className);
    })""")
    on_screen = "getComputedStyle(document.querySelector('article p')).color"
    dark = page.evaluate(on_screen)
    page.emulate_media(media="print", color_scheme="dark")
    page.pdf()
    page.emulate_media(media="screen", color_scheme="dark")
    assert luminance(page.evaluate("printed")) < 0.3 < luminance(dark)
    assert page.evaluate("around") == []
    assert page.evaluate(on_screen) == dark


def luminance(colour: str) -> float:
    """Return about how light a colour is, from 0 to 1."""
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
    return 0.3 * red + 0.6 * green + 0.1 * blue


def test_nothing_moves_for_those_who_ask_for_that(address: str, visit: Any) -> None:
    moving = """() => [...document.querySelectorAll('*')].filter((each) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(each);
        return transitionDuration.split(', ').some((time) => parseFloat(time) > 0)
          || animationName !== 'none' && animationDuration.split(', ').some((time) => parseFloat(time) > 0);
    }).length"""
    assert visit(address + "intro.html").page.evaluate(moving) > 0
    assert visit(address + "intro.html", reduced_motion="reduce").page.evaluate(moving) == 0


def test_an_unknown_address_shows_the_way_home(address: str, browser: Any) -> None:
    page = browser.new_page()
    answer = page.goto(address + "no/such/page.html")
    assert answer.status == 404
    assert page.locator("main a").get_attribute("href").endswith("/")
    page.close()


@pytest.mark.parametrize(
    "name", ["intro", "overview", "search", "foundations/step_size", "neuroai/attractors", "reference/cli"]
)
def test_the_keyboard_reaches_everything_and_is_seen(name: str, site: Path, address: str, visit: Any) -> None:
    if not (site / f"{name}.html").is_file():
        pytest.skip(f"this site has no page {name}")
    page = visit(f"{address}{name}.html", viewport={"width": 1280, "height": 900}).page
    expected = page.evaluate(WALK)
    reached, unseen = 0, []
    for _ in range(expected + 10):
        page.keyboard.press("Tab")
        stand = page.evaluate(STAND)
        if stand and stand["first"]:
            reached += 1
            if not stand["seen"]:
                unseen.append(stand["what"])
    assert unseen == []
    assert reached >= expected > 10
