r"""Around which path does descent oscillate at the edge of stability?

The time average of descent is compared with two smooth paths from the same start: gradient flow,
and the central flow, which also feels the oscillation (Cohen et al., 2025). The central flow
predicts the mean loss as well, L(w) + sigma^2 / eta, with sigma^2 the variance of the oscillation.

References
----------
Cohen, J., Damian, A., Talwalkar, A., Kolter, Z. and Lee, J. (2025). Understanding optimization in
deep learning with central flows. ICLR.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import GradientDescent, central_flow, training_map
from .edge_of_stability import problem

STRIDE = 4  # steps of descent for each update of a path
EVERY = 5  # updates between two records of a path


@dataclass(frozen=True, slots=True)
class CentralPath:
    """Descent, averaged over a window in time, beside two smooth paths.

    Attributes
    ----------
    step_size : float
    window : int
        Steps over which descent is averaged, even.
    steps : ndarray, shape (records,)
        The middle of each window.
    to_central, to_flow : ndarray, shape (records,)
        Distance of the averaged parameters from the central flow and from gradient flow.
    loss : ndarray, shape (records,)
        Descent's loss, averaged over the window.
    predicted_loss, path_loss : ndarray, shape (records,)
        L(w) + sigma^2 / eta, and L(w) alone, on the central flow, averaged over the window.
    """

    step_size: float
    window: int
    steps: np.ndarray
    to_central: np.ndarray
    to_flow: np.ndarray
    loss: np.ndarray
    predicted_loss: np.ndarray
    path_loss: np.ndarray

    @property
    def late(self) -> slice:
        """The second half of the records."""
        return slice(len(self.steps) // 2, None)


def run(
    *,
    step_size: float = 0.1,
    degree: int = 5,
    seed: int = 3,
    steps: int = 4000,
    window: int = 120,
) -> CentralPath:
    """Train by descent, and follow both paths from the same start.

    Parameters
    ----------
    step_size : float, optional
        eta.
    degree, seed : int, optional
        Of ``edge_of_stability.problem``.
    steps : int, optional
        Of descent.
    window : int, optional
        Steps to average over, a multiple of 2 * STRIDE * EVERY.

    Returns
    -------
    CentralPath
        One record for each window after the first half window.
    """
    if window < 1 or window % 2 or (window // 2) % (STRIDE * EVERY) or steps < 2 * window:
        raise ValueError(
            f"central_path: window must be a multiple of {2 * STRIDE * EVERY} and at most half of "
            f"the steps, got window={window}, steps={steps}"
        )
    loss, theta = problem(degree, seed)
    training = training_map(loss, GradientDescent(step_size), theta)
    descent = simulate(
        training,
        training.initial_state,
        steps,
        observe={"loss": lambda z: loss(training.parameters(z))},
    )
    central = central_flow(loss, theta, step_size, stride=STRIDE)
    plain = central_flow(loss, theta, step_size, stride=STRIDE, edge=np.inf)
    updates = steps // STRIDE
    around = simulate(
        central,
        central.initial_state,
        updates,
        every=EVERY,
        observe={"mean": central.mean_loss, "path": central.loss},
    )
    along = simulate(plain, plain.initial_state, updates, every=EVERY)

    size, half, apart = training.initial_state.size, window // 2, STRIDE * EVERY
    middles = np.arange(half, steps - half + 1, window)
    mean = np.stack([descent.states[k - half : k + half].mean(axis=0) for k in middles])
    rows = middles // apart

    def averaged(values: np.ndarray, distance: int) -> np.ndarray:
        reach = half // distance
        return np.array([values[k - reach : k + reach].mean() for k in middles // distance])

    return CentralPath(
        step_size,
        window,
        middles,
        np.linalg.norm(mean - around.states[rows, :size], axis=1),
        np.linalg.norm(mean - along.states[rows, :size], axis=1),
        averaged(descent.observables["loss"], 1),
        averaged(around.observables["mean"], apart),
        averaged(around.observables["path"], apart),
    )
