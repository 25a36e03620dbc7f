"""Say which cell of which page failed, and why.

myst-nb records per page whether its execution succeeded, but not which cell failed. The executed
notebook, which it writes beside the pages, tells: a cell that raised holds the error, and one that
timed out is the last that was started.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from myst_nb.core.execute import ExecutionResult
from myst_nb.sphinx_ import NbMetadataCollector, SphinxEnvType
from nbclient.exceptions import CellExecutionError

from .failure import Failure, one_line, page_name
from .undrawn_figures import first_error

__all__ = ["execution_failures"]


def execution_failures(env: SphinxEnvType) -> list[Failure]:
    """List every page whose execution failed or timed out, with the cell and the error."""
    failures = []
    for docname, data in sorted(NbMetadataCollector.get_doc_data(env).items()):
        record = data.get("exec_data")
        if record is not None and not record["succeeded"]:
            place, error = failing_cell(env, docname, record)
            failures.append(Failure(f"{page_name(env, docname)}, {place}", error))
    return failures


def failing_cell(env: SphinxEnvType, docname: str, record: ExecutionResult) -> tuple[str, str]:
    """Name the cell that stopped a page and give its error in one line.

    Cells are counted among the page's code cells, from 1, hidden and removed ones included.
    """
    path = Path(env.mystnb_config.output_folder, f"{docname}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    number, error = first_error(notebook)
    # A cell that timed out may have an error, too: that of its kernel when it was interrupted.
    if error is not None and record["error"] == CellExecutionError.__name__:
        return f"cell {number}", one_line(f"{error.ename}: {error.evalue}")
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = (n for n, cell in enumerate(code_cells, start=1) if cell.execution_count is not None)
    return f"cell {max(started, default=1)}", line_naming(record["error"], record["traceback"])


def line_naming(error: str | None, traceback: str | None) -> str:
    """Find the line of a traceback that states an error of the build, such as a time-out."""
    for line in (traceback or "").splitlines():
        _, found, message = line.partition(f"{error}: ")
        if found:
            return found + message
    return f"{error}"
