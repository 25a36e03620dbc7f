"""Set TeX formulas as drawings while the book is built, with MathJax in a JavaScript engine of its own.

A page then shows its formulas with its text, and brings neither scripts nor fonts for them. Each sign
is drawn once on a page and used wherever it stands, in the height of the letters around it, whatever the
reader's font is.
MathJax is kept beside this file, unchanged; ``mini-racer`` is Chrome's engine without a browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

__all__ = ["Formula", "SetFormulas", "Typesetter", "light"]

_FOLDER = Path(__file__).parent / "mathjax"
_FILES = {
    "core": "core.js",
    "adaptors/liteDOM": "liteDOM.js",
    "input/tex": "tex.js",
    "output/svg": "svg.js",
    "output/svg/fonts/tex": "svg-fonts-tex.js",
    "a11y/assistive-mml": "assistive-mml.js",  # hidden MathML, which a screen reader speaks
}
# What HTML knows by itself, and what only MathJax's own scripts and style rules read.
_SPARED = re.compile(
    r' (?:xmlns(?::xlink)?|data-c|data-mjx-texclass|unselectable|data-mml-node(?!="m(?:error|table|tr)"))="[^"]*"'
)
_ONE_SIGN = re.compile(r'<g( transform="[^"]*")?><use( xlink:href="[^"]*")></use></g>')
_EMPTY_GROUP = re.compile(r"<g[^>]*></g>")
_BARE_GROUP = re.compile(r"<g>((?:(?!</?g\b).)*)</g>")
_ERROR = re.compile(r'data-mjx-error="([^"]*)"')
_START = """
globalThis.global = globalThis;
globalThis.MathJax = {
  loader: {
    load: Object.keys(sources),
    paths: { mathjax: "mathjax" },
    require: (url) => { (0, eval)(sources[url.slice("mathjax/".length, -".js".length)]); },
  },
  startup: { typeset: false },
  tex: { packages: { "[-]": ["noundefined", "autoload", "require"] } },  // what it does not know is an error
  svg: { fontCache: "global" },
};
"""
_SET = """
(formulas) => {
  const { adaptor, output } = MathJax.startup;
  output.fontCache.clearCache();  // of the signs that the page before had
  MathJax.texReset();
  const set = ([tex, display]) => adaptor.outerHTML(MathJax.tex2svg(tex, { display, em: 16, ex: 8 }));
  const html = formulas.map(set), signs = adaptor.outerHTML(output.fontCache.getCache());
  return JSON.stringify([html, signs, adaptor.textContent(MathJax.svgStylesheet())]);
}
"""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's TeX, without the signs around it, and whether it stands on a line of its own."""

    tex: str
    display: bool


@dataclass(frozen=True, slots=True)
class SetFormulas:
    """The formulas of one page as HTML, in their order, the signs that they use, and their style sheet."""

    html: tuple[str, ...]
    signs: str
    style: str

    def errors(self) -> list[str | None]:
        """Say of each formula what MathJax could not read, or None."""
        found = map(_ERROR.search, self.html)
        return [None if each is None else unescape(each[1]) for each in found]


class Typesetter:
    """MathJax in an engine that starts with the first page that has a formula."""

    def __init__(self) -> None:
        self._engine: Any = None

    def set(self, formulas: Sequence[Formula]) -> SetFormulas:
        """Set the formulas of one page."""
        if self._engine is None:
            self._engine = _started()
        pairs = [[each.tex, each.display] for each in formulas]
        html, signs, style = json.loads(self._engine.eval(f"({_SET})({json.dumps(pairs)})"))
        return SetFormulas(tuple(map(light, html)), signs, _compact(style))

    def close(self) -> None:
        """Stop the engine, if it runs."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def _started() -> Any:
    """Start an engine and let MathJax load itself into it."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    sources = {name: (_FOLDER / file).read_text(encoding="utf-8") for name, file in _FILES.items()}
    engine.eval(f"var sources = {json.dumps(sources)};{_START}0")
    engine.eval((_FOLDER / "startup.js").read_text(encoding="utf-8"))
    return engine


def light(formula: str) -> str:
    """Leave out the groups and attributes that a formula does not need to look the same."""
    formula = _EMPTY_GROUP.sub("", _ONE_SIGN.sub(r"<use\1\2></use>", _SPARED.sub("", formula)))
    while (lighter := _BARE_GROUP.sub(r"\1", formula)) != formula:
        formula = lighter
    return formula


def _compact(style: str) -> str:
    """Take the lines and spaces out of a style sheet that only its readers want."""
    return re.sub(r" \{ ?", "{", re.sub(r"\s*\n\s*", "", style)).replace(";}", "}")
