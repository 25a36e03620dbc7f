"""The step size chooses the regime of a net: XOR with eight hidden units, one start, many steps.

A smooth run ends in a minimum of sharpness lambda, which descent can hold while eta < 2 / lambda.
With a larger step the same start is thrown out and settles where the loss is flatter, or
explodes. In the explosion the hidden units are saturated. If each has the same sign for all
examples, the output is linear in w = (output weights, bias) with constant features phi of size
|phi|^2 = units + 1, the loss mean (w phi - t)^2 has the curvature 2 (units + 1), and each step
multiplies the error by 1 - 2 eta (units + 1).

References
----------
Wu, L., Ma, C. and E, W. (2018). How SGD selects the global minima in over-parameterized
learning: a dynamical stability perspective. NeurIPS 31.
Lewkowycz, A. et al. (2020). The large learning rate phase of deep learning: the catapult
mechanism. arXiv:2003.02218.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import ObservedRegime, Regime, classify_trajectory, fixed_point, simulate
from ..learning import (
    MLP,
    GradientDescent,
    Layer,
    mean_squared_error,
    sharpness,
    train,
    training_map,
)
from .xor import INPUTS, TARGETS

ROUNDING = 1e-20  # below this loss, a rise says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Minimum:
    """Where a smooth run ends, and the largest step with which descent can stay there.

    Attributes
    ----------
    theta : list of Layer
    sharpness : float
        Largest eigenvalue of the Hessian.
    neutral : int or None
        Directions in which the loss does not change, by the rank of the Hessian.
    measured_limit : float
        The step size at which a small push along the steepest direction no longer dies out.
    """

    theta: list[Layer]
    sharpness: float
    neutral: int | None
    measured_limit: float

    @property
    def predicted_limit(self) -> float:
        """2 / lambda."""
        return 2.0 / self.sharpness


@dataclass(frozen=True, slots=True, eq=False)
class NetRun:
    """One run of gradient descent on the net.

    Attributes
    ----------
    step_size : float
    losses : ndarray, shape (records,)
    sharpness : float
        At the end; nan if the run left the finite numbers.
    seen : ObservedRegime
        Of the whole run, from its states.
    """

    step_size: float
    losses: np.ndarray
    sharpness: float
    seen: ObservedRegime

    @property
    def explodes(self) -> bool:
        """Whether the run left the finite numbers."""
        return self.seen.regime is Regime.EXPLODING

    @property
    def rises(self) -> int:
        """In how many steps the loss rose, apart from rounding."""
        losses = self.losses[np.isfinite(self.losses)]
        return int((losses[1:] > np.maximum(losses[:-1], ROUNDING)).sum())

    @property
    def growth(self) -> float:
        """The factor per step of the late motion, exp(rate)."""
        return float(np.exp(self.seen.rate))


@dataclass(frozen=True, slots=True, eq=False)
class NetStepSizes:
    """Runs from one start with many step sizes, and the minimum of the smoothest.

    Attributes
    ----------
    units : int
        Hidden units.
    minimum : Minimum
    runs : tuple of NetRun
        In the order of the step sizes.
    """

    units: int
    minimum: Minimum
    runs: tuple[NetRun, ...]

    @property
    def settled(self) -> tuple[NetRun, ...]:
        """The runs that stayed finite."""
        return tuple(run for run in self.runs if not run.explodes)

    @property
    def exploded(self) -> tuple[NetRun, ...]:
        """The runs that did not."""
        return tuple(run for run in self.runs if run.explodes)

    def saturated_growth(self, step_size: float) -> float:
        """Predicted factor per step of an explosion, 2 eta (units + 1) - 1."""
        return 2.0 * step_size * (self.units + 1) - 1.0


def run(
    step_sizes: Any = tuple(np.geomspace(0.05, 1.2, 17)),
    *,
    units: int = 8,
    steps: int = 1200,
    smooth_step: float = 0.05,
    seed: int = 2,
) -> NetStepSizes:
    """Train one net from one start with each step size.

    Parameters
    ----------
    step_sizes : array_like, optional
    units : int, optional
        Hidden units, tanh.
    steps : int, optional
        Of each run.
    smooth_step : float, optional
        The step size whose minimum is studied.
    seed : int, optional
        Of the initial parameters.

    Returns
    -------
    NetStepSizes
    """
    model = MLP((2, units, 1), "tanh")
    start = model.init(np.random.default_rng(seed))

    def loss(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS)

    runs = tuple(_train(loss, start, float(eta), steps) for eta in np.asarray(step_sizes, float))
    return NetStepSizes(units, _minimum(loss, start, smooth_step, 4000), runs)


def _train(loss: Any, start: list[Layer], step_size: float, steps: int) -> NetRun:
    record = train(loss, GradientDescent(step_size), start, steps, keep_states=True)
    end = float("nan") if record.stopped else sharpness(loss, record.theta).value
    return NetRun(step_size, record.losses, end, classify_trajectory(record.states))


def _minimum(loss: Any, start: list[Layer], step_size: float, steps: int) -> Minimum:
    """Follow a smooth run to its end, and push it along the steepest direction."""
    training = training_map(loss, GradientDescent(step_size), start)
    end = simulate(training, training.initial_state, steps, every=steps).final_state
    found = fixed_point(training, end)
    theta = training.parameters(found.state)
    steepest = sharpness(loss, theta, tolerance=1e-10)
    limit = _limit(loss, theta, found.state, steepest.vector)
    return Minimum(theta, steepest.value, found.neutral, limit)


def _limit(loss: Any, theta: list[Layer], minimum: np.ndarray, u: np.ndarray) -> float:
    """The step size at which a push along u stops to shrink, by bisection on short runs."""
    push, low, high = 1e-7, 0.05, 0.4
    for _ in range(40):
        eta = 0.5 * (low + high)
        training = training_map(loss, GradientDescent(eta), theta)
        end = simulate(training, minimum + push * u, 12, every=12).final_state
        grows = abs((end - minimum) @ u) > push
        low, high = (low, eta) if grows else (eta, high)
    return 0.5 * (low + high)
