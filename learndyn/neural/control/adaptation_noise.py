"""How much of a noisy error should be corrected: the Kalman gain, and how to see it.

    y(t) = x(t) + r(t)                      the observed error: what was planned plus execution noise
    x(t + 1) = A x(t) - B y(t) + q(t)       the next plan: a share B is corrected, planning adds noise

q and r are white, of variances Q and R. The stationary variance of the plan and the covariance of
successive errors are

    V = (B^2 R + Q) / (1 - (A - B)^2),     cov(y', y) = (A - B) V - B R .

V is least where B = A P / (P + R) with the root P > 0 of the Riccati equation

    P = A^2 P R / (P + R) + Q,   that is   P^2 + (R - A^2 R - Q) P - Q R = 0 .

There V = P, and cov(y', y) = 0: errors that are corrected optimally are white. So a learner's
optimality can be read off the autocorrelation of his errors, without knowing Q and R.

References
----------
Kalman, R. E. (1960). A new approach to linear filtering and prediction problems. Journal of Basic
Engineering 82, 35-45.
van Beers, R. J. (2009). Motor learning is optimally tuned to the properties of motor noise. Neuron 63,
406-417.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import concatenate, reshape
from ...dynamics import simulate
from ...dynamics.running import plain
from .checks import not_negative, positive


@dataclass(frozen=True, slots=True)
class MotorNoise:
    """Variances of the noise of planning and of execution, and what follows from them.

    Parameters
    ----------
    planning : float
        Q, squared units of the error; not negative.
    execution : float
        R, positive.
    retention : float, optional
        A in [0, 1].

    Raises
    ------
    ValueError
        If one of them is out of range.
    """

    planning: float
    execution: float
    retention: float = 1.0

    def __post_init__(self) -> None:
        not_negative("MotorNoise", planning=self.planning)
        positive("MotorNoise", execution=self.execution)
        if not 0.0 <= self.retention <= 1.0:
            raise ValueError(f"MotorNoise: retention must be in [0, 1], got {self.retention}")

    @property
    def prior_variance(self) -> float:
        """P, the root of the Riccati equation: the variance of an optimal learner's plan."""
        half = 0.5 * (self.planning - (1.0 - self.retention**2) * self.execution)
        root = math.sqrt(half * half + self.planning * self.execution)
        if half >= 0.0:
            return half + root
        return self.planning * self.execution / (root - half)  # the same without cancellation

    @property
    def kalman_gain(self) -> float:
        """A P / (P + R), the share of an error that an optimal learner corrects."""
        return self.retention * self.prior_variance / (self.prior_variance + self.execution)

    def plan_variance(self, learning_rate: Any) -> Any:
        """Return V for learning rates B, of their shape.

        Raises
        ------
        ValueError
            If |A - B| >= 1: there is no stationary state.
        """
        b = np.asarray(learning_rate, dtype=np.float64)
        multiplier = self.retention - b
        if not (np.abs(multiplier) < 1.0).all():
            raise ValueError(
                f"MotorNoise: needs |A - B| < 1, got A = {self.retention} and B = {learning_rate}. Without "
                "it errors grow without limit"
            )
        return (b * b * self.execution + self.planning) / (1.0 - multiplier * multiplier)

    def autocorrelation(self, learning_rate: Any) -> Any:
        """Return the lag-1 autocorrelation of the observed errors, of the shape of B."""
        b = np.asarray(learning_rate, dtype=np.float64)
        v = self.plan_variance(b)
        return ((self.retention - b) * v - b * self.execution) / (v + self.execution)


