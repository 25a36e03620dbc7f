"""The files of this package that a module is made of: its own, and those it imports, to the end.

They are read, not run, so an import inside a function counts as well, and one for type checkers.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def package_digests(modules: set[str]) -> dict[str, str]:
    """Return a digest of each file of the package that the modules reach, by path."""
    reached: set[Path] = set()
    waiting = [file for name in modules for file in _files(name)]
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += [inner for name in _imports(file) for inner in _files(name)]
    return {file.relative_to(_ROOT.parent).as_posix(): digest(read(file)) for file in sorted(reached)}


def read(file: Path) -> str:
    """Read a source file; its line ends are those of no system."""
    return file.read_text(encoding="utf-8")


def digest(text: str | bytes) -> str:
    """Return sixteen hexadecimal digits that change with any change of the text."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:16]


def _files(name: str) -> list[Path]:
    """Return the file of a module, or of the module that has a name; none if it is not ours."""
    parts = name.split(".")
    if parts[0] != _ROOT.name:
        return []
    path = _ROOT.joinpath(*parts[1:])
    if path.is_dir():
        return [path / "__init__.py"]
    file = path.with_suffix(".py")
    return [file] if file.is_file() else _files(".".join(parts[:-1])) if len(parts) > 1 else []


@cache
def _imports(file: Path) -> frozenset[str]:
    """Return the absolute names of all that a file imports."""
    package = [_ROOT.name, *file.relative_to(_ROOT).parent.parts]
    found: set[str] = set()
    for node in ast.walk(ast.parse(read(file))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{stem}.{alias.name}" for alias in node.names}
    return frozenset(found)
