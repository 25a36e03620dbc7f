"""How far an update points away from the gradient: one angle for each layer, and one for all.

    cos angle = <update, -gradient> / (|update| |gradient|)

Below 90 degrees a small enough step lowers the objective.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree, paths
from ...dynamics.running import plain
from ...dynamics.state import flatten
from ...learning import MLP, Layer
from .rule import CreditRule, Proposal, check_rule


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Angles between an update and minus the gradient, in degrees.

    Attributes
    ----------
    layers : ndarray, shape (L,)
        Weight and bias of each layer, as one vector. NaN where either vector is 0.
    whole : float
        All parameters as one vector.
    """

    layers: np.ndarray
    whole: float


def angle(a: Any, b: Any) -> float:
    """Return the angle between two trees of arrays, as one vector each, in degrees.

    By arctan2 of their unit vectors, since arccos loses half its digits near 0 and 180.

    Parameters
    ----------
    a, b : trees of equally many numbers

    Returns
    -------
    float
        From 0 to 180; NaN if either is 0.

    Raises
    ------
    ValueError
        If they hold different numbers of elements.
    """
    u, v = plain(flatten(a)), plain(flatten(b))
    if u.shape != v.shape:
        raise ValueError(f"angle: got trees of {u.size} and {v.size} numbers. Compare parameters of one net")
    lengths = np.linalg.norm(u), np.linalg.norm(v)
    if not all(lengths):
        return float("nan")
    u, v = u / lengths[0], v / lengths[1]
    return float(np.degrees(2.0 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def alignment(update: list[Layer], gradient: list[Layer]) -> Alignment:
    """Return the angles between an update and minus a gradient.

    Parameters
    ----------
    update : list of Layer
        From ``Proposal.update``.
    gradient : list of Layer
        From ``CreditRule.gradient``, of any rule.

    Raises
    ------
    ValueError
        If the trees differ in structure or size.
    """
    if paths(update) != paths(gradient):
        raise ValueError(
            f"alignment: the update has the parts {paths(update)}, the gradient {paths(gradient)}. "
            "Compare parameters of one net"
        )
    down = [Layer(-layer.weight, _negative(layer.bias)) for layer in gradient]
    layers = [angle(a, b) for a, b in zip(update, down, strict=True)]
    return Alignment(np.array(layers), angle(update, down))


def measure_alignment(
    rule: CreditRule,
    model: MLP,
    theta: list[Layer],
    x: Any,
    y: Any,
    state: Tree = (),
    *,
    rng: np.random.Generator | None = None,
) -> tuple[Alignment, Proposal]:
    """Put one batch to a rule, and compare its proposal with the gradient of its own objective.

    Parameters
    ----------
    rule, model, theta, x, y, state, rng
        As in ``CreditRule``.

    Returns
    -------
    Alignment
    Proposal
        The proposal that was compared.

    Raises
    ------
    TypeError
        If the rule is none.
    """
    check_rule(rule, "measure_alignment")
    proposal = rule.propose(model, theta, x, y, state, rng)
    return alignment(proposal.update, rule.gradient(model, theta, x, y)), proposal


def _negative(bias: Any) -> Any:
    return None if bias is None else -bias
