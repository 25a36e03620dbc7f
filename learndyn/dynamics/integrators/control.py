"""How an adaptive explicit method chooses its steps, and how it notices that a flow is stiff."""

from __future__ import annotations

import math

import numpy as np

from .field import Field

_SAFETY = 0.9
_SMALLEST, _LARGEST = 0.2, 10.0  # factors from one step size to the next
_BETA = 0.04  # weight of the error before, which damps oscillations of the step size
_ORDER = 5
_WINDOW = 20  # steps over which stiffness is judged


def rms(x: np.ndarray) -> float:
    """Return the root of the mean square of a vector; 0 for an empty one."""
    return math.sqrt(x.dot(x) / x.size) if x.size else 0.0


def first_step_size(
    field: Field, t: float, z: np.ndarray, v: np.ndarray, span: float, rtol: float, atol: float
) -> float:
    """Guess a first step from the sizes of z, z' and z'' (Hairer, Norsett and Wanner, II.4)."""
    scale = atol + rtol * np.abs(z)
    size, speed = rms(z / scale), rms(v / scale)
    trial = 0.01 * size / speed if min(size, speed) > 1e-5 else 1e-6
    trial = min(trial, span)
    bend = rms((field(t + trial, z + trial * v) - v) / scale) / trial
    if not math.isfinite(bend):
        return trial  # too far already; the control will find a shorter one
    steepest = max(speed, bend)
    h = max(1e-6, 1e-3 * trial) if steepest <= 1e-15 else (0.01 / steepest) ** (1 / _ORDER)
    return min(100 * trial, h, span)


class StepControl:
    """The proportional-integral rule of Gustafsson (1991), with the constants of DOPRI5."""

    __slots__ = ("_before", "_rejected", "accepted", "finite")

    def __init__(self) -> None:
        self.accepted = True
        self.finite = True  # False if the last step met a number that is not finite
        self._before = 1e-4
        self._rejected = False

    def next_step_size(self, h: float, error: float) -> float:
        """Judge a step of length ``h`` whose scaled error is ``error``; return the next length."""
        self.finite = not math.isnan(error)
        self.accepted = self.finite and error <= 1.0
        exponent = 1 / _ORDER - 0.75 * _BETA
        if not self.accepted:
            self._rejected = True
            shrink = _SAFETY * error**-exponent if self.finite else _SMALLEST
            return h * max(_SMALLEST, shrink)
        factor = _LARGEST
        if error > 0.0:
            factor = _SAFETY * error**-exponent * self._before**_BETA
        factor = min(max(factor, _SMALLEST), 1.0 if self._rejected else _LARGEST)
        self._before, self._rejected = max(error, 1e-4), False
        return h * factor


class StiffnessTest:
    """Notices when stability, not accuracy, holds the steps (after Hairer and Wanner, IV.2).

    The last two stages are evaluated at the same time in two states, so that
    |k7 - k6| / |g7 - g6| estimates the largest |lambda| of the Jacobian. Stability ends at
    h |lambda| = 3.31, and a step size that is held there swings below it; a flow is taken for
    stiff when the mean of h |lambda| over 20 steps in a row is above 2.5. Where accuracy
    chooses the steps it is about 1 or less.
    """

    __slots__ = ("_steps", "_sum", "rate", "since")

    def __init__(self) -> None:
        self.since: float | None = None  # when it was noticed
        self.rate = 0.0  # the estimate of |lambda| then
        self._steps = 0
        self._sum = 0.0

    def look(self, t: float, h: float, dv: np.ndarray, dz: np.ndarray) -> None:
        """Take in an accepted step; only 20 steps of every 50 cost two products."""
        place = self._steps % 50
        self._steps += 1
        if place >= _WINDOW or self.since is not None:
            return
        distance = math.sqrt(dz.dot(dz))
        rate = math.sqrt(dv.dot(dv)) / distance if distance > 0 else 0.0
        self._sum = h * rate + (self._sum if place else 0.0)
        if place == _WINDOW - 1 and self._sum > 2.5 * _WINDOW:
            self.since, self.rate = t, rate

    def advice(self) -> str:
        """Say what to do about a run that took too many steps."""
        if self.since is None:
            return (
                "Raise max_steps or the tolerances; if fast modes have decayed and the flow is "
                "stiff, use ImplicitEuler"
            )
        return (
            f"The flow is stiff from about t = {self.since:.3g}: a mode with |lambda| near "
            f"{self.rate:.3g} holds the steps near {3.3 / self.rate:.3g}. Use ImplicitEuler"
        )
