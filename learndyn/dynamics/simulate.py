"""Iterate a map and record the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .map import Map
from .trajectory import Trajectory


def simulate(
    system: Map,
    z0: Any,
    steps: int,
    *,
    observe: Mapping[str, Callable[[np.ndarray], Any]] | None = None,
    every: int = 1,
) -> Trajectory:
    """Iterate z(t + 1) = F(z(t)) from ``z0`` and record the run.

    Parameters
    ----------
    system : Map
        Takes a vector of shape (n,) to a vector of shape (n,).
    z0 : array_like, shape (n,)
        Initial state; copied. float64: an integer state would be a different system.
    steps : int
        How many times the map is applied.
    observe : mapping of str to callable, optional
        Each function takes a recorded state to a number or an array of fixed shape.
    every : int, optional
        Record every so many steps. The initial and the last state are always recorded.

    Returns
    -------
    Trajectory
        A state that is not finite is recorded as it is: a diverging run is a result.

    Raises
    ------
    TypeError
        If the state is not made of floats.
    ValueError
        If the state is not a vector, the map changes its shape, or a count is out of range.
    """
    z = _initial_state(z0)
    if steps < 0 or every < 1:
        raise ValueError(
            f"simulate: needs steps >= 0 and every >= 1, got steps={steps}, every={every}"
        )
    times = np.unique(np.append(np.arange(0, steps + 1, every), steps))
    states = np.empty((len(times), z.size))
    measured: dict[str, np.ndarray] = {}
    row = 0
    for t in range(steps + 1):
        if t > 0:
            z = _next_state(system, z, t)
        if t != times[row]:
            continue
        states[row] = z
        for name, function in (observe or {}).items():
            value = np.asarray(function(z), dtype=np.float64)
            if name not in measured:
                measured[name] = np.empty((len(times), *value.shape))
            measured[name][row] = value
        row += 1
    return Trajectory(times, states, measured)


def _initial_state(z0: Any) -> np.ndarray:
    z = np.array(z0)
    if z.dtype.kind != "f":
        raise TypeError(
            f"simulate: the initial state has dtype {z.dtype}. Pass floats, "
            "for example np.asarray(z0, dtype=float)"
        )
    if z.ndim != 1:
        raise ValueError(
            f"simulate: the initial state must be a vector, got shape {z.shape}. "
            "Flatten a tree of arrays with ravel"
        )
    return z.astype(np.float64)


def _next_state(system: Map, z: np.ndarray, t: int) -> np.ndarray:
    z_next = np.asarray(system(z))
    if z_next.shape != z.shape:
        raise ValueError(
            f"simulate: at step {t} the map took a state of shape {z.shape} to one of shape "
            f"{z_next.shape}. A map keeps the shape of its state"
        )
    return z_next
