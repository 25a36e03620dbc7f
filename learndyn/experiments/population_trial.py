r"""One noisy response of a population to one direction, and two readouts of it.

Unit i of N has the mean response f(theta - phi_i) and gives a Poisson count with that mean. The
population vector adds up votes, maximum likelihood looks for the direction under which the counts
are most probable (Georgopoulos et al., 1986; Seung and Sompolinsky, 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..neural.population import (
    PoissonNoise,
    VonMisesTuning,
    cramer_rao_bound,
    fisher_information,
    maximum_likelihood,
    population_vector,
)


@dataclass(frozen=True, slots=True)
class PopulationTrial:
    """Counts of one trial.

    Attributes
    ----------
    tuning : VonMisesTuning
    stimulus : float
        theta, radians.
    counts : ndarray, shape (units,)
        In the order of the preferred directions.
    votes : float
        Direction of the population vector, radians.
    likely : float
        Direction of largest likelihood, radians.
    information : float
        J at the stimulus, 1/rad^2.
    """

    tuning: VonMisesTuning
    stimulus: float
    counts: np.ndarray
    votes: float
    likely: float
    information: float

    @property
    def deviation_bound(self) -> float:
        """1 / sqrt(J), radians: the least standard deviation of an unbiased estimate."""
        return float(cramer_rao_bound(self.information) ** 0.5)


def run(
    *,
    units: int = 32,
    rate: float = 10.0,
    kappa: float = 2.0,
    stimulus: float = 0.6,
    seed: int = 0,
) -> PopulationTrial:
    """Draw one trial and read it.

    Parameters
    ----------
    units : int, optional
        N.
    rate : float, optional
        r, expected count at the preferred direction.
    kappa : float, optional
        Concentration of the tuning curves.
    stimulus : float, optional
        theta, radians.
    seed : int, optional

    Returns
    -------
    PopulationTrial
    """
    tuning, noise = VonMisesTuning(units, rate, kappa), PoissonNoise()
    counts = noise.sample(tuning, stimulus, np.random.default_rng(seed))
    return PopulationTrial(
        tuning,
        stimulus,
        counts,
        float(population_vector(counts).direction),
        float(maximum_likelihood(tuning, noise, counts).direction),
        fisher_information(tuning, noise, stimulus),
    )
