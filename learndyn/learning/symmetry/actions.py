"""A symmetry as a linear map P on flat vectors: a permutation of their components.

    (P z)_k = z_{indices[k]},   P' = P^{-1},   (P Q) z = P (Q z)

Renumbering hidden units permutes the components of the flat parameters. It extends to the whole
state of an update rule: a velocity and the moments have one component for each parameter and are
permuted like theta, counts stay.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree, leaves
from ...dynamics.state import flatten, ravel
from ..training import TrainingMap
from .permutations import Permutations, hidden_widths, permute_units

Pair = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PermutationAction:
    """A permutation of the components of a flat vector.

    Attributes
    ----------
    indices : ndarray of int, shape (n,)
        Component k of the image is component ``indices[k]`` of the vector.

    Raises
    ------
    ValueError
        If the indices are no permutation; when called, if the vector has another shape.
    """

    indices: np.ndarray

    def __post_init__(self) -> None:
        indices = np.asarray(self.indices)
        if indices.ndim != 1 or not np.array_equal(np.sort(indices), np.arange(indices.size)):
            raise ValueError(
                f"PermutationAction: the indices, of shape {indices.shape}, must hold each of 0, "
                "..., n - 1 once"
            )
        object.__setattr__(self, "indices", indices.astype(np.intp))

    @property
    def size(self) -> int:
        """n, the length of the vectors."""
        return self.indices.size

    def __call__(self, z: Any) -> Any:
        """Return P z for a vector of shape (n,), array or Tensor."""
        z = z if hasattr(z, "shape") else np.asarray(z, dtype=np.float64)
        if z.shape != (self.size,):
            raise ValueError(
                f"PermutationAction: needs a vector of shape ({self.size},), got shape {z.shape}. "
                "For the whole state of a rule, use state_action"
            )
        return z[self.indices]

    def __matmul__(self, first: PermutationAction) -> PermutationAction:
        """Return P Q: ``first`` acts first."""
        if not isinstance(first, PermutationAction):
            return NotImplemented
        if first.size != self.size:
            raise ValueError(
                f"PermutationAction: cannot compose actions on vectors of lengths {self.size} and "
                f"{first.size}"
            )
        return PermutationAction(first.indices[self.indices])

    def inverse(self) -> PermutationAction:
        """Return P^{-1}, which is the transpose."""
        return PermutationAction(np.argsort(self.indices))

    def to_matrix(self) -> np.ndarray:
        """Return P, shape (n, n). For small n."""
        return np.eye(self.size)[self.indices]


def permutation_action(theta: Tree, permutations: Permutations) -> PermutationAction:
    """Return what renumbering hidden units does to the flat parameters.

    Parameters
    ----------
    theta : list of Layer, or RNNParameters
        Parameters of the model; only their shapes count.
    permutations : sequence
        As for ``permute_units``.

    Returns
    -------
    PermutationAction
        On vectors of shape (n,), as ``ravel`` makes them of ``theta``.

    Raises
    ------
    TypeError, ValueError
        As ``permute_units``.
    """
    z, unravel = ravel(theta)
    places = unravel(np.arange(z.size, dtype=np.float64))  # exact up to 2^53 parameters
    return PermutationAction(flatten(permute_units(places, permutations)).astype(np.intp))


def exchange_actions(theta: Tree, pairs: Pair | Sequence[Pair]) -> tuple[PermutationAction, ...]:
    """Return the exchanges of two units of a hidden layer, on the flat parameters.

    Parameters
    ----------
    theta : list of Layer, or RNNParameters
    pairs : (layer, i, j), or a sequence of such
        Hidden layers and units are counted from 0. In a recurrent net (layer 0) the exchange moves
        rows and columns of W: units are equal if also W_ii = W_jj and W_ij = W_ji.

    Returns
    -------
    tuple of PermutationAction
        One for each pair.

    Raises
    ------
    ValueError
        If a pair names a layer or unit that is not there, or one unit twice.
    """
    widths = hidden_widths(theta, "exchange_actions")
    if len(pairs) == 3 and not any(hasattr(entry, "__len__") for entry in pairs):
        wanted: Sequence[Any] = [pairs]
    else:
        wanted = pairs
    if not wanted:
        raise ValueError("exchange_actions: received no pairs. Pass at least one (layer, i, j)")
    actions = []
    for pair in wanted:
        layer, i, j = _checked_pair(pair, widths)
        order = np.arange(widths[layer])
        order[[i, j]] = j, i
        orders: list[Any] = [None] * len(widths)
        orders[layer] = order
        actions.append(permutation_action(theta, orders))
    return tuple(actions)


def state_action(training: TrainingMap, action: PermutationAction) -> PermutationAction:
    """Extend an action on the flat parameters to the whole state of a training map.

    Parameters
    ----------
    training : TrainingMap
        With any rule; what the rule remembers of each parameter moves with the parameter, and
        counts, of shape (), stay.
    action : PermutationAction
        On the flat parameters, shape (n,).

    Returns
    -------
    PermutationAction
        On states of shape (m,).

    Raises
    ------
    ValueError
        If the action is for another number of parameters.
    TypeError
        If the rule remembers something that is neither a number nor a vector of shape (n,).
    """
    m = training.initial_state.size
    indices = np.arange(m)
    parts = training.state(np.arange(m, dtype=np.float64))  # each part holds its own places
    n = parts.theta.size
    if n != action.size:
        raise ValueError(
            f"state_action: the action is on {action.size} parameters, the training map has {n}"
        )
    for part in leaves(parts):
        if part.shape == ():
            continue
        if part.shape != (n,):
            raise TypeError(
                f"state_action: {type(training.rule).__name__} remembers an array of shape "
                f"{part.shape}, of which it is not known how it permutes"
            )
        places = part.astype(np.intp)
        indices[places] = places[action.indices]
    return PermutationAction(indices)


def as_actions(
    actions: PermutationAction | Sequence[PermutationAction], size: int, caller: str
) -> tuple[PermutationAction, ...]:
    """Return one action or several as a tuple, all on vectors of the given length."""
    given = (actions,) if isinstance(actions, PermutationAction) else tuple(actions)
    if not given or not all(isinstance(action, PermutationAction) for action in given):
        raise TypeError(
            f"{caller}: needs one PermutationAction or more, got {actions!r}. Make them with "
            "exchange_actions or permutation_action"
        )
    for action in given:
        if action.size != size:
            raise ValueError(
                f"{caller}: an action on vectors of length {action.size} meets a vector of length "
                f"{size}. For the whole state of a rule, use state_action"
            )
    return given


def _checked_pair(pair: Any, widths: tuple[int, ...]) -> Pair:
    try:
        layer, i, j = (operator.index(entry) for entry in pair)
    except (TypeError, ValueError):
        layer, i, j = -1, 0, 0
    if 0 <= layer < len(widths) and i != j and all(0 <= unit < widths[layer] for unit in (i, j)):
        return layer, i, j
    raise ValueError(
        f"exchange_actions: {pair!r} names no two units of a hidden layer; the widths are {widths}"
        ". Pass (layer, i, j), each counted from 0"
    )
