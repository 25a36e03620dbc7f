"""Each page is whole when it is opened as a file, with no server and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .conftest import DEEP
from .visit import A_FORMULA_SET, FORMULAS_SET

# That each formula can be set is found where pages are served.
READY = FORMULAS_SET if DEEP else A_FORMULA_SET


def test_the_page_is_whole_when_opened_as_a_file(page_path: str, site: Path, visit: Any) -> None:
    page = visit((site / page_path).as_uri(), READY)
    assert page.remote_requests("file:") == []
    assert page.complaints == []
    assert page.page.locator("mjx-merror").count() == 0


def test_no_page_names_the_icon_font_or_a_remote_kernel(page_path: str, site: Path) -> None:
    html = (site / page_path).read_text(encoding="utf-8")
    assert "fontawesome" not in html.lower()
    assert "unpkg.com" not in html
