"""Each code cell has a button that copies its code, for the mouse, the keyboard and the finger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CLIPBOARD = ["clipboard-read", "clipboard-write"]
PAGES = ("foundations/step_size", "foundations/tensor", "experiments/xor", "neuroai/dynamics")
READY = "() => document.querySelector('button.copybtn[aria-label]')"


def shown_code(site: Path, name: str) -> list[str]:
    """List the code of the cells that a page shows, from its source."""
    notebook = json.loads((site / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    cells = [each for each in notebook["cells"] if each["cell_type"] == "code"][1:]
    glue = "def glue(name"
    return ["".join(each["source"]) for each in cells if glue not in "".join(each["source"])]


def open_with_buttons(visit: Any, url: str, **options: Any) -> Any:
    """Open a page and wait for its copy buttons."""
    page = visit(url, permissions=CLIPBOARD, **options).page
    page.wait_for_function(READY)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_copies_the_source_of_every_cell_and_outputs_have_no_button(
    name: str, site: Path, address: str, visit: Any
) -> None:
    page = open_with_buttons(visit, f"{address}{name}.html")
    page.evaluate("document.querySelectorAll('details.hide').forEach((each) => { each.open = true; })")
    buttons = page.locator("div.cell_input button.copybtn")
    assert buttons.count() == page.locator("div.cell_input").count() > 0
    assert page.locator(".cell_output pre").count() > 0
    assert page.locator(".cell_output button.copybtn").count() == 0
    copied = []
    for index in range(buttons.count()):
        button = buttons.nth(index)
        page.evaluate("navigator.clipboard.writeText('')")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("() => navigator.clipboard.readText()")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
        # The keyboard keeps its place:
        page.wait_for_function("each => each === document.activeElement", arg=button.element_handle())
    sources = iter(shown_code(site, name))
    assert all(code in sources for code in copied), "not the cells' sources, or not in their order"


def test_the_button_has_a_name_and_tells_what_it_did(address: str, visit: Any) -> None:
    page = open_with_buttons(visit, address + "foundations/step_size.html")
    button = page.get_by_role("button", name="Copy this code").first
    button.focus()
    page.wait_for_function("() => getComputedStyle(document.activeElement).opacity === '1'")
    page.keyboard.press("Space")
    page.wait_for_function(
        "() => document.querySelector('[role=status].visually-hidden').textContent === 'Copied!'"
    )
    assert button.evaluate("each => each.classList.contains('success')")
    page.wait_for_function("() => document.querySelector('[role=status].visually-hidden').textContent === ''")


def test_a_finger_finds_the_button_and_it_is_large_enough(address: str, visit: Any) -> None:
    phone = {"viewport": {"width": 375, "height": 800}, "has_touch": True, "is_mobile": True}
    page = open_with_buttons(visit, address + "foundations/step_size.html", **phone)
    button = page.locator("div.cell_input button.copybtn:visible").first
    button.scroll_into_view_if_needed()
    assert button.evaluate("each => getComputedStyle(each).opacity") == "1"
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    button.tap()
    page.wait_for_function(
        "() => document.querySelector('[role=status].visually-hidden').textContent === 'Copied!'"
    )
    assert page.evaluate("navigator.clipboard.readText()")


def test_it_copies_on_a_page_opened_as_a_file(site: Path, visit: Any) -> None:
    page = visit((site / "foundations/step_size.html").as_uri()).page
    page.wait_for_function(READY)
    page.locator("div.cell_input button.copybtn:visible").first.click(force=True)
    page.wait_for_function(
        "() => document.querySelector('[role=status].visually-hidden').textContent === 'Copied!'"
    )


@pytest.mark.parametrize("suffix", ["ipynb", "py"])
def test_the_keyboard_downloads_the_page(suffix: str, site: Path, address: str, visit: Any) -> None:
    page = visit(address + "foundations/step_size.html").page
    page.locator(".dropdown-download-buttons > button").focus()
    page.keyboard.press("Enter")
    entry = page.locator(f'.dropdown-download-buttons a[href$=".{suffix}"]')
    entry.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == f"step_size.{suffix}"
    expected = site / "notebooks" / "foundations" / f"step_size.{suffix}"
    assert Path(waiting.value.path()).read_bytes() == expected.read_bytes()
