"""In a docstring, ``|x|`` is an absolute value; in reStructuredText it would be a substitution.

A docstring is read in a terminal first, so it is written for that. Here its bars are escaped
before Sphinx reads it, all but those in ``literals`` and in literal blocks. So are the stars of
``(n, *shape)``, which would begin an emphasis that never ends.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

__all__ = ["connect", "escape_bars"]

_BEFORE_NAPOLEON = 400
_LITERAL = re.compile(r"(``.*?``)")
_LONE_STAR = re.compile(r"(?<![\w\\*])(\*{1,2})(?=\w)(?![^*]*\w\*)")


def connect(app: Sphinx) -> None:
    """Change each docstring before the others see it."""
    app.connect("autodoc-process-docstring", process, _BEFORE_NAPOLEON)


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Escape the bars of one docstring in place."""
    lines[:] = escape_bars(lines)


def escape_bars(lines: list[str]) -> list[str]:
    """Return the lines with a backslash before each bar that is no part of a literal."""
    escaped = []
    literal_from: int | None = None  # the indentation of the paragraph that a block follows
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if literal_from is not None and line.strip() and indent <= literal_from:
            literal_from = None
        if literal_from is None:
            parts = _LITERAL.split(line)
            parts[::2] = [_escaped(part) for part in parts[::2]]
            if line.rstrip().endswith("::"):
                literal_from = indent
            line = "".join(parts)
        escaped.append(line)
    return escaped


def _escaped(text: str) -> str:
    text = text.replace("|", r"\|")
    return _LONE_STAR.sub(lambda stars: stars[1].replace("*", r"\*"), text)
