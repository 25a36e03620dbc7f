"""Mend what the writers of pages give a screen reader to stumble over.

- a heading of a table that says nothing is an empty cell;
- what opens a hidden cell is called what is read on it, not "Toggle hidden content";
- an entry of the bibliography has no role that its element may not have.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

__all__ = ["connect", "mended"]

_EMPTY_HEADING = re.compile(r"<th( class=\"[^\"]*\")?>(?:\s|<p>|</p>)*</th>")
_MISNAMED_SUMMARY = re.compile(r'(<summary[^>]*) aria-label="Toggle hidden content"')
_BIBLIOGRAPHY_ROLE = re.compile(
    r'(<div[^>]*class="citation[^>]*?) role="[^"]*"|(<div) role="list"(?= class="citation)'
)


def connect(app: Sphinx) -> None:
    """Change the body of each page before the template receives it."""
    app.connect("html-page-context", mend)


def mend(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Replace a page's body, if it has one."""
    if "body" in context:
        context["body"] = mended(context["body"])


def mended(html: str) -> str:
    """Return the HTML of a page's body with the three repairs made."""
    html = _EMPTY_HEADING.sub(r"<td\1></td>", html)
    html = _MISNAMED_SUMMARY.sub(r"\1", html)
    return _BIBLIOGRAPHY_ROLE.sub(r"\1\2", html)
