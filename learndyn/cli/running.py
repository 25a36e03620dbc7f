"""``run``: one experiment, its numbers on the terminal, and its files."""

from __future__ import annotations

import inspect
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ..dynamics.progress import clock
from .catalogue import Entry, find
from .checking import check_topics
from .drawing import draw, figure_names, require_matplotlib
from .files import refuse_existing, versions, write_arrays, write_json
from .numbers import describe, scalars, stopped
from .options import PROGRAM, Parser, add_parameters, arguments, given_values
from .status import FAILED, FINE, UsageError
from .tables import compare, others

PROGRESS = "progress"


def run(argv: Sequence[str]) -> int:
    """Run the experiment that the first argument names; return the exit status."""
    parser = Parser(prog=f"{PROGRAM} run", description="Run one experiment.")
    if not argv or argv[0].startswith("-"):
        parser.add_argument("name", help=f"the experiment; {PROGRAM} list names them")
        parser.add_argument("options", nargs="*", help="its options; NAME --help lists them")
        parser.parse(argv)
    entry = find(argv[0])
    parser = _parser(entry)
    found = parser.parse(argv[1:])
    values = given_values(entry, found)
    try:
        given = arguments(entry, values, progress=None if found.progress else False)
    except ValueError as error:
        parser.error(str(error))
    targets = {}
    if found.out is not None:
        if not found.no_figures:
            require_matplotlib()
        targets = _targets(entry, found.out, figures=not found.no_figures)
        refuse_existing(targets.values(), force=found.force)
    start = perf_counter()
    result = call(entry, given)
    seconds = perf_counter() - start
    status = _report(entry, result, seconds)
    if targets:
        command = shlex.join([*PROGRAM.split(), "run", *argv])
        _write(entry, given, result, targets, command=command, seconds=seconds)
    if found.check:
        if not entry.topics:
            print(
                f"no topic of the table of predictions uses {entry.name}",
                file=sys.stderr,
            )
        elif check_topics(entry.topics) != FINE:
            status = FAILED
    return status


def call(entry: Entry, given: dict[str, Any]) -> Any:
    """Call the experiment; a value that it refuses is the fault of whoever gave it.

    Raises
    ------
    UsageError
        With the experiment's own message.
    ArithmeticError
        If the run diverged, or its equations could not be solved.
    """
    try:
        return entry.load()(**given)
    except np.linalg.LinAlgError as error:  # a ValueError, but of the numbers and not of the options
        raise ArithmeticError(f"{entry.name}: {error}") from error
    except ValueError as error:
        # The house's words for a state or a product that has left the numbers.
        kind = ArithmeticError if "not finite" in str(error) else UsageError
        raise kind(f"{entry.name}: {error}") from error


def _parser(entry: Entry) -> Parser:
    about = [entry.summary]
    if entry.topics:
        about.append(f"Topics of the table of predictions: {', '.join(entry.topics)}.")
    if entry.fixed:
        about.append(f"Not from the command line: {', '.join(entry.fixed)}.")
    parser = Parser(
        prog=f"{PROGRAM} run {entry.name}",
        description=" ".join(about).replace("%", "%%"),
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write numbers and figures there")
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.add_argument("--no-figures", action="store_true", help="write numbers only")
    parser.add_argument(
        "--check",
        action="store_true",
        help="compute its predictions too, and fail with them",
    )
    parser.add_argument(
        "--no-progress",
        action="store_false",
        dest=PROGRESS,
        help="no progress bar where there is a choice",
    )
    add_parameters(parser, entry, without=(PROGRESS,))
    return parser


def _targets(entry: Entry, folder: Path, *, figures: bool) -> dict[str, Path]:
    """Return all files that a run may write, by suffix or figure."""
    paths = {suffix: folder / f"{entry.name}{suffix}" for suffix in (".json", ".npz")}
    for name in figure_names(entry) if figures else ():
        paths |= {f"{name}{suffix}": folder / f"{entry.name}.{name}{suffix}" for suffix in (".svg", ".png")}
    return paths


def _report(entry: Entry, result: Any, seconds: float) -> int:
    print(f"{entry.name}: {entry.summary}")
    texts = [text for text in (compare(result), others(result)) if text]
    for text in texts or ["  its result has no single numbers; --out writes all of it"]:
        print(f"\n{text}")
    print(f"\nran for {clock(seconds)}" if seconds >= 1 else f"\nran for {seconds:.2g} s")
    if entry.topics:
        names = " ".join(topic.replace(" ", "-") for topic in entry.topics)
        print(f"its predictions, with tolerances: {PROGRAM} check {names}")
    early = stopped(result)
    for reason in early:
        print(f"{entry.name}: ended early, {reason}", file=sys.stderr)
    return FAILED if early else FINE


def _write(
    entry: Entry,
    given: dict[str, Any],
    result: Any,
    targets: dict[str, Path],
    *,
    command: str,
    seconds: float,
) -> None:
    arrays: dict[str, np.ndarray] = {}
    described = describe(result, "", arrays)
    content = {
        "experiment": entry.name,
        "function": f"learndyn.experiments.{entry.module}.{entry.function}",
        "command": command,
        "options": {name: describe(value, name, {}) for name, value in _all_options(entry, given).items()},
        "versions": versions(),
        "seconds": round(seconds, 3),
        "numbers": {name: describe(value, "", {}) for name, value in scalars(result).items()},
        "arrays": targets[".npz"].name,
        "result": described,
    }
    figures, missing = draw(entry, result) if len(targets) > 2 else ({}, [])
    write_arrays(targets[".npz"], arrays)
    write_json(targets[".json"], content)
    written = [".json", ".npz"]
    for name, figure in figures.items():
        for suffix in (".svg", ".png"):
            figure.save(targets[name + suffix])
            written.append(name + suffix)
    for reason in missing:
        print(f"{entry.name}: {reason}", file=sys.stderr)
    print("wrote " + ", ".join(str(targets[key]) for key in written))


def _all_options(entry: Entry, given: dict[str, Any]) -> dict[str, Any]:
    """Return every argument of the call, defaults included: defaults may change with a version."""
    bound = inspect.signature(entry.load()).bind(**given)
    bound.apply_defaults()
    return dict(bound.arguments)
