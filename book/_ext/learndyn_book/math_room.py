r"""Keep room for each formula until it is set, so that the text does not jump when it is.

MathJax sets a formula after the page can be read. Until then its source stands there, which is wider
or taller, and each line that breaks elsewhere afterwards moves all that is below it. So the page says
about how much room a formula will take: a width in the text, a height for one that stands alone.
The estimates add up what letters, relations, fractions and rows take in the fonts of TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from sphinx.application import Sphinx

__all__ = ["connect", "display_height", "inline_width", "with_room"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S")
_INLINE = re.compile(r'<span class="math notranslate nohighlight">\\\((.*?)\\\)</span>', re.DOTALL)
_DISPLAY = re.compile(r'<div class="math notranslate nohighlight"[^>]*>(.*?)</div>', re.DOTALL)
_ROW_GAP = re.compile(r"\\\\(?:\[[^\]]*\])?")

# In ems of the text around, which MathJax fits its letters to, and with the space that TeX leaves.
LETTER = 0.65
TEXT = (r"\text", r"\mathrm", r"\operatorname", r"\mathbf", r"\mathsf")  # whose argument is read as letters
RELATIONS = r"= < > \le \ge \leq \geq \ne \neq \approx \sim \propto \in"
ARROWS = r"\to \mapsto \Rightarrow \rightarrow \longrightarrow \equiv \ll \gg"
OPERATORS = r"+ - * \cdot \odot \times \pm \mp \circ \setminus \cup"
WIDE = r"\sum \prod \nabla \Delta \Phi \Sigma \Omega \Theta \sqrt \top m w W M"
NAMES = r"\sin \cos \tan \log \max \min \exp \det \dim \lim"
EMPTY = r"""\left \right \middle \big \Big \bigl \bigr \bar \hat \tilde \dot \vec \overline \underbrace \displaystyle
    \mathbb \mathcal \frac \tfrac \dfrac \\ } &"""
WIDTHS = {
    **dict.fromkeys(RELATIONS.split(), 1.66),
    **dict.fromkeys(ARROWS.split(), 1.94),
    **dict.fromkeys(OPERATORS.split(), 1.39),
    **dict.fromkeys(WIDE.split(), 0.97),
    **dict.fromkeys(NAMES.split(), 2.02),
    **dict.fromkeys([r"\int", r"\ldots", r"\dots", r"\cdots", r"\infty", r"\ln"], 1.5),
    **dict.fromkeys(["(", ")", "[", "]"], 0.56),
    **dict.fromkeys([",", ";"], 0.52),
    **dict.fromkeys(["|", ".", ":", "!", "'", "i"], 0.39),
    **dict.fromkeys(["l", "f", "r", "t", "j", "I"], 0.56),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.92),
    **dict.fromkeys([r"0", r"1", r"2", r"3", r"4", r"5", r"6", r"7", r"8", r"9", r"\{", r"\}", r"\|"], 0.66),
    **dict.fromkeys(EMPTY.split(), 0.0),
    **dict.fromkeys(TEXT, 0.0),
    r"\tanh": 2.8, r"\quad": 1.2, r"\qquad": 2.4, r"\,": 0.2, r"\;": 0.34, "\\ ": 0.37, r"\!": -0.2, r"\%": 1.0,
}  # fmt: skip
# In an index TeX leaves no space around a sign.
WIDTHS_OF_SCRIPTS = WIDTHS | dict.fromkeys([*RELATIONS.split(), *OPERATORS.split()], 0.95)


def connect(app: Sphinx) -> None:
    """Write the room into each page when its body is known."""
    app.connect("html-page-context", write_room)


def write_room(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the estimates to the formulas of a page."""
    if body := context.get("body"):
        context["body"] = with_room(body)


def with_room(html: str) -> str:
    """Return the page's HTML with a width on each formula in the text, and a height on each that stands alone."""
    html = _INLINE.sub(
        lambda found: found[0].replace(
            '">', f'" style="--room:{inline_width(unescape(found[1])):.1f}em">', 1
        ),
        html,
    )
    return _DISPLAY.sub(
        lambda found: found[0].replace(
            ">", f' style="--room:{display_height(unescape(found[1])):.1f}em">', 1
        ),
        html,
    )


def inline_width(tex: str) -> float:
    """Estimate the width of a formula in the text, in ems."""
    return _width(iter(_TOKEN.findall(tex)))


def _width(tokens: Iterator[str], closing: str | None = None, widths: Mapping[str, float] = WIDTHS) -> float:
    """Add up tokens until the closing brace."""
    total = 0.0
    for token in tokens:
        if token == closing:
            break
        if token in ("\\frac", "\\dfrac", "\\tfrac"):
            parts = _argument(tokens, widths), _argument(tokens, widths)
            total += 0.3 + (1.0 if token == "\\dfrac" else 0.75) * max(parts)
        elif token in "^_":
            total += 0.03 + 0.72 * _argument(tokens, WIDTHS_OF_SCRIPTS)
        elif token in TEXT:
            total += _argument(tokens, widths)
        elif token == "{":
            total += _width(tokens, "}", widths)
        else:
            total += widths.get(token, LETTER)
    return total


def _argument(tokens: Iterator[str], widths: Mapping[str, float]) -> float:
    """Return the width of one argument: a group in braces, or one token."""
    token = next(tokens, "")
    if token == "{":
        return _width(tokens, "}", widths)
    if token in TEXT or token in ("\\mathbb", "\\mathcal", "\\bar", "\\hat"):
        return _argument(tokens, widths)
    return widths.get(token, LETTER)


def display_height(tex: str) -> float:
    """Estimate the height of a formula that stands alone, in ems, with the space above and below it."""
    rows = _ROW_GAP.split(re.sub(r"\\begin\{split\}|\\end\{split\}", "", tex))
    return 2.0 + sum(map(_row_height, rows)) + 0.3 * (len(rows) - 1)


def _row_height(row: str) -> float:
    """Estimate the height of one row."""
    if "\\frac" in row or "\\dfrac" in row:
        return 3.3
    if "\\sum" in row or "\\prod" in row or "\\int" in row:
        return 3.6
    return 1.7
