"""Run a function at every point of a grid, on one machine or many, and keep what it returns.

The loop hands out a bounded number of points, waits for whichever comes back first, and commits
all that have come back in one transaction. Only what is committed counts: whatever else is lost,
with a worker, the machine or the power, is run again by the same call.
"""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from ..dynamics.progress import Progress
from .differences import Identity
from .fingerprint import fingerprint, full_name
from .grid import Grid, Point, make_grid
from .local import LocalProcesses, interactive_main
from .point import Outcome, check_function, run_point
from .result import SweepResult, make_result
from .store import Store

_UNKNOWN_SIZE = 1000  # points in flight where an executor does not say how many workers it has


def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]],
    *,
    seeds: int | Iterable[int] = 1,
    executor: Executor | None = None,
    store: str | PathLike[str] | None = None,
    version: str | None = None,
    extend: bool = False,
    retry: bool = False,
    attempts: int = 3,
    in_flight: int | None = None,
    progress: bool | None = None,
) -> SweepResult:
    """Run a function at all points of a grid that a store does not hold yet.

    Parameters
    ----------
    function : callable
        Defined at the top of a module. It is called with the point's values by name; if it has a
        parameter ``rng``, it is given a ``numpy.random.Generator`` of the point's own, and for a
        parameter ``seed`` that is no axis an integer. It returns a number, an array, or several
        by name: a mapping or a dataclass. It may be called again for a point that was in flight
        when something died, so it should have no effect but its result.
    grid : mapping of str to 1-d iterable
        The axes: numbers, strings or booleans for each parameter.
    seeds : int or iterable of int
        How many independent repeats of each point, or a number for each.
    executor : concurrent.futures.Executor or None
        Where to run. None starts a process for each core of this machine, ``LocalProcesses()``.
        Any other is used as it is, and not shut down; Dask's is ``client.get_executor()``.
    store : path or None
        An SQLite file that takes results as they arrive. None keeps them in memory.
    version : str or None
        The version of the code, instead of the digest of all sources that the function reaches.
        Then it is you who says when a change matters.
    extend : bool
        Whether the grid may have values, or seeds, that the store has not: they are added to it.
    retry : bool
        Whether points that failed in an earlier run are run again.
    attempts : int
        How often a point is handed out before the loss of its worker counts as its failure.
    in_flight : int or None
        How many points are with the executor at once: all that the death of the run can cost.
        None takes two for each worker, and 1000 where the number of workers is not known, as
        with Dask. As each commit waits for the disk, points of a few milliseconds run faster
        with more.
    progress : bool or None
        True always shows a progress bar, False never; None on a terminal, after a second.

    Returns
    -------
    SweepResult
        The whole sweep, what earlier runs stored included.

    Raises
    ------
    TypeError, ValueError
        If the function, the grid or an option cannot be used.
    SweepMismatch
        If the store holds another function, version or grid; the message has the differences.
    StoreError
        If another run is writing to the store, or the file is something else.
    BrokenExecutor
        If the executor broke as a whole, as a ``ProcessPoolExecutor`` does when a worker is
        killed. What was finished is kept.

    Notes
    -----
    A point's random numbers come from its values and seed alone (see ``streams``), so the result
    is the same to the bit whatever the executor, the number of workers and the order, as far as
    the function's own arithmetic is: BLAS may round otherwise with another number of threads, so
    ``LocalProcesses`` allows one, as Dask's workers do by default.

    A point that raises is stored with its traceback, and the sweep goes on. A worker that dies
    takes its point with it, which is handed out again. After Ctrl-C, or the death of the whole
    run, the same call runs what is missing.

    Examples
    --------
    >>> result = sweep(train_once, {"step_size": [0.1, 0.2], "width": [2, 4, 8]}, seeds=10,
    ...                store="widths.sqlite")                              # doctest: +SKIP
    >>> result.dims, result["loss"].shape                                  # doctest: +SKIP
    (('step_size', 'width', 'seeds'), (2, 3, 10))
    >>> result.select(width=8)["loss"].mean(axis=-1)                       # doctest: +SKIP
    """
    points = make_grid(grid, seeds)
    check_function(function, list(points.axes), len(points.seeds))
    for name, value in (("attempts", attempts), ("in_flight", in_flight)):
        if value is not None and value < 1:
            raise ValueError(f"sweep: {name} must be at least 1, got {value}")
    code = fingerprint(function) if version is None else {"version": version}
    with _ready(executor, function) as ready:
        kept = Store(store, Identity(full_name(function), code, points), extend=extend)
        with contextlib.closing(kept):
            held = {key for key, status in kept.keys().items() if status == "done" or not retry}
            run = _Run(function, ready, kept, attempts, in_flight or _window(ready))
            try:
                run.all(points, held, progress)
            except BaseException as error:
                with contextlib.suppress(sqlite3.Error):  # the first error is the one to tell
                    run.keep_finished()
                    error.add_note(
                        f"sweep: {kept.count():,} of {len(points):,} points are in {kept.name}"
                        + ("" if store is None else "; the same call runs the others")
                    )
                raise
            return make_result(*kept.read())


