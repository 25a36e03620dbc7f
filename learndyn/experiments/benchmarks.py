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

# The ratios to the limit that we hold ourselves to, set from a prototype before the engine was written.
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
SIMULATE_CEILING = 1.3  # training by simulate, over the bare loop


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
    engine_share : Spread
        The step's nodes times what the engine adds to a node of a short chain, over the step's
        time. A node with two operands costs more, so it is a lower estimate.
    limit_page_faults, our_page_faults : float or None
        Pages that the kernel mapped in, for each step; None where the system does not tell.
    """

    nodes: int
    forward_share: float
    backward_share: float
    update_share: float
    engine_share: Spread
    limit_page_faults: float | None
    our_page_faults: float | None


@dataclass(frozen=True, slots=True)
class ChainCost:
    """A node of a chain of one operation, forward and backward.

    Attributes
    ----------
    operation : str
    width : int
        Numbers in each array.
    length : int
        Nodes in the chain.
    collector : bool
        Whether Python's cyclic garbage collector was on.
    rule_seconds : Spread
        The operation's own NumPy calls, forward and in its rule, in a bare loop.
    engine_seconds : Spread
        What the engine adds: the node, the sort, the containers of the sweep.
    engine_over_rule : Spread
        The ratio of both, of turns that followed one another.
    over_hand : Spread
        Rule and engine together, over the chain written by hand.
    """

    operation: str
    width: int
    length: int
    collector: bool
    rule_seconds: Spread
    engine_seconds: Spread
    engine_over_rule: Spread
    over_hand: Spread


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
    chains : tuple of ChainCost
        What a node costs beyond its arithmetic.
    bytes_per_node : float
        Of a chain of 1,000,000 operations on one number, forward and backward.
    import_numpy_seconds, import_over_numpy_seconds : Spread
        Importing NumPy, and then learndyn.
    simulate_ratio : Spread
        Descent on XOR by ``simulate`` of a training map, over the bare loop of gradient steps.
    """

    machine: Mapping[str, Any]
    times: tuple[TimeRow, ...]
    memory: tuple[MemoryRow, ...]
    chains: tuple[ChainCost, ...]
    bytes_per_node: float
    import_numpy_seconds: Spread
    import_over_numpy_seconds: Spread
    simulate_ratio: Spread

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

    def chain(self, length: int, *, collector: bool = True) -> ChainCost:
        """The chain of one length, with or without the cyclic garbage collector.

        Raises
        ------
        ValueError
            If it was not measured.
        """
        for chain in self.chains:
            if (chain.length, chain.collector) == (length, collector):
                return chain
        known = sorted({chain.length for chain in self.chains})
        raise ValueError(f"benchmarks: no chain of {length!r} nodes was measured, only {known}")


def read(path: str | Path) -> Benchmarks:
    """Read the results of ``pytest tests/benchmarks -n0 --measure FILE``.

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
            "the repository; make it with pytest tests/benchmarks -n0 --measure FILE"
        ) from error
    try:
        found = json.loads(text)
        return Benchmarks(
            machine=dict(found["machine"]),
            times=tuple(_time_row(row) for row in found["times"]),
            memory=tuple(MemoryRow(**row) for row in found["memory"]),
            chains=tuple(_chain_cost(chain) for chain in found["chains"]),
            bytes_per_node=float(found["bytes_per_node"]),
            import_numpy_seconds=Spread(**found["import"]["numpy_seconds"]),
            import_over_numpy_seconds=Spread(**found["import"]["over_numpy_seconds"]),
            simulate_ratio=Spread(**found["simulate"]["ratio"]),
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(
            f"benchmarks: {Path(path).name} is no complete results file ({error!r}). Measure again "
            "with pytest tests/benchmarks -n0 --measure FILE"
        ) from error


def _time_row(row: dict[str, Any]) -> TimeRow:
    spreads = {name: Spread(**row[name]) for name in ("limit_seconds", "our_seconds", "ratio")}
    parts = {**row["profile"], "engine_share": Spread(**row["profile"]["engine_share"])}
    return TimeRow(row["workload"], row["title"], row["allocator"], **spreads, profile=Profile(**parts))


def _chain_cost(chain: dict[str, Any]) -> ChainCost:
    parts: dict[str, Any] = {
        name: Spread(**part) if isinstance(part, dict) else part for name, part in chain.items()
    }
    return ChainCost(**parts)
