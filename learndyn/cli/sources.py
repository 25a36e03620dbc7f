"""What a module's source says without being run: its first line, functions, classes and imports.

Listing a hundred experiments by importing them all would take seconds; reading them takes a
fraction of one, and needs neither the data nor the optional packages that one of them might want.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Source:
    """One module.

    Attributes
    ----------
    name : str
        Without the package.
    summary : str
        The first paragraph of the docstring, in one line.
    functions : dict of str to ast.FunctionDef
        Public ones, in the order of the file.
    results : frozenset of str
        Its dataclasses.
    origins : dict of str to str
        For each name that it imports from this package, the module it comes from and the name there.
    """

    name: str
    summary: str
    functions: dict[str, ast.FunctionDef]
    results: frozenset[str]
    origins: dict[str, tuple[str, str]]


@cache
def sources(folder: str) -> dict[str, Source]:
    """Read all modules in a folder of the package, by name; a module that starts with _ is left out."""
    files = sorted((PACKAGE / folder).glob("*.py"))
    return {file.stem: read(file) for file in files if not file.stem.startswith("_")}


def read(file: Path) -> Source:
    """Read one module."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    functions = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    }
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and _is_dataclass(node)]
    origins = {
        alias.asname or alias.name: ((node.module or "").rpartition(".")[2], alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    first = (ast.get_docstring(tree) or "").partition("\n\n")[0]
    return Source(
        file.stem,
        " ".join(first.split()),
        functions,
        frozenset(node.name for node in classes),
        origins,
    )


def parameter_docs(function: ast.FunctionDef) -> dict[str, tuple[str, str]]:
    """Return the type and the description of each parameter from a numpydoc docstring."""
    text = ast.get_docstring(function) or ""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+$|\Z)", text, re.MULTILINE | re.DOTALL)
    found: dict[str, tuple[str, str]] = {}
    for entry in re.split(r"\n(?=\S)", section.group(1).strip("\n")) if section else ():
        head, _, body = entry.partition("\n")
        names, _, kind = head.partition(" : ")
        for name in names.split(","):
            found[name.strip().lstrip("*")] = (kind.strip(), " ".join(body.split()))
    return found


def _is_dataclass(node: ast.ClassDef) -> bool:
    heads = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return any(isinstance(head, ast.Name) and head.id == "dataclass" for head in heads)
