r"""The tuning curves of one net whose synapses fluctuate while it goes on learning.

The picture of representational drift: each unit wanders, what the net reports does not. Whoever keeps
the readout of the first day loses the signal; the net's own readout follows.

References
----------
Driscoll, L. N., Pettit, N. L., Minderer, M., Chettih, S. N. and Harvey, C. D. (2017). Dynamic
reorganization of neuronal activity patterns in parietal cortex. Cell 170, 986-999.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import Layer
from .biology_drift import training
from .biology_valley import NET, hidden_activities, minimum, stimuli


@dataclass(frozen=True, slots=True, eq=False)
class TuningDrift:
    """The tuning curves of one net at the start and later.

    Attributes
    ----------
    angles : ndarray, shape (angles,)
        Radians.
    times : ndarray, shape (2,)
        Steps: 0 and the end.
    curves : ndarray, shape (2, units, angles)
        Activity of each hidden unit, in the order of its preferred direction at the start.
    errors : ndarray, shape (2,)
        Root mean square of the error of an output over the learned directions.
    old_error : float
        The same at the end with the readout of the start.
    """

    angles: np.ndarray
    times: np.ndarray
    curves: np.ndarray
    errors: np.ndarray
    old_error: float

    @property
    def correlations(self) -> np.ndarray:
        """Correlation of each unit's curve at the end with that at the start, shape (units,)."""
        a, b = self.curves - self.curves.mean(axis=2, keepdims=True)
        return np.sum(a * b, axis=1) / np.sqrt(np.sum(a * a, axis=1) * np.sum(b * b, axis=1))


def run(
    noise: float = 0.15, *, step_size: float = 0.1, steps: int = 6000, angles: int = 72, seed: int = 0
) -> TuningDrift:
    """Follow the tuning curves of one net with noisy synapses.

    Parameters
    ----------
    noise : float, optional
        s, stronger than in ``biology_drift``, where the theory has to hold.
    step_size, steps, seed : optional
        As in ``biology_drift.run``.
    angles : int, optional
        Points of a curve.
    """
    theta = minimum()
    step = training(theta, "synapses", noise, step_size, 1, seed)
    z = simulate(step, step.initial_state, steps, every=steps).final_state
    end = [Layer(*(part[0] for part in layer)) for layer in step.parameters(z)]
    x, seen = stimuli(angles), stimuli()
    curves = np.array([hidden_activities(now, x).T for now in (theta, end)])
    curves = curves[:, np.argsort(preferred(curves[0]), kind="stable")]
    old = hidden_activities(end) @ theta[1].weight + theta[1].bias
    rms = [float(np.sqrt(np.mean((y - seen) ** 2))) for y in (NET(theta, seen), NET(end, seen), old)]
    return TuningDrift(
        2.0 * np.pi * np.arange(angles) / angles, np.array([0, steps]), curves, np.array(rms[:2]), rms[2]
    )


def preferred(curves: np.ndarray) -> np.ndarray:
    """Return the direction of the vector sum of each curve, from 0 to 2 pi.

    Parameters
    ----------
    curves : ndarray, shape (units, angles)
        Over equally spaced angles from 0 on.
    """
    count = curves.shape[1]
    wave = np.exp(2j * np.pi * np.arange(count) / count)
    return np.angle(curves @ wave) % (2.0 * np.pi)
