"""One accepted step of an integrator, with the curve that joins its ends.

The curve is a polynomial in theta = (t - t0) / (t1 - t0), from 0 to 1:

    z(t) = z0 + c_1 theta + c_2 theta^2 + ... + c_p theta^p
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


class StoppedError(ArithmeticError):
    """An integrator cannot go on; the message is the sentence that the run hands on."""


class Step:
    """A step from (t0, z0) to (t1, z1).

    Parameters
    ----------
    t0, t1 : float
    z0, z1 : ndarray, shape (n,)
    fit : callable
        Takes no argument and returns the coefficients c, shape (p, n). It is called at most
        once, and only if somebody asks for a state inside the step.
    """

    __slots__ = ("_coefficients", "_fit", "t0", "t1", "z0", "z1")

    def __init__(
        self, t0: float, t1: float, z0: np.ndarray, z1: np.ndarray, fit: Callable[[], np.ndarray]
    ) -> None:
        self.t0, self.t1, self.z0, self.z1 = t0, t1, z0, z1
        self._fit: Callable[[], np.ndarray] | None = fit

    @property
    def coefficients(self) -> np.ndarray:
        """Of the curve, shape (p, n)."""
        if self._fit is not None:
            self._coefficients = self._fit()
            self._fit = None  # and with it go the stages
        return self._coefficients

    def state(self, t: float) -> np.ndarray:
        """Return the state at a time inside the step, shape (n,); exact at its ends."""
        if t == self.t1:
            return self.z1
        theta = (t - self.t0) / (self.t1 - self.t0)
        return self.z0 + powers(theta, len(self.coefficients)) @ self.coefficients


def powers(theta: float, degree: int) -> np.ndarray:
    """Return theta, theta^2, ..., theta^degree."""
    return np.cumprod(np.full(degree, theta))


def hermite(h: float, z0: np.ndarray, z1: np.ndarray, v0: np.ndarray, v1: np.ndarray) -> np.ndarray:
    """Return the cubic through z0 and z1 with velocities v0 and v1, as coefficients (3, n).

    Its error is of order h^4 if the ends are exact (Hermite, 1878).
    """
    rise = z1 - z0
    return np.stack([h * v0, 3 * rise - h * (2 * v0 + v1), h * (v0 + v1) - 2 * rise])
