"""Heun's method: the mean of the velocities at both ends of an Euler step, of order 2.

    k1 = f(t, z),  k2 = f(t + h, z + h k1),  z(t + h) = z + h (k1 + k2) / 2

(Heun, 1900).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..flow import Flow
from .field import Field
from .fixed import check_step_size, explicit_steps
from .step import Step


@dataclass(frozen=True, slots=True)
class Heun:
    """Heun's explicit method, of order 2.

    Parameters
    ----------
    step_size : float
        h, in units of time, positive. The steps between two records are equal and not longer.
        A mode exp(-lambda t) is stable up to h lambda = 2.

    Raises
    ------
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        check_step_size(self.step_size, "Heun")

    def step(self, flow: Flow, t: float, z: Any, h: float) -> Any:
        """Return the state a time ``h`` after ``z``, shape (n,), array or Tensor."""
        k1 = flow(t, z)
        k2 = flow(t + h, z + h * k1)
        return z + (0.5 * h) * (k1 + k2)

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Walk from the first time to the last; used by ``integrate``."""
        return explicit_steps(self.step, self.step_size, field, z, times)
