"""Let no failure pass: neither in this build, nor in the next one.

Sphinx by itself forgets. A page that was read with a warning is saved, and a second build of
the same command finds nothing to do and succeeds. So a build leaves a mark when it starts and
takes the mark away only when it ends without a failure. A build that finds a mark forgets what
was saved and reads every page again. That covers a build which was interrupted, too. Executions
that succeeded stay in their cache, so reading again is cheap.
"""

from __future__ import annotations

import logging
import sys
from functools import partial
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxWarning
from sphinx.util.logging import NAMESPACE, WarningIsErrorFilter, WarningStreamHandler

from .execution_report import execution_failures
from .failure import Failure, one_line, page_name, shown_path
from .written_pages import written_page_failures

__all__ = ["connect"]

AFTER_ALL_OTHERS = 900  # the default is 500, and some extensions still write files then


def connect(app: Sphinx) -> None:
    """Record warnings from now on, mark the start, and judge the end of the build."""
    recorder = WarningRecorder(missed=app._warncount)
    for handler in logging.getLogger(NAMESPACE).handlers:
        if isinstance(handler, WarningStreamHandler):
            recorder.listen_to(handler)
    app.connect("config-inited", start_build)
    app.connect("build-finished", partial(judge_build, recorder=recorder), AFTER_ALL_OTHERS)


class WarningRecorder(logging.Filter):
    """Remember each warning that Sphinx prints, as a failure."""

    def __init__(self, missed: int) -> None:
        super().__init__()
        self.failures: dict[Failure, None] = {}  # in order, each once
        if missed:
            message = f"{missed} warnings came before the book's extension, see the log's start"
            self.failures[Failure("_config.yml", message)] = None

    def listen_to(self, handler: WarningStreamHandler) -> None:
        """Take the place before the filter that, under -W, raises the warning as an error.

        The filters before it have dropped the suppressed warnings and resolved places to files.
        """
        last = [isinstance(each, WarningIsErrorFilter) for each in handler.filters].index(True)
        handler.filters.insert(last, self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Remember a record and let it pass."""
        # A failed execution is reported with its cell, and these two name the page only.
        if (getattr(record, "type", None), getattr(record, "subtype", None)) != ("mystnb", "exec"):
            place = place_of(getattr(record, "location", None))
            # Sphinx's own getMessage puts the place and the level before the message.
            message = one_line(logging.LogRecord.getMessage(record))
            self.failures[Failure(place, message)] = None
        return True


def place_of(location: str | None) -> str:
    """Turn Sphinx's ``/absolute/page.md:12`` into the page as the report names it."""
    if not location:
        return "the book"
    path, _, line = location.rpartition(":")
    if path and (line.isdigit() or not line):
        return f"{shown_path(path)}:{line}".rstrip(":")
    return shown_path(location)


def start_build(app: Sphinx, config: Config) -> None:
    """Leave the mark, and forget what a build that did not succeed has saved."""
    mark = mark_of(app)
    if mark.exists():
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def mark_of(app: Sphinx) -> Path:
    """Give the file that exists as long as the last build has not succeeded."""
    return Path(app.doctreedir, "unfinished-build")


def judge_build(app: Sphinx, exception: Exception | None, *, recorder: WarningRecorder) -> None:
    """Fail the build and list its failures, or take the mark away."""
    failures = execution_failures(app.env) + list(recorder.failures)
    if exception is None:
        failures += written_page_failures(app)
    elif not (failures and isinstance(exception, SphinxWarning)):  # under -W it is recorded
        failures.append(failure_of(app, exception))
    if not failures:
        mark_of(app).unlink(missing_ok=True)
        return
    app.statuscode = 1
    print_report(failures)


def failure_of(app: Sphinx, exception: Exception) -> Failure:
    """Name the page that was read when an exception ended the build, if it was one."""
    docname = app.env.temp_data.get("docname")
    place = "the book" if docname is None else page_name(app.env, docname)
    return Failure(place, one_line(f"{type(exception).__name__}: {exception}"))


def print_report(failures: list[Failure]) -> None:
    """List the failures at the end of the log, even when Sphinx was asked to be quiet."""
    count = f"{len(failures)} failure" + ("s" if len(failures) > 1 else "")
    lines = [f"learndyn: the build has {count}", *(f"  {failure}" for failure in failures)]
    print("", *lines, "", sep="\n", file=sys.stderr, flush=True)
