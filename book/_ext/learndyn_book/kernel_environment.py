"""Make a page compute the same numbers each time, by what its kernel inherits.

A matrix product summed by several threads adds its terms in a varying order, a set of strings
has a varying order of its own, and a kernel sends what is printed in pieces that depend on the
moment. Each would let two builds of the same source differ.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from functools import wraps
from typing import Any

from nbclient import NotebookClient
from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["THREAD_COUNTS", "connect", "pin_kernel_environment"]

THREAD_COUNTS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""The variables by which the numerical libraries are told how many threads to use."""


def connect(app: Sphinx) -> None:
    """Set the variables, and fill the font cache, before the first kernel starts."""
    app.connect("config-inited", pin_kernel_environment)
    app.connect("config-inited", fill_font_cache)
    join_printed_pieces()


def pin_kernel_environment(app: Sphinx, config: Config) -> None:
    """Ask for one thread, unless the caller chose a number, and for a fixed order of sets."""
    for name in THREAD_COUNTS:
        os.environ.setdefault(name, "1")
    os.environ["PYTHONHASHSEED"] = "0"


def fill_font_cache(app: Sphinx, config: Config) -> None:
    """Let matplotlib look for fonts here: on a fresh machine it says so, on whichever page is first."""
    if importlib.util.find_spec("matplotlib") is not None:
        importlib.import_module("matplotlib.font_manager")


def join_printed_pieces() -> None:
    """Have the executor put the pieces of a stream together as they are.

    myst-nb's own nb_merge_streams takes each piece for a line. nbclient can do it right, but
    jupyter-cache, which calls it, hands on no setting.
    """
    start = NotebookClient.__init__
    if hasattr(start, "__wrapped__"):
        return

    @wraps(start)
    def joining(self: NotebookClient, *args: Any, **settings: Any) -> None:
        start(self, *args, **{"coalesce_streams": True, **settings})

    NotebookClient.__init__ = joining
