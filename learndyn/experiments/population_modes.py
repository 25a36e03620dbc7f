r"""What a population readout learns first: Fourier modes are the modes of its training map.

Trained on all angles with L = mean(e^2) / 2, a linear readout of N units is a linear map, and the Jacobian
of descent has the eigenvalues 1 - eta lambda_k, lambda_k = N (r e^-kappa I_k(kappa))^2, each twice for
k > 0. An error with k turns around the ring shrinks by that factor a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import mean_square
from ..dynamics import linearise, simulate, spectrum
from ..learning import GradientDescent, TrainingMap, training_map
from ..neural.population import Tuning, VonMisesTuning, mode_rates, preferred_directions


def readout_descent(
    tuning: Tuning, target: np.ndarray, stimuli: np.ndarray, *, share: float = 1.0
) -> TrainingMap:
    """Return gradient descent on the weights of a linear readout, from zero.

    Parameters
    ----------
    tuning : Tuning
    target, stimuli : ndarray, shape (S,)
        Stimuli in radians, evenly spread around the ring.
    share : float, optional
        Step size, relative to one over the largest curvature lambda_0; stable below 2.
    """
    features = tuning(stimuli)
    return training_map(
        lambda w: 0.5 * mean_square(features @ w - target),
        GradientDescent(share / float(mode_rates(tuning, 0))),
        np.zeros(tuning.units),
    )


@dataclass(frozen=True, slots=True)
class PopulationModes:
    """Rates of the modes, and the course of learning.

    Attributes
    ----------
    kappas : ndarray, shape (kappas,)
    modes : ndarray, shape (modes,)
        k = 0, 1, ...
    rates, rates_predicted : ndarray, shape (kappas, modes)
        lambda_k / lambda_0: from the eigenvalues of the training map, and in closed form.
    kappa : float
        Of the code whose learning is recorded.
    learned : tuple of int
        Turns of the target's modes, each of amplitude 1.
    steps : ndarray, shape (records,)
    errors, errors_predicted : ndarray, shape (records, len(learned))
        Amplitude of each mode in the error: measured, and (1 - eta lambda_k)^steps.
    """

    kappas: np.ndarray
    modes: np.ndarray
    rates: np.ndarray
    rates_predicted: np.ndarray
    kappa: float
    learned: tuple[int, ...]
    steps: np.ndarray
    errors: np.ndarray
    errors_predicted: np.ndarray

    @property
    def half_steps(self) -> np.ndarray:
        """Steps that halve each mode but the first if eta lambda_0 = 1, shape (kappas, modes - 1)."""
        return -np.log(2.0) / np.log1p(-self.rates_predicted[:, 1:])


def run(
    kappas: Sequence[float] = (0.5, 2.0, 8.0),
    *,
    kappa: float = 2.0,
    learned: tuple[int, ...] = (1, 2, 3, 4),
    units: int = 48,
    modes: int = 9,
    steps: int = 10000,
) -> PopulationModes:
    """Measure the rates of the modes, and follow the learning of a target made of several.

    Parameters
    ----------
    kappas : sequence of float, optional
    kappa : float, optional
        For the run.
    learned : tuple of int, optional
        Turns of the modes of the target.
    units : int, optional
        N.
    modes : int, optional
        How many, from 0.
    steps : int, optional

    Returns
    -------
    PopulationModes
    """
    stimuli, k = preferred_directions(2 * units), np.arange(modes)
    rates, predicted = [], []
    for value in kappas:
        tuning = VonMisesTuning(units, 1.0, value)
        descent = readout_descent(tuning, np.cos(stimuli), stimuli, share=0.5)
        multipliers = spectrum(linearise(descent, descent.initial_state)).real
        # Modes k and -k have the same rate: after the first, every second one is a new mode.
        rates.append(2.0 * np.sort(1.0 - multipliers)[::-1][np.maximum(2 * k - 1, 0)])
        predicted.append(mode_rates(tuning, k) / mode_rates(tuning, 0))
    record, errors, expected = _course(VonMisesTuning(units, 1.0, kappa), learned, stimuli, steps)
    return PopulationModes(
        np.array(kappas),
        k,
        np.array(rates),
        np.array(predicted),
        kappa,
        learned,
        record,
        errors,
        expected,
    )


def _course(
    tuning: VonMisesTuning, learned: tuple[int, ...], stimuli: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amplitudes of the modes in the error at about evenly spaced logarithms of the step."""
    waves = np.cos(np.outer(learned, stimuli))
    target = waves.sum(axis=0)
    descent = readout_descent(tuning, target, stimuli)
    run = simulate(descent, descent.initial_state, steps, progress=False)
    record = np.unique(np.geomspace(1, steps, 40).round().astype(int))
    outputs = run.states[record] @ tuning(stimuli).T
    errors = 2.0 * (target - outputs) @ waves.T / len(stimuli)
    factors = 1.0 - mode_rates(tuning, np.array(learned)) / float(mode_rates(tuning, 0))
    return record, errors, factors ** record[:, None]
