"""What has to be written for a row of the operation table, read from the source itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..autodiff import TABLE
from ..autodiff import rules as rules_package

_MAKERS = ("elementwise", "linear", "bilinear", "operation")


@dataclass(frozen=True, slots=True)
class RowSources:
    """The source of each row that is a statement of its own, and how many rules the table holds.

    Attributes
    ----------
    sources : dict of str to str
        By the name of the operation; lines of documentation are left out.
    kinds : dict of str to str
        "elementwise", "linear", "bilinear" or "general", for every row of the table.
    operands : dict of str to int
        Number of operands of every row; 1 where any number is allowed.
    """

    sources: dict[str, str]
    kinds: dict[str, str]
    operands: dict[str, int]

    def rows(self, kind: str) -> int:
        """Number of rows of one kind."""
        return sum(found == kind for found in self.kinds.values())

    def median_lines(self, kind: str) -> float:
        """Median number of lines of the rows of one kind, helpers not counted."""
        return float(
            np.median([s.count("\n") + 1 for n, s in self.sources.items() if self.kinds[n] == kind])
        )

    @property
    def derivatives(self) -> int:
        """Rules that the three derivatives would need if each were written by itself.

        For each operand one for the reverse mode, one for the forward mode, and for each
        pair of operands one second derivative.
        """
        return sum(2 * n + n * (n + 1) // 2 for n in self.operands.values())

    @property
    def written(self) -> int:
        """Rules that are written: one per operand, and in a general row both modes."""
        return sum(n * (2 if self.kinds[name] == "general" else 1) for name, n in self.operands.items())


def read() -> RowSources:
    """Read the source of all rows."""
    folder = Path(rules_package.__file__ or "").parent
    sources: dict[str, str] = {}
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            name = _row_name(node)
            if name in TABLE and isinstance(node, ast.Assign):
                sources[name] = _without_words(text.splitlines(), node)
    ops = {name: row.op for name, row in TABLE.items()}  # type: ignore[attr-defined]
    return RowSources(
        sources,
        {name: op.kind for name, op in ops.items()},
        {name: len(op.vjp) if isinstance(op.vjp, tuple) else 1 for name, op in ops.items()},
    )


def _without_words(lines: list[str], node: ast.Assign) -> str:
    """The lines of a statement, but for those that hold nothing but its doc or hint."""
    words: set[int] = set()
    for keyword in node.value.keywords:  # type: ignore[attr-defined]
        if keyword.arg in ("doc", "hint"):
            span = range(keyword.lineno, keyword.value.end_lineno + 1)
            if lines[span[0] - 1].lstrip().startswith(f"{keyword.arg}="):
                words.update(span)
    kept = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return "\n".join(lines[i - 1] for i in kept if i not in words)


def _row_name(node: ast.stmt) -> str:
    """The operation's name, if a statement makes a row; empty otherwise."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
        return ""
    call = node.value
    if not (isinstance(call.func, ast.Name) and call.func.id in _MAKERS and call.args):
        return ""
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
