"""How large must a random start be to part the units? Any size parts them; a large one can strand.

Nets of two tanh units learn the target of ``symmetry_breaking`` from N(0, sigma^2) parameters. It
needs both units. Near zero the start is close to a point that all symmetries share, and both units
grow along one direction first. Still they part: the split grows exponentially, so sigma costs a
logarithm of time. Far from zero the units differ from the first step, but many are saturated or
end where a second unit does not help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import simulate
from ..learning import GradientDescent, Layer, scaled, standard_normal, training_map
from .symmetry_breaking import LARGE, data, saddle

SOLVED = 0.1  # of the loss of the best net of one unit


@dataclass(frozen=True, slots=True)
class StartSizes:
    """Losses of nets from random starts of several sizes.

    Attributes
    ----------
    sizes : ndarray, shape (k,)
        sigma.
    times : ndarray of int, shape (records,)
        Steps.
    losses : ndarray, shape (records, k, nets)
    one_unit : float
        Loss of the best net of one unit.
    """

    sizes: np.ndarray
    times: np.ndarray
    losses: np.ndarray
    one_unit: float

    @property
    def solved(self) -> np.ndarray:
        """Part of the nets below ``SOLVED`` times the one-unit loss, shape (records, k)."""
        return np.mean(self.losses < SOLVED * self.one_unit, axis=-1)

    @property
    def median_time(self) -> np.ndarray:
        """First recorded step at which half of the nets have solved it; NaN if never: (k,)."""
        half = self.solved >= 0.5
        return np.where(half.any(axis=0), self.times[half.argmax(axis=0)], np.nan)


def run(
    sizes: Sequence[float] = (1e-6, 1e-4, 1e-2, 0.3, 1.0, 3.0),
    *,
    nets: int = 30,
    steps: int = 1200,
    every: int = 20,
    seed: int = 0,
) -> StartSizes:
    """Train nets from random starts of several sizes, all at once.

    Parameters
    ----------
    sizes : sequence of float, optional
        sigma, of weights and biases.
    nets : int, optional
        For each size.
    steps, every : int, optional
    seed : int, optional

    Returns
    -------
    StartSizes
    """
    rng = np.random.default_rng(seed)
    drawn = [
        LARGE.init(rng, initialiser=scaled(standard_normal, s, bias_std=s), ensemble=(nets,))
        for s in sizes
    ]
    theta = [
        Layer(*(np.stack(parts) for parts in zip(*layers, strict=True)))
        for layers in zip(*drawn, strict=True)
    ]
    training = training_map(lambda theta: net_losses(theta).sum(), GradientDescent(0.1), theta)
    record = simulate(
        training,
        training.initial_state,
        steps,
        every=every,
        observe={"loss": lambda z: np.asarray(net_losses(training.parameters(z)))},
    )
    return StartSizes(np.array(sizes), record.times, record.observables["loss"], saddle()[1])


def net_losses(theta: Tree) -> Any:
    """Return the mean squared error of each net of an ensemble of two-unit nets, shape (...)."""
    x, y = data()
    residual = LARGE(theta, x) - y
    return (residual * residual).mean(axis=(-2, -1))
