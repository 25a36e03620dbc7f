"""Equivariance: a map that does not care how the units are numbered.

    T(P z) = P T(z)

If the loss is unchanged by P, its gradient turns with P, and so does the step of every rule that
treats all components alike. In floating point the two sides differ by rounding: a matrix product
adds in an order that may depend on the place of a column.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...dynamics import Map
from ...dynamics.linearise import flat_state
from .actions import PermutationAction


def equivariance_defect(system: Map, action: PermutationAction | Map, z: Any) -> float:
    """Return |T(P z) - P T(z)| / |z|: 0, up to rounding, for an equivariant map.

    Parameters
    ----------
    system : Map
        T, on vectors of shape (n,).
    action : PermutationAction
        P, on vectors of shape (n,).
    z : array_like, shape (n,)
        Where to compare; not 0.

    Returns
    -------
    float
        NaN if the map is not finite there. It can be 0 at a z that P leaves as it is even where the
        map is not equivariant elsewhere: take a z whose components all differ.

    Raises
    ------
    ValueError
        If z is 0 or not a vector, or the action is on vectors of another length.
    """
    z = flat_state(z, "equivariance_defect")
    scale = float(np.linalg.norm(z))
    if scale == 0.0:
        raise ValueError("equivariance_defect: z is 0, which sets no scale. Pass another state")
    moved = np.asarray(system(action(z)))
    return float(np.linalg.norm(moved - action(np.asarray(system(z))))) / scale