@dataclass(frozen=True, slots=True, eq=False)
class NoisyAdaptation:
    """Many learners side by side, one trial a step: a Map on (plans, trial number).

    Attributes
    ----------
    retention : float
        A.
    learning_rates : ndarray, shape (learners,)
        B of each.
    planning, execution : ndarray, shape (trials, learners)
        q and r, drawn beforehand, so that the map is a function of its state.
    """

    retention: float
    learning_rates: np.ndarray
    planning: np.ndarray
    execution: np.ndarray

    def __call__(self, z: Any) -> Any:
        """Return plans and trial number after one more trial, shape (learners + 1,)."""
        plans, trial = z[:-1], self._trial(z)
        seen = plans + self.execution[trial]
        after = self.retention * plans - self.learning_rates * seen + self.planning[trial]
        return concatenate([after, reshape(z[-1] + 1.0, (1,))])

    def errors(self, z: Any) -> Any:
        """Return the errors that are observed in the trial of a state, shape (learners,)."""
        return z[:-1] + self.execution[self._trial(z)]

    def _trial(self, z: Any) -> int:
        # The state after the last trial is recorded too, and has no noise of its own.
        return round(float(plain(z[-1]))) % len(self.execution)


@dataclass(frozen=True, slots=True)
class CorrectionSweep:
    """What runs with several learning rates show.

    Attributes
    ----------
    learning_rates : ndarray, shape (rates,)
        B.
    variances : ndarray, shape (rates,)
        Of the observed errors.
    autocorrelations : ndarray, shape (rates,)
        Of the observed errors at lag 1.
    noise : MotorNoise
        With what they ran.
    """

    learning_rates: np.ndarray
    variances: np.ndarray
    autocorrelations: np.ndarray
    noise: MotorNoise

    @property
    def best_rate(self) -> float:
        """Where a parabola through the least variance and its two neighbours is least."""
        i = int(np.clip(np.argmin(self.variances), 1, len(self.variances) - 2))
        c = np.polyfit(self.learning_rates[i - 1 : i + 2], self.variances[i - 1 : i + 2], 2)
        return float(-0.5 * c[1] / c[0])

    @property
    def white_rate(self) -> float:
        """Where the autocorrelation crosses 0, by straight lines between the learning rates."""
        order = np.argsort(self.autocorrelations)
        return float(np.interp(0.0, self.autocorrelations[order], self.learning_rates[order]))


def sweep_corrections(
    noise: MotorNoise,
    learning_rates: Any,
    *,
    trials: int = 1000,
    learners: int = 100,
    burn_in: int = 100,
    rng: int | np.random.Generator = 0,
) -> CorrectionSweep:
    """Run learners with several learning rates on the same noise, and look at their errors.

    Parameters
    ----------
    noise : MotorNoise
    learning_rates : array_like, shape (rates,)
        B, increasing, at least three, each with |A - B| < 1.
    trials, learners : int, optional
        Trials that count, and learners with each learning rate.
    burn_in : int, optional
        Trials before those that count.
    rng : int or numpy.random.Generator, optional
        For the noise, Gaussian.

    Returns
    -------
    CorrectionSweep

    Raises
    ------
    ValueError
        If there are fewer than three learning rates, they do not increase, one of them is unstable,
        or a count is out of range.
    """
    b = np.array(learning_rates, dtype=np.float64)
    if b.ndim != 1 or b.size < 3 or not (np.diff(b) > 0.0).all():
        raise ValueError(
            f"sweep_corrections: needs three or more increasing learning rates, got {learning_rates}"
        )
    noise.plan_variance(b)  # refuses what has no stationary state
    if trials < 2 or learners < 1 or burn_in < 0:
        raise ValueError(
            f"sweep_corrections: needs trials >= 2, learners >= 1 and burn_in >= 0, got {trials}, "
            f"{learners} and {burn_in}"
        )
    rng = np.random.default_rng(rng)
    draws = rng.standard_normal((2, burn_in + trials, learners))
    q, r = (np.sqrt(v) * d for v, d in zip((noise.planning, noise.execution), draws, strict=True))
    system = NoisyAdaptation(noise.retention, np.repeat(b, learners), np.tile(q, b.size), np.tile(r, b.size))
    start = np.zeros(b.size * learners + 1)
    run = simulate(system, start, burn_in + trials - 1, observe={"errors": system.errors})
    errors = run.observables["errors"][burn_in:].reshape(trials, b.size, learners)
    # The mean is 0 by symmetry; to subtract an estimate of it would bias the correlation.
    variances = np.mean(errors**2, axis=(0, 2))
    lagged = np.mean(errors[1:] * errors[:-1], axis=(0, 2))
    return CorrectionSweep(b, variances, lagged / variances, noise)
