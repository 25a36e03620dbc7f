r"""Regimes over step size and momentum: on a quadratic, and around a minimum of a net.

Heavy ball on lambda theta^2 / 2 has two multipliers, the roots of

    mu^2 - (1 + beta - eta lambda) mu + beta = 0 .

Both are real and positive up to eta lambda = (1 - sqrt(beta))^2; beyond, the run oscillates; it
leaves at eta lambda = 2 (1 + beta), where one of them passes through -1 (Polyak, 1964).

Many step sizes run side by side. On the quadratic each member has its own curvature. The nets have
their own factor on the loss, which for gradient descent and momentum is a factor on the step size.

References
----------
Polyak, B. T. (1964). Some methods of speeding up the convergence of iteration methods. USSR
Computational Mathematics and Mathematical Physics 4(5), 1-17.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import Regime, classify_system, classify_trajectory, ravel, simulate
from ..learning import (
    MLP,
    HeavyBall,
    Layer,
    mean_squared_error,
    multipliers,
    sharpness,
    stability_limit,
    standard_normal,
    training_map,
)

KINDS = ("smooth", "oscillating", "leaves")
OUTCOMES = ("returns", "settles elsewhere", "explodes")
RETURNS, SETTLES, EXPLODES = range(3)
_KIND = {Regime.SMOOTH: 0, Regime.OSCILLATING: 1, Regime.NEUTRAL: 1}  # all others: 2
_FAR = 1e3  # a loss that is so many times the largest squared target counts as an explosion


@dataclass(frozen=True, slots=True)
class QuadraticMap:
    """What heavy ball does on a quadratic, for each pair of a step size and a momentum.

    Attributes
    ----------
    scaled_steps : ndarray, shape (sizes,)
        eta lambda.
    momenta : ndarray, shape (rows,)
        beta.
    measured, predicted : ndarray of int, shape (rows, sizes)
        Index into ``KINDS``, from the run and from the multipliers.
    """

    scaled_steps: np.ndarray
    momenta: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray

    @property
    def agreement(self) -> float:
        """Share of the runs whose regime is the predicted one."""
        return float(np.mean(self.measured == self.predicted))


def quadratic(
    *, sizes: int = 32, rows: int = 13, largest: float = 3.95, momentum: float = 0.96, steps: int = 300
) -> QuadraticMap:
    """Run heavy ball on a quadratic over a grid, and say what each run does.

    Parameters
    ----------
    sizes, rows : int, optional
        Of the grid.
    largest, momentum : float, optional
        Largest eta lambda and largest beta.
    steps : int, optional
        Length of each run.

    Returns
    -------
    QuadraticMap
    """
    scaled = (np.arange(sizes) + 0.5) * (largest / sizes)
    momenta = np.linspace(0.0, momentum, rows)
    measured, predicted = (np.empty((rows, sizes), int) for _ in range(2))
    for row, beta in enumerate(momenta):
        rule = HeavyBall(1.0, float(beta))
        training = training_map(
            lambda theta: 0.5 * (scaled * theta * theta).sum(), rule, np.ones(sizes)
        )
        run = simulate(training, training.initial_state, steps, nonfinite="record")
        for column, curvature in enumerate(scaled):
            seen = classify_trajectory(run.states[:, [column]])
            measured[row, column] = _KIND.get(seen.regime, 2)
            told = classify_system(multipliers(rule, float(curvature)))
            predicted[row, column] = _KIND.get(told.regime, 2)
    return QuadraticMap(scaled, momenta, measured, predicted)


@dataclass(frozen=True, slots=True)
class NetMap:
    """What heavy ball does near a minimum of a net.

    Attributes
    ----------
    curvature : float
        lambda, the largest eigenvalue of the Hessian at the minimum.
    scaled_steps : ndarray, shape (sizes,)
        eta lambda.
    momenta : ndarray, shape (rows,)
        beta.
    outcomes : ndarray of int, shape (rows, sizes)
        Index into ``OUTCOMES``.
    settled : ndarray, shape (rows, sizes)
        eta lambda' over 2 (1 + beta), with lambda' the sharpness where a run ended that settled
        elsewhere; nan for the others.
    """

    curvature: float
    scaled_steps: np.ndarray
    momenta: np.ndarray
    outcomes: np.ndarray
    settled: np.ndarray

    @property
    def boundary(self) -> np.ndarray:
        """eta lambda halfway between the last run that returns and the next, shape (rows,)."""
        first = np.argmax(self.outcomes != RETURNS, axis=1)
        return 0.5 * (self.scaled_steps[first] + self.scaled_steps[first - 1])

    @property
    def spacing(self) -> float:
        """Distance in eta lambda between neighbours on the grid."""
        return float(self.scaled_steps[1] - self.scaled_steps[0])

    @property
    def predicted_boundary(self) -> np.ndarray:
        """2 (1 + beta), shape (rows,)."""
        return np.array([stability_limit(HeavyBall(1.0, float(b))) for b in self.momenta])


def net(
    *,
    sizes: int = 32,
    rows: int = 9,
    largest: float = 5.6,
    momentum: float = 0.8,
    steps: int = 600,
    push: float = 1e-4,
    seed: int = 0,
) -> NetMap:
    """Push a net out of a minimum and see whether heavy ball brings it back.

    The targets are the answers of a net 1-8-1, so its parameters are a minimum of loss zero. Each
    run starts a little off, along the direction of the largest curvature.

    Parameters
    ----------
    sizes, rows : int, optional
        Of the grid.
    largest, momentum : float, optional
        Largest eta lambda and largest beta.
    steps : int, optional
        Length of each run.
    push : float, optional
        Initial distance from the minimum. Small: near the limit momentum first amplifies it.
    seed : int, optional
        Of the net at the minimum.

    Returns
    -------
    NetMap
    """
    model, x = MLP((1, 8, 1), "tanh"), np.linspace(-1.0, 1.0, 20)[:, None]
    minimum = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    target = model(minimum, x)

    def losses(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, x), target, axis=(-2, -1))

    top = sharpness(losses, minimum)
    scaled = (np.arange(sizes) + 0.5) * (largest / sizes)
    factors = scaled / top.value
    flat, unravel = ravel(minimum)
    pushed = unravel(flat + push * top.vector)
    start = tree_map(lambda leaf: np.repeat(leaf[None], sizes, axis=0), pushed)
    momenta = np.linspace(0.0, momentum, rows)
    outcomes = np.empty((rows, sizes), int)
    settled = np.full((rows, sizes), np.nan)
    for row, beta in enumerate(momenta):
        rule = HeavyBall(1.0, float(beta))
        training = training_map(lambda theta: (factors * losses(theta)).sum(), rule, start)
        run = simulate(training, training.initial_state, steps, every=steps, nonfinite="record")
        ends = training.parameters(run.final_state)
        for i, factor in enumerate(factors):
            end = tree_map(lambda leaf: leaf[i], ends)  # noqa: B023
            with np.errstate(all="ignore"):  # it may have overflowed
                distance = float(np.linalg.norm(ravel(end)[0] - flat))
                loss = float(losses(end))
            if distance < push:
                outcomes[row, i] = RETURNS
            elif not loss < _FAR * np.max(target**2):
                outcomes[row, i] = EXPLODES
            else:
                outcomes[row, i] = SETTLES
                settled[row, i] = factor * sharpness(losses, end, tolerance=1e-4).value
        settled[row] /= stability_limit(rule)
    return NetMap(top.value, scaled, momenta, outcomes, settled)

