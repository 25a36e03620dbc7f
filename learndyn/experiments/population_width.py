r"""How narrow should tuning curves be? The bound says one thing, the error another.

At a fixed peak r and number N of units the Fisher information of Poisson counts on a ring,
N r kappa e^-kappa I1(kappa), grows with the concentration kappa without end, as sqrt(kappa). The error
of the best readout does not follow it: with few expected counts

    P(no count at all) = exp(-N r e^-kappa I0(kappa))

rises with kappa, and a trial without a count can only be guessed (Bethge, Rotermund and Pawelzik, 2002).
With D directions coded together by products of D bumps the information about each is

    N r kappa (e^-kappa I1) (e^-kappa I0)^(D-1)   ->   N r kappa^(1 - D/2) (2 pi)^(-D/2)

for narrow tuning: with a width of 1 / sqrt(kappa) it goes as width^(D-2) (Zhang and Sejnowski, 1999).

References
----------
Bethge, M., Rotermund, D. and Pawelzik, K. (2002). Optimal short-term population coding: when Fisher
information fails. Neural Computation 14, 2317-2351.
Zhang, K. and Sejnowski, T. J. (1999). Neuronal tuning: to sharpen or broaden? Neural Computation 11,
75-84.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..neural.population import (
    PoissonNoise,
    VonMisesTuning,
    population_vector,
    scaled_bessel_i,
    wrap,
)


@dataclass(frozen=True, slots=True)
class PopulationWidth:
    """Errors of the population vector beside the bound; arrays of shape (rates, kappas).

    On a dense ring, with N^2 / kappa large, it is the maximum likelihood readout.

    Attributes
    ----------
    units : int
    rates : ndarray, shape (rates,)
        r, expected counts at the peak.
    kappas : ndarray, shape (kappas,)
        Concentrations.
    errors : ndarray
        Root mean square error, radians; trials without a direction are guessed.
    bounds : ndarray
        1 / sqrt(J), radians.
    silent : ndarray
        Share of trials without any count.
    silent_predicted : ndarray
        exp(-N r e^-kappa I0(kappa)).
    """

    units: int
    rates: np.ndarray
    kappas: np.ndarray
    errors: np.ndarray
    bounds: np.ndarray
    silent: np.ndarray
    silent_predicted: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """Concentration with the smallest error, for each rate, shape (rates,)."""
        return self.kappas[self.errors.argmin(axis=1)]


def run(
    rates: Sequence[float] = (0.5, 2.0, 20.0),
    kappas: Sequence[float] = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0),
    *,
    units: int = 32,
    trials: int = 4000,
    seed: int = 0,
) -> PopulationWidth:
    """Decode random directions from populations of several widths.

    For von Mises tuning and Poisson counts the population vector is the maximum of the likelihood, so
    it serves as that readout. Stimuli are spread over the ring, between the units as well as at them.

    Parameters
    ----------
    rates, kappas : sequence of float, optional
        r and kappa.
    units : int, optional
        N.
    trials : int, optional
        For each setting.
    seed : int, optional

    Returns
    -------
    PopulationWidth
    """
    rng = np.random.default_rng(seed)
    shape = (len(rates), len(kappas))
    errors, silent, bounds, predicted = (np.empty(shape) for _ in range(4))
    for i, rate in enumerate(rates):
        for j, kappa in enumerate(kappas):
            tuning = VonMisesTuning(units, rate, kappa)
            errors[i, j], silent[i, j] = _decode(tuning, trials, rng)
            bounds[i, j] = 1.0 / np.sqrt(tuning.poisson_information)
            predicted[i, j] = np.exp(-units * rate * scaled_bessel_i(0, kappa))
    return PopulationWidth(units, np.array(rates), np.array(kappas), errors, bounds, silent, predicted)


def dimensional_information(kappa: Any, dimensions: int) -> np.ndarray:
    """Return kappa e^-kappa I1 (e^-kappa I0)^(D-1), the information per unit and peak count, 1/rad^2.

    Parameters
    ----------
    kappa : float or array_like
    dimensions : int
        D, how many directions each unit is tuned to.
    """
    flank, peak = scaled_bessel_i(1, kappa), scaled_bessel_i(0, kappa)
    return np.asarray(kappa) * flank * peak ** (dimensions - 1)


def summed_information(kappa: float, dimensions: int, *, units: int = 24, offset: float = 0.1) -> float:
    """Return the same from a sum of (df/d theta_1)^2 / f over a lattice of ``units`` to the power D.

    Parameters
    ----------
    kappa : float
    dimensions : int
    units : int, optional
        In each direction.
    offset : float, optional
        Where the stimulus lies on each axis, radians.
    """
    tuning = VonMisesTuning(units, 1.0, kappa)
    response, slope = tuning(offset), tuning.slope(tuning.offsets(offset))
    means, slopes = response, slope
    for _ in range(dimensions - 1):
        means, slopes = (
            np.multiply.outer(means, response),
            np.multiply.outer(slopes, response),
        )
    # Far from the stimulus a narrow curve underflows to 0, and tells as little.
    shares = np.divide(slopes**2, means, out=np.zeros_like(means), where=means > 0.0)
    return float(shares.mean())


def _decode(tuning: VonMisesTuning, trials: int, rng: np.random.Generator) -> tuple[float, float]:
    """Root mean square error, and the share of trials without a count."""
    theta = rng.uniform(-np.pi, np.pi, trials)
    counts = PoissonNoise().sample(tuning, theta, rng)
    estimate = population_vector(counts).direction
    lost = ~np.isfinite(estimate)
    estimate[lost] = rng.uniform(-np.pi, np.pi, lost.sum())
    error = wrap(estimate - theta)
    return float(np.sqrt(np.mean(error**2))), float(np.mean(counts.sum(axis=-1) == 0.0))
