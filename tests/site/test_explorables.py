"""What holds for each figure with sliders on the built site, in a browser."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from . import test_pages
from .accessibility import COLOURS, violations
from .conftest import DEEP
from .visit import Visit

pytest.importorskip("altair", reason="run `pip install 'learndyn[explorables]'`")

from learndyn.plots.palette import DARK, LIGHT

from .explorable_cases import CASES, Case
from .explorables import come_near, drawn_and_expected, move_to

DESK, PHONE = test_pages.DESK, test_pages.PHONE
SLIT = {"width": 375, "height": 60}  # so that little is near when a page opens
NEAR = 400  # explorables.js
VISIBLE = "element => element.checkVisibility() && element.getBoundingClientRect().width > 0"
# Words that stick out of the drawing: what is cut at the edge cannot be read.
OUTSIDE = """figure => {
    const box = figure.querySelector('svg').getBoundingClientRect();
    return [...figure.querySelectorAll('svg text')].filter(each => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1;
    }).map(each => each.textContent);
}"""


# What the machinery does is the same for every figure: two of them are looked at, all in the deep profile.
for_some = pytest.mark.parametrize(
    "case",
    CASES if DEEP else CASES[:2],
    indirect=True,
    ids=lambda case: case.name,
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest, site: Path) -> Case:
    """Return each explorable whose page is on the site."""
    if not (site / f"{request.param.page}.html").is_file():
        pytest.skip(f"this site has no page {request.param.page}")
    return request.param


@pytest.fixture(scope="module")
def made(case: Case) -> Any:
    """Make the explorable as its page does."""
    return case.build()


@pytest.fixture(scope="module")
def seen(case: Case, address: str, reader: Visit) -> Visit:
    """Open its page on a phone."""
    reader.page.emulate_media(color_scheme="light", media="screen")
    reader.page.set_viewport_size(PHONE)
    return reader.open(f"{address}{case.page}.html")


def test_each_explorable_of_the_book_has_a_row_here(site: Path) -> None:
    named = {path.stem for path in (site / "_static" / "explorables").glob("*.js")} - {"vega-embed"}
    assert named <= {case.name for case in CASES}


@for_some
def test_nothing_of_it_is_loaded_before_a_reader_comes_near(case: Case, address: str, visit: Any) -> None:
    opened = visit(f"{address}{case.page}.html", viewport=SLIT)
    figures = opened.page.locator("[data-explorable]")
    tops = [figures.nth(i).bounding_box()["y"] for i in range(figures.count())]
    assert min(tops) > SLIT["height"] + NEAR
    assert not any("/explorables/" in url for url in opened.requests)
    come_near(opened.page, case.name)
    loaded = {url.rsplit("/", 1)[1] for url in opened.requests if "/explorables/" in url}
    assert {f"{case.name}.js", "vega-embed.js"} <= loaded
    assert opened.remote_requests(address) == []


@for_some
def test_a_page_that_nobody_has_touched_loads_nothing_of_it_and_keeps_its_budget(
    case: Case, address: str, visit: Any
) -> None:
    for viewport in (PHONE, DESK):
        opened = visit(f"{address}{case.page}.html", viewport=viewport)
        opened.page.wait_for_timeout(500)
        assert not any("/explorables/" in url for url in opened.requests)
        assert 0 < opened.weigh() <= test_pages.MOST_BYTES


@for_some
def test_it_takes_the_same_place_before_and_after_it_wakes(case: Case, address: str, visit: Any) -> None:
    page = visit(f"{address}{case.page}.html", viewport=PHONE).page
    figure = page.locator(f'[data-explorable="{case.name}"]')
    still = figure.bounding_box()
    come_near(page, case.name)
    live = figure.bounding_box()
    assert (still["width"], still["height"]) == (live["width"], live["height"])


@dataclass(frozen=True)
class Shown:
    """What a reader has before them at one position of the sliders."""

    points: dict[str, tuple[np.ndarray, np.ndarray]]  # of each mark: as drawn, and as learndyn computes them
    caption: str
    outside: list[str]
    values: list[tuple[str, str]]  # of each slider: as it is heard, and as it is read


@pytest.fixture(scope="module")
def positions(case: Case, made: Any, seen: Visit) -> dict[tuple[int, ...], Shown]:
    """Move the sliders by keyboard, and read what is there at each position."""
    figure, found = come_near(seen.page, case.name), {}
    for position in case.positions:
        move_to(seen.page, figure, position, made.row(*position))
        sliders, outputs = figure.locator("input"), figure.locator("output")
        found[position] = Shown(
            {mark: drawn_and_expected(figure, mark, points) for mark, points in case.drawn(position).items()},
            figure.locator(".ld-reading").inner_text(),
            figure.evaluate(OUTSIDE),
            [
                (sliders.nth(i).get_attribute("aria-valuetext"), outputs.nth(i).inner_text())
                for i in range(len(position))
            ],
        )
    return found


def test_what_is_drawn_is_what_learndyn_computes_at_each_position(positions: dict[Any, Shown]) -> None:
    for position, shown in positions.items():
        for mark, (drawn, expected) in shown.points.items():
            assert drawn.shape == expected.shape, (position, mark)
            assert np.abs(drawn - expected).max(initial=0.0) < 0.5, (position, mark)


def test_caption_and_values_follow_the_sliders(made: Any, positions: dict[Any, Shown]) -> None:
    for position, shown in positions.items():
        assert shown.caption == made.caption(*position)
        texts = [slider.texts[place] for slider, place in zip(made.sliders, position, strict=True)]
        assert shown.values == [(text, text) for text in texts]


def test_all_of_it_lies_inside_its_figure(positions: dict[Any, Shown]) -> None:
    assert {position: shown.outside for position, shown in positions.items() if shown.outside} == {}


@for_some
def test_its_colours_are_those_of_the_theme_and_follow_it_without_a_reload(case: Case, seen: Visit) -> None:
    figure = come_near(seen.page, case.name)
    written = """figure => [...figure.querySelectorAll('.ld-live [fill], .ld-live [stroke]')].flatMap(each =>
        ['fill', 'stroke'].filter(name => (each.getAttribute(name) || '').startsWith('#'))
            .map(name => [each.getAttribute(name), getComputedStyle(each)[name]]))"""
    for scheme, palette in (("dark", DARK), ("light", LIGHT)):
        seen.page.evaluate("scheme => { document.documentElement.dataset.theme = scheme }", scheme)
        shown = {light: rgb(getattr(palette, role)) for role, light in asdict(LIGHT).items()}
        pairs = figure.evaluate(written)
        assert len(pairs) > 10
        assert [(value, colour) for value, colour in pairs if shown[value] != colour] == []


def rgb(colour: str) -> str:
    """Return #rrggbb as a browser writes it."""
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:], 16)})"


