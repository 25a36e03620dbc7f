"""Measured speed and memory, read from the file that the benchmarks wrote.

Times hold for one machine; what carries over is the ratio to NumPy written by hand, without a
graph and in preallocated buffers, measured in turns in the same run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and the quartiles around it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One workload under one setting of the allocator.

    Attributes
    ----------
    workload, title : str
        Short name, and what one step does.
    allocator : str
        "default", or the environment variable that was set.
    limit_seconds, our_seconds : Spread
        One step by hand, and with learndyn.
    ratio : Spread
        Ours over the limit, of neighbouring rounds. Its median need not be the ratio of medians.
    """

    workload: str
    title: str
    allocator: str
    limit_seconds: Spread
    our_seconds: Spread
    ratio: Spread


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """Peak memory of forward and backward, and the least that backward has to hold."""

    workload: str
    needed_bytes: int
    peak_bytes: int

    @property
    def ratio(self) -> float:
        """Peak over need."""
        return self.peak_bytes / self.needed_bytes


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """All that one measurement found.

    Attributes
    ----------
    machine : mapping of str to str or int
        Processor, cores, Python, NumPy, BLAS and its threads.
    times : tuple of TimeRow
    memory : tuple of MemoryRow
    bytes_per_node : float
        Of a chain of 1,000,000 operations on one number, forward and backward.
    import_numpy_seconds, import_over_numpy_seconds : Spread
        Importing NumPy, and then learndyn.
    """

    machine: Mapping[str, Any]
    times: tuple[TimeRow, ...]
    memory: tuple[MemoryRow, ...]
    bytes_per_node: float
    import_numpy_seconds: Spread
    import_over_numpy_seconds: Spread

    def under(self, allocator: str) -> tuple[TimeRow, ...]:
        """The rows that were measured under one setting of the allocator.

        Raises
        ------
        ValueError
            If nothing was measured under it.
        """
        rows = tuple(row for row in self.times if row.allocator == allocator)
        if not rows:
            known = sorted({row.allocator for row in self.times})
            raise ValueError(f"benchmarks: nothing was measured under {allocator!r}, only {known}")
        return rows


def read(path: str | Path) -> Benchmarks:
    """Read the results of ``pytest tests/benchmarks --measure FILE``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file lacks a part, and so is not one of these results.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        return Benchmarks(
            machine=dict(found["machine"]),
            times=tuple(_time_row(row) for row in found["times"]),
            memory=tuple(MemoryRow(**row) for row in found["memory"]),
            bytes_per_node=float(found["bytes_per_node"]),
            import_numpy_seconds=Spread(**found["import"]["numpy_seconds"]),
            import_over_numpy_seconds=Spread(**found["import"]["over_numpy_seconds"]),
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(
            f"benchmarks: {Path(path).name} is no complete results file ({error!r}). Measure again "
            "with pytest tests/benchmarks --measure FILE"
        ) from error


def _time_row(row: dict[str, Any]) -> TimeRow:
    spreads = {name: Spread(**row[name]) for name in ("limit_seconds", "our_seconds", "ratio")}
    return TimeRow(row["workload"], row["title"], row["allocator"], **spreads)
