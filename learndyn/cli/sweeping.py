"""``sweep``: one experiment over a grid, on several processes, into a file that can be resumed."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .catalogue import Entry, find
from .files import refuse_existing, versions, write_arrays, write_json
from .numbers import describe, scalars
from .options import (
    PROGRAM,
    Parser,
    add_parameters,
    arguments,
    given_values,
    kind_of_value,
)
from .running import PROGRESS
from .status import FAILED, FINE, UsageError
from .tables import show, table

EXPERIMENT = "experiment"
_SEED = "seed"
_MOST_ROWS, _MOST_COLUMNS = 40, 6


def measure(**values: Any) -> dict[str, float]:
    """Run an experiment at one point of a grid and return its numbers.

    ``experiment`` names it; a sequence is handed over as JSON, and the dots in the name of a
    hyperparameter of a rule, which no Python name has, as two underscores.
    """
    entry = find(values.pop(EXPERIMENT))
    given = {}
    for name, value in values.items():
        name = name.replace("__", ".")
        kind = kind_of_value(entry, name)
        assert kind is not None  # the grid has no other names
        if value == "null" and kind.optional:
            value = None
        elif kind.form != "one":
            value = _tuples(json.loads(value))
        given[name] = value
    result = entry.load()(**arguments(entry, given, progress=False))
    return {name: float(value) for name, value in scalars(result).items()}


def measure_seeded(*, seed: int, **values: Any) -> dict[str, float]:
    """Run an experiment at one point with a seed of the point's own."""
    return measure(seed=seed, **values)


def run_sweep(argv: Sequence[str]) -> int:
    """Run the experiment that the first argument names over a grid; return the exit status."""
    if not argv or argv[0].startswith("-"):
        parser = Parser(prog=f"{PROGRAM} sweep", description="Run one experiment over a grid.")
        parser.add_argument("name", help=f"the experiment; {PROGRAM} list names them")
        parser.add_argument("options", nargs="*", help="its options; NAME --help lists them")
        parser.parse(argv)
    entry = find(argv[0])
    parser = _parser(entry)
    found = parser.parse(argv[1:])
    axes = dict(_axis(entry, text) for text in found.grid)
    if found.seeds is not None and not any(p.name == _SEED for p in entry.parameters):
        parser.error(f"{entry.name} draws no random numbers, so it has no --seeds")
    grid = _grid(entry, given_values(entry, found), axes, found.seeds)
    missing = [p.name for p in entry.parameters if p.required and p.kind and p.name not in grid]
    if missing:
        parser.error(f"{entry.name} needs {missing[0]}: give it, or an axis of the grid")
    targets = [found.out / f"{entry.name}.sweep{suffix}" for suffix in (".json", ".npz")] if found.out else []
    refuse_existing(targets, force=found.force)
    result = _sweep(entry, grid, found)
    if targets:
        _write(entry, result, targets, shlex.join([*PROGRAM.split(), "sweep", *argv]))
    _report(entry, result, list(axes), found.show)
    for failure in result.failures[:3]:
        print(
            f"{entry.name}: {failure.values}, seed {failure.seed}: {failure.error}",
            file=sys.stderr,
        )
    return FAILED if result.failures else FINE


def _parser(entry: Entry) -> Parser:
    parser = Parser(
        prog=f"{PROGRAM} sweep {entry.name}",
        description=f"{entry.summary} Run over a grid.".replace("%", "%%"),
    )
    parser.add_argument(
        "--grid", action="append", required=True, metavar="NAME=VALUES",
        help="an axis: 0.05,0.1 are two values, 0:0.9:10 is ten at equal distances; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="repeats of each point, with seeds of their own",
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep results there, and go on from there",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes (default: one for each core)",
    )
    parser.add_argument(
        "--extend",
        action="store_true",
        help="the grid may have points that the store has not",
    )
    parser.add_argument("--retry", action="store_true", help="run again what failed in an earlier run")
    parser.add_argument("--show", nargs="+", metavar="NUMBER", help="which numbers to print")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="write all numbers there, as JSON and NPZ",
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    add_parameters(parser, entry, needed=False, without=(PROGRESS,))
    return parser


def _axis(entry: Entry, text: str) -> tuple[str, list[Any]]:
    """Read ``step_size=0.05,0.1`` or ``momentum=0:0.9:10``."""
    name, equals, written = text.partition("=")
    name = name.strip().replace("-", "_")
    rule = f"rule.{'name' if name == 'rule' else name.removeprefix('rule_')}"
    own = {parameter.name for parameter in entry.parameters if parameter.kind}
    name = name if name in own else rule
    kind = kind_of_value(entry, name)
    if not equals or kind is None:
        known = [parameter.name for parameter in entry.parameters if parameter.name != PROGRESS]
        raise UsageError(
            f"--grid {text!r} is no NAME=VALUES with a parameter of {entry.name}. It has: {', '.join(known)}"
        )
    if kind.form != "one":
        raise UsageError(f"--grid {text!r}: {name} is a sequence, and an axis is made of single values")
    try:
        return name, _values(kind, written)
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise UsageError(f"--grid {text!r}: {error}") from None