@dataclass(slots=True)
class _Run:
    """One call of ``sweep``: what is with the executor, and what has come back."""

    function: Callable[..., Any]
    executor: Executor
    store: Store
    attempts: int
    window: int
    pending: dict[Future[Outcome], str] = field(default_factory=dict)
    again: deque[str] = field(default_factory=deque)
    lost: Counter[str] = field(default_factory=Counter)
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def all(self, grid: Grid, held: set[str], progress: bool | None) -> None:
        """Run the points that are not held."""
        missing = (point.key for point in grid if point.key not in held)
        total = len(grid) - len(held)
        finished = 0
        with Progress("sweep", total, progress, unit="points") as bar:
            while self.hand_out(missing):
                back, _ = wait(self.pending, return_when=FIRST_COMPLETED)
                for future in back:
                    if isinstance(error := _error(future), BrokenExecutor):
                        raise error  # keep_finished stores what the others came to
                outcomes = [outcome for future in back if (outcome := self.take(future)) is not None]
                self.store.write(outcomes)
                for future in back:
                    del self.pending[future]
                finished += len(outcomes)
                bar.update(finished, finished)

    def hand_out(self, missing: Iterator[str]) -> bool:
        """Fill the window, points that lost their worker first; tell whether anything is in it."""
        while len(self.pending) < self.window:
            key = self.again.popleft() if self.again else next(missing, None)
            if key is None:
                break
            # Schedulers such as Dask's hand out what they know when they are asked the same again.
            call = f"{self.name}/{self.lost[key]}"
            self.pending[self.executor.submit(run_point, self.function, key, call)] = key
        return bool(self.pending)

    def take(self, future: Future[Outcome]) -> Outcome | None:
        """Return what a call came to; None if its worker was lost and it is to be run again.

        ``run_point`` itself never raises: an exception here is the executor's.
        """
        key, error = self.pending[future], _error(future)
        if error is None:
            return future.result()
        self.lost[key] += 1
        if self.lost[key] < self.attempts:
            self.again.append(key)
            return None
        told = f"{type(error).__name__}: {error}"
        tries = f"handed out {self.attempts} times, each time without an answer"
        return Outcome(
            key,
            None,
            told,
            f"{Point.from_key(key)}: {tries}; the last time\n{told}\n",
            0.0,
        )

    def keep_finished(self) -> None:
        """Store what came back before the run ended, and call the rest off."""
        for future in self.pending:
            future.cancel()
        held = self.store.keys()
        finished = [future for future, key in self.pending.items() if future.done() and key not in held]
        self.store.write(future.result() for future in finished if _error(future) is None)


def _error(future: Future[Outcome]) -> BaseException | None:
    """Return why a call that has come back has no result."""
    return CancelledError("by the executor") if future.cancelled() else future.exception()


@contextlib.contextmanager
def _ready(executor: Executor | None, function: Callable[..., Any]) -> Iterator[Executor]:
    """Check a given executor, or start one and end it, at once if the run fails."""
    if executor is not None and not isinstance(executor, Executor):
        advice = "client.get_executor()" if hasattr(executor, "get_executor") else "None for local processes"
        raise TypeError(
            f"sweep: executor must be a concurrent.futures.Executor, got {type(executor).__name__}. Pass {advice}"
        )
    spawns = executor is None or isinstance(executor, LocalProcesses | ProcessPoolExecutor)
    if spawns and function.__module__ == "__main__" and interactive_main():
        raise TypeError(
            f"sweep: {function.__qualname__} was typed in, so a new process cannot import it. Put it into a "
            "module, or pass executor=ThreadPoolExecutor()"
        )
    if executor is not None:
        yield executor
        return
    local = LocalProcesses()
    try:
        yield local
    except BaseException:
        local.kill()
        raise
    local.shutdown()


def _window(executor: Executor) -> int:
    # The pools of concurrent.futures keep the number under this name.
    workers = getattr(executor, "workers", None) or getattr(executor, "_max_workers", None)
    return 2 * workers if isinstance(workers, int) else _UNKNOWN_SIZE
