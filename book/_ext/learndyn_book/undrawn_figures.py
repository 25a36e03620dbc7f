"""Count a figure that cannot be drawn as a failure of its cell.

IPython prints what a result raises while it is being shown, and goes on; nbclient takes that for
success, and jupyter-cache would keep the page with the traceback in the place of its figure.
"""

from __future__ import annotations

from jupyter_cache.executors.utils import ExecutionResult
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

__all__ = ["first_error", "judge_figures"]


def judge_figures(found: ExecutionResult, *, allow_errors: bool) -> None:
    """Turn an execution that succeeded into one that failed where a result could not be shown.

    Parameters
    ----------
    found
        The execution, changed in place.
    allow_errors
        Whether errors are welcome on the page; its own metadata can say otherwise.
    """
    allowed = found.nb.metadata.get("execution", {}).get("allow_errors", allow_errors)
    if found.err is not None or allowed:
        return
    _, error = first_error(found.nb)
    if error is not None:
        found.exc_string = "\n".join(error.traceback)
        found.err = CellExecutionError(found.exc_string, error.ename, error.evalue)


def first_error(notebook: NotebookNode) -> tuple[int, NotebookNode | None]:
    """Find the first error that no cell's tag allows: the cell's number among code cells, and the output."""
    code_cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code_cells, start=1):
        if "raises-exception" in cell.metadata.get("tags", []):
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                return number, output
    return 0, None
