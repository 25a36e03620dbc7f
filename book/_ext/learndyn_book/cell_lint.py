"""Warn of what myst-nb would ignore in silence in the code cells of a page.

A misspelt tag hides nothing, a misspelt option sets nothing, and a page that asks for it
carries on after a failing cell, or executes no cell at all.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from docutils import nodes
from myst_nb.core.read import (
    MystMetadataParsingError,
    is_myst_markdown_notebook,
    read_myst_markdown_notebook,
)
from myst_nb.sphinx_ import NbMetadataCollector
from nbformat import ValidationError
from sphinx.application import Sphinx
from sphinx.util import logging

__all__ = ["KNOWN_OPTIONS", "KNOWN_TAGS", "connect"]

KNOWN_TAGS = frozenset(
    {
        # myst-nb: what is shown of a cell
        *("hide-input", "hide-output", "hide-cell"),
        *("remove-input", "remove-output", "remove-cell", "remove-stdout", "remove-stderr"),
        *("remove_input", "remove_output", "remove_cell"),
        *("scroll-input", "scroll-output", "output_scroll"),
        # nbclient: how a cell is executed
        *("raises-exception", "skip-execution"),
        # sphinx-book-theme: where a cell stands on the page
        *("full-width", "full_width", "margin", "popout"),
        # jupytext and papermill: the cell whose values a reader may set
        "parameters",
        # the book's tests: the cell runs alone, in a fresh interpreter
        "snippet",
    }
)
"""The cell tags that some part of the book's tool chain acts upon."""

KNOWN_OPTIONS = frozenset({"tags", "mystnb", "load"})
"""The options of a code cell that myst-nb reads."""

logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Look at each page when it is read, and after its execution."""
    app.connect("source-read", check_source)
    app.connect("doctree-read", check_execution)


def check_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Check the tags and options of every code cell, removed ones included."""
    if not is_myst_markdown_notebook(source[0]):
        return
    path = app.env.doc2path(docname)
    try:
        notebook = read_myst_markdown_notebook(
            source[0], config=app.env.myst_config, add_source_map=True, path=path
        )
    except (MystMetadataParsingError, ValidationError):
        return  # myst-nb reads the page next, and stops the build with this error
    check_error_settings(docname, notebook.metadata)
    lines = notebook.metadata["source_map"]
    code_cells = [
        (cell, line)
        for cell, line in zip(notebook.cells, lines, strict=True)
        if cell.cell_type == "code"
    ]
    for number, (cell, line) in enumerate(code_cells, start=1):
        for problem in cell_problems(cell.metadata):
            warn(f"cell {number}: {problem}", "cell", (docname, line))


def cell_problems(metadata: dict[str, Any]) -> list[str]:
    """Say what is wrong with the options and tags of one code cell."""
    problems = [
        unknown("option", option, KNOWN_OPTIONS)
        for option in metadata
        if option not in KNOWN_OPTIONS
    ]
    tags = metadata.get("tags", [])
    return problems + [unknown("tag", tag, KNOWN_TAGS) for tag in tags if tag not in KNOWN_TAGS]


def unknown(kind: str, received: str, known: frozenset[str]) -> str:
    """Name a word that nothing acts upon, with the known words that are closest to it."""
    close = get_close_matches(str(received), sorted(known)) or sorted(known)
    return f"the {kind} {received!r} is not known, use one of: {', '.join(close)}"


def check_error_settings(docname: str, metadata: dict[str, Any]) -> None:
    """Warn of a page that asks for its failing cells to be passed over."""
    settings = {
        "execution: allow_errors": metadata.get("execution", {}).get("allow_errors"),
        "mystnb: execution_allow_errors": metadata.get("mystnb", {}).get("execution_allow_errors"),
    }
    for name, value in settings.items():
        if value:
            message = (
                f"the page sets '{name}', which hides failing cells. "
                "Give the cell that is meant to fail the tag raises-exception instead."
            )
            warn(message, "errors", (docname, 1))


def check_execution(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a page with code cells that were not executed."""
    docname = app.env.docname
    if NbMetadataCollector.get_exec_data(app.env, docname) is not None:
        return
    for container in doctree.findall(nodes.container):
        if container.get("nb_element") == "cell_code":
            message = (
                "the code cells of this page were not executed. "
                "Set execute_notebooks to cache, and exclude no page from execution."
            )
            warn(message, "unexecuted", container)
            return


def warn(message: str, subtype: str, location: tuple[str, int] | nodes.Node) -> None:
    """Emit a warning, which the build gate turns into a failure."""
    logger.warning(message, type="learndyn", subtype=subtype, location=location)
