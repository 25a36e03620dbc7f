r"""Width and information: the Fisher information over the stimulus, and the error of the votes beside its bound.

The sum over the units, sum_i f'(theta - phi_i)^2 / f(theta - phi_i), is the Bessel function of a dense ring,
J = N r kappa e^-kappa I1(kappa), as long as the lattice of preferred directions does not resolve the bump. For narrow
curves it ripples with the lattice: for a width of 1 / sqrt(kappa) the first harmonic, by Poisson's summation, is

    J(theta) = J [1 + 2 (1 - N^2 / kappa) e^(-N^2 / 2 kappa) cos N theta + ...]

References
----------
Seung, H. S. and Sompolinsky, H. (1993). Simple models for reading neuronal population codes. PNAS 90, 10749-10753.
Bethge, M., Rotermund, D. and Pawelzik, K. (2002). Optimal short-term population coding: when Fisher information fails.
Neural Computation 14, 2317-2351.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..neural.population import PoissonNoise, VonMisesTuning, fisher_information
from . import population_width


@dataclass(frozen=True, slots=True)
class PopulationWidths:
    """Tuning, information and errors over widths.

    Attributes
    ----------
    errors : PopulationWidth
        Of the votes, beside the bound, for each rate and concentration.
    offsets : ndarray, shape (m,)
        Where tuning curves are evaluated, radians.
    curves : ndarray, shape (kappas, m)
        f / r.
    stimuli : ndarray, shape (s,)
        From one preferred direction to the one after the next, in spacings.
    information : ndarray, shape (kappas, s)
        The sum over units, over that of a dense ring; it does not depend on r.
    """

    errors: population_width.PopulationWidth
    offsets: np.ndarray
    curves: np.ndarray
    stimuli: np.ndarray
    information: np.ndarray

    @property
    def ripple(self) -> np.ndarray:
        """Half of the largest minus the smallest information over the stimuli, over that of a dense ring."""
        return np.asarray(np.ptp(self.information, axis=1) / 2.0)

    @property
    def predicted_ripple(self) -> np.ndarray:
        """2 (N^2 / kappa - 1) e^(-N^2 / 2 kappa), for narrow curves; 0 to rounding for broad ones."""
        square = self.errors.units**2 / self.errors.kappas
        return np.asarray(2.0 * np.abs(square - 1.0) * np.exp(-0.5 * square))


def run(
    rates: Sequence[float] = (0.5, 2.0, 20.0),
    kappas: Sequence[float] = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0),
    *,
    units: int = 32,
    trials: int = 4000,
    seed: int = 0,
) -> PopulationWidths:
    """Compute all of it for each rate and width.

    Parameters
    ----------
    rates, kappas : sequence of float, optional
        r and kappa.
    units : int, optional
        N.
    trials, seed : int, optional
        As for ``population_width.run``.

    Returns
    -------
    PopulationWidths
    """
    offsets = np.linspace(-np.pi, np.pi, 145)
    stimuli = np.linspace(0.0, 2.0, 25)
    noise, theta = PoissonNoise(), stimuli * 2.0 * np.pi / units
    tunings = [VonMisesTuning(units, 1.0, kappa) for kappa in kappas]
    return PopulationWidths(
        population_width.run(rates, kappas, units=units, trials=trials, seed=seed),
        offsets,
        np.array([tuning.response(offsets) for tuning in tunings]),
        stimuli,
        np.array(
            [
                [fisher_information(tuning, noise, float(t)) / tuning.poisson_information for t in theta]
                for tuning in tunings
            ]
        ),
    )
