r"""The leaky integrator: the smallest neuron, a flow with one number as its state.

    tau dx/dt = -x + I(t)

With a constant input it comes to rest at I, exponentially and in the time tau:

    x(t) = I + (x0 - I) e^{-t/tau}

It is a low-pass filter: of an input e^{i omega t} it hands on the part 1 / (1 + i omega tau).

Lapicque, L. (1907). Recherches quantitatives sur l'excitation electrique des nerfs traitee comme
une polarisation. Journal de Physiologie et de Pathologie Generale 9, 620-635.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics import Map
from .checks import require_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakyIntegrator:
    """The flow tau dx/dt = -x + I(t), on states of shape (n,): n neurons that ignore each other.

    Parameters
    ----------
    tau : float, optional
        Time constant, in the unit of time.
    drive : float, array of shape (n,), or callable, optional
        I: constant, or a function of time to one of these.

    Raises
    ------
    ValueError
        If tau is not positive and finite.
    """

    tau: float = 1.0
    drive: Any = 0.0

    def __post_init__(self) -> None:
        require_positive("LeakyIntegrator", tau=self.tau)

    def __call__(self, t: float, x: Any) -> Any:
        """Return dx/dt, shape (n,)."""
        drive = self.drive(t) if callable(self.drive) else self.drive
        return (drive - x) / self.tau

    def solution(self, x0: Any, t: Any) -> np.ndarray:
        """Return x(t) from x(0) = x0 in closed form, for a constant input.

        Parameters
        ----------
        x0 : array_like, shape (n,)
        t : float or array_like
            Times, of any shape.

        Returns
        -------
        ndarray, shape (*t.shape, n)

        Raises
        ------
        ValueError
            If the input depends on time.
        """
        drive = self._constant_drive("LeakyIntegrator.solution")
        decay = np.exp(-np.asarray(t, dtype=np.float64) / self.tau)[..., None]
        return drive + (np.asarray(x0, dtype=np.float64) - drive) * decay

    def exact_step(self, duration: float) -> Map:
        """Return the map x -> I + (x - I) e^{-duration/tau}: the flow in steps, without error.

        Euler's method has the factor 1 - h/tau in the place of e^{-h/tau}.

        Raises
        ------
        ValueError
            If the duration is not positive, or the input depends on time.
        """
        require_positive("LeakyIntegrator.exact_step", duration=duration)
        drive = self._constant_drive("LeakyIntegrator.exact_step")
        decay = math.exp(-duration / self.tau)
        return lambda x: drive + (x - drive) * decay

    def frequency_response(self, omega: Any) -> np.ndarray:
        """Return 1 / (1 + i omega tau), complex, for angular frequencies in radians per time.

        Its modulus is the gain and its angle the phase (negative: a lag) of the response to a
        sinusoid, after a transient e^{-t/tau}.
        """
        return 1.0 / (1.0 + 1j * np.asarray(omega, dtype=np.float64) * self.tau)

    def _constant_drive(self, caller: str) -> np.ndarray:
        drive: float | np.ndarray | Callable[[float], Any] = self.drive
        if callable(drive):
            raise ValueError(
                f"{caller}: the input depends on time, and has no closed form here. Use integrate"
            )
        return np.asarray(drive, dtype=np.float64)
