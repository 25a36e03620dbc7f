r"""Bias and variance in one picture: where the updates of each rule lie, seen from the gradient.

An update u has a part along minus the gradient g and a rest, both in units of |g|:

    along = -<u, g> / |g|^2,      across = |u - along (-g)| / |g|

Backpropagation is at (1, 0). A rule with bias and without noise is one point elsewhere; a rule with noise and
without bias is a cloud whose mean is at (1, 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..dynamics.state import flatten
from ..neural.credit import EquilibriumPropagation, PredictiveCoding, Settling
from .credit_rules import CONTESTANTS, Contestant, half_adder, start

_NAMES = (
    "feedback alignment",
    "direct feedback",
    "sign-symmetric",
    "predictive coding",
    "equilibrium prop.",
    "node perturbation",
    "weight perturbation",
)


@dataclass(frozen=True, slots=True)
class Estimates:
    """Updates of one rule at the start of the half adder.

    Attributes
    ----------
    name : str
    along, across : ndarray, shape (draws,)
        One draw if the rule has no noise.
    mean : tuple of float
        The two coordinates of the mean update.
    """

    name: str
    along: np.ndarray
    across: np.ndarray
    mean: tuple[float, float]


def run(names: Sequence[str] = _NAMES, *, draws: int = 200, seed: int = 0) -> list[Estimates]:
    """Ask each rule for updates at its initial weights.

    Parameters
    ----------
    names : sequence of str, optional
        Of ``credit_rules.CONTESTANTS``.
    draws : int, optional
        Of the rules with noise.
    seed : int, optional

    Returns
    -------
    list of Estimates
        One for each name.
    """
    entries = {contestant.name: contestant for contestant in CONTESTANTS}
    return [_estimates(entries[name], draws, seed) for name in names]


def _estimates(contestant: Contestant, draws: int, seed: int) -> Estimates:
    system = start(contestant, seed=seed)
    x, y = half_adder()
    z, rule, model = system.initial_state, contestant.rule, contestant.model
    if isinstance(rule, EquilibriumPropagation | PredictiveCoding):
        rule = replace(rule, settling=Settling())
    theta, state = system.parameters(z), system.credit_state(z)
    gradient = flatten(rule.gradient(model, theta, x, y))
    rng = np.random.default_rng([seed, 2])
    count = draws if rule.needs.noise else 1
    updates = np.array([flatten(rule.propose(model, theta, x, y, state, rng).update) for _ in range(count)])
    along, across = _seen_from(gradient, updates)
    middle = _seen_from(gradient, updates.mean(axis=0))
    return Estimates(contestant.name, along, across, (float(middle[0]), float(middle[1])))


def _seen_from(gradient: np.ndarray, updates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = gradient @ gradient
    along = -(updates @ gradient) / size
    rest = updates + along[..., None] * gradient
    return along, np.linalg.norm(rest, axis=-1) / np.sqrt(size)
