r"""How good a readout is: bias and variance at each stimulus, beside the Cramer-Rao bound.

    bias = mean of wrap(estimate - theta),    efficiency = 1 / (J Var)

Of a readout without bias the efficiency is at most 1, up to the error of the sample: the variance of
T trials is known to a relative error of about sqrt(2 / T).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .fisher import fisher_information
from .noise import Noise
from .ring import wrap
from .tuning import Tuning


@dataclass(frozen=True, slots=True)
class DecodingErrors:
    """Errors of a readout at each of S stimuli.

    Attributes
    ----------
    stimuli : ndarray, shape (S,), radians
    bias : ndarray, shape (S,), radians
        Mean error.
    variance : ndarray, shape (S,), rad^2
        Of the errors about their mean.
    information : ndarray, shape (S,), 1/rad^2
        J, the Fisher information.
    trials : int
        At each stimulus.
    """

    stimuli: np.ndarray
    bias: np.ndarray
    variance: np.ndarray
    information: np.ndarray
    trials: int

    @property
    def efficiency(self) -> np.ndarray:
        """1 / (J Var), shape (S,)."""
        return 1.0 / (self.information * self.variance)

    @property
    def bias_error(self) -> np.ndarray:
        """Standard error of the bias, shape (S,), radians."""
        return np.sqrt(self.variance / self.trials)

    @property
    def relative_error(self) -> float:
        """Relative standard error of a variance of Gaussian errors, sqrt(2 / (T - 1))."""
        return math.sqrt(2.0 / (self.trials - 1))


def measure_decoder(
    decode: Callable[[np.ndarray], Any],
    tuning: Tuning,
    noise: Noise,
    stimuli: Any,
    *,
    trials: int,
    rng: np.random.Generator,
) -> DecodingErrors:
    """Decode many noisy responses to each stimulus.

    Parameters
    ----------
    decode : callable
        Takes responses (trials, units) to estimates (trials,) in radians, such as
        ``lambda n: population_vector(n).direction``.
    tuning : Tuning
    noise : Noise
    stimuli : array_like, shape (S,), radians
    trials : int
        At each stimulus, two or more.
    rng : numpy.random.Generator

    Returns
    -------
    DecodingErrors

    Raises
    ------
    ValueError
        If there are too few trials, or some trial gave no estimate, as one without a spike does.
    """
    stimuli = np.atleast_1d(np.asarray(stimuli, dtype=np.float64))
    if trials < 2:
        raise ValueError(f"measure_decoder: needs two or more trials at each stimulus, got {trials}")
    moments = [_moments(decode, tuning, noise, float(s), trials, rng) for s in stimuli]
    bias, variance = np.array(moments).reshape(-1, 2).T
    information = np.array([fisher_information(tuning, noise, float(s)) for s in stimuli])
    return DecodingErrors(stimuli, bias, variance, information, trials)


def _moments(
    decode: Callable[[np.ndarray], Any],
    tuning: Tuning,
    noise: Noise,
    stimulus: float,
    trials: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    responses = noise.sample(tuning, np.full(trials, stimulus), rng)
    estimates = np.asarray(decode(responses), dtype=np.float64)
    if estimates.shape != (trials,):
        raise ValueError(
            f"measure_decoder: the readout took responses of shape {responses.shape} to estimates of "
            f"shape {estimates.shape}. Return one angle a trial"
        )
    silent = trials - int(np.isfinite(estimates).sum())
    if silent:
        raise ValueError(
            f"measure_decoder: {silent} of {trials} trials at {stimulus:.3g} rad gave no estimate. "
            "Raise the rate or the number of units, so that no trial is silent"
        )
    errors = wrap(estimates - stimulus)
    return float(errors.mean()), float(errors.var(ddof=1))
