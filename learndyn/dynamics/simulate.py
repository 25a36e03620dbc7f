"""Iterate a map and record the run: z(t + 1) = F(z(t))."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from .map import Map
from .progress import NEVER, Progress
from .running import (
    _FLOAT64,
    Observables,
    Recorder,
    as_state,
    initial_state,
    is_finite,
    nonfinite_sentence,
    quiet,
)
from .trajectory import Trajectory


def simulate(
    system: Map,
    z0: Any,
    steps: int,
    *,
    observe: Observables | None = None,
    every: int = 1,
    stop_when: Callable[[np.ndarray], Any] | None = None,
    nonfinite: Literal["stop", "record"] = "stop",
    progress: bool | None = None,
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
        Each function takes a recorded state to a number or an array of fixed shape; what it
        returns is kept as float64.
    every : int, optional
        Record every so many steps. The initial and the last state are always recorded.
    stop_when : callable, optional
        Takes each state, recorded or not, to a truth value. The first state for which it is
        true is recorded and ends the run.
    nonfinite : {"stop", "record"}, optional
        What to do with the first state that holds a NaN or an infinity: record it and stop,
        or go on, as an ensemble needs in which one member must not stop the others.
    progress : bool, optional
        Show a progress bar. By default, if stderr is a terminal and the run lasts longer
        than a second.

    Returns
    -------
    Trajectory
        ``stopped`` says at which step and why the run ended early. Floating-point warnings
        of the map are silenced, since a run reports bad numbers itself.

    Raises
    ------
    TypeError
        If the state is not made of floats, or a count is not an integer.
    ValueError
        If the state is not a vector, the map changes its shape, or a count is out of range.
        An error of the map itself carries a note with the step.
    """
    z = initial_state(z0, "simulate")
    steps, every = _counts(steps, every)
    if nonfinite not in ("stop", "record"):
        raise ValueError(f"simulate: nonfinite must be 'stop' or 'record', got {nonfinite!r}")
    due = np.arange(0, steps + 1, every)
    if due[-1] != steps:
        due = np.append(due, steps)
    recorder = Recorder(due, z.size, observe, "simulate")
    with quiet(), Progress("simulate", steps, progress) as bar:
        stopped = _run(system, z, due.tolist(), recorder, stop_when, nonfinite == "stop", bar)
    return Trajectory(*recorder.arrays(), stopped)


def _run(
    system: Map,
    z: np.ndarray,
    due: list[int],
    recorder: Recorder,
    stop_when: Callable[[np.ndarray], Any] | None,
    finite_only: bool,
    bar: Progress,
) -> str | None:
    """Apply the map up to each record that is due; return why the run ended early."""
    array, float64, shape, infinity = np.ndarray, _FLOAT64, z.shape, np.inf
    record, look = recorder.record, bar.next
    t = 0
    try:
        stopped = _verdict(z, t, stop_when, finite_only)
        record(t, z)
        if stopped:
            return stopped
        for target in due[1:]:
            while t < target:
                t += 1
                z = system(z)
                if type(z) is not array or z.shape != shape or z.dtype is not float64:
                    z = _next_state(z, shape, t)
                # The product is not below infinity if a component is not finite.
                suspect = finite_only and not z.dot(z) < infinity
                if suspect or stop_when is not None:
                    stopped = _verdict(z, t, stop_when, finite_only)
                    if stopped:
                        recorder.record_end(t, z)
                        return stopped
                if t >= look:
                    look = bar.update(t, t)
            record(t, z)
        if look != NEVER:
            bar.update(t, t)
    except BaseException as error:
        error.add_note(f"simulate: raised at step {t}")
        raise
    return None


def _verdict(
    z: np.ndarray, t: int, stop_when: Callable[[np.ndarray], Any] | None, finite_only: bool
) -> str | None:
    """Say why the run ends with this state, or None if it goes on."""
    if finite_only and not is_finite(z):
        return nonfinite_sentence(z, f"at step {t}")
    if stop_when is not None and stop_when(z):
        return f"at step {t}, stop_when was true"
    return None


def _next_state(value: Any, shape: tuple[int, ...], t: int) -> np.ndarray:
    subject = f"simulate: at step {t} the map"
    return as_state(value, shape, subject, "A map keeps the shape of its state")


def _counts(steps: Any, every: Any) -> tuple[int, int]:
    try:
        steps, every = operator.index(steps), operator.index(every)
    except TypeError:
        raise TypeError(
            f"simulate: steps and every are counts, got steps={steps!r}, every={every!r}. "
            "Pass integers"
        ) from None
    if steps < 0 or every < 1:
        raise ValueError(
            f"simulate: needs steps >= 0 and every >= 1, got steps={steps}, every={every}"
        )
    return steps, every
