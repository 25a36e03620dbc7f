r"""Information against the number of units, for noise that is shared in different ways.

Cosine tuning f = b + a cos D with Gaussian noise. Independent noise leaves J0 = N a^2 / (2 sigma^2).

Limited range (Abbott and Dayan, 1999): J = N a^2 / (2 s_1), with s_1 the eigenvalue of C for Fourier mode
1, tends to a^2 / (2 sigma^2 c rho_1). If the amplitudes of the units differ, a_i = a g_i with independent
g_i of mean 1 and variance v, the slopes have a part in every mode, and the mean of J over draws is

    E J = N a^2 / (2 s_1) + v (a^2 / 2) sum_k 1 / s_k ,

which grows as v N a^2 / (2 sigma^2 (1 - c)): correlations of limited range do not limit the information of
diverse units (Ecker et al., 2011).

Differential correlations (Moreno-Bote et al., 2014) leave the linear information J0 / (1 + eps J0) whatever
the tuning. They are what a jittered stimulus makes: an estimate of theta from the response to
theta + sqrt(eps) xi has the variance eps + 1 / J0.

References
----------
Abbott, L. F. and Dayan, P. (1999). Neural Computation 11, 91-101.
Ecker, A. S., Berens, P., Tolias, A. S. and Bethge, M. (2011). The effect of noise correlations in
populations of diversely tuned neurons. Journal of Neuroscience 31, 14272-14283.
Moreno-Bote, R. et al. (2014). Information-limiting correlations. Nature Neuroscience 17, 1410-1417.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..neural.population import (
    CosineTuning,
    DifferentialNoise,
    GaussianNoise,
    LimitedRangeNoise,
    differential_information,
    fisher_information,
    linear_information,
    population_vector,
    wrap,
)

BASELINE, AMPLITUDE, VARIANCE = (
    12.0,
    10.0,
    12.0,
)  # as noisy as Poisson counts are on average


@dataclass(frozen=True, slots=True)
class UnevenTuning:
    """Cosine tuning whose units have gains of their own, f_i = g_i (b + a cos D_i).

    Attributes
    ----------
    even : CosineTuning
        b and a.
    gains : ndarray, shape (units,)
        g_i.
    """

    even: CosineTuning
    gains: np.ndarray

    @property
    def units(self) -> int:
        """N."""
        return self.even.units

    @property
    def preferred(self) -> np.ndarray:
        """Preferred directions, shape (units,), radians."""
        return self.even.preferred

    def __call__(self, theta: Any) -> Any:
        """Return the mean responses, shape (*theta.shape, units)."""
        return self.response(self.offsets(theta))

    def offsets(self, theta: Any) -> Any:
        """Return theta - phi_i, shape (*theta.shape, units)."""
        return self.even.offsets(theta)

    def response(self, offset: Any) -> Any:
        """Return f_i of offsets of shape (..., units)."""
        return self.even.response(offset) * self.gains

    def slope(self, offset: Any) -> Any:
        """Return f_i' of offsets of shape (..., units)."""
        return self.even.slope(offset) * self.gains


@dataclass(frozen=True, slots=True)
class PopulationCorrelations:
    """Linear information against the number of units; arrays of shape (sizes,), 1/rad^2.

    Attributes
    ----------
    sizes : ndarray
        N, even.
    epsilon : float
        Variance of the apparent stimulus, rad^2.
    independent : ndarray
        J0.
    even, even_predicted : ndarray
        Limited range, equal tuning curves.
    even_limit : float
        What they tend to.
    uneven, uneven_predicted : ndarray
        Limited range, units with different gains: mean over draws.
    differential, differential_predicted : ndarray
        Differential correlations, equal tuning curves.
    jittered : ndarray
        1 / variance of estimates where the stimulus itself is jittered.
    trials : int
        Behind each value of ``jittered``.
    """

    sizes: np.ndarray
    epsilon: float
    independent: np.ndarray
    even: np.ndarray
    even_predicted: np.ndarray
    even_limit: float
    uneven: np.ndarray
    uneven_predicted: np.ndarray
    differential: np.ndarray
    differential_predicted: np.ndarray
    jittered: np.ndarray
    trials: int


