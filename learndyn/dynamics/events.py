"""Events: where a function g(t, z) crosses zero along a run, located between steps.

A crossing shows as a change of the sign of g between the ends of a step; a root finder then
works on g(t, z(t)) with the step's interpolant for z(t). Two crossings inside one step
cancel and are not seen: limit the step where g wiggles faster than the solution does.

References
----------
Chandrupatla, T. R. (1997). A new hybrid quadratic/bisection algorithm for finding the zero
of a nonlinear function without using derivatives. Advances in Engineering Software 28, 145-149.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .running import plain

if TYPE_CHECKING:
    from .integrators.step import Step

EventFunction = Callable[[float, np.ndarray], Any]
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Event:
    """A function whose zero crossings are recorded along a run of ``integrate``.

    Parameters
    ----------
    function : callable
        g(t, z), a number.
    direction : {0, 1, -1}, optional
        1 for crossings from negative to positive only, -1 for the others only, 0 for both.
    terminal : bool, optional
        True ends the run at the first crossing.

    Raises
    ------
    TypeError
        If the function is not callable.
    ValueError
        If the direction is not -1, 0 or 1.

    Notes
    -----
    A zero at the very start of the run is no crossing. A zero that is touched exactly at the
    end of a step counts as one.
    """

    function: EventFunction
    direction: int = 0
    terminal: bool = False

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"Event: needs a function g(t, z), got {self.function!r}")
        if self.direction not in (-1, 0, 1):
            raise ValueError(f"Event: the direction must be -1, 0 or 1, got {self.direction!r}")


@dataclass(frozen=True, slots=True)
class EventRecord:
    """When an event happened, and in which state.

    Attributes
    ----------
    times : ndarray, shape (crossings,)
    states : ndarray, shape (crossings, n)
    """

    times: np.ndarray
    states: np.ndarray


class EventWatch:
    """Looks for crossings of all events, step by step."""

    __slots__ = ("_events", "_found", "_size", "_values")

    def __init__(self, events: Mapping[str, Event | EventFunction] | None, size: int) -> None:
        self._events = {
            name: event if isinstance(event, Event) else Event(event)
            for name, event in (events or {}).items()
        }
        self._found: dict[str, list[tuple[float, np.ndarray]]] = {name: [] for name in self._events}
        self._values: dict[str, float] = {}  # of each g at the end of the last step
        self._size = size

    def __bool__(self) -> bool:
        return bool(self._events)

    def start(self, t: float, z: np.ndarray) -> None:
        """Take the values at the start of the run."""
        for name, event in self._events.items():
            self._values[name] = _value(name, event, t, z)

    def look(self, step: Step) -> tuple[str, float, np.ndarray] | None:
        """Record the crossings in a step; return the terminal one that ends the run, if any."""
        crossings = []
        for name, event in self._events.items():
            before = self._values[name]
            after = self._values[name] = _value(name, event, step.t1, step.z1)
            crossed = before < 0 <= after or before > 0 >= after
            if crossed and event.direction * before <= 0:
                crossings.append((_locate(name, event, step, before, after), name))
        for t, name in sorted(crossings):
            z = step.state(t)
            self._found[name].append((t, z))
            if self._events[name].terminal:
                return name, t, z
        return None

    def records(self) -> dict[str, EventRecord]:
        """Return all crossings."""
        return {
            name: EventRecord(
                np.array([t for t, _ in found]),
                np.array([z for _, z in found]).reshape(len(found), self._size),
            )
            for name, found in self._found.items()
        }


def _locate(name: str, event: Event, step: Step, before: float, after: float) -> float:
    """Return when g crosses zero inside a step, from its values at the ends."""
    if after == 0.0:
        return step.t1
    return find_root(
        lambda t: _value(name, event, t, step.state(t)), step.t0, step.t1, before, after
    )


def _value(name: str, event: Event, t: float, z: np.ndarray) -> float:
    value = plain(event.function(t, z))
    if value.size != 1:
        raise ValueError(
            f"integrate: the event {name!r} returned shape {value.shape}. "
            "An event function returns one number: give each crossing its own event"
        )
    number = float(value.reshape(()))
    if math.isnan(number):
        raise ValueError(
            f"integrate: the event {name!r} is NaN at t = {t:.6g}. "
            "Define it for all states that the run visits"
        )
    return number


def find_root(
    g: Callable[[float], float], low: float, high: float, g_low: float, g_high: float
) -> float:
    """Return where g crosses zero between two points at which its signs differ.

    Inverse quadratic interpolation where it is safe, bisection where it is not, down to the
    spacing of numbers of the size of the ends (Chandrupatla, 1997).
    """
    a, fa, b, fb = high, g_high, low, g_low
    c, fc = b, fb
    tolerance = _EPSILON * max(abs(low), abs(high))
    share = 0.5  # where in the bracket the next point lies, from a to b
    while True:
        x = a + share * (b - a)
        fx = g(x)
        if (fx < 0) == (fa < 0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        best, f_best = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        limit = tolerance / abs(b - a) if b != a else 1.0
        if f_best == 0 or limit > 0.5:
            return best
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        if phi * phi < xi and (1 - phi) ** 2 < 1 - xi:
            share = fa / (fb - fa) * fc / (fb - fc)
            share += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        else:
            share = 0.5
        share = min(max(share, limit), 1.0 - limit)
