r"""A bump of activity on a ring, decoded along a run: where it is, and how sharp.

The activity of a network of N units is a point that moves in N dimensions; its population vector is
a point in the plane. Where the activity is a bump, arg Z is its position, the one number that the
ring attractor keeps or integrates (Ben-Yishai, Bar-Or and Sompolinsky, 1995). The position is
unwrapped: a bump that has gone round once is at 2 pi, not at 0.

On an even ring the position of a bump of shape f is exact but for what the lattice cannot see, about
c_(N-1) / c_1 radians in terms of its Fourier coefficients.

References
----------
Ben-Yishai, R., Bar-Or, R. L. and Sompolinsky, H. (1995). Theory of orientation tuning in visual
cortex. PNAS 92, 3844-3848.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics import Trajectory
from .population_vector import population_vector


@dataclass(frozen=True, slots=True)
class BumpTrack:
    """A bump along a run.

    Attributes
    ----------
    times : ndarray, shape (records,)
    position : ndarray, shape (records,), radians
        Unwrapped; NaN where there is no bump.
    strength : ndarray, shape (records,)
        |Z| / sum |activity|, from 0 (flat) to 1 (one unit alone).
    mean_activity : ndarray, shape (records,)
    """

    times: np.ndarray
    position: np.ndarray
    strength: np.ndarray
    mean_activity: np.ndarray

    @property
    def displacement(self) -> float:
        """How far the bump went from its first to its last position, radians."""
        seen = self.position[np.isfinite(self.position)]
        return float(seen[-1] - seen[0]) if seen.size else float("nan")

    @property
    def velocity(self) -> float:
        """Slope of the position in time by least squares, radians per unit of time.

        Raises
        ------
        ValueError
            If the bump was seen at fewer than two times.
        """
        seen = np.isfinite(self.position)
        t, x = self.times[seen], self.position[seen]
        if t.size < 2:
            raise ValueError(f"BumpTrack: a velocity needs a bump at two times or more, got {t.size}")
        t = t - t.mean()
        return float(t @ (x - x.mean()) / (t @ t))


def track_bump(
    trajectory: Trajectory,
    *,
    units: slice = slice(None),
    preferred: Any | None = None,
    least_strength: float = 1e-9,
) -> BumpTrack:
    """Decode the bump in each recorded state of a run.

    Parameters
    ----------
    trajectory : Trajectory
        Between records the bump must go less than half around, or the unwrapping takes it for a
        move the other way.
    units : slice, optional
        Where in the state the activity of the ring is; the whole state by default.
    preferred : array_like, shape (N,), optional
        Preferred directions of those units, radians; an even ring by default.
    least_strength : float, optional
        Activity of less strength counts as flat, without position.

    Returns
    -------
    BumpTrack

    Raises
    ------
    ValueError
        If the slice holds fewer than three units, or not as many as there are preferred directions.
    """
    activity = trajectory.states[:, units]
    votes = population_vector(activity, preferred)
    seen = votes.strength >= least_strength
    position = np.where(seen, votes.direction, np.nan)
    seen = np.isfinite(position)
    position[seen] = np.unwrap(position[seen])
    return BumpTrack(trajectory.times, position, votes.strength, activity.mean(axis=-1))