def test_it_fits_a_phone_and_the_console_is_silent(case: Case, seen: Visit) -> None:
    figure = come_near(seen.page, case.name)
    assert figure.evaluate("figure => figure.scrollWidth - figure.clientWidth") <= 0
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert seen.complaints == []


def test_no_caption_moves_the_page_below(case: Case, made: Any, seen: Visit) -> None:
    words = seen.page.locator(f'[data-explorable="{case.name}"] .ld-words')
    for viewport in (DESK, PHONE):
        seen.page.set_viewport_size(viewport)
        heights = words.evaluate(
            """(words, captions) => {
                const shown = words.firstElementChild.textContent;
                const heights = captions.map(caption => {
                    words.firstElementChild.textContent = caption;
                    return words.getBoundingClientRect().height;
                });
                words.firstElementChild.textContent = shown;
                return heights;
            }""",
            list(made.captions),
        )
        assert set(heights) == {heights[0]}


def test_axe_finds_no_violation_in_a_live_one(case: Case, seen: Visit, axe: str) -> None:
    come_near(seen.page, case.name)
    for scheme, rules in (("light", {}), ("dark", COLOURS)):
        seen.page.evaluate("scheme => { document.documentElement.dataset.theme = scheme }", scheme)
        assert violations(seen.page, axe, rules, f"[data-explorable={case.name}]") == []


@for_some
def test_on_paper_stands_the_figure_without_sliders(case: Case, seen: Visit) -> None:
    figure = come_near(seen.page, case.name)
    seen.page.emulate_media(media="print")
    shown = [figure.locator(each).first.evaluate(VISIBLE) for each in ("svg", ".ld-reading", ".ld-controls")]
    seen.page.emulate_media(media="screen")
    assert shown == [True, True, False]


@for_some
def test_without_a_script_stands_the_still_figure_with_its_caption(
    case: Case, made: Any, address: str, browser: Any
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}{case.page}.html")
    figure = page.locator(f'[data-explorable="{case.name}"]')
    figure.scroll_into_view_if_needed()
    figure.locator(".ld-reading").get_by_text(made.caption(*made.start)).wait_for()  # drawn in the next frame
    assert figure.locator("svg.ld-still").is_visible()
    assert not figure.locator("input").first.is_visible()
    assert figure.locator(".ld-reading").inner_text() == made.caption(*made.start)
    context.close()


@for_some
def test_if_vega_does_not_come_the_still_figure_stays_and_the_sliders_go(
    case: Case, address: str, browser: Any
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.route("**/vega-embed.js", lambda route: route.abort())
    page.goto(f"{address}{case.page}.html")
    figure = page.locator(f'[data-explorable="{case.name}"]')
    figure.scroll_into_view_if_needed()
    page.mouse.move(5, 5)
    page.mouse.move(6, 6)
    page.wait_for_function("figure => figure.dataset.state === 'still'", arg=figure.element_handle())
    assert figure.locator("svg.ld-still").is_visible()
    assert not figure.locator("input").first.is_visible()
    context.close()


@for_some
def test_it_lives_from_a_folder_too(case: Case, site: Path, browser: Any) -> None:
    context = browser.new_context(viewport=PHONE)
    opened = Visit(context.new_page(), (site / f"{case.page}.html").as_uri())
    come_near(opened.page, case.name)
    assert opened.complaints == []
    context.close()
