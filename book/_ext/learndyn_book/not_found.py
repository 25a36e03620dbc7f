"""Write ``404.html``, which a host shows for an address that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sphinx.application import Sphinx

__all__ = ["connect"]


def connect(app: Sphinx) -> None:
    """Add the page to those that Sphinx writes beside the book's own."""
    app.connect("html-collect-pages", not_found_page)


def not_found_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page's name, what its template needs, and the template."""
    yield "404", {"site_home": app.config.html_baseurl or "/"}, "404.html"
