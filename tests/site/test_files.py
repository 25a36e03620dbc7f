"""Each page is whole when it is opened as a file, with no server and no network."""

from __future__ import annotations

from pathlib import Path

from .visit import Visit


def test_the_page_is_whole_when_opened_as_a_file(page_path: str, site: Path, reader: Visit) -> None:
    page = reader.open((site / page_path).as_uri()).settle()
    assert page.remote_requests("file:") == []
    assert page.complaints == []


def test_no_page_names_the_icon_font_or_a_remote_kernel(page_path: str, site: Path) -> None:
    html = (site / page_path).read_text(encoding="utf-8")
    assert "fontawesome" not in html.lower()
    assert "unpkg.com" not in html
