r"""What learning at one angle does to another: transfer if both want the same, forgetting if not.

A linear readout of a population learns at the angle 0 first, then at D. With g = K(D) / K(0), the overlap
of the responses to the two angles over that of a response with itself,

    learned at 0: output 1 there, and g at D
    then at D towards t: the output at 0 becomes 1 + g (t - g) .

For t = -1 the error at 0 is g (1 + g), the price of generalisation. If both angles are trained at once,
descent learns what they have in common at the rate 1 + g and their difference at 1 - g.

References
----------
Donchin, O., Francis, J. T. and Shadmehr, R. (2003). Journal of Neuroscience 23, 9032-9045.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import mean_square
from ..dynamics import linearise, simulate, spectrum
from ..learning import GradientDescent, TrainingMap, training_map
from ..neural.population import Tuning, VonMisesTuning, generalisation


@dataclass(frozen=True, slots=True)
class PopulationTransfer:
    """Learning at one angle and then at another; arrays of shape (kappas, separations).

    Attributes
    ----------
    kappas : ndarray, shape (kappas,)
    separations : ndarray, shape (separations,), radians
        D.
    carried, carried_predicted : ndarray
        Output at D after learning at 0, and g.
    forgotten, forgotten_predicted : ndarray
        Error at 0 after learning the opposite at D, and g (1 + g).
    """

    kappas: np.ndarray
    separations: np.ndarray
    carried: np.ndarray
    carried_predicted: np.ndarray
    forgotten: np.ndarray
    forgotten_predicted: np.ndarray

    @property
    def error(self) -> float:
        """Largest difference between a measured number and a predicted one."""
        return float(
            max(
                np.abs(self.carried - self.carried_predicted).max(),
                np.abs(self.forgotten - self.forgotten_predicted).max(),
            )
        )


def run(
    kappas: Sequence[float] = (0.5, 2.0, 8.0),
    separations: Sequence[float] = tuple(np.radians(np.arange(0, 181, 15))),
    *,
    units: int = 48,
    steps: int = 60,
) -> PopulationTransfer:
    """Train a readout at one angle and then at another.

    Parameters
    ----------
    kappas : sequence of float, optional
        Concentrations of the tuning curves.
    separations : sequence of float, optional
        D, radians.
    units : int, optional
        N.
    steps : int, optional
        Of gradient descent at each angle; each halves the error there.

    Returns
    -------
    PopulationTransfer
    """
    carried, forgotten, generalised = [], [], []
    for kappa in kappas:
        tuning = VonMisesTuning(units, 1.0, kappa)
        first = _learn(tuning, 0.0, 1.0, np.zeros(units), steps)
        carried.append(tuning(np.array(separations)) @ first)
        after = [_learn(tuning, d, -1.0, first, steps) for d in separations]
        forgotten.append([1.0 - tuning(0.0) @ w for w in after])
        generalised.append(generalisation(tuning, np.array(separations)))
    g = np.array(generalised)
    return PopulationTransfer(
        np.array(kappas),
        np.array(separations),
        np.array(carried),
        g,
        np.array(forgotten),
        g * (1.0 + g),
    )


def pair_descent(tuning: Tuning, separation: float, *, share: float = 1.0) -> TrainingMap:
    """Return gradient descent on two angles at once, with targets 1 at 0 and -1 at the separation.

    Parameters
    ----------
    tuning : Tuning
    separation : float
        D, radians.
    share : float, optional
        Step size, relative to one over the largest curvature.
    """
    features = tuning(np.array([0.0, separation]))
    largest = 0.5 * float(tuning.overlap(0.0) + tuning.overlap(separation))
    return _descent(features, np.array([1.0, -1.0]), np.zeros(tuning.units), share / largest)


def pair_rates(tuning: Tuning, separation: float) -> np.ndarray:
    """Return the two rates at which descent on both angles learns, relative to K(0) / 2: 1 + g and 1 - g.

    Parameters
    ----------
    tuning : Tuning
    separation : float
        Radians.

    Returns
    -------
    ndarray, shape (2,)
        From the eigenvalues of the training map's Jacobian.
    """
    descent = pair_descent(tuning, separation, share=0.5)
    largest = 0.5 * float(tuning.overlap(0.0) + tuning.overlap(separation))
    multipliers = np.sort(spectrum(linearise(descent, descent.initial_state)).real)[:2]
    return (1.0 - multipliers) * 4.0 * largest / float(tuning.overlap(0.0))


def _learn(tuning: Tuning, angle: float, target: float, w: np.ndarray, steps: int) -> np.ndarray:
    features = tuning(np.array([angle]))
    step_size = 0.5 / float(np.sum(features**2))
    return simulate(_descent(features, np.array([target]), w, step_size), w, steps).final_state


def _descent(features: np.ndarray, target: np.ndarray, w: np.ndarray, step_size: float) -> TrainingMap:
    return training_map(
        lambda w: 0.5 * mean_square(features @ w - target),
        GradientDescent(step_size),
        w,
    )
