"""Units in the order of another net's: weight matching.

The hidden units of a net can be permuted without a change of its function. Two nets that were
trained apart are compared unit by unit only after their units have been brought in the same
order. With weights W_l, shape (n_{l-1}, n_l), and p_l the order of layer l in net B, so that unit
j of the permuted net is unit p_l[j] of B, the orders are sought that maximise

    sum_l <W_l^A, W_l^B[p_{l-1}][:, p_l]> + <b_l^A, b_l^B[p_l]>

or, since permutations keep lengths, minimise ``|theta_A - pi(theta_B)|``. For one layer, the others
held, this is a linear assignment problem; it is solved for layer after layer until nothing
changes. With one hidden layer the answer is exact, with more a local optimum (Ainsworth, Hayase
and Srinivasa, 2023, Git Re-Basin: merging models modulo permutation symmetries, algorithm 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics.running import plain
from ..models import MLP, Layer
from ..symmetry.permutations import permute_units
from .assignment import assignment


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """The order of one net's units that is nearest to another net's.

    Attributes
    ----------
    permutations : tuple of ndarray, one for each hidden layer
        Unit j of the permuted net is unit ``permutations[l][j]`` of net B, as ``permute_units``
        has it.
    theta : list of Layer
        The parameters of net B in that order: the same function.
    distances : tuple of float
        ``|theta_A - theta_B|`` before and after.
    sweeps : int
        Rounds over the layers.
    converged : bool
        True if the last round changed nothing.
    """

    permutations: tuple[np.ndarray, ...]
    theta: list[Layer]
    distances: tuple[float, float]
    sweeps: int
    converged: bool


def match_permutation(
    model: MLP,
    theta_a: list[Layer],
    theta_b: list[Layer],
    *,
    max_sweeps: int = 100,
    rng: int | np.random.Generator = 0,
) -> Matching:
    """Bring the hidden units of net B in the order of net A's, by weight matching.

    Parameters
    ----------
    model : MLP
    theta_a, theta_b : list of Layer
        Parameters of one net each, without ensemble axes.
    max_sweeps : int, optional
        Rounds over the hidden layers.
    rng : int or numpy.random.Generator, optional
        For the order in which layers are visited.

    Raises
    ------
    TypeError
        If the model is no MLP.
    ValueError
        If the parameters are not those of one net of the model, are not finite, or
        ``max_sweeps`` is not positive.
    """
    if not isinstance(model, MLP):
        raise TypeError(
            f"match_permutation: knows how the units of an MLP are connected, got "
            f"{type(model).__name__}"
        )
    if max_sweeps < 1:
        raise ValueError(f"match_permutation: max_sweeps must be at least 1, got {max_sweeps}")
    a, b = (_checked(model, t, name) for t, name in ((theta_a, "theta_a"), (theta_b, "theta_b")))
    rng = np.random.default_rng(rng)
    # Inputs and outputs keep their places; they stand at both ends of the list.
    orders = [np.arange(width) for width in model.widths]
    changed, sweeps = True, 0
    while changed and sweeps < max_sweeps:
        changed = False
        sweeps += 1
        for hidden in 1 + rng.permutation(len(orders) - 2):
            changed |= _reorder(a, b, orders, int(hidden))
    permuted = permute_units(b, orders[1:-1])
    before, after = _distance(a, b), _distance(a, permuted)
    return Matching(tuple(orders[1:-1]), permuted, (before, after), sweeps, not changed)


def _reorder(a: list[Layer], b: list[Layer], orders: list[np.ndarray], hidden: int) -> bool:
    """Solve for the order of one layer; True if that made the nets more similar."""
    into_a, into_b, out_a, out_b = a[hidden - 1], b[hidden - 1], a[hidden], b[hidden]
    similarity = into_a.weight.T @ into_b.weight[orders[hidden - 1]]
    similarity += out_a.weight @ out_b.weight[:, orders[hidden + 1]].T
    if into_a.bias is not None:
        similarity += np.outer(into_a.bias, into_b.bias)
    found = assignment(similarity, maximise=True)
    units = np.arange(len(found))
    gain = similarity[units, found].sum() - similarity[units, orders[hidden]].sum()
    # Rounding must not make two equal orders take turns for ever.
    if gain <= 1e-12 * np.abs(similarity).sum():
        return False
    orders[hidden] = found
    return True


def _distance(a: list[Layer], b: list[Layer]) -> float:
    total = 0.0
    for one, other in zip(a, b, strict=True):
        total += float(((one.weight - other.weight) ** 2).sum())
        if one.bias is not None:
            total += float(((one.bias - other.bias) ** 2).sum())
    return float(np.sqrt(total))


def _checked(model: MLP, theta: list[Any], role: str) -> list[Layer]:
    """The layers as float64 arrays of one net."""
    model(theta, np.zeros((1, model.widths[0])))  # says what is wrong with another tree
    layers = []
    for i, (weight, bias) in enumerate(theta):
        weight = plain(weight).astype(np.float64)
        bias = None if bias is None else plain(bias).astype(np.float64)
        if weight.ndim != 2 or (bias is not None and bias.size != weight.shape[1]):
            raise ValueError(
                f"match_permutation: layer {i} of {role} has a weight of shape {weight.shape}. "
                "Pass one net, without ensemble axes"
            )
        if not (np.isfinite(weight).all() and (bias is None or np.isfinite(bias).all())):
            raise ValueError(f"match_permutation: layer {i} of {role} is not finite")
        layers.append(Layer(weight, None if bias is None else bias.reshape(1, -1)))
    return layers
