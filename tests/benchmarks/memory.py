"""How much memory a backward pass takes, and how much it cannot do without."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any


def peak(step: Callable[[], Any]) -> int:
    """Most bytes that were allocated at one time while ``step`` ran, over those before.

    Python objects and NumPy's arrays both count.
    """
    gc.collect()
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def array_bytes(*shapes: tuple[int, ...], itemsize: int = 8) -> int:
    """Bytes of float64 arrays of these shapes."""
    total = 0
    for shape in shapes:
        size = itemsize
        for length in shape:
            size *= length
        total += size
    return total
