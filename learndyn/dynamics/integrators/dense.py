"""Dense output: the curves of all steps of a run as one function of time."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..running import quiet
from .step import Step


class DenseOutput:
    """The state at any time of a run, shape (n,), from the polynomial of the step there.

    Parameters
    ----------
    start : float
    z0 : ndarray, shape (n,)
        Where the run begins.
    steps : list of Step
        In order, without gaps.
    end : float
        Where the run ends, within the last step.
    """

    __slots__ = ("_coefficients", "_end", "_ends", "_start", "_starts", "_z0", "_z1")

    def __init__(self, start: float, z0: np.ndarray, steps: list[Step], end: float) -> None:
        self._start, self._end = start, end
        self._starts = np.array([step.t0 for step in steps] or [start])
        self._ends = np.array([step.t1 for step in steps] or [start])
        self._z0 = np.stack([step.z0 for step in steps] or [z0])
        self._z1 = np.stack([step.z1 for step in steps] or [z0])
        curves = [step.coefficients for step in steps] or [np.zeros((1, z0.size))]
        self._coefficients = np.stack(curves)

    def __call__(self, t: Any) -> np.ndarray:
        """Return the states at the times ``t``, shape (*t.shape, n)."""
        times = np.asarray(t, dtype=np.float64)
        inside = (times >= self._start) & (times <= self._end)
        if not inside.all():
            outside = times[~inside]
            raise ValueError(
                f"Trajectory: {outside.size} of {times.size} times are outside the run, the "
                f"first t = {outside.flat[0]:.9g}. The run covers {self._start:.9g} to "
                f"{self._end:.9g}"
            )
        # A time that two steps share belongs to the one that ends there.
        step = np.searchsorted(self._ends, times, side="left")
        length = self._ends[step] - self._starts[step]
        theta = (times - self._starts[step]) / np.where(length > 0, length, 1.0)
        theta = theta[..., None]
        state = np.zeros((*times.shape, self._z0.shape[1]))
        with quiet():  # the last curve before an overflow may have infinite coefficients
            for c in np.moveaxis(self._coefficients, 1, 0)[::-1]:  # Horner
                state = (state + c[step]) * theta
            state = self._z0[step] + state
        at_end = (times == self._ends[step])[..., None]
        return np.where(at_end, self._z1[step], state)
