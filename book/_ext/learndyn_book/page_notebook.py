"""The notebook and the script of a page: its prose as plain Markdown, and all of its code.

Cells that the page hides or leaves out are there too, folded, since others may need what they
compute. ``glue``, by which the book puts a number into its text, prints it in the notebook. A
notebook holds no outputs: they are one run away, and the reader's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .page_prose import Chunk
from .repository import Repository

__all__ = ["Cell", "cells_of_page", "notebook_text", "reads_checkout", "script_text"]

GLUE_IMPORT = re.compile(r"^from myst_nb import glue$", re.MULTILINE)
GLUE = 'def glue(name, value, display=True):\n    print(f"{name}: {value}")'
FOLDED = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell", "remove_input", "remove_cell"})
KEPT_TAGS = frozenset({"raises-exception", "snippet", "parameters"})
_UPWARD_PATH = re.compile(r"""["']\.\.(?:/|["'])""")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the notebook; ``tags`` are those of the page."""

    is_code: bool
    source: str
    tags: tuple[str, ...] = ()


def cells_of_page(
    chunks: Iterable[Chunk], source_cells: Sequence[Any], lines: Sequence[int], *, first: str
) -> list[Cell]:
    """Put the page's prose and its code cells in the order of the source.

    Parameters
    ----------
    chunks
        The page's prose, and the code cells that it shows, in order.
    source_cells, lines
        All cells of the page's source as myst-nb reads them, and the line before each.
    first
        The code of the first cell, which installs the package; none if empty or without code.
    """
    code = [index for index, each in enumerate(source_cells) if each.cell_type == "code"]
    cells: list[Cell] = []
    prose: list[str] = []

    def end_prose() -> None:
        if prose:
            cells.append(Cell(False, "\n\n".join(prose)))
            prose.clear()

    def add_code(index: int) -> None:
        end_prose()
        cell = source_cells[index]
        source = GLUE_IMPORT.sub(GLUE, cell.source.rstrip())
        cells.append(Cell(True, source, tuple(cell.metadata.get("tags", ()))))

    for chunk in chunks:
        # What the page does not show stands before the prose below it, or the next shown cell.
        while code and (code[0] < chunk.cell if chunk.cell is not None else lines[code[0]] < chunk.line - 1):
            add_code(code.pop(0))
        if chunk.cell is not None:
            if code and code[0] == chunk.cell:
                add_code(code.pop(0))
            continue
        if chunk.is_heading:
            end_prose()
        prose.append(chunk.text)
    for index in code:
        add_code(index)
    end_prose()
    if first and any(cell.is_code for cell in cells):
        cells.insert(1 if not cells[0].is_code else 0, Cell(True, first))
    return cells


def reads_checkout(cells: Iterable[Any]) -> bool:
    """Tell whether the code of a page reads files of the repository, by a path that leads upward."""
    return any(each.cell_type == "code" and _UPWARD_PATH.search(each.source) for each in cells)


def first_cell(repository: Repository | None, folder: str) -> str:
    """Write the code that prepares a notebook; ``folder`` is the one that it must run in, if any."""
    if repository is None:
        lines = [
            "# learndyn comes from a checkout of its repository, where this installs it:",
            '#     pip install -e ".[explorables]"',
        ]
        if folder:
            lines.append(f"# This page reads files of the checkout: start it in the folder {folder}.")
        return "\n".join(lines)
    lines = [
        "# Installs learndyn where it is missing, as on Colab.",
        "from importlib.util import find_spec",
        "",
        'if find_spec("learndyn") is None:',
        f'    %pip install --quiet "{repository.requirement}"',
    ]
    if folder:
        lines += [
            "",
            "# This page reads files of the repository.",
            "import os",
            "",
            f'if not os.getcwd().replace(os.sep, "/").endswith("{folder}"):',
            f"    !git clone --quiet --depth 1 {repository.address} learndyn-book",
            f'    os.chdir("learndyn-book/{folder}")',
        ]
    return "\n".join(lines)


def notebook_text(cells: Iterable[Cell]) -> str:
    """Write cells as a notebook of format 4.5, the same text for the same cells."""
    written = []
    for number, cell in enumerate(cells, start=1):
        metadata: dict[str, Any] = {}
        if tags := [tag for tag in cell.tags if tag in KEPT_TAGS]:
            metadata["tags"] = tags
        if FOLDED & set(cell.tags):
            metadata["jupyter"] = {"source_hidden": True}
        entry: dict[str, Any] = {
            "cell_type": "code" if cell.is_code else "markdown",
            "id": f"cell-{number:03d}",
            "metadata": metadata,
            "source": cell.source.splitlines(keepends=True),
        }
        if cell.is_code:
            entry |= {"execution_count": None, "outputs": []}
        written.append(dict(sorted(entry.items())))
    notebook = {
        "cells": written,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def script_text(cells: Iterable[Cell]) -> str:
    """Write cells as a script in the percent format: prose as comments, the code as it is."""
    parts = []
    for cell in cells:
        if not cell.is_code:
            parts.append("# %% [markdown]\n" + commented(cell.source))
        elif re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            parts.append("# %%\n" + commented(cell.source))  # no Python outside a notebook
        else:
            parts.append("# %%\n" + cell.source)
    return "\n\n".join(parts) + "\n"


def commented(text: str) -> str:
    """Put the mark of a comment before each line."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())
