r"""Put formulas on the pages as they are read, and leave MathJax at home.

Sphinx writes a formula as its source, for a script to set in the reader's browser. On a phone that
script took seconds, and each line that broke elsewhere afterwards moved all text below it. Here each
formula is set when its page is written. What MathJax cannot read is a warning, with the page.
"""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from .typesetter import Formula, SetFormulas, Typesetter

__all__ = ["connect", "with_set_formulas"]

BEFORE_THE_CARD = 400
_FORMULA = re.compile(
    r'(?P<before><(?P<tag>span|div) class="math notranslate nohighlight"[^>]*>\s*(?:<span class="eqno">.*?</span>)?\s*)'
    r"\\(?:\((?P<inline>.*?)\\\)|\[(?P<display>.*?)\\\])(?P<after>\s*</(?P=tag)>)",
    re.DOTALL,
)
_HEADING_CELL = re.compile(r"<th\b.*?</th>", re.DOTALL)
_CONTAINER = re.compile(r"<mjx-container(?P<rest>.*?</mjx-container>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WITH_ITS_SIGNS = re.compile(
    r'(?P<before>[(\[“‘]*)(?P<formula><span class="math notranslate nohighlight"[^>]*>(?:(?!</mjx-container>).)*'
    r"</mjx-container>\s*</span>)(?P<after>(?:[,.;:!?)\]”’…]|[-–][a-z]+)*)",
    re.DOTALL,
)

logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Set the formulas of each page when its body is known."""
    typesetter = Typesetter()
    app.connect("doctree-read", refuse_in_headings)
    app.connect("html-page-context", partial(set_on_page, typesetter), BEFORE_THE_CARD)
    app.connect("build-finished", lambda app, exception: typesetter.close())


def refuse_in_headings(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a formula in a heading: the lists of headings beside the page could not show it."""
    for section in doctree.findall(nodes.section):
        for formula in section[0].findall(nodes.math):
            logger.warning("a formula in a heading, %s. Say it in words", formula.astext(), location=section)


def set_on_page(
    typesetter: Typesetter, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Set the formulas of a page, and put their style sheet into its head."""
    found = list(_FORMULA.finditer(context.get("body") or ""))
    if not found:
        return
    formulas = [
        Formula(unescape(each["inline"] if each["display"] is None else each["display"]), each["tag"] == "div")
        for each in found
    ]
    result = typesetter.set(formulas)
    for formula, error in zip(formulas, result.errors(), strict=True):
        if error:
            logger.warning("MathJax cannot read %s: %s", formula.tex.strip(), error, location=page)
    context["body"] = with_set_formulas(context["body"], result)
    context["metatags"] = f"{context.get('metatags', '')}\n<style>{result.style}</style>\n"


def with_set_formulas(body: str, result: SetFormulas) -> str:
    """Put set formulas in the places of the sources of a page's body, and the signs that they use before it."""
    html = iter(result.html)
    body = _FORMULA.sub(lambda each: each["before"] + next(html) + each["after"], body)
    body = _WITH_ITS_SIGNS.sub(_tied, body)
    body = _HEADING_CELL.sub(lambda cell: _CONTAINER.sub(_spoken, cell[0]), body)
    return f'<svg class="ld-signs" aria-hidden="true">{result.signs}</svg>\n{body}'


def _tied(formula: re.Match[str]) -> str:
    """Keep a formula and the signs beside it on one line: to a browser a drawing is a word that may end one."""
    if not formula["before"] and not formula["after"]:
        return formula[0]
    return f'<span class="ld-tied">{formula[0]}</span>'


def _spoken(formula: re.Match[str]) -> str:
    """Say a formula of a table's heading in plain text to those who hear the page: not all tools count MathML."""
    words = _TAG.sub("", formula[0]).strip()
    return f'<mjx-container aria-hidden="true"{formula["rest"]}<span class="visually-hidden">{words}</span>'
