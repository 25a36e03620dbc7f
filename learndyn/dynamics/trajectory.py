"""What a run leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A recorded run of a dynamical system.

    Attributes
    ----------
    times : ndarray, shape (records,)
        When each record was made; step numbers for a map.
    states : ndarray, shape (records, n)
        The state at each time. The first row is the initial state.
    observables : dict of str to ndarray, each of shape (records, ...)
        What was measured at each time.
    """

    times: np.ndarray
    states: np.ndarray
    observables: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def final_state(self) -> np.ndarray:
        """The last recorded state, shape (n,)."""
        return self.states[-1]
