"""Which symbols stand in the formulas of a page, and which of them the notation page explains.

A symbol is a letter, or a letter under an accent or in another typeface. A row of the notation's
tables gives a symbol, perhaps with an index or argument that marks this meaning, what it means, its
shape or unit, and its pages: a list, or "from" a page on, which stands for every page that no row
lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_GREEK = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma
tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell
"""
GREEK = frozenset(_GREEK.split())
ACCENTS = ("mathbb", "mathcal", "mathrm", "mathbf", "hat", "bar", "dot", "ddot", "tilde")

OPERATORS = frozenset({"bar", "dot"})
"""Accents that mean the same on every letter."""

_CELL = re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL)
_CAPTION = re.compile(r"^:  +(.*)$", re.MULTILINE)
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_FORMULA = re.compile(r"(?<!\\)\$\$(.*?)(?<!\\)\$\$|(?<![\\$])\$(?!\$)(.+?)(?<!\\)\$", re.DOTALL)
_WORDS = re.compile(
    r"\\(?:text|operatorname|textrm|tag|label|mathsf|texttt|begin|end)\*?\{[^}]*\}"
    r"|\\(?:mathrm|mathbf)\{[^}]{2,}\}|\\\\\[[^]]*\]"
)
_ACCENTED = re.compile(rf"\\({'|'.join(ACCENTS)})(?![a-zA-Z])\s*\{{?\s*\\?([a-zA-Z]+)\s*\}}?")
_SHORT = re.compile(rf"\\({'|'.join(ACCENTS)})(?![a-zA-Z])\s*([a-zA-Z])")
_TOKEN = re.compile(r"\\([a-zA-Z]+)|\\.|([a-zA-Z])", re.DOTALL)
_ROW = re.compile(r"^\| *\$(.+?)\$ *\|([^|]+)\|([^|]+)\|([^|]+)\|$", re.MULTILINE)
_PAGE = re.compile(r"\]\(([a-z_/]+)\.md\)")


@dataclass(frozen=True)
class Row:
    """One meaning of a symbol. ``pages`` is empty for a meaning that holds on all other pages."""

    symbol: str
    mark: str
    meaning: str
    unit: str
    pages: tuple[str, ...]
    first: str


def formulas(text: str) -> list[str]:
    """List the formulas in the prose and the captions of a page's source."""
    captions = "\n\n".join(caption for cell in _CELL.findall(text) for caption in _CAPTION.findall(cell))
    prose = _CODE.sub(" ", f"{_CELL.sub('', text)}\n\n{captions}")
    return [display or inline for display, inline in _FORMULA.findall(prose)]


def symbols(formula: str) -> set[str]:
    """Name the symbols of a formula that the notation has to explain."""
    rest, found = _WORDS.sub(" ", formula), set()
    for pattern in (_SHORT, _ACCENTED):
        for accent, letter in pattern.findall(rest):
            if accent in OPERATORS:
                found.add(accent)
            elif len(letter) == 1 or letter in GREEK:
                found.add(f"{accent} {letter}")
        rest = pattern.sub(" ", rest)
    for command, letter in _TOKEN.findall(rest):
        if command in GREEK:
            found.add(command)
        elif letter:
            found.add(letter)
    return found


def symbols_of_page(text: str) -> set[str]:
    """Collect the symbols of all formulas of a page."""
    return set().union(*map(symbols, formulas(text)))


def rows(text: str) -> list[Row]:
    """Read the rows of the notation page's tables."""
    found = []
    for written, meaning, unit, where in _ROW.findall(text):
        base = sorted(symbols(written), key=lambda each: written.find(each.split()[-1]))
        pages = tuple(_PAGE.findall(where))
        everywhere = where.strip().startswith("from ")
        symbol = base[0] if base else written.strip()
        plain = written.strip().lstrip("\\") == symbol or " " in symbol or symbol in OPERATORS
        mark = "" if plain else written.strip()
        found.append(
            Row(symbol, mark, meaning.strip(), unit.strip(), () if everywhere else pages, (*pages, "")[0])
        )
    return found


def problems(table: list[Row], used: Mapping[str, set[str]]) -> list[str]:
    """Say where pages and table disagree: ``used`` gives the symbols of each page, in reading order."""
    said = []
    for symbol in sorted({row.symbol for row in table}):
        mine = [row for row in table if row.symbol == symbol]
        if sum(not row.pages for row in mine if not row.mark) > 1:
            said.append(f"{symbol} has two meanings for all pages")
        for page in sorted({page for row in mine for page in row.pages}):
            there = [row for row in mine if page in row.pages]
            marks = [row.mark for row in there]
            if len(set(marks)) < len(marks):
                said.append(f"{symbol} has two meanings on {page}, and no mark tells them apart")
            if symbol not in used.get(page, ()):
                said.append(
                    f"{symbol} is not on {page}, where the table says that it means {there[0].meaning!r}"
                )
        listed = {page for row in mine for page in row.pages}
        rest = [page for page, names in used.items() if symbol in names and page not in listed]
        for row in mine:
            if not row.pages and row.first != (*rest, "")[0]:
                said.append(f"{symbol} comes first on {(*rest, 'no page')[0]}, and not on {row.first!r}")
    for page, names in used.items():
        for symbol in sorted(names):
            mine = [row for row in table if row.symbol == symbol]
            if not any(page in row.pages or not row.pages for row in mine):
                said.append(f"{symbol} on {page} is in no row of the notation")
    return said
