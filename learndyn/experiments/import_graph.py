"""Which floor of the package imports from which: the house, read off its own source.

The floors stand on one another, and a module imports only from floors under its own. This reads
every module with Python's own parser, so it sees the imports inside functions too, and counts.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parents[1]
FLOORS = ("autodiff", "dynamics", "learning", "neural", "experiments", "plots")


@dataclass(frozen=True, slots=True)
class ImportGraph:
    """Modules, lines and imports of each floor.

    Attributes
    ----------
    floors : tuple of str
        From the ground up.
    modules, lines : ndarray of int, shape (floors,)
        Files, and lines in them.
    imports : ndarray of int, shape (floors, floors)
        How many modules of the floor in the row import from that in the column.
    foreign : tuple of str
        What is imported from outside the standard library, below the plots.
    """

    floors: tuple[str, ...]
    modules: np.ndarray
    lines: np.ndarray
    imports: np.ndarray
    foreign: tuple[str, ...]

    @property
    def upward(self) -> int:
        """How many modules import from a floor above their own."""
        return int(np.triu(self.imports, 1).sum())


def run() -> ImportGraph:
    """Read the package's sources.

    Returns
    -------
    ImportGraph
    """
    size = len(FLOORS)
    imports = np.zeros((size, size), dtype=int)
    modules, lines = np.zeros(size, dtype=int), np.zeros(size, dtype=int)
    foreign: set[str] = set()
    for row, floor in enumerate(FLOORS):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            modules[row] += 1
            lines[row] += len(text.splitlines())
            inside, outside = _imports(path, text)
            for column, other in enumerate(FLOORS):
                imports[row, column] += other in inside
            if floor != "plots":
                foreign |= outside
    return ImportGraph(FLOORS, modules, lines, imports, tuple(sorted(foreign)))


def loaded(statement: str) -> dict[str, int]:
    """Count the modules of each floor that a fresh interpreter has loaded after a statement.

    Parameters
    ----------
    statement : str
        Such as ``import learndyn``.

    Returns
    -------
    dict of str to int
    """
    code = f"import sys\n{statement}\nprint(*(m for m in sys.modules if m.startswith('learndyn.')))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = found.stdout.split()
    return {floor: sum(name.split(".")[1] == floor for name in names) for floor in FLOORS}


def _imports(path: Path, text: str) -> tuple[set[str], set[str]]:
    """Floors and foreign packages that one module imports from."""
    package = [PACKAGE.name, *path.relative_to(PACKAGE).parent.parts]
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = [*base, *(node.module.split(".") if node.module else [])]
            names += [".".join([*stem, alias.name]) for alias in node.names]
    parts = [name.split(".") for name in names]
    inside = {part[1] for part in parts if part[0] == PACKAGE.name and len(part) > 1}
    outside = {part[0] for part in parts} - {PACKAGE.name, *sys.stdlib_module_names}
    return inside, outside
