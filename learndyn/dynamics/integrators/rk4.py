"""The classical Runge-Kutta method, of order 4.

    k1 = f(t, z)                       k2 = f(t + h/2, z + h k1 / 2)
    k3 = f(t + h/2, z + h k2 / 2)      k4 = f(t + h, z + h k3)
    z(t + h) = z + h (k1 + 2 k2 + 2 k3 + k4) / 6

(Kutta, 1901).
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
class RK4:
    """The classical explicit Runge-Kutta method, of order 4.

    Parameters
    ----------
    step_size : float
        h, in units of time, positive. The steps between two records are equal and not longer.
        A mode exp(-lambda t) is stable up to h lambda = 2.785.

    Raises
    ------
    ValueError
        If the step size is not positive and finite.
    """

    step_size: float

    def __post_init__(self) -> None:
        check_step_size(self.step_size, "RK4")

    def step(self, flow: Flow, t: float, z: Any, h: float) -> Any:
        """Return the state a time ``h`` after ``z``, shape (n,), array or Tensor."""
        half = 0.5 * h
        k1 = flow(t, z)
        k2 = flow(t + half, z + half * k1)
        k3 = flow(t + half, z + half * k2)
        k4 = flow(t + h, z + h * k3)
        return z + (h / 6.0) * (k1 + 2.0 * (k2 + k3) + k4)

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Walk from the first time to the last; used by ``integrate``."""
        return explicit_steps(self.step, self.step_size, field, z, times)
