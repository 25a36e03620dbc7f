r"""What the population vector wastes, and when it wastes nothing.

To first order the best readout weighs the response of a unit by f'(D) / C, its slope over its variance:
f'/f for Poisson counts, f'/sigma^2 for Gaussian noise of one variance. The population vector weighs by
-sin D, whatever the tuning. The two agree, and the population vector is the maximum of the likelihood, for

    von Mises tuning and Poisson counts       f'/f = -kappa sin D
    cosine tuning and Gaussian noise          f'   = -a sin D

and for neither pair the other way round. There its share of the information is

    cosine, Poisson       (1 + sqrt(1 - m^2)) / 2,  m = a / b
    von Mises, Gaussian   c_1^2 / sum_(k>=1) k^2 c_k^2,

the second being the share of the first Fourier mode in the power of the slope.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..neural.population import (
    CosineTuning,
    GaussianNoise,
    Noise,
    PoissonNoise,
    Tuning,
    VonMisesTuning,
    cosine_efficiency,
    maximum_likelihood,
    measure_decoder,
    population_vector,
    wrap,
)


@dataclass(frozen=True, slots=True)
class VoteEfficiency:
    """Efficiency 1 / (J Var) of two readouts of cosine tuning, Poisson counts; arrays over modulations.

    Attributes
    ----------
    modulations : ndarray
        m = a / b.
    votes : ndarray
        Of the population vector, measured.
    likely : ndarray
        Of maximum likelihood, measured.
    predicted : ndarray
        (1 + sqrt(1 - m^2)) / 2.
    votes_error, likely_error : float
        Relative standard errors of the measured ones.
    """

    modulations: np.ndarray
    votes: np.ndarray
    likely: np.ndarray
    predicted: np.ndarray
    votes_error: float
    likely_error: float

    @property
    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Modulations from 0 to 1 and the predicted efficiency, for a line."""
        m = np.linspace(0.0, 1.0, 101)
        return m, np.array([cosine_efficiency(x) for x in m])


def run(
    modulations: Sequence[float] = (0.2, 0.5, 5.0 / 6.0, 0.95, 0.99),
    *,
    units: int = 64,
    baseline: float = 60.0,
    trials: int = 20000,
    likely_trials: int = 4000,
    stimulus: float = 0.3,
    seed: int = 0,
) -> VoteEfficiency:
    """Measure both readouts at several depths of modulation.

    Parameters
    ----------
    modulations : sequence of float, optional
        m, above 0 and below 1.
    units : int, optional
    baseline : float, optional
        b, the mean count. The prediction is of first order in 1 / J: it needs J far above 1.
    trials, likely_trials : int, optional
        For each modulation: of the population vector, and of maximum likelihood, which costs more.
    stimulus : float, optional
        Radians.
    seed : int, optional

    Returns
    -------
    VoteEfficiency
    """
    rng, noise = np.random.default_rng(seed), PoissonNoise()
    votes, likely = [], []
    for m in modulations:
        tuning = CosineTuning(units, baseline, m * baseline)
        votes.append(measure_decoder(_votes, tuning, noise, stimulus, trials=trials, rng=rng))
        best = _likely(tuning, noise)
        likely.append(measure_decoder(best, tuning, noise, stimulus, trials=likely_trials, rng=rng))
    return VoteEfficiency(
        np.array(modulations),
        np.concatenate([d.efficiency for d in votes]),
        np.concatenate([d.efficiency for d in likely]),
        np.array([cosine_efficiency(m) for m in modulations]),
        votes[0].relative_error,
        likely[0].relative_error,
    )


@dataclass(frozen=True, slots=True)
class VoteCase:
    """The population vector for one pair of tuning and noise.

    Attributes
    ----------
    tuning, noise : str
    predicted, measured : float
        Efficiency of the population vector.
    gap : float
        Largest distance between it and maximum likelihood over trials, radians.
    offsets : ndarray, shape (points,)
        D, radians.
    weights : ndarray, shape (points,)
        f'(D) / C, the best weight of a response, largest 1 in size. The votes have -sin D.
    """

    tuning: str
    noise: str
    predicted: float
    measured: float
    gap: float
    offsets: np.ndarray
    weights: np.ndarray


def four_cases(
    *,
    units: int = 64,
    kappa: float = 2.0,
    modulation: float = 5.0 / 6.0,
    trials: int = 20000,
    seed: int = 0,
) -> tuple[VoteCase, ...]:
    """Measure the population vector for both tuning curves with both kinds of noise.

    Parameters
    ----------
    units : int, optional
    kappa : float, optional
        Of von Mises tuning (peak 20).
    modulation : float, optional
        Of cosine tuning (mean 12).
    trials : int, optional
    seed : int, optional

    Returns
    -------
    tuple of VoteCase
        von Mises and cosine with Poisson counts, then with Gaussian noise of variance 4.
    """
    rng = np.random.default_rng(seed)
    bump, wave = (
        VonMisesTuning(units, 20.0, kappa),
        CosineTuning(units, 12.0, 12.0 * modulation),
    )
    k = np.arange(1, units // 2)
    coefficients = bump.fourier_coefficient(k)
    share = coefficients[0] ** 2 / np.sum((k * coefficients) ** 2)
    counts, normal = PoissonNoise(), GaussianNoise(2.0)
    return (
        _case("von Mises", "Poisson", bump, counts, 1.0, trials, rng),
        _case(
            "cosine",
            "Poisson",
            wave,
            counts,
            cosine_efficiency(modulation),
            trials,
            rng,
        ),
        _case("von Mises", "Gaussian", bump, normal, float(share), trials, rng),
        _case("cosine", "Gaussian", wave, normal, 1.0, trials, rng),
    )


def _case(
    name: str,
    kind: str,
    tuning: Tuning,
    noise: Noise,
    predicted: float,
    trials: int,
    rng: np.random.Generator,
) -> VoteCase:
    stimulus = 0.3
    measured = measure_decoder(_votes, tuning, noise, stimulus, trials=trials, rng=rng)
    few = noise.sample(tuning, np.full(200, stimulus), rng)
    gap = float(np.abs(wrap(_votes(few) - _likely(tuning, noise)(few))).max())
    offsets = np.linspace(-np.pi, np.pi, 121)
    weights = tuning.slope(offsets) / (tuning.response(offsets) if kind == "Poisson" else 1.0)
    return VoteCase(
        name,
        kind,
        predicted,
        float(measured.efficiency[0]),
        gap,
        offsets,
        weights / np.abs(weights).max(),
    )


def _votes(responses: np.ndarray) -> np.ndarray:
    return population_vector(responses).direction


def _likely(tuning: Tuning, noise: Noise) -> Callable[[np.ndarray], np.ndarray]:
    return lambda responses: maximum_likelihood(tuning, noise, responses).direction