def _values(kind: Any, written: str) -> list[Any]:
    if kind.items[0] not in ("int", "float") or written.count(":") != 2:
        return [kind.read(word) for word in written.split(",")]
    low, high, count = written.split(":")
    values = np.linspace(float(low), float(high), int(count))
    if kind.items[0] == "float":
        return list(map(float, values))
    if not np.array_equal(values, values.round()):
        raise ValueError(f"{written} does not give whole numbers (int)")
    return [int(value) for value in values]


def _grid(
    entry: Entry, fixed: dict[str, Any], axes: dict[str, list[Any]], seeds: int | None
) -> dict[str, list[Any]]:
    """Return the axes of the sweep: one value for the experiment and for each fixed parameter."""
    twice = [name for name in fixed if name in axes]
    if twice:
        raise UsageError(f"{twice[0]} is given once as an option and once as an axis: leave one out")
    if seeds is not None and _SEED in fixed | axes:
        raise UsageError(
            "--seeds draws a seed for each repeat, so no seed can be given as well: leave one out"
        )
    grid = {EXPERIMENT: [entry.name]}
    for name, value in fixed.items():
        grid[name] = [json.dumps(value) if value is None or isinstance(value, tuple) else value]
    return {name.replace(".", "__"): values for name, values in (grid | axes).items()}


def _sweep(entry: Entry, grid: dict[str, list[Any]], found: argparse.Namespace) -> Any:
    from ..sweeps import LocalProcesses, StoreError, SweepMismatch, sweep
    from ..sweeps.fingerprint import fingerprint

    code = json.dumps(fingerprint(entry.load()), sort_keys=True)
    version = hashlib.sha256(code.encode()).hexdigest()[:16]
    workers = found.workers if found.workers is not None else os.cpu_count() or 1
    if workers < 1 or (found.seeds is not None and found.seeds < 1):
        raise UsageError("--workers and --seeds must be at least 1")
    function = measure if found.seeds is None else measure_seeded
    processes = LocalProcesses(workers)
    try:
        result = sweep(
            function, grid, seeds=found.seeds or 1, executor=processes, store=found.store,
            version=version, extend=found.extend, retry=found.retry,
        )  # fmt: skip
    except BaseException as error:
        processes.kill()  # a shutdown would wait for points that may take hours
        if isinstance(error, SweepMismatch | StoreError | ValueError | TypeError):
            raise UsageError(str(error)) from error
        raise
    processes.shutdown()
    return result


def _report(entry: Entry, result: Any, axes: list[str], chosen: list[str] | None) -> None:
    """Print the mean over the seeds at each point, or the count of points where there are many."""
    wrong = [name for name in chosen or () if name not in result.arrays]
    if wrong:
        raise UsageError(f"{entry.name} measures no {wrong[0]}. It measures: {', '.join(result.arrays)}")
    points, failed = result.done.size, int(result.failed.sum())
    print(f"{entry.name}: {points} points, {failed} failed")
    dims = [name.replace(".", "__") for name in axes]
    # What does not vary over the grid is most likely an option that came back with the result.
    varying = [
        name
        for name, values in result.arrays.items()
        if np.unique(values).size > 1 and "rule" not in name.split(".")
    ]
    names = chosen or varying[:_MOST_COLUMNS]
    if not names:
        return
    places = list(np.ndindex(*(len(result.axes[name]) for name in dims)))
    order = [*(result.dims.index(name) for name in dims), len(result.dims) - 1]
    shape = (*(len(result.axes[name]) for name in dims), -1)
    columns = {}
    for name in names:
        values = result.arrays[name]
        rest = [place for place in range(values.ndim) if place not in order]
        columns[name] = values.transpose(*order[:-1], *rest, order[-1]).reshape(shape).mean(axis=-1)
    head = (*("rule" if name == "rule.name" else name.removeprefix("rule.") for name in axes), *names)
    rows = [
        (
            *(_plain(result.axes[name][i]) for name, i in zip(dims, place, strict=True)),
            *(show(columns[name][place]) for name in names),
        )
        for place in places[:_MOST_ROWS]
    ]
    print(table([head, *rows]))
    if len(places) > _MOST_ROWS:
        print(f"  and {len(places) - _MOST_ROWS} more")
    hidden = [name for name in result.arrays if name not in names]
    if hidden and chosen is None:
        print(f"also measured: {', '.join(hidden[:20])}{', ...' if len(hidden) > 20 else ''}")


def _write(entry: Entry, result: Any, targets: list[Path], command: str) -> None:
    arrays = {f"axis.{name}": np.asarray(values) for name, values in result.axes.items()} | result.arrays
    content = {
        "experiment": entry.name,
        "command": command,
        "versions": versions(),
        "axes": describe(dict(result.axes), "", {}),
        "dims": list(result.dims),
        "failures": describe(list(result.failures), "", {}),
        "arrays": dict.fromkeys(result.arrays, targets[1].name),
    }
    write_arrays(targets[1], arrays)
    write_json(targets[0], content)
    print("wrote " + ", ".join(map(str, targets)))


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, str | np.str_) else show(value)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
