r"""Cause: units of a hidden layer are alike, and stay so.

Unit i has the vector u_i of its incoming weights, its bias and its outgoing weights. If u_i = u_j
all rules that treat units alike keep them equal; for an odd activation the same holds for
u_i = -u_j without a bias, or with a bias of opposite sign. The layer then is one of fewer units.
The distance is relative,

    d_ij = |u_i - s u_j| / max(|u_i|, |u_j|),    s = 1 or -1,

and 0 for two units that are zero. Units count as tied if d <= 1e-3 at the start and at the end:
units that learning has made alike were not trapped.

Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..models import MLP, Layer
from ..models.activations import activation_name
from .case import Case
from .report import Cause, Finding

TIED = 1e-3  # units drawn at random differ by about 1, and learning cannot use 1e-3 of that
_ODD = {"tanh", "erf", "linear", "identity", "sin"}
_KICKS = 3


@dataclass(frozen=True, slots=True)
class Ties:
    """Units of one hidden layer that are alike.

    Attributes
    ----------
    layer : int
        Counted from 1, the first hidden one.
    units : tuple of int
    signs : tuple of int
        1 for a unit that is like the first, -1 for one that is its negative.
    distance : float
        The largest d from the first unit.
    """

    layer: int
    units: tuple[int, ...]
    signs: tuple[int, ...]
    distance: float


def symmetry(case: Case) -> Finding | None:
    """Return the finding that units are tied, or None."""
    if case.model is None or len(case.model.widths) < 3:
        return None
    odd = is_odd(case.model)
    at_start = {(t.layer, t.units): t for t in tied_units(case.start, odd)}
    ties = [t for t in tied_units(case.parameters(-1), odd) if (t.layer, t.units) in at_start]
    if not ties:
        return None
    rng = np.random.default_rng(case.seed)
    loss = np.inf
    for _ in range(_KICKS):
        loss = min(loss, case.again(separated(case.start, ties, rng)))
        if loss <= case.goal:
            break
    explained = case.explained(loss)
    if not case.names(loss):
        return None
    gap = max(t.distance for t in ties)
    lost = sum(len(t.units) - 1 for t in ties)
    return Finding(
        Cause.SYMMETRY, explained,
        (
            *((f"hidden layer {t.layer}", f"units {_listed(t)} are alike") for t in ties),
            ("relative distance at the end", f"{gap:.2g} (tied below {TIED:g})"),
            ("units without effect of their own", f"{lost} of {sum(case.model.widths[1:-1])}"),
            ("loss with the units separated", f"{loss:.3g} after {case.budget} steps at most"),
        ),
        "draw the initial weights of these units at random, each its own",
        {"distance": gap, "lost_units": float(lost), "loss": loss},
    )  # fmt: skip


def is_odd(model: MLP) -> bool:
    """Return whether a unit of the model and its negative do the same."""
    return activation_name(model.activation) in _ODD


def tied_units(theta: list[Layer], odd: bool) -> list[Ties]:
    """Return the groups of two or more hidden units that are alike.

    Parameters
    ----------
    theta : list of Layer
    odd : bool
        Whether the activation is odd, so that a unit and its negative do the same.
    """
    groups = []
    for number, (before, after) in enumerate(pairwise(theta), 1):
        u = np.asarray(before.weight).T
        if before.bias is not None:
            u = np.hstack([u, np.reshape(before.bias, (-1, 1))])
        u = np.hstack([u, np.asarray(after.weight)])
        left = list(range(len(u)))
        while left:
            first, found = left[0], []
            for j in left:
                gaps = [(_gap(u[first], u[j]), 1)] + ([(_gap(u[first], -u[j]), -1)] if odd else [])
                gap, sign = min(gaps, key=lambda pair: pair[0])
                if gap <= TIED:
                    found.append((j, sign, gap))
            left = [j for j in left if j not in {j for j, _, _ in found}]
            if len(found) > 1:
                units, signs, distances = zip(*found, strict=True)
                groups.append(Ties(number, units, signs, max(distances)))
    return groups


def separated(theta: list[Layer], ties: list[Ties], rng: Any) -> list[Layer]:
    """Return parameters in which tied units are drawn anew, of the size that their layer has."""
    layers = _copied(theta)
    for t in ties:
        units = list(t.units)
        incoming, outgoing = layers[t.layer - 1][0], layers[t.layer][0]
        for weight, rows in ((incoming, (slice(None), units)), (outgoing, (units, slice(None)))):
            size = max(float(np.sqrt(np.mean(weight**2))), 1.0 / np.sqrt(weight.shape[0]))
            weight[rows] = size * rng.standard_normal(weight[rows].shape)
    return [Layer(*layer) for layer in layers]


def symmetric_part(theta: list[Layer], ties: list[Ties]) -> list[Layer]:
    """Return a tree of parameters averaged over the tied units: the part that keeps them alike."""
    layers = _copied(theta)
    for t in ties:
        units, signs = list(t.units), np.array(t.signs, dtype=float)
        (incoming, bias), outgoing = layers[t.layer - 1], layers[t.layer][0]
        incoming[:, units] = np.outer((incoming[:, units] * signs).mean(axis=1), signs)
        if bias is not None:
            bias[..., units] = (bias[..., units] * signs).mean(axis=-1, keepdims=True) * signs
        outgoing[units] = np.outer(signs, (outgoing[units] * signs[:, None]).mean(axis=0))
    return [Layer(*layer) for layer in layers]


def _copied(theta: list[Layer]) -> list[list[Any]]:
    return [[None if p is None else np.array(p, dtype=float) for p in layer] for layer in theta]


def _gap(a: np.ndarray, b: np.ndarray) -> float:
    largest = float(max(np.abs(a).max(), np.abs(b).max()))  # first, since squares overflow
    if largest == 0.0:
        return 0.0
    a, b = a / largest, b / largest
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b)))


def _listed(ties: Ties) -> str:
    pairs = zip(ties.units, ties.signs, strict=True)
    shown = [f"{'-' if sign < 0 else ''}{unit}" for unit, sign in pairs]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")
