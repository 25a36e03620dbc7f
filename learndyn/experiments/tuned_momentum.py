"""The best constant momentum on a valley of condition number k, run and measured.

Curvatures from 1 to k, with the tunings of ``learndyn.learning.tunings``. With each of them except
gradient descent's the slowest mode has a double multiplier rho, a Jordan block, and its error is

    |theta_t| ~ (a + b t) rho^t .

The factor a step from t0 to t1, (|theta_t1| / |theta_t0|)^(1 / (t1 - t0)), therefore overstates rho.
With t divided out, ((|theta_t1| / t1) / (|theta_t0| / t0))^(1 / (t1 - t0)), it does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import (
    GradientDescent,
    HeavyBall,
    Nesterov,
    Rule,
    multipliers,
    optimal_heavy_ball,
    optimal_nesterov,
    optimal_rate,
    optimal_step_size,
    standard_nesterov,
    training_map,
)


@dataclass(frozen=True, slots=True)
class TunedRun:
    """A rule with its best constants, on all modes at once.

    Attributes
    ----------
    method : str
        As in ``learndyn.learning.optimal_rate``.
    predicted : float
        rho, the factor a step.
    spectral_radius : float
        The largest multiplier over all curvatures, from the Jacobian.
    steps : ndarray, shape (records,)
    sizes : ndarray, shape (records,)
        Size of theta, relative to the start.
    slow : ndarray, shape (records,)
        Size of the mode of smallest curvature.
    """

    method: str
    predicted: float
    spectral_radius: float
    steps: np.ndarray
    sizes: np.ndarray
    slow: np.ndarray

    def factor(self, start: int, stop: int, *, divide_by_t: bool = False) -> float:
        """Return the mean factor a step of the slow mode from step ``start`` to ``stop``."""
        ratio = self.slow[stop] / self.slow[start]
        if divide_by_t:
            ratio *= start / stop
        return float(ratio ** (1.0 / (stop - start)))


@dataclass(frozen=True, slots=True)
class TunedMomentum:
    """All four methods on one valley.

    Attributes
    ----------
    condition_number : float
        k.
    runs : tuple of TunedRun
    """

    condition_number: float
    runs: tuple[TunedRun, ...]

    def __getitem__(self, method: str) -> TunedRun:
        """Return the run of one method."""
        return next(run for run in self.runs if run.method == method)


def run(condition_number: float = 100.0, *, steps: int = 300, modes: int = 21) -> TunedMomentum:
    """Descend from (1, .., 1) along ``modes`` curvatures, evenly spaced in log, from 1 to k."""
    curvatures = np.geomspace(1.0, condition_number, modes)
    rules: dict[str, Rule] = {
        "gradient descent": GradientDescent(optimal_step_size(1.0, condition_number)),
        "heavy ball": HeavyBall(*optimal_heavy_ball(1.0, condition_number)),
        "standard nesterov": Nesterov(*standard_nesterov(1.0, condition_number)),
        "optimal nesterov": Nesterov(*optimal_nesterov(1.0, condition_number)),
    }
    results = []
    for method, rule in rules.items():
        training = training_map(
            lambda theta: 0.5 * (curvatures * theta * theta).sum(), rule, np.ones(modes)
        )
        run = simulate(training, training.initial_state, steps)
        theta = run.states[:, :modes]
        results.append(
            TunedRun(
                method,
                optimal_rate(method, condition_number),
                max(float(np.abs(multipliers(rule, float(c))[0])) for c in curvatures),
                run.times,
                np.linalg.norm(theta, axis=1) / np.sqrt(modes),
                np.abs(theta[:, 0]),
            )
        )
    return TunedMomentum(condition_number, tuple(results))
