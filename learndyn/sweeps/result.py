"""A sweep as arrays with named axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from .differences import Identity
from .grid import SEEDS, Point, Value
from .items import unpack
from .point import Outcome
from .store import read_store

_CLOSE = 1e-9  # relative; a step of 0.1 * 3 is meant by 0.3


@dataclass(frozen=True, slots=True)
class Failure:
    """A point that has no result, and why.

    Attributes
    ----------
    values : dict of str to value
        Where on the grid.
    seed : int
        With which of the seeds.
    error : str
        The exception in one line.
    traceback : str
        Where it was raised.
    """

    values: dict[str, Value]
    seed: int
    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class SweepResult:
    """All that a sweep has found.

    Attributes
    ----------
    axes : dict of str to ndarray, shape (n,) each
        The values on each axis, in the order of the arrays' axes; the last is ``"seeds"``.
    arrays : dict of str to ndarray, shape (*shape, ...)
        What the function returned, by name. Where a point has no result, floats, integers and
        booleans (which become floats then) are NaN and strings are empty. If the shape of an
        entry differs from point to point, its array has dtype object and shape ``shape``, and
        holds arrays, and None where there is no result.
    done, failed : ndarray of bool, shape (*shape,)
        Which points have a result, and which raised; a point that is neither is missing.
    seconds : ndarray, shape (*shape,)
        How long each point took; NaN where it is missing.
    failures : tuple of Failure
        Why points failed.
    function : str
        What was run.
    code : dict of str to str
        The version of the code that was run, piece by piece.
    """

    axes: dict[str, np.ndarray]
    arrays: dict[str, np.ndarray]
    done: np.ndarray
    failed: np.ndarray
    seconds: np.ndarray
    failures: tuple[Failure, ...]
    function: str
    code: dict[str, str]

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of the axes, in order."""
        return tuple(self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.done.shape

    @property
    def missing(self) -> np.ndarray:
        """Which points have neither a result nor a failure, shape (*shape,)."""
        return ~(self.done | self.failed)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return an array by its name.

        Raises
        ------
        KeyError
            If the function returned nothing of that name.
        """
        if name not in self.arrays:
            raise KeyError(
                f"SweepResult: no array is named {name!r}. There are: {', '.join(self.arrays) or 'none'}"
            )
        return self.arrays[name]

    def select(self, **choice: Any) -> SweepResult:
        """Return the part of the sweep at some values of some axes.

        Parameters
        ----------
        **choice : value or list of values
            By the name of the axis. A single value removes the axis, a list keeps it, in the
            list's order. Floats need to agree to nine digits.

        Raises
        ------
        KeyError
            If there is no such axis, or the axis has no such value.
        """
        unknown = [name for name in choice if name not in self.axes]
        if unknown:
            raise KeyError(f"SweepResult: no axis is named {unknown[0]!r}. There are: {', '.join(self.axes)}")
        result = self
        for name, wanted in choice.items():
            result = result._along(name, wanted)
        return result

    def _along(self, name: str, wanted: Any) -> SweepResult:
        single = isinstance(wanted, str) or not isinstance(wanted, Iterable)
        places = [_place(name, self.axes[name], value) for value in ([wanted] if single else wanted)]
        position = self.dims.index(name)
        index = (slice(None),) * position + (places[0] if single else np.asarray(places, int),)
        axes = {
            other: values[places] if other == name else values
            for other, values in self.axes.items()
            if not (single and other == name)
        }
        kept = {value.item() for value in self.axes[name][places]}
        return SweepResult(
            axes,
            {key: array[index] for key, array in self.arrays.items()},
            np.asarray(self.done[index]),
            np.asarray(self.failed[index]),
            np.asarray(self.seconds[index]),
            tuple(f for f in self.failures if (f.seed if name == SEEDS else f.values[name]) in kept),
            self.function,
            self.code,
        )


def load_sweep(store: str | PathLike[str]) -> SweepResult:
    """Read a sweep from its store, finished or not, also while it runs.

    Parameters
    ----------
    store : path
        What ``sweep`` was given.

    Raises
    ------
    StoreError
        If there is no such file, or it is no store of a sweep.
    """
    return make_result(*read_store(store))


def make_result(identity: Identity, outcomes: Iterable[Outcome]) -> SweepResult:
    """Lay stored points out on the grid."""
    grid = identity.grid
    place = {point.key: index for index, point in enumerate(grid)}
    done, failed = np.zeros(len(grid), bool), np.zeros(len(grid), bool)
    seconds = np.full(len(grid), np.nan)
    found: dict[str, dict[int, np.ndarray]] = {}
    failures = {}
    for outcome in outcomes:
        index = place[outcome.key]
        seconds[index] = outcome.seconds
        if outcome.result is None:
            failed[index] = True
            point = Point.from_key(outcome.key)
            failures[index] = Failure(point.values, point.seed, outcome.error or "", outcome.traceback or "")
            continue
        done[index] = True
        for name, array in unpack(outcome.result).items():
            found.setdefault(name, {})[index] = array
    axes = {name: np.array(values) for name, values in grid.axes.items()}
    return SweepResult(
        {**axes, SEEDS: np.array(grid.seeds)},
        {name: _lay_out(entries, grid.shape) for name, entries in sorted(found.items())},
        done.reshape(grid.shape),
        failed.reshape(grid.shape),
        seconds.reshape(grid.shape),
        tuple(failures[index] for index in sorted(failures)),
        identity.function,
        identity.code,
    )


def _lay_out(entries: dict[int, np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Return one array of all entries; where there is none, NaN, or what stands for it."""
    count = int(np.prod(shape))
    shapes = {entry.shape for entry in entries.values()}
    text = {entry.dtype.kind == "U" for entry in entries.values()}
    if len(shapes) > 1 or len(text) > 1:
        ragged = np.empty(count, object)
        for index, entry in entries.items():
            ragged[index] = entry
        return ragged.reshape(shape)
    dtype = np.result_type(*{entry.dtype for entry in entries.values()})
    gaps = len(entries) < count
    if gaps and dtype.kind in "biu":
        dtype = np.dtype(float)
    laid = np.full((count, *shapes.pop()), np.nan if gaps and dtype.kind in "fc" else 0, dtype)
    if dtype.kind == "U":
        laid[...] = ""
    for index, entry in entries.items():
        laid[index] = entry
    return laid.reshape(*shape, *laid.shape[1:])


def _place(name: str, values: np.ndarray, wanted: Any) -> int:
    same = values == wanted
    if not np.any(same) and values.dtype.kind == "f" and isinstance(wanted, int | float | np.number):
        same = np.isclose(values, wanted, rtol=_CLOSE, atol=0.0)
    places = np.flatnonzero(same)
    if len(places) != 1:
        raise KeyError(f"SweepResult: axis {name} has no value {wanted!r}. It has {values.tolist()}")
    return int(places[0])
