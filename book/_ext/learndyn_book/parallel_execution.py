"""Execute pages side by side, while Sphinx reads them one after another.

myst-nb executes a page when its turn to be read comes, and Jupyter Book offers no way to read
two pages at once. So before reading starts, every page without outputs in the cache is handed
to a pool of threads, each of which waits for the kernel of one page. When myst-nb asks for the
execution of a page, it gets the one that is under way or done. What it makes of the result,
and what it keeps, is as before: a page that fails is executed once, and reported as ever.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.execute import cache as cache_client
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from . import warm_kernels
from .undrawn_figures import judge_figures

__all__ = ["connect"]

Key = tuple[str, ...]
logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Start executions before the first page is read, and stop what is left at the end."""
    executions = Executions()
    app.connect("env-before-read-docs", executions.start)
    app.connect("build-finished", executions.stop)
    cache_client.single_nb_execution = executions.result
    warm_kernels.connect(app)


class Executions:
    """The executions of this build, under way or done."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._futures: dict[Key, Future[ExecutionResult]] = {}

    def start(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Begin with the pages that are going to be read and have no outputs in the cache."""
        settings = env.mystnb_config
        if settings.execution_mode != "cache":
            return
        cache = get_cache(settings.execution_cache_path)
        # One thread for each core: all that a thread does is to wait for its kernel.
        self._pool = ThreadPoolExecutor(max(2, os.cpu_count() or 1))
        for docname in docnames:
            path = Path(env.doc2path(docname))
            notebook = notebook_of(env, path)
            if notebook is None:
                continue
            with suppress(KeyError):
                cache.match_cache_notebook(notebook)
                continue
            self._futures[key_of(notebook, path.parent)] = self._pool.submit(
                execute,
                docname,
                notebook,
                cwd=str(path.parent),
                allow_errors=settings.execution_allow_errors,
                timeout=settings.execution_timeout,
            )

    def result(self, notebook: NotebookNode, *, cwd: str, **settings: Any) -> ExecutionResult:
        """Execute a notebook in place; myst-nb calls this in the place of jupyter-cache's own."""
        future = self._futures.pop(key_of(notebook, cwd), None)
        if future is None:
            return run(notebook, cwd=cwd, **settings)
        found = future.result()
        for cell, executed in zip(notebook.cells, found.nb.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs = deepcopy(executed.outputs)
                cell.execution_count = executed.execution_count
        for name in ("kernelspec", "language_info"):
            if name in found.nb.metadata:
                notebook.metadata[name] = deepcopy(found.nb.metadata[name])
        found.nb = notebook
        return found

    def stop(self, app: Sphinx, exception: Exception | None) -> None:
        """Start no more of them: a build that is interrupted must not go on to execute."""
        if self._pool is not None:
            self._pool.shutdown(wait=exception is None, cancel_futures=True)


def execute(docname: str, notebook: NotebookNode, **settings: Any) -> ExecutionResult:
    """Execute the page, and say in the log what it took."""
    found = run(notebook, **settings)
    seconds = warm_kernels.processor_seconds()
    logger.info(
        "executed %s in %.1f s" + ("" if seconds is None else ", %.2f s of processor time"),
        docname,
        found.time,
        *(() if seconds is None else (seconds,)),
    )
    return found


def run(notebook: NotebookNode, *, allow_errors: bool, **settings: Any) -> ExecutionResult:
    """Execute a notebook in place; a figure that cannot be drawn is a failure."""
    found = single_nb_execution(notebook, allow_errors=allow_errors, **settings)
    judge_figures(found, allow_errors=allow_errors)
    return found


def notebook_of(env: BuildEnvironment, path: Path) -> NotebookNode | None:
    """Read a page as myst-nb will; None if it is not to be executed beforehand."""
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    if reader is None:
        return None
    try:
        notebook = reader.read(text)
    except Exception:  # noqa: BLE001 - what is wrong with a page is said when its turn to be read comes
        return None
    has_code = any(cell.cell_type == "code" for cell in notebook.cells)
    # A page with settings of its own is left to myst-nb, which knows how to heed them.
    own_settings = env.mystnb_config.metadata_key in notebook.metadata
    return notebook if has_code and not own_settings else None


def key_of(notebook: NotebookNode, folder: str | Path) -> Key:
    """What decides an execution: where it runs, and its code."""
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return (os.path.abspath(folder), *code)
