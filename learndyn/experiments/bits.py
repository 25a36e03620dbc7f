"""Count the bits in which two arrays differ: the measure for "the same, to the bit"."""

from __future__ import annotations

import numpy as np


def differing_bits(one: np.ndarray, other: np.ndarray) -> int:
    """Return how many bits of two float64 arrays of one shape differ.

    Raises
    ------
    ValueError
        If the shapes differ; they are never broadcast.
    """
    if one.shape != other.shape:
        raise ValueError(f"differing_bits: the shapes differ, {one.shape} and {other.shape}")
    words = [np.ascontiguousarray(array, np.float64).view(np.uint64) for array in (one, other)]
    return int(np.bitwise_count(words[0] ^ words[1]).sum())
