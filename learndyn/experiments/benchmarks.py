"""Measured speed and memory, read from the file that the benchmarks wrote.

Times hold for one machine; what carries over is the ratio to NumPy written by hand, without a
graph and in preallocated buffers, measured in turns in the same run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

DEFAULT, KEPT = "default", "keep_freed_memory()"

# The ratios to the limit that we hold ourselves to, set before the engine was written.
CEILINGS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        DEFAULT: MappingProxyType(
            {"W1": 2.5, "W2": 1.4, "W3": 1.05, "W4a": 1.8, "W4b": 1.8, "W5": 8.0, "W6": 1.3, "W7": 3.0}
        ),
        KEPT: MappingProxyType(
            {"W1": 2.5, "W2": 1.2, "W3": 1.05, "W4a": 1.5, "W4b": 1.5, "W5": 8.0, "W6": 1.3, "W7": 2.0}
        ),
    }
)
IMPORT_CEILING = 0.020  # seconds over NumPy
MEMORY_CEILING = 1.3  # peak over need


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and the quartiles around it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Where one step of ours goes.

    Attributes
    ----------
    nodes : int
        Operations recorded in one step.
    forward_share, backward_share, update_share : float
        Of the step's time: up to the first walk over the graph, up to the end of the last
        sweep, and after it (the update, and freeing the graph). They add up to one.
    limit_page_faults, our_page_faults : float or None
        Pages that the kernel mapped in, for each step; None where the system does not tell.
    """

    nodes: int
    forward_share: float
    backward_share: float
    update_share: float
    limit_page_faults: float | None
    our_page_faults: float | None


@dataclass(frozen=True, slots=True)
class NodeCost:
    """A node of a long chain of one operation, forward and backward.

    Attributes
    ----------
    operation : str
    width : int
        Numbers in each array.
    length : int
        Nodes in the chain.
    rule_seconds : Spread
        The operation's own NumPy calls, forward and in its rule, in a bare loop.
    engine_seconds : Spread
        What the engine adds: the node, the sort, the containers of the sweep.
    """

    operation: str
    width: int
    length: int
    rule_seconds: Spread
    engine_seconds: Spread


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One workload under one setting of the allocator.

    Attributes
    ----------
    workload, title : str
        Short name, and what one step does.
    allocator : str
        "default", or "keep_freed_memory()" if that was called first.
    limit_seconds, our_seconds : Spread
        One step by hand, and with learndyn.
    ratio : Spread
        Ours over the limit, of neighbouring rounds. Its median need not be the ratio of medians.
    profile : Profile
    """

    workload: str
    title: str
    allocator: str
    limit_seconds: Spread
    our_seconds: Spread
    ratio: Spread
    profile: Profile

    @property
    def ceiling(self) -> float:
        """The ratio that we hold ourselves to."""
        return CEILINGS[self.allocator][self.workload]

    @property
    def excess(self) -> float:
        """How far the median lies above the ceiling, as a share of it; negative if below."""
        return self.ratio.median / self.ceiling - 1


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
    node : NodeCost
        What a node costs beyond its arithmetic.
    bytes_per_node : float
        Of a chain of 1,000,000 operations on one number, forward and backward.
    import_numpy_seconds, import_over_numpy_seconds : Spread
        Importing NumPy, and then learndyn.
    """

    machine: Mapping[str, Any]
    times: tuple[TimeRow, ...]
    memory: tuple[MemoryRow, ...]
    node: NodeCost
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

    def missed(self, allocator: str) -> tuple[TimeRow, ...]:
        """The rows under one setting whose median ratio is above the ceiling."""
        return tuple(row for row in self.under(allocator) if row.excess > 0)

    def engine_share(self, workload: str) -> float:
        """The nodes of a workload times the engine's cost of one, as a share of our step.

        The cost is that of ``node``; an operation with two operands costs somewhat more.
        """
        (row,) = (row for row in self.under(KEPT) if row.workload == workload)
        return row.profile.nodes * self.node.engine_seconds.median / row.our_seconds.median


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
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"benchmarks: there is no results file {Path(path).name}. It is in tests/benchmarks of "
            "the repository; make it with pytest tests/benchmarks --measure FILE"
        ) from error
    try:
        found = json.loads(text)
        return Benchmarks(
            machine=dict(found["machine"]),
            times=tuple(_time_row(row) for row in found["times"]),
            memory=tuple(MemoryRow(**row) for row in found["memory"]),
            node=_node_cost(found["node"]),
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
    profile = Profile(**row["profile"])
    return TimeRow(row["workload"], row["title"], row["allocator"], **spreads, profile=profile)


def _node_cost(node: dict[str, Any]) -> NodeCost:
    spreads = {name: Spread(**node[name]) for name in ("rule_seconds", "engine_seconds")}
    return NodeCost(node["operation"], node["width"], node["length"], **spreads)
