"""The edge of stability as the step size moves: one net, one time, several step sizes.

Descent with step size eta stands at the time eta k after k steps, so each step size gets as many steps as the time
needs. Three things can happen (Cohen et al., 2021): the edge 2/eta lies above all that gradient flow reaches, and
descent goes on beside the flow; sharpening reaches the edge, and the sharpness hovers there; or the steps are too long
from the start on, and the run leaves for infinity.

References
----------
Cohen, J., Kaur, S., Li, Y., Kolter, Z. and Talwalkar, A. (2021). Gradient descent on neural networks typically occurs
at the edge of stability. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import GradientDescent
from . import edge_of_stability
from .edge_of_stability import EdgeRun

__all__ = ["EdgeSteps", "run"]


@dataclass(frozen=True, slots=True)
class EdgeSteps:
    """Runs of gradient descent from one start to one time.

    Attributes
    ----------
    duration : float
        T = eta k at the end.
    step_sizes : ndarray, shape (m,)
        eta.
    runs : tuple of EdgeRun
        One for each step size. Records are an odd number of steps apart, but for the last one.
    """

    duration: float
    step_sizes: np.ndarray
    runs: tuple[EdgeRun, ...]

    @property
    def edges(self) -> np.ndarray:
        """The predicted sharpness 2/eta, shape (m,)."""
        return np.array([one.limit for one in self.runs]) / self.step_sizes

    @property
    def lost(self) -> np.ndarray:
        """Whether a run ends with a larger loss than it began with, or not finite, shape (m,)."""
        return np.array([not one.losses[-1] <= one.losses[0] for one in self.runs])

    @property
    def reached(self) -> np.ndarray:
        """Whether eta lambda was at its limit or above at some record, shape (m,)."""
        return np.array([np.nanmax(one.relative) >= 1.0 for one in self.runs])

    def times(self, k: int) -> np.ndarray:
        """The times eta k of the records of run k, shape (records,)."""
        times: np.ndarray = self.step_sizes[k] * self.runs[k].steps
        return times


def run(
    step_sizes: Sequence[float],
    *,
    degree: int = 4,
    seed: int = 3,
    duration: float = 120.0,
    records: int = 45,
) -> EdgeSteps:
    """Train the net of ``edge_of_stability`` by descent with each step size, for the same time.

    Parameters
    ----------
    step_sizes : sequence of float
        eta, positive.
    degree, seed : int, optional
        Of ``edge_of_stability.problem``.
    duration : float, optional
        The time T, positive.
    records : int, optional
        About how many records a run has. Their distance is rounded to an odd number of steps.

    Returns
    -------
    EdgeSteps

    Raises
    ------
    ValueError
        If no step size is given, one is not positive, or T does not hold two of its steps for each record.
    """
    etas = np.array(step_sizes, dtype=float)
    if etas.ndim != 1 or not etas.size or not np.all(etas > 0.0) or duration / etas.max() < 2 * records:
        raise ValueError(
            f"edge_steps: needs positive step sizes with at least two steps a record, got {list(step_sizes)!r} for the "
            f"duration {duration} and {records} records. Use smaller steps or a longer time"
        )
    runs = []
    for eta in etas:
        steps = int(np.floor(duration / eta + 1e-9))
        every = steps // records - (steps // records + 1) % 2
        runs.append(
            edge_of_stability.run(
                GradientDescent(float(eta)), degree=degree, seed=seed, steps=steps, every=every
            )
        )
    return EdgeSteps(duration, etas, tuple(runs))
