r"""Directions on a ring: where the units of a population sit, and differences of angles.

Unit i of N prefers the direction phi_i = 2 pi i / N. Angles are in radians throughout.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np


def preferred_directions(units: int) -> np.ndarray:
    """Return N directions evenly spaced on the ring, the first at 0.

    Parameters
    ----------
    units : int
        N, three or more: with two, the component across their axis is not seen.

    Returns
    -------
    ndarray, shape (units,), radians in [0, 2 pi)

    Raises
    ------
    ValueError
        If there are fewer than three units.
    """
    count = check_units("preferred_directions", units)
    return 2.0 * np.pi * np.arange(count) / count


def wrap(angle: Any) -> np.ndarray:
    """Return the same directions as angles in [-pi, pi), radians, of any shape."""
    return np.mod(np.asarray(angle, dtype=np.float64) + np.pi, 2.0 * np.pi) - np.pi


def check_units(caller: str, units: Any) -> int:
    """Return a number of units as an int of at least 3.

    Raises
    ------
    ValueError
    """
    try:
        count = operator.index(units)
    except TypeError:
        count = 0
    if count < 3 or isinstance(units, bool):
        raise ValueError(f"{caller}: a ring needs three or more units, got {units!r}. Pass a whole number")
    return count
