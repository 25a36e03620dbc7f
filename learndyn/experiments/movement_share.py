r"""Where does training move: along the sharpest directions, or across them?

At each record the leading eigenvectors of the Hessian span a small space. The share of a movement
d in it is |P d|^2 / |d|^2, with P the projection on the span. One step of descent is one movement;
what many steps add up to is another. A direction drawn at random has the share modes / n.

References
----------
Gur-Ari, G., Roberts, D. A. and Dyer, E. (2018). Gradient descent happens in a tiny subspace.
arXiv:1812.04754.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import dominant_modes, simulate
from ..learning import GradientDescent, hessian_operator, training_map
from .edge_of_stability import problem

BELOW = 0.9  # of the edge: descent is smooth up to there


@dataclass(frozen=True, slots=True)
class MovementShare:
    """Shares of the movement of descent in the span of the leading eigenvectors.

    Attributes
    ----------
    modes, size : int
        How many eigenvectors, of how many.
    window : int
        Steps of the longer movement, even.
    steps : ndarray, shape (records,)
    relative : ndarray, shape (records,)
        eta lambda / 2.
    step_share : ndarray, shape (records,)
        Of the step that follows.
    window_share : ndarray, shape (records,)
        Of the sum of the ``window`` steps that follow.
    """

    modes: int
    size: int
    window: int
    steps: np.ndarray
    relative: np.ndarray
    step_share: np.ndarray
    window_share: np.ndarray

    @property
    def smooth(self) -> np.ndarray:
        """Records before the sharpness first comes near the edge, shape (records,), bool."""
        return np.logical_and.accumulate(self.relative < BELOW)

    @property
    def late(self) -> np.ndarray:
        """Records of the second half of the run, shape (records,), bool."""
        return self.steps >= self.steps[-1] / 2

    @property
    def chance(self) -> float:
        """Expected share of a random direction, modes / n."""
        return self.modes / self.size


def run(
    *,
    step_size: float = 0.1,
    degree: int = 4,
    seed: int = 3,
    steps: int = 2500,
    every: int = 51,
    window: int = 50,
    modes: int = 2,
) -> MovementShare:
    """Train by descent, and measure where the steps go.

    Parameters
    ----------
    step_size : float, optional
        eta.
    degree, seed : int, optional
        Of ``edge_of_stability.problem``.
    steps, every : int, optional
    window : int, optional
        Steps of the longer movement; an even number cancels an oscillation of period two.
    modes : int, optional
        How many leading eigenvectors.

    Returns
    -------
    MovementShare
    """
    loss, theta = problem(degree, seed)
    training = training_map(loss, GradientDescent(step_size), theta)
    states = simulate(training, training.initial_state, steps).states
    records = np.arange(1, steps - window + 1, every)
    rows = []
    for k in records:
        hessian = hessian_operator(loss, training.parameters(states[k]))
        top = dominant_modes(hessian, modes, which="largest", tolerance=1e-4)
        moves = (states[k + 1] - states[k], states[k + window] - states[k])
        shares = [np.sum((top.vectors.T @ d) ** 2) / np.sum(d**2) for d in moves]
        rows.append((0.5 * step_size * top.values[0], *shares))
    relative, step_share, window_share = np.array(rows).T
    size = training.initial_state.size
    return MovementShare(modes, size, window, records, relative, step_share, window_share)
