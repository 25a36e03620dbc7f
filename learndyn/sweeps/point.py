"""One point of a sweep, run where the executor puts it."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from .grid import Point
from .items import named_arrays, pack
from .streams import generator, integer_seed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a point: the bytes of its result, or the error that it raised.

    Attributes
    ----------
    key : str
        The point's.
    result : bytes or None
        Named arrays in NPZ format; None if the point failed.
    error : str or None
        The exception in one line.
    traceback : str or None
        Where it was raised.
    seconds : float
        How long the function ran.
    """

    key: str
    result: bytes | None
    error: str | None
    traceback: str | None
    seconds: float


def run_point(function: Callable[..., Any], key: str, call: str = "") -> Outcome:
    """Call the function at the point with this key; what it raises is returned, not raised.

    ``call`` tells this call from others at the same point, and changes nothing.
    """
    start = perf_counter()
    try:
        result = pack(named_arrays(function(**arguments(function, key))))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is stored
        # The first frame is this function, which tells the reader nothing.
        own = error.__traceback__
        told = traceback.format_exception(type(error), error, own and own.tb_next)
        line = "".join(traceback.format_exception_only(error)).strip()
        return Outcome(key, None, line, "".join(told), perf_counter() - start)
    return Outcome(key, result, None, None, perf_counter() - start)


def arguments(function: Callable[..., Any], key: str) -> dict[str, Any]:
    """Return the keyword arguments of the call: the point's values and its random numbers.

    A parameter ``rng`` is given a ``numpy.random.Generator``; a parameter ``seed`` that is no
    axis of the grid is given an integer. Both start the same stream in all runs.
    """
    given: dict[str, Any] = dict(Point.from_key(key).values)
    parameters = inspect.signature(function).parameters
    if "rng" in parameters:
        given["rng"] = generator(key)
    if "seed" in parameters and "seed" not in given:
        given["seed"] = integer_seed(key)
    return given


def check_function(function: Any, names: list[str], seeds: int) -> None:
    """Refuse a function that no other process could find, or that does not take the axes.

    Raises
    ------
    TypeError
        If it is not a function at the top of a module, or its parameters are not the axes.
    ValueError
        If there are several seeds and it takes none.
    """
    found = inspect.getmodule(function)
    for part in getattr(function, "__qualname__", "?").split("."):
        found = getattr(found, part, None)
    if not inspect.isfunction(function) or found is not function:
        raise TypeError(
            f"sweep: {getattr(function, '__qualname__', repr(function))} cannot be imported by another "
            "process. Pass a function that is defined by def at the top of a module: no lambda, "
            "no method, no partial, none from inside another function"
        )
    parameters = inspect.signature(function).parameters
    drawn = [name for name in ("rng", "seed") if name in parameters and name not in names]
    try:
        inspect.signature(function).bind(**dict.fromkeys([*names, *drawn]))
    except TypeError as error:
        raise TypeError(
            f"sweep: {function.__qualname__}{inspect.signature(function)} cannot be called at the points of "
            f"this grid: {error}. Its axes are {', '.join(names) or 'none'}"
        ) from None
    if seeds > 1 and not drawn:
        raise ValueError(
            f"sweep: {function.__qualname__} takes no random numbers, so its {seeds} seeds would all give "
            "the same. Add a parameter rng (a numpy.random.Generator) or seed (an integer), or leave seeds out"
        )
