r"""Node perturbation of one linear layer: an estimate without bias, and how large its noise lets a step be.

For the outputs' gradient e and Gaussian noise xi in n units the estimate is (e . xi) xi, with

    E cos^2 = 1/n,     E |estimate|^2 = (n + 2) |e|^2

A step of size eta takes e to e - eta (e . xi) xi (inputs of unit length), so

    E |e'|^2 / |e|^2 = 1 - 2 eta + (n + 2) eta^2 :

best at eta = 1/(n + 2), and growing beyond 2/(n + 2) (Werfel, Xie and Seung, 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import MLP, GradientDescent
from ..neural.credit import NodePerturbation, credit_map


@dataclass(frozen=True, slots=True)
class CreditNoise:
    """Statistics of node perturbation, for several numbers of units and step sizes.

    Attributes
    ----------
    units : ndarray, shape (sizes,)
        n.
    scaled_steps : ndarray, shape (settings,)
        u = (n + 2) eta.
    factors : ndarray, shape (sizes, settings)
        Mean factor of the squared error in one step.
    squared_cosines, second_moments : ndarray, shape (sizes,)
        Of the estimates; the second relative to the squared gradient.
    draws : int
        Estimates that each number is a mean of; the last two of all settings together.
    """

    units: np.ndarray
    scaled_steps: np.ndarray
    factors: np.ndarray
    squared_cosines: np.ndarray
    second_moments: np.ndarray
    draws: int

    @property
    def predicted(self) -> np.ndarray:
        """1 - 2 eta + (n + 2) eta^2, shape (sizes, settings)."""
        n = self.units[:, None] + 2.0
        eta = self.scaled_steps / n
        return 1.0 - 2.0 * eta + n * eta**2


def run(
    units: Sequence[int] = (4, 16, 64),
    *,
    scaled_steps: Sequence[float] = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25),
    replicas: int = 200,
    steps: int = 10,
    seed: int = 0,
) -> CreditNoise:
    """Learn many independent problems at once, and average what one step does.

    Parameters
    ----------
    units : sequence of int, optional
    scaled_steps : sequence of float, optional
    replicas : int, optional
        Problems: one input each, orthogonal to the others, so that each has weights of its own.
    steps : int, optional
        Steps of each problem; factors of all steps have one distribution.
    seed : int, optional

    Returns
    -------
    CreditNoise
    """
    rng = np.random.default_rng(seed)
    shape = (len(units), len(scaled_steps))
    factors, cosines, moments = np.empty(shape), np.empty(shape), np.empty(shape)
    for row, n in enumerate(units):
        for column, u in enumerate(scaled_steps):
            before, after = _errors(n, u / (n + 2.0), replicas, steps, rng)
            change = before - after  # eta times the estimate
            sizes, squares = np.sum(before**2, axis=-1), np.sum(change**2, axis=-1)
            factors[row, column] = np.mean(np.sum(after**2, axis=-1) / sizes)
            cosines[row, column] = np.mean(np.sum(before * change, axis=-1) ** 2 / (sizes * squares))
            moments[row, column] = np.mean(squares / sizes) * ((n + 2.0) / u) ** 2
    return CreditNoise(
        np.array(units), np.array(scaled_steps), factors,
        cosines.mean(axis=1), moments.mean(axis=1), replicas * steps,
    )  # fmt: skip


def _errors(
    n: int, eta: float, replicas: int, steps: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of all problems before and after each step, shapes (steps, replicas, n)."""
    model = MLP((replicas, n), "linear", bias=False)
    x = np.sqrt(replicas) * np.eye(replicas)  # the update is a mean over the batch
    y = rng.standard_normal((replicas, n))
    rule = NodePerturbation(symmetric=True, noise=1.0)  # exact, as the loss is quadratic
    theta = model.init(rng)
    system = credit_map(rule, GradientDescent(eta), model, theta, (x, y), rng=rng)
    trajectory = simulate(system, system.initial_state, steps, progress=False)
    outputs = np.array([model(system.parameters(z), x) for z in trajectory.states])
    errors = outputs - y
    return errors[:-1], errors[1:]
