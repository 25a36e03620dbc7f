"""A failure of the build: where it is, and what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from sphinx.environment import BuildEnvironment

__all__ = ["Failure", "one_line", "page_name", "shown_path"]


class Failure(NamedTuple):
    """One line of the build's final report.

    ``place`` is a page, with a line or a cell where one is known.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def shown_path(path: str | Path) -> str:
    """Name a file relative to the folder of the build command, so that it can be opened there."""
    return Path(os.path.relpath(path)).as_posix()


def page_name(env: BuildEnvironment, docname: str) -> str:
    """Name the source file of a page as a reader of the report would type it."""
    return shown_path(env.doc2path(docname))


def one_line(text: str) -> str:
    """Join the lines of a message, such as NumPy's when two arrays differ."""
    return " ".join(text.split())