def run(
    sizes: Sequence[int] = (16, 32, 64, 128, 256, 512, 1024),
    *,
    correlation: float = 0.1,
    length: float = 1.0,
    epsilon: float = 1e-3,
    spread: float = 0.8,
    draws: int = 3,
    trials: int = 4000,
    seed: int = 0,
) -> PopulationCorrelations:
    """Compute the information of populations of several sizes.

    Parameters
    ----------
    sizes : sequence of int, optional
        N, even.
    correlation, length : float, optional
        c and l (radians) of the limited range.
    epsilon : float, optional
        Of the differential correlations, rad^2.
    spread : float, optional
        Gains are uniform in 1 -+ spread, with variance spread^2 / 3.
    draws : int, optional
        Of the gains.
    trials : int, optional
    seed : int, optional

    Returns
    -------
    PopulationCorrelations
        For b = 12, a = 10, sigma^2 = 12.
    """
    rng = np.random.default_rng(seed)
    sigma = np.sqrt(VARIANCE)
    limited = LimitedRangeNoise(sigma, correlation, length)
    power = 0.5 * AMPLITUDE**2  # mean square of the slope
    rows = []
    for units in sizes:
        tuning = CosineTuning(units, BASELINE, AMPLITUDE)
        j0 = linear_information(tuning, GaussianNoise(sigma), 0.0)
        variances = np.array([limited.mode_variance(units, k) for k in range(units)])
        even = power * units / variances[1]
        gains = 1.0 + rng.uniform(-spread, spread, (draws, units))
        rows.append((
            j0,
            linear_information(tuning, limited, 0.0),
            even,
            np.mean([linear_information(UnevenTuning(tuning, g), limited, 0.0) for g in gains]),
            even + spread**2 / 3.0 * power * np.sum(1.0 / variances),
            linear_information(tuning, DifferentialNoise(sigma, epsilon), 0.0),
            differential_information(j0, epsilon),
            1.0 / jitter_variance(tuning, sigma, epsilon, trials=trials, rng=rng),
        ))  # fmt: skip
    j0, even, even_p, uneven, uneven_p, differential, differential_p, jittered = np.array(rows).T
    rho = length * (1.0 + np.exp(-np.pi / length)) / (1.0 + length**2) / np.pi
    return PopulationCorrelations(
        np.array(sizes), epsilon, j0, even, even_p, float(power / (VARIANCE * correlation * rho)),
        uneven, uneven_p, differential, differential_p, jittered, trials,
    )  # fmt: skip


def jitter_variance(
    tuning: CosineTuning,
    sigma: float,
    epsilon: float,
    *,
    trials: int,
    rng: np.random.Generator,
) -> float:
    """Return the variance of estimates of a direction that reaches the units jittered, rad^2.

    With Gaussian noise of one variance the population vector of cosine tuning is the maximum of the
    likelihood.

    Parameters
    ----------
    tuning : CosineTuning
    sigma : float
        Standard deviation of each unit's own noise.
    epsilon : float
        Variance of the jitter, rad^2.
    trials : int
    rng : numpy.random.Generator
    """
    seen = np.sqrt(epsilon) * rng.standard_normal(trials)
    responses = GaussianNoise(sigma).sample(tuning, seen, rng)
    return float(np.var(wrap(population_vector(responses).direction), ddof=1))


@dataclass(frozen=True, slots=True)
class LiteralModel:
    """Differential correlations, read as a Gaussian model to the letter.

    Attributes
    ----------
    epsilon : float
    linear : float
        f' C^-1 f', 1/rad^2.
    full : float
        The Fisher information of the model, with the part of C's own dependence on theta.
    full_predicted : float
        (J0 + eps^2 J0^2) / (1 + eps J0).
    variance : float
        Of estimates where the stimulus is jittered, rad^2.
    variance_predicted : float
        eps + 1 / J0.
    """

    epsilon: float
    linear: float
    full: float
    full_predicted: float
    variance: float
    variance_predicted: float


def literal_model(
    *, units: int = 512, epsilon: float = 0.1, trials: int = 4000, seed: int = 0
) -> LiteralModel:
    """Compare the bound 1 / eps with the Fisher information of the Gaussian model and with a readout.

    Parameters
    ----------
    units : int, optional
    epsilon : float, optional
        rad^2, large enough to show the difference.
    trials : int, optional
    seed : int, optional

    Returns
    -------
    LiteralModel
    """
    sigma = np.sqrt(VARIANCE)
    tuning, noise = (
        CosineTuning(units, BASELINE, AMPLITUDE),
        DifferentialNoise(sigma, epsilon),
    )
    j0 = linear_information(tuning, GaussianNoise(sigma), 0.0)
    rng = np.random.default_rng(seed)
    return LiteralModel(
        epsilon,
        linear_information(tuning, noise, 0.0),
        fisher_information(tuning, noise, 0.0),
        (j0 + epsilon**2 * j0**2) / (1.0 + epsilon * j0),
        jitter_variance(tuning, sigma, epsilon, trials=trials, rng=rng),
        epsilon + 1.0 / j0,
    )
