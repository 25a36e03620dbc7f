r"""How much of a noisy error to correct: simulated learners, and the two signs of the best learning rate.

The stationary variance of errors is least where the learning rate is the Kalman gain, and there successive
errors are uncorrelated. Both are measured in a sweep over learning rates, and compared with closed form.

References
----------
van Beers, R. J. (2009). Neuron 63, 406-417. Kalman, R. E. (1960). Journal of Basic Engineering 82, 35-45.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..neural.control import CorrectionSweep, MotorNoise, sweep_corrections


@dataclass(frozen=True, slots=True)
class Correction:
    """A sweep over learning rates beside its closed form.

    Attributes
    ----------
    sweep : CorrectionSweep
    learning_rates : ndarray, shape (n,)
        B, a finer grid, for the curves.
    variances, autocorrelations : ndarray, shape (n,)
        Of errors, in closed form.
    """

    sweep: CorrectionSweep
    learning_rates: np.ndarray
    variances: np.ndarray
    autocorrelations: np.ndarray

    @property
    def noise(self) -> MotorNoise:
        """With what the learners ran."""
        return self.sweep.noise

    def cost(self, learning_rate: float) -> float:
        """Return by which share the error variance of a learning rate is above the least one."""
        least = self.noise.prior_variance + self.noise.execution
        return float((self.noise.plan_variance(learning_rate) + self.noise.execution) / least - 1.0)


RATES = (*np.linspace(0.11, 0.56, 10), 0.7, 0.85, 1.0)
"""Shares of an error to correct: ten round the best, and three that are too large."""


def run(
    learning_rates: Sequence[float] = RATES,
    *,
    noise: MotorNoise | None = None,
    trials: int = 1000,
    learners: int = 100,
    seed: int = 0,
) -> Correction:
    """Sweep the learning rate.

    Parameters
    ----------
    learning_rates : sequence of float, optional
        B, increasing.
    noise : MotorNoise, optional
        Planning variance 0.2 and execution variance 1 by default, and full retention.
    trials, learners, seed : int, optional
        As in ``sweep_corrections``.
    """
    noise = MotorNoise(0.2, 1.0) if noise is None else noise
    sweep = sweep_corrections(noise, learning_rates, trials=trials, learners=learners, rng=seed)
    fine = np.linspace(sweep.learning_rates[0], sweep.learning_rates[-1], 121)
    return Correction(sweep, fine, noise.plan_variance(fine) + noise.execution, noise.autocorrelation(fine))
