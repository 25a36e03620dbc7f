"""What differs between a stored sweep and the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .grid import SEEDS, Grid, Value

_SHOWN = 6


class SweepMismatch(ValueError):
    """The store holds a sweep of another grid, another function or another version of the code."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a store belongs to: the function's name, the version of its code, the grid."""

    function: str
    code: dict[str, str]
    grid: Grid


def differences(stored: Identity, asked: Identity, *, extend: bool) -> list[str]:
    """Say in a line each what differs; with ``extend``, values that were added do not count.

    The order of values on an axis makes no difference, nor does the order of axes.
    """
    found = []
    if stored.function != asked.function:
        found.append(f"function: {stored.function} -> {asked.function}")
    found += _code(stored.code, asked.code)
    before, after = stored.grid.axes, asked.grid.axes
    found += [f"axis {name}: removed" for name in before if name not in after]
    found += [f"axis {name}: new" for name in after if name not in before]
    pairs = [(f"axis {name}", before[name], after[name]) for name in before if name in after]
    for what, old, new in [*pairs, (SEEDS, stored.grid.seeds, asked.grid.seeds)]:
        gone = [value for value in old if not _holds(new, value)]
        added = [] if extend else [value for value in new if not _holds(old, value)]
        told = [f"{verb} {_listed(values)}" for verb, values in [("lacks", gone), ("adds", added)] if values]
        if told:
            found.append(f"{what}: the grid {' and '.join(told)}")
    return found


def check_identity(path: str, stored: Identity, asked: Identity, *, extend: bool) -> None:
    """Refuse to go on with a store of another sweep.

    Raises
    ------
    SweepMismatch
        If anything differs, with a line for each difference.
    """
    found = differences(stored, asked, extend=extend)
    if not found:
        return
    grew = not extend and not differences(stored, asked, extend=True)
    advice = (
        "Pass extend=True to run the added points only"
        if grew
        else "Give this sweep a store of its own, or go back to what the stored one ran"
    )
    raise SweepMismatch("\n  ".join([f"sweep: {path} holds another sweep", *found, advice]))


def _code(stored: dict[str, str], asked: dict[str, str]) -> list[str]:
    found = []
    for name in sorted(stored.keys() | asked.keys()):
        old, new = stored.get(name), asked.get(name)
        if old is None or new is None:
            found.append(f"code: {name} is {'new' if old is None else 'gone'}")
        elif old != new:
            found.append(f"code: {name} changed ({old} -> {new})")
    return found


def _holds(values: Iterable[Value], value: object) -> bool:
    # 1 == 1.0 == True, but each is another point
    return any(type(other) is type(value) and other == value for other in values)


def _listed(values: list[Value]) -> str:
    shown = ", ".join(repr(value) for value in values[:_SHOWN])
    rest = len(values) - _SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
