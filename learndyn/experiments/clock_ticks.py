r"""A net on a symmetric saddle as a clock: how much a split grows in one step of each rule.

Two equal units on a critical point of curvature -mu across (``symmetry_breaking.saddle``). A small
split along that direction is multiplied by the same factor f in each step. With s = eta mu,

    gradient descent   f = 1 + s
    heavy ball         f = larger root of z^2 - (1 + beta + s) z + beta ,

and the other rules in ``learning.symmetry.growth``. For s far below (1 - beta)^2 the root is
1 + s / (1 - beta), as of a step eta / (1 - beta). For beta = 1 it is
1 + (s + sqrt(s^2 + 4 s)) / 2: momentum cannot make the rate larger than about sqrt(s).

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import ravel
from ..learning import (
    Adam,
    AMSGrad,
    GradientDescent,
    HeavyBall,
    Nesterov,
    RMSProp,
    Rule,
    TrainingMap,
    mean_squared_error,
    training_map,
)
from ..learning.symmetry import escape_factor, exchange_actions, measure_escape, state_action
from . import symmetry_breaking

SECOND_MOMENT = 0.04  # held there, for the rules that have one
_HELD = 1.0 - 1e-12  # a beta2 with which the second moment does not change during a run
RULES: dict[str, Rule] = {
    "gradient descent": GradientDescent(0.1),
    "heavy ball": HeavyBall(0.1, 0.9),
    "Nesterov": Nesterov(0.1, 0.9),
    "RMSProp": RMSProp(0.01, _HELD),
    "Adam": Adam(0.01, 0.9, _HELD, bias_correction=False),
    "AMSGrad": AMSGrad(0.01, 0.9, _HELD),
}


@dataclass(frozen=True, slots=True)
class Ticks:
    """The growth of a split in a step, for several rules.

    Attributes
    ----------
    names : tuple of str
    predicted, measured : ndarray, shape (rules,)
        Factors; measured by a fit of ln(split) from 1e-7 to 1e-5.
    mu : float
        Minus the curvature across.
    """

    names: tuple[str, ...]
    predicted: np.ndarray
    measured: np.ndarray
    mu: float


def net_loss(theta: Any) -> Any:
    """Return the mean squared error of the net of two units, on the data of the saddle."""
    x, y = symmetry_breaking.data()
    return mean_squared_error(symmetry_breaking.LARGE(theta, x), y)


def training(rule: Rule) -> TrainingMap:
    """Return training of the two units with a rule, from the saddle."""
    return training_map(net_loss, rule, symmetry_breaking.saddle()[0])


def rules() -> Ticks:
    """Measure the factor of each rule of ``RULES``."""
    mu = symmetry_breaking.saddle()[2].mu
    predicted = [escape_factor(rule, mu, second_moment=SECOND_MOMENT) for rule in RULES.values()]
    measured = [_measured(rule) for rule in RULES.values()]
    return Ticks(tuple(RULES), np.array(predicted), np.array(measured), mu)


@dataclass(frozen=True, slots=True)
class MomentumTicks:
    """What momentum does to the clock.

    Attributes
    ----------
    momenta : ndarray, shape (k,)
        beta of the heavy ball.
    rate : float
        s = eta mu.
    predicted, measured : ndarray, shape (k,)
        ln f, the growth of ln(split) in a step.
    curve : ndarray, shape (2, points)
        beta and the predicted ln f, close enough for a line.
    """

    momenta: np.ndarray
    rate: float
    predicted: np.ndarray
    measured: np.ndarray
    curve: np.ndarray

    @property
    def effective(self) -> np.ndarray:
        """ln(1 + s / (1 - beta)), as of a step eta / (1 - beta), shape (points,)."""
        return np.log1p(self.rate / (1.0 - self.curve[0]))

    @property
    def limit(self) -> float:
        """ln f for beta = 1."""
        s = self.rate
        return float(np.log1p(0.5 * (s + np.sqrt(s * s + 4.0 * s))))


def momentum(
    momenta: Sequence[float] = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98), *, step_size: float = 0.1
) -> MomentumTicks:
    """Measure the growth of a split under the heavy ball, for several momenta.

    Parameters
    ----------
    momenta : sequence of float, optional
        beta, from 0 to below 1.
    step_size : float, optional
        eta.

    Raises
    ------
    ValueError
        If a momentum is out of its range.
    """
    mu = symmetry_breaking.saddle()[2].mu

    def rate(beta: float) -> float:
        return float(np.log(escape_factor(HeavyBall(step_size, beta), mu)))

    if not all(0.0 <= beta < 1.0 for beta in momenta):
        raise ValueError(f"clock_ticks.momentum: each beta must be in [0, 1), got {momenta}")
    fine = np.linspace(0.0, 0.995, 200)
    return MomentumTicks(
        np.array(momenta),
        step_size * mu,
        np.array([rate(beta) for beta in momenta]),
        np.array([np.log(_measured(HeavyBall(step_size, beta))) for beta in momenta]),
        np.array([fine, [rate(float(beta)) for beta in fine]]),
    )


def _measured(rule: Rule) -> float:
    """The factor of a split that starts in the fastest mode, velocities included."""
    step = training(rule)
    action = state_action(step, exchange_actions(symmetry_breaking.saddle()[0], (0, 0, 1))[0])
    state = step.state(step.initial_state)
    held = {
        name: np.full_like(state.theta, SECOND_MOMENT)
        for name in state._fields
        if name.endswith("second_moment")
    }
    z = ravel(state._replace(**held))[0]
    return measure_escape(step, z, action, sigma=1e-7, ceiling=1e-5).factor
