r"""Two ways to get a population wrong: curves too narrow for their number, and too broad for the target.

Between two neighbouring units of N the response is weakest. With d_k = e^(-2 kappa) I_k(2 kappa), the Fourier
coefficients of f^2, the kernel there, relative to that at a unit, is

    K(gap) / K(unit) = sum_m (-1)^m d_(m N) / sum_m d_(m N),

close to 2 e^(2 kappa (cos(pi / N) - 1)) for narrow curves and to 1 for broad ones.
Where it is small, an error is hardly seen by any weight: the output stays at zero. A code without gaps has
that ratio at 1; it still learns a wave of k turns only at the rate lambda_k / lambda_0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..neural.population import (
    VonMisesTuning,
    mode_rates,
    preferred_directions,
    scaled_bessel_i,
)
from .population_inputs import target
from .population_modes import readout_descent


@dataclass(frozen=True, slots=True)
class PopulationGaps:
    """What one population learned of the target of ``population_inputs``.

    Attributes
    ----------
    units : int
    kappa : float
    angles, output, wanted : ndarray, shape (S,)
        Radians; output after training, and target.
    error : float
        Mean square error, over the mean square of the target.
    visibility, visibility_predicted : float
        Kernel halfway between two units over that at a unit; 1 without gaps.
    slowest : float
        lambda_6 / lambda_0, the relative rate of the target's finest wave.
    """

    units: int
    kappa: float
    angles: np.ndarray
    output: np.ndarray
    wanted: np.ndarray
    error: float
    visibility: float
    visibility_predicted: float
    slowest: float


def run(
    settings: Sequence[tuple[int, float]] = ((24, 10.0), (8, 60.0), (24, 1.0)),
    *,
    steps: int = 2000,
) -> tuple[PopulationGaps, ...]:
    """Train linear readouts of several populations on the same target.

    Parameters
    ----------
    settings : sequence of (int, float), optional
        N and kappa of each population.
    steps : int, optional
        Of gradient descent, with step size 1 / lambda_0.

    Returns
    -------
    tuple of PopulationGaps
    """
    angles = preferred_directions(192)
    return tuple(_learn(VonMisesTuning(n, 1.0, kappa), angles, steps) for n, kappa in settings)


def _learn(tuning: VonMisesTuning, angles: np.ndarray, steps: int) -> PopulationGaps:
    wanted = target(angles)
    descent = readout_descent(tuning, wanted, angles)
    w = simulate(descent, descent.initial_state, steps, every=max(1, steps), progress=False).final_state
    output = tuning(angles) @ w
    at, between = (np.sum(tuning(x) ** 2) for x in (0.0, np.pi / tuning.units))
    m = np.arange(-9, 10)
    lattice = scaled_bessel_i(m * tuning.units, 2.0 * tuning.kappa)
    slowest = mode_rates(tuning, 6) / mode_rates(tuning, 0)
    return PopulationGaps(
        tuning.units,
        tuning.kappa,
        angles,
        output,
        wanted,
        float(np.mean((output - wanted) ** 2) / np.mean(wanted**2)),
        float(between / at),
        float(np.sum((-1.0) ** m * lattice) / lattice.sum()),
        float(slowest),
    )
