"""What a rule does when the landscape is turned, scaled, or written in other units.

A change of coordinates theta = A u makes the loss L(A u). A rule does not know this: it runs in u
from A^{-1} theta_0, and A u is the path as seen in theta. If that path is the old one for each A
of a group, the rule is *equivariant* under the group.

    rotations        descent and momentum: yes; RMSProp and Adam: only where axes go to axes
    c L, c > 0       Adam: the same path, if epsilon is scaled too; descent: as with step size c eta
    units s_i        descent: as with step sizes s_i^2 eta; RMSProp and Adam: with s_i eta
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..autodiff import matmul
from ..learning import Rule
from .bits import differing_bits
from .valley_paths import Loss, path


@dataclass(frozen=True, slots=True, eq=False)
class TurnedPaths:
    """The path of each rule in a landscape, and in the turned landscape, turned back.

    Attributes
    ----------
    angle : float
        Degrees.
    straight, turned : dict of str to ndarray, each of shape (steps + 1, 2)
        The two paths, by the name of the rule.
    """

    angle: float
    straight: dict[str, np.ndarray]
    turned: dict[str, np.ndarray]

    def difference(self, name: str) -> float:
        """The largest distance of the two paths, as a share of how far the path leads."""
        return path_difference(self.straight[name], self.turned[name])


def path_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest distance of two paths, (steps + 1, n), over the reach of the first."""
    reach = np.max(np.linalg.norm(one - one[0], axis=1))
    return float(np.max(np.linalg.norm(one - other, axis=1)) / reach)


def rotation(degrees: float) -> np.ndarray:
    """Return the rotation by an angle, shape (2, 2), with exact zeros at quarter turns."""
    quarter, rest = divmod(degrees, 90.0)
    c, s = np.cos(np.radians(rest)), np.sin(np.radians(rest))
    matrix = np.array([[c, -s], [s, c]])
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    for _ in range(int(quarter) % 4):
        matrix = turn @ matrix
    return matrix


def path_in_coordinates(
    loss: Loss, rule: Rule, start: np.ndarray, steps: int, matrix: np.ndarray
) -> np.ndarray:
    """Run a rule in u, with theta = A u, and return the path in theta, shape (steps + 1, n)."""

    def changed(u: Any) -> Any:
        return loss(matmul(matrix, u))

    return path(changed, rule, np.linalg.solve(matrix, start), steps) @ matrix.T


def run(
    loss: Loss,
    rules: Mapping[str, Rule],
    start: tuple[float, float],
    steps: int,
    *,
    angle: float = 45.0,
) -> TurnedPaths:
    """Turn the landscape and the start by ``angle`` degrees, run each rule, and turn its path back."""
    origin = np.array(start)
    # The loss of the turned landscape at u is that of the old one at R^T u.
    back = rotation(angle).T
    return TurnedPaths(
        angle,
        {name: path(loss, rule, origin, steps) for name, rule in rules.items()},
        {
            name: path_in_coordinates(loss, rule, origin, steps, back)
            for name, rule in rules.items()
        },
    )


def scaled_loss(loss: Loss, factor: float) -> Loss:
    """Return the loss times a number."""

    def scaled(theta: Any) -> Any:
        return factor * loss(theta)

    return scaled


def equivalent_rule(rule: Rule, factor: float) -> Rule:
    """Return the rule that makes, on L, the path that ``rule`` makes on factor * L.

    A step of descent, heavy ball and Nesterov is proportional to the gradient: eta becomes
    factor * eta. RMSProp and Adam divide the factor away, but for epsilon, which has the units of the
    gradient: it becomes epsilon / factor.
    """
    old: Any = rule  # the rules of this package are dataclasses
    if hasattr(old, "epsilon"):
        new: Rule = replace(old, epsilon=old.epsilon / factor)
    else:
        new = replace(old, step_size=old.step_size * factor)
    return new


def scaling_bits(loss: Loss, rule: Rule, start: tuple[float, float], steps: int, factor: float) -> int:
    """Return the bits that differ between the path on factor * L and that of the equivalent rule."""
    origin = np.array(start)
    scaled = path(scaled_loss(loss, factor), rule, origin, steps)
    return differing_bits(scaled, path(loss, equivalent_rule(rule, factor), origin, steps))
