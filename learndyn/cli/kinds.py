"""Which values of a parameter can be written as text, and how they are read.

A number or a word is one argument; a sequence is several, ``--step-sizes 0.2 0.1``; a sequence of
rows is several with commas, ``--starts 1.6,-1.2 0.3,1.5``. ``none`` stands for None where that is
allowed. The kind is taken from the annotation, then from the default, then from the docstring.
"""

from __future__ import annotations

import argparse
import ast
from dataclasses import dataclass
from typing import Any, Literal

_SCALARS = {"float": "float", "int": "int", "bool": "bool", "str": "str", "Path": "str"}
_SEQUENCES = {"Sequence", "Iterable", "tuple", "list"}
_NAMES = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a word",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a parameter that can be written as text.

    Attributes
    ----------
    items : tuple of str
        The types of its numbers or words: one that all share, or one for each place in a row.
    form : {"one", "several", "row", "rows"}
        A value, a sequence of any length, one of fixed length, a sequence of sequences.
    optional : bool
        Whether it may be None.
    """

    items: tuple[str, ...]
    form: Literal["one", "several", "row", "rows"] = "one"
    optional: bool = False

    @property
    def argument_count(self) -> str | int | None:
        """How many arguments it takes, as ``nargs`` of argparse."""
        return {"one": None, "several": "+", "row": len(self.items), "rows": "+"}[self.form]

    @property
    def metavar(self) -> str | tuple[str, ...]:
        """What stands for the value in a help text."""
        words = [item.upper() for item in self.items]
        if self.form == "row":
            return tuple(words)
        if self.form == "rows":
            return ",".join(words) if len(words) > 1 else f"{words[0]},..."
        return words[0]

    def read(self, text: str) -> Any:
        """Read one argument; a parser calls it for each.

        Raises
        ------
        argparse.ArgumentTypeError
            If it is of another type; the message names the type.
        """
        text = text.strip()
        if self.optional and text.lower() == "none":
            return None
        if self.form != "rows":
            return _read(self.items[0], text)
        parts = text.split(",")
        items = self.items if len(self.items) > 1 else self.items * len(parts)
        if len(items) != len(parts):
            raise argparse.ArgumentTypeError(
                f"{text!r} has {len(parts)} of {len(items)} values: write {self.metavar}, without blanks"
            )
        return tuple(_read(item, part) for item, part in zip(items, parts, strict=True))

    def gather(self, found: Any) -> Any:
        """Return what the function is called with, from what the parser gathered."""
        if self.form == "one":
            return found
        if self.optional and list(found) == [None]:
            return None
        return tuple(found)


def kind_of(annotation: ast.expr | None, default: ast.expr | None, documented: str) -> Kind | None:
    """Return the kind of a parameter, or None if its values cannot be written as text."""
    found = _from_annotation(annotation)
    if found is None and documented.startswith("array_like"):
        found = Kind(
            ("float",),
            "several",
            isinstance(default, ast.Constant) and default.value is None,
        )
    if found is None and isinstance(default, ast.Constant) and type(default.value).__name__ in _SCALARS:
        found = Kind((type(default.value).__name__,))
    return found


def _from_annotation(node: ast.expr | None) -> Kind | None:
    if isinstance(node, ast.Name) and node.id in _SCALARS:
        return Kind((_SCALARS[node.id],))
    if isinstance(node, ast.BinOp):
        return _union(node)
    if not (isinstance(node, ast.Subscript) and getattr(node.value, "id", None) in _SEQUENCES):
        return None
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    endless = ast.unparse(node.value) != "tuple" or ast.unparse(inner[-1]) == "..."
    if endless and len(inner) == 2:
        inner = inner[:1]
    kinds = [kind for kind in map(_from_annotation, inner) if kind is not None and not kind.optional]
    if len(kinds) < len(inner):
        return None
    if all(kind.form == "one" for kind in kinds):
        return Kind(tuple(kind.items[0] for kind in kinds), "several" if endless else "row")
    # A fixed number of rows is read as any number: the experiment itself refuses a wrong one.
    if kinds[0].form in ("several", "row") and len({kind.items for kind in kinds}) == 1:
        return Kind(kinds[0].items, "rows")
    return None


def _union(node: ast.BinOp) -> Kind | None:
    sides = [node.left, node.right]
    options = [side for side in sides if not (isinstance(side, ast.Constant) and side.value is None)]
    kinds = {_from_annotation(side) for side in options}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        return None
    return Kind(kind.items, kind.form, len(options) < len(sides) or kind.optional)


def _read(item: str, text: str) -> Any:
    try:
        if item == "bool":
            return {"true": True, "false": False}[text.lower()]
        return {"float": float, "int": int, "str": str}[item](text)
    except (ValueError, KeyError):
        raise argparse.ArgumentTypeError(f"needs {_NAMES[item]} ({item}), received {text!r}") from None
