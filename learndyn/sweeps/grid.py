"""The points of a sweep: every combination of the axes' values, each with every seed.

A point is known by its *key*: a line of JSON with the names and values, sorted by name, and the
seed. Numbers are written by ``repr``, which distinguishes any two floats, and 1 from 1.0. The key
depends on nothing else: not on the other points, nor on the order of axes or values.
"""

from __future__ import annotations

import itertools
import json
import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Value = bool | int | float | str

SEEDS = "seeds"  # the last axis of every result
_GIVEN_BY_THE_SWEEP = (SEEDS, "rng")


@dataclass(frozen=True, slots=True)
class Point:
    """One call of the function: the values that it is given, and the seed of the caller."""

    values: dict[str, Value]
    seed: int

    @property
    def key(self) -> str:
        """The point in one line of JSON, the same wherever and whenever it is written."""
        return json.dumps([self.values, self.seed], sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_key(cls, key: str) -> Point:
        """Return the point that a key stands for."""
        values, seed = json.loads(key)
        return cls(values, seed)

    def __str__(self) -> str:
        named = [f"{name}={value!r}" for name, value in self.values.items()]
        return ", ".join([*named, f"seed {self.seed}"])


@dataclass(frozen=True, slots=True)
class Grid:
    """The axes of a sweep and its seeds, checked by ``make_grid``."""

    axes: dict[str, tuple[Value, ...]]
    seeds: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis, the seeds last."""
        return (*map(len, self.axes.values()), len(self.seeds))

    def __len__(self) -> int:
        return math.prod(self.shape)

    def __iter__(self) -> Iterator[Point]:
        """Go through all points, the seed fastest: row-major order of ``shape``."""
        for values in itertools.product(*self.axes.values()):
            for seed in self.seeds:
                yield Point(dict(zip(self.axes, values, strict=True)), seed)


def make_grid(axes: Mapping[str, Iterable[Any]], seeds: int | Iterable[int]) -> Grid:
    """Check axes and seeds and bring them to plain Python values.

    Parameters
    ----------
    axes : mapping of str to 1-d iterable
        Numbers, strings or booleans; one kind on each axis. Where floats and integers meet,
        all become floats.
    seeds : int or iterable of int
        A count stands for 0, 1, ..., count - 1.

    Raises
    ------
    TypeError
        If a value is of no kind that can be written down exactly, or an axis mixes kinds.
    ValueError
        If an axis is empty, repeats a value or holds NaN, or its name is taken.
    """
    if not isinstance(axes, Mapping):
        raise TypeError(
            f"sweep: the grid must map names to values, got {type(axes).__name__}. "
            'Write {"step_size": [0.1, 0.2]}'
        )
    return Grid({name: _axis(name, values) for name, values in axes.items()}, _seeds(seeds))


def _axis(name: Any, values: Any) -> tuple[Value, ...]:
    if not isinstance(name, str) or not name.isidentifier() or name in _GIVEN_BY_THE_SWEEP:
        raise ValueError(
            f"sweep: an axis cannot be named {name!r}. Use the name of a parameter of the function, "
            f"other than {' and '.join(_GIVEN_BY_THE_SWEEP)}, which the sweep itself provides"
        )
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(
            f"sweep: axis {name} needs a list of values, got {type(values).__name__}. "
            f"Write [{values!r}] for a single one"
        )
    plain = [_plain(name, value) for value in values]
    kinds = {type(value) for value in plain}
    if kinds == {int, float}:
        plain, kinds = [float(value) for value in plain], {float}
    if len(kinds) > 1:
        found = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise TypeError(f"sweep: axis {name} mixes {found}. Give all its values one kind")
    _no_repeats(f"axis {name}", plain)
    return tuple(plain)


def _plain(name: str, value: Any) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) not in (bool, int, float, str):
        raise TypeError(
            f"sweep: axis {name} holds a value of type {type(value).__name__}. Use numbers, strings "
            "or booleans, and make other objects of them inside the function"
        )
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(f"sweep: axis {name} holds NaN, which equals no point. Leave it out")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"sweep: axis {name} holds {value}, beyond 64 bits. Use a string or a float")
    plain: Value = value
    return plain


def _seeds(seeds: Any) -> tuple[int, ...]:
    if isinstance(seeds, bool | str):
        raise TypeError(f"sweep: seeds must be a count or integers, got {type(seeds).__name__}")
    try:
        plain = list(range(operator.index(seeds)) if not isinstance(seeds, Iterable) else seeds)
        plain = [operator.index(seed) for seed in plain]
    except TypeError:
        raise TypeError(
            f"sweep: seeds must be a count or integers, got {seeds!r}. Write seeds=10 or seeds=[3, 7]"
        ) from None
    if any(not 0 <= seed < 2**63 for seed in plain):
        raise ValueError("sweep: a seed must be at least 0 and below 2**63")
    _no_repeats(SEEDS, plain)
    return tuple(plain)


def _no_repeats(what: str, values: Sequence[Value]) -> None:
    if not values:
        raise ValueError(f"sweep: {what} is empty, so there is no point to run. Give at least one value")
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"sweep: {what} holds {value!r} twice. Remove one; more seeds repeat a point")
        seen.add(value)
