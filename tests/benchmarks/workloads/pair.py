"""What every workload has: two functions that compute the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Step = Callable[[], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two independent runs of one computation, from the same start.

    Attributes
    ----------
    limit, ours : callable
        One step each. They return what they computed, in the same order and shapes:
        numbers, arrays and tensors, which the next step may overwrite.
    """

    limit: Step
    ours: Step


@dataclass(frozen=True, slots=True)
class Workload:
    """A pair that can be made afresh.

    Attributes
    ----------
    name : str
        As in the results.
    title : str
        What one step does.
    make : callable
        Returns a fresh Pair.
    """

    name: str
    title: str
    make: Callable[[], Pair]
