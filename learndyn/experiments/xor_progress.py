"""XOR while it is learnt: what a net answers over the square of inputs after so many steps.

The nets are those of ``xor``, by their number there, but trained in an ensemble of their own, which
changes nothing: no net feels another. The levels 1/4, 1/6 and 1/8 on which a loss may rest are the
least errors of nets that merge examples; see ``xor_valleys``.

References
----------
Hamey, L. G. C. (1998). XOR has no local minima. Neural Networks 11, 669-681.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import simulate
from ..learning import MLP, GradientDescent, Layer, mean_squared_error, standard_normal, training_map
from .xor import INPUTS, TARGETS, decision_surface


@dataclass(frozen=True, slots=True, eq=False)
class XorProgress:
    """Some nets at some steps of their training.

    Attributes
    ----------
    nets : ndarray of int, shape (n,)
        Their numbers in the ensemble of ``xor.run``.
    steps : ndarray of int, shape (records,)
    losses : ndarray, shape (n, records)
        Mean squared error.
    shown : ndarray of int, shape (s,)
        Steps at which the answers were looked at.
    answers : ndarray, shape (n, s, 4)
        To the four examples, in the order of ``xor.INPUTS``.
    axis : ndarray, shape (points,)
        Both coordinates of the grid.
    surfaces : ndarray, shape (n, s, points, points)
        Answers over the square, as ``xor.decision_surface`` lays them out.
    """

    nets: np.ndarray
    steps: np.ndarray
    losses: np.ndarray
    shown: np.ndarray
    answers: np.ndarray
    axis: np.ndarray
    surfaces: np.ndarray

    @property
    def shown_losses(self) -> np.ndarray:
        """Mean squared error at the steps shown, shape (n, s)."""
        return np.mean((self.answers - TARGETS[:, 0]) ** 2, axis=-1)

    @property
    def right(self) -> np.ndarray:
        """How many of the four answers are on the target's side of 1/2, shape (n, s)."""
        return np.sum((self.answers > 0.5) == (TARGETS[:, 0] > 0.5), axis=-1)


def run(
    nets: Sequence[int],
    shown: Sequence[int],
    *,
    width: int = 2,
    networks: int = 400,
    step_size: float = 0.1,
    every: int = 50,
    points: int = 17,
    seed: int = 0,
) -> XorProgress:
    """Train some nets of the ensemble, and look at their answers on the way.

    Parameters
    ----------
    nets : sequence of int
        Numbers from 0 to networks - 1.
    shown : sequence of int
        Increasing steps, multiples of ``every``; the last one ends the training.
    width, networks, step_size, seed : optional
        As in ``xor.run``; the same numbers draw the same nets.
    every : int, optional
        Record the losses every so many steps.
    points : int, optional
        Of the grid, on a side.

    Returns
    -------
    XorProgress

    Raises
    ------
    ValueError
        If a net is not in the ensemble, or the steps do not increase or are no multiples of ``every``.
    """
    chosen, at = np.array(nets), np.array(shown)
    if not chosen.size or chosen.min() < 0 or chosen.max() >= networks:
        raise ValueError(f"xor_progress: nets must be numbers from 0 to {networks - 1}, received {nets!r}")
    if not at.size or at[0] < 0 or (np.diff(at) <= 0).any() or (at % every).any() or at[-1] == 0:
        raise ValueError(
            f"xor_progress: shown must be increasing multiples of every={every} that end above 0, received {shown!r}"
        )
    model = MLP((2, width, 1))
    drawn = model.init(np.random.default_rng(seed), ensemble=(networks,), initialiser=standard_normal)
    theta = tree_map(lambda leaf: leaf[chosen], drawn)

    def losses(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS, axis=(-2, -1))

    training = training_map(lambda theta: losses(theta).sum(), GradientDescent(step_size), theta)
    record = simulate(training, training.initial_state, int(at[-1]), every=every)
    kept = [training.parameters(state) for state in record.states]
    looks = [[_one(kept[step // every], i) for step in at] for i in range(chosen.size)]
    seen = [[decision_surface(model, each, points=points) for each in row] for row in looks]
    return XorProgress(
        chosen, record.times.astype(int), np.array([losses(each) for each in kept]).T, at,
        np.array([[np.asarray(model(each, INPUTS))[:, 0] for each in row] for row in looks]),
        seen[0][0][0], np.array([[surface for _, surface in row] for row in seen]),
    )  # fmt: skip


def _one(theta: list[Layer], i: int) -> list[Layer]:
    one: list[Layer] = tree_map(lambda leaf: leaf[i], theta)
    return one
