"""What every run shares: its initial state, its record, and how it treats bad numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..autodiff import Tensor

Observables = Mapping[str, Callable[[np.ndarray], Any]]
_FLOAT64 = np.dtype(np.float64)


def initial_state(z0: Any, caller: str) -> np.ndarray:
    """Return a float64 copy of an initial state, shape (n,), or say what is wrong with it."""
    z = z0.numpy() if isinstance(z0, Tensor) else np.array(z0)
    if z.dtype.kind != "f":
        raise TypeError(
            f"{caller}: the initial state has dtype {z.dtype}. Pass floats, "
            "for example np.asarray(z0, dtype=float)"
        )
    if z.ndim != 1:
        raise ValueError(
            f"{caller}: the initial state must be a vector, got shape {z.shape}. "
            "Flatten a tree of arrays with ravel"
        )
    return z.astype(np.float64)


def plain(value: Any) -> np.ndarray:
    """Return a number, array or Tensor as an array."""
    return value.numpy() if isinstance(value, Tensor) else np.asarray(value)


def as_state(value: Any, shape: tuple[int, ...], subject: str, advice: str) -> np.ndarray:
    """Return what a map or a flow computed as a float64 array of the state's shape.

    ``subject`` and ``advice`` begin and end the error: "at step 3 the map", "A map ...".
    """
    array = plain(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{subject} returned {type(value).__name__} of dtype {array.dtype} for a state of "
            f"shape {shape}. Return real numbers"
        )
    if array.shape != shape:
        raise ValueError(
            f"{subject} took a state of shape {shape} to one of shape {array.shape}. {advice}"
        )
    return array.astype(np.float64, copy=False)


def is_finite(z: np.ndarray) -> bool:
    """Return True if no component is NaN or infinite.

    One product settles nearly every case, at a third of the time of a look at each component;
    it overflows from 1e154 on, and then each component is looked at.
    """
    return bool(z.dot(z) < np.inf) or bool(np.isfinite(z).all())


def nonfinite_sentence(z: np.ndarray, where: str) -> str:
    """Say where a run met numbers that are not finite, and how many."""
    bad = z.size - int(np.count_nonzero(np.isfinite(z)))
    verb = "is" if bad == 1 else "are"
    return f"{where}, {bad} of {z.size} components {verb} NaN or infinite"


def quiet() -> np.errstate:
    """Silence NumPy's floating-point warnings: a run reports bad numbers itself.

    Only what would warn is silenced; a caller who asked for an error still gets it.
    """
    return np.errstate(**{k: "ignore" for k, what in np.geterr().items() if what == "warn"})


class Recorder:
    """Storage for the records of a run, allocated once and trimmed at the end."""

    __slots__ = ("caller", "measured", "observe", "rows", "states", "times")

    def __init__(
        self, times: np.ndarray, size: int, observe: Observables | None, caller: str
    ) -> None:
        self.times = times  # where records are due; a run that ends early puts its own time here
        self.states = np.empty((len(times), size))
        self.measured: dict[str, np.ndarray] = {}
        self.observe = list((observe or {}).items())
        self.rows = 0
        self.caller = caller

    def record(self, t: float, z: np.ndarray) -> None:
        """Write the state to the row of the next time that is due, and measure it."""
        row = self.rows
        self.states[row] = z
        if self.observe:
            self._measure(row, t, z)
        self.rows = row + 1

    def record_end(self, t: float, z: np.ndarray) -> None:
        """Record the state in which a run ends early, at a time that was not due."""
        self.times[self.rows] = t
        self.record(t, z)

    def _measure(self, row: int, t: float, z: np.ndarray) -> None:
        for name, function in self.observe:
            value = plain(function(z))
            if name not in self.measured:
                self.measured[name] = np.empty((len(self.times), *value.shape))
            storage = self.measured[name]
            if value.shape != storage.shape[1:]:
                raise ValueError(
                    f"{self.caller}: the observable {name!r} had shape {storage.shape[1:]} "
                    f"and has shape {value.shape} at {t}. It must keep its shape"
                )
            storage[row] = value

    def arrays(self) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Return times, states and observables of the rows that were written."""
        rows = self.rows
        if rows == len(self.times):
            return self.times, self.states, self.measured
        # A copy, since a view would keep the whole storage alive.
        measured = {name: storage[:rows].copy() for name, storage in self.measured.items()}
        return self.times[:rows].copy(), self.states[:rows].copy(), measured
