"""What a run leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .events import EventRecord


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
    stopped : str or None
        Why the run ended early, in a sentence that names the step or the time; None if it
        ran to the end.
    events : dict of str to EventRecord
        Where each event function of ``integrate`` crossed zero.
    evaluations : int
        How often ``integrate`` evaluated the flow; 0 for a map.
    interpolant : callable or None
        The state between records, kept by ``integrate(..., dense=True)``.
    """

    times: np.ndarray
    states: np.ndarray
    observables: dict[str, np.ndarray] = field(default_factory=dict)
    stopped: str | None = None
    events: dict[str, EventRecord] = field(default_factory=dict)
    evaluations: int = 0
    interpolant: Callable[[Any], np.ndarray] | None = field(default=None, repr=False)

    @property
    def final_state(self) -> np.ndarray:
        """The last recorded state, shape (n,)."""
        return self.states[-1]

    def __call__(self, t: Any) -> np.ndarray:
        """Return the state at any time of the run, by dense output.

        Parameters
        ----------
        t : float or array_like of any shape
            Within the run, from ``times[0]`` to ``times[-1]``.

        Returns
        -------
        ndarray, shape (*t.shape, n)

        Raises
        ------
        ValueError
            If the run was not asked for dense output, or a time is outside it.
        """
        if self.interpolant is None:
            raise ValueError(
                "Trajectory: this run kept no dense output, so only its records exist. "
                "Use integrate(..., dense=True); a map has no states between its steps"
            )
        return self.interpolant(t)
