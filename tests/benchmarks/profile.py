"""Where a step's time goes: forward, backward, update; and how many nodes and page faults it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median, quantiles
from time import process_time
from typing import Any
from unittest import mock

from learndyn.autodiff import op, run, transforms
from learndyn.autodiff import sweep as sweeps

try:
    import resource
except ImportError:  # not on this system
    resource = None  # type: ignore[assignment]

Step = Callable[[], Any]

SECONDS_PER_ROUND = 0.3


def enough(step: Step) -> int:
    """How many steps fill a round, from a fifth of one, after a first step to warm up."""
    step()
    count, start = 0, process_time()
    while process_time() - start < SECONDS_PER_ROUND / 5:
        step()
        count += 1
    return max(1, round(5 * count))


def spread(samples: list[float]) -> dict[str, float]:
    """Median and quartiles."""
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return {"median": median(samples), "low": low, "high": high}


def profile(limit: Step, ours: Step) -> dict[str, Any]:
    """Nodes recorded in one step of ours, shares of its time, and page faults of both."""
    counts = enough(limit), enough(ours)
    return {
        "nodes": recorded_nodes(ours),
        **shares(ours, max(20, counts[1])),
        "limit_page_faults": page_faults(limit, counts[0]),
        "our_page_faults": page_faults(ours, counts[1]),
    }


def recorded_nodes(step: Step) -> int:
    """Each recorded node takes one creation number, so two of our own enclose them."""
    before = op._next_order()
    step()
    return op._next_order() - before - 1


@contextmanager
def sweeps_marked(marks: list[float]) -> Iterator[None]:
    """Note the time whenever a walk over the graph starts, and whenever a sweep ends."""
    walk, sweep = sweeps.graph_below, sweeps.reverse_sweep

    def marked_walk(*args: Any, **options: Any) -> Any:
        marks.append(process_time())
        return walk(*args, **options)

    def marked_sweep(*args: Any, **options: Any) -> Any:
        result = sweep(*args, **options)
        marks.append(process_time())
        return result

    with ExitStack() as stack:
        for user in (run, transforms):
            stack.enter_context(mock.patch.object(user, "graph_below", marked_walk))
            stack.enter_context(mock.patch.object(user, "reverse_sweep", marked_sweep))
        yield


def shares(step: Step, count: int) -> dict[str, float]:
    """Shares of a step before the first walk over its graph, up to the last sweep's end, and after.

    Medians over many steps, scaled to add up to one.
    """
    parts: tuple[list[float], ...] = ([], [], [])
    marks: list[float] = []
    with sweeps_marked(marks):
        for _ in range(count):
            marks.clear()
            start = process_time()
            step()
            times = start, marks[0], marks[-1], process_time()
            for part, begin, end in zip(parts, times[:-1], times[1:], strict=True):
                part.append(end - begin)
    middles = [median(part) for part in parts]
    names = ("forward_share", "backward_share", "update_share")
    return {name: middle / sum(middles) for name, middle in zip(names, middles, strict=True)}


def page_faults(step: Step, count: int) -> float | None:
    """Pages that the kernel maps in, for each step; None where it cannot be asked."""
    if resource is None:
        return None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(count):
        step()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / count
