"""Which topics of the table of predictions use which experiment, read from their sources."""

from __future__ import annotations

import ast
from functools import cache

from .sources import PACKAGE, read

_FOLDER = PACKAGE / "experiments" / "predictions"


@cache
def topics() -> dict[str, frozenset[str]]:
    """Return the modules of ``learndyn.experiments`` that each topic uses."""
    tree = ast.parse((_FOLDER / "table.py").read_text(encoding="utf-8"))
    table = next(
        node for node in tree.body
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == "TOPICS"
    )  # fmt: skip
    listed = next(node for node in ast.walk(table) if isinstance(node, ast.Dict))
    names = [ast.literal_eval(key) for key in listed.keys if key is not None]
    origins = read(_FOLDER / "table.py").origins
    return {
        name: _used(*origins[ast.unparse(value)])
        for name, value in zip(names, listed.values, strict=True)
    }


def topics_of(module: str) -> tuple[str, ...]:
    """Return the topics that use a module."""
    return tuple(topic for topic, modules in topics().items() if module in modules)


def _used(module: str, function: str) -> frozenset[str]:
    """Return what a function uses of the experiments, itself and through functions of its module."""
    file = _FOLDER / f"{module}.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    local = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name: (node.module or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 2
        for alias in node.names
    }
    seen, waiting = set(), [function]
    found = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for node in ast.walk(local[name]):
            used = node.id if isinstance(node, ast.Name) else None
            if used in local and used not in seen:
                waiting.append(used)
            elif used in imported:
                found.add(imported[used])
    return frozenset(found)
