"""The states that a symmetry leaves as they are, and their orthogonal complement.

Permutations of components generate a group G, and the components fall into orbits. A vector is
*symmetric* if P z = z for all P in G, that is, if it is constant on each orbit. Its symmetric part
is the mean over each orbit, and what remains is its *antisymmetric* part, of mean 0 on each orbit:

    z = S z + A z,   S = (1 / |G|) sum_P P,   A = 1 - S .

If G exchanges two units, S z is the net in which both units are their mean, and P A z = -A z. A
map with T(P z) = P T(z) takes symmetric states to symmetric ones, and at such a state its Jacobian
commutes with every P: it does not mix the two subspaces.

References
----------
Golubitsky, M., Stewart, I. and Schaeffer, D. G. (1988). Singularities and Groups in Bifurcation
Theory II, Springer, chapters XII and XIII.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...dynamics.linearise import flat_state
from .actions import PermutationAction, as_actions

Actions = PermutationAction | Sequence[PermutationAction]


def orbits(actions: Actions) -> np.ndarray:
    """Return for each component the number of its orbit.

    Parameters
    ----------
    actions : PermutationAction or sequence of them
        Generators of the group, on vectors of shape (n,).

    Returns
    -------
    ndarray of int, shape (n,)
        Orbits are numbered 0, 1, ... in the order of their first component.
    """
    given = as_actions(actions, _size(actions), "orbits")
    first = np.arange(given[0].size)  # the least component that is known to share the orbit
    while True:
        before = first.copy()
        for action in given:
            least = np.minimum(first, first[action.indices])
            first[action.indices] = np.minimum(least, first[action.indices])
            first = np.minimum(first, least)
        if np.array_equal(first, before):
            return np.unique(first, return_inverse=True)[1]


def symmetric_part(z: Any, actions: Actions) -> np.ndarray:
    """Return S z, the mean over each orbit: the symmetric state next to z.

    Parameters
    ----------
    z : array_like, shape (n,)
    actions : PermutationAction or sequence of them
        Generators of the group.

    Returns
    -------
    ndarray, shape (n,)
        Components of one orbit are equal to the bit. A symmetric z comes back unchanged.

    Raises
    ------
    TypeError
        If there are no actions.
    ValueError
        If z is not a vector of the length on which the actions act.
    """
    z = flat_state(z, "symmetric_part")
    return projection(actions, z.size, "symmetric_part")(z)


def projection(actions: Actions, size: int, caller: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return S as a function, for many vectors of shape (size,)."""
    as_actions(actions, size, caller)
    labels = orbits(actions)
    counts = np.bincount(labels)
    first = np.unique(labels, return_index=True)[1]

    def project(z: np.ndarray) -> np.ndarray:
        # Around one member of the orbit, so that the mean of equal numbers is that number.
        centre = z[first]
        return (centre + np.bincount(labels, weights=z - centre[labels]) / counts)[labels]

    return project


def antisymmetric_part(z: Any, actions: Actions) -> np.ndarray:
    """Return A z = z - S z, shape (n,): the split of z.

    Parameters and errors are those of ``symmetric_part``.
    """
    z = flat_state(z, "antisymmetric_part")
    return z - symmetric_part(z, actions)


def symmetric_basis(actions: Actions) -> np.ndarray:
    """Return an orthonormal basis of the symmetric subspace, shape (n, orbits), as columns."""
    labels = orbits(actions)
    counts = np.bincount(labels)
    basis = np.zeros((labels.size, counts.size))
    basis[np.arange(labels.size), labels] = 1.0 / np.sqrt(counts[labels])
    return basis


def antisymmetric_basis(actions: Actions) -> np.ndarray:
    """Return an orthonormal basis of the antisymmetric subspace as columns.

    Parameters
    ----------
    actions : PermutationAction or sequence of them
        Generators of the group.

    Returns
    -------
    ndarray, shape (n, n - orbits)
        On an orbit of r components these are Helmert's r - 1 contrasts: the first is
        (1, -1, 0, ...) / sqrt(2).
    """
    labels = orbits(actions)
    columns = []
    for label in range(labels.max() + 1):
        (members,) = np.nonzero(labels == label)
        for k in range(1, members.size):
            column = np.zeros(labels.size)
            column[members[:k]] = 1.0
            column[members[k]] = -float(k)
            columns.append(column / np.sqrt(k * (k + 1.0)))
    return np.stack(columns, axis=1) if columns else np.zeros((labels.size, 0))


def _size(actions: Actions) -> int:
    """The length of the vectors on which the first action acts; 0 if there is none."""
    given = (actions,) if isinstance(actions, PermutationAction) else tuple(actions)
    return getattr(given[0], "size", 0) if given else 0
