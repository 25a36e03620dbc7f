r"""The ring attractor: a bump of activity that can stand anywhere on a ring.

n neurons have preferred angles theta_i = 2 pi i / n and weights that depend on distance only:

    tau dx_i/dt = -x_i + (1/n) sum_j K(theta_i - theta_j) [x_j]_+ + I + u_i(t)
    K(d) = J0 + J1 (cos d + tau v sin d)

with the rates r = [x]_+ = max(x, 0). The sum over j is the average over the ring, that is the
integral over theta' with the measure d theta' / 2 pi.

Bump (v = 0, n to infinity). x = A (cos(theta - psi) - cos c) is positive in |theta - psi| < c.
Its first Fourier component must reproduce itself, its mean must fit:

    (c - sin(2c) / 2) / pi = 2 / J1                                        half-width c
    A = I / (-cos c - (J0 / pi) (sin c - c cos c))                         height A (1 - cos c)

The left side of the first grows from 0 to 1 as c goes from 0 to pi, so there is a bump only if
J1 > 2, and its width depends on J1 alone (Ben-Yishai, Bar-Or and Sompolinsky, 1995). It exists
if the denominator is positive: J0 has to be low enough, else the activity runs away. The position
psi is free: a memory.

Motion. The part with v is -tau v dK/dd of the even kernel, and the average of dK/dd with the rates
of a bump is the slope of that bump. So the bump moves as it is, at exactly psi' = v, even if v
changes with time: the ring integrates a velocity (Zhang, 1996).

On a lattice of n neurons the position is not free: the bump is pinned, rolls to the nearest of n
(or 2n) places, and a velocity that is too small does not move it. Test drift, not whether an
eigenvalue is 0.

Ben-Yishai, R., Bar-Or, R. L. and Sompolinsky, H. (1995). Theory of orientation tuning in visual
cortex. Proceedings of the National Academy of Sciences 92, 3844-3848.
Zhang, K. (1996). Representation of spatial orientation by the intrinsic dynamics of the
head-direction cell ensemble: a theory. Journal of Neuroscience 16, 2112-2126.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import relu, stack
from ...dynamics.events import find_root
from .checks import require_count, require_finite, require_positive
from .ctrnn import ContinuousTimeRNN

Velocity = float | Callable[[float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAttractor:
    """The flow of a ring of n threshold-linear neurons, on states x of shape (n,).

    Parameters
    ----------
    n : int, optional
        Neurons, at least 3.
    J0, J1 : float, optional
        Mean and modulation of the kernel: a bump needs J1 > 2 and J0 low enough.
    drive : float, optional
        I, the same for all; the size of the bump is proportional to it.
    tau : float, optional
        Time constant, in the unit of time.
    velocity : float or callable, optional
        v, in radians per unit of time; a function of time makes the flow depend on it.
    cue : callable, optional
        u: takes a time to an array of shape (n,), or a number.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    n: int = 128
    J0: float = -2.0
    J1: float = 3.0
    drive: float = 1.0
    tau: float = 1.0
    velocity: Velocity = 0.0
    cue: Callable[[float], Any] | None = None

    def __post_init__(self) -> None:
        require_count("RingAttractor", 3, n=self.n)
        require_positive("RingAttractor", tau=self.tau)
        require_finite("RingAttractor", J0=self.J0, J1=self.J1, drive=self.drive)

    @property
    def angles(self) -> np.ndarray:
        """theta, the preferred angles, shape (n,), in [0, 2 pi)."""
        return 2.0 * np.pi * np.arange(self.n) / self.n

    def rates(self, x: Any) -> Any:
        """Return r = max(x, 0), of the shape of x."""
        return relu(x)

    def weight(self, t: float = 0.0) -> np.ndarray:
        """Return W = K(theta_i - theta_j) / n at a time, shape (n, n); circulant."""
        d = self.angles[:, None] - self.angles
        turn = self.tau * self._speed(t)
        return (self.J0 + self.J1 * (np.cos(d) + turn * np.sin(d))) / self.n

    def network(self) -> ContinuousTimeRNN:
        """Return the same flow as a recurrent network with all its n^2 weights, without the cue.

        Raises
        ------
        ValueError
            If the velocity depends on time: the network's weights do not.
        """
        if callable(self.velocity):
            raise ValueError("RingAttractor.network: needs a constant velocity. Pass a number")
        bias = np.full(self.n, self.drive)
        return ContinuousTimeRNN(self.weight(), activation="relu", tau=self.tau, bias=bias)

    def __call__(self, t: float, x: Any) -> Any:
        """Return dx/dt, shape (n,). W has rank 3, so this takes O(n) operations."""
        cosine, sine = self._waves()
        r = relu(x)
        even, odd = (r * cosine).mean(), (r * sine).mean()
        turn = self.tau * self._speed(t)
        # cos(d) and sin(d) of a difference, by the addition theorems
        wave = cosine * (even - turn * odd) + sine * (odd + turn * even)
        change = self.drive + self.J0 * r.mean() + self.J1 * wave - x
        if self.cue is not None:
            change = change + self.cue(t)
        return change / self.tau

    def bump(self, position: float = 0.0) -> np.ndarray:
        """Return the stationary bump of n to infinity at an angle, as a state of shape (n,).

        Raises
        ------
        ValueError
            If there is none: J1 <= 2, no drive, or an amplitude that would run away.
        """
        c = bump_half_width(self.J1)
        height = bump_amplitude(self.J0, self.J1, self.drive)
        return height * (np.cos(self.angles - position) - math.cos(c))

    def position(self, x: Any) -> Any:
        """Return psi, the angle of sum_j r_j e^{i theta_j}, in (-pi, pi], of states (..., n)."""
        cosine, sine = self._waves()
        r = np.maximum(np.asarray(x, dtype=np.float64), 0.0)
        return np.arctan2(r @ sine, r @ cosine)

    def moments(self, x: Any) -> Any:
        """Return the averages of r, r cos and r sin, shape (3,): all that the ring feeds back."""
        cosine, sine = self._waves()
        r = relu(x)
        return stack([r.mean(), (r * cosine).mean(), (r * sine).mean()])

    def _waves(self) -> tuple[np.ndarray, np.ndarray]:
        return np.cos(self.angles), np.sin(self.angles)

    def _speed(self, t: float) -> float:
        return self.velocity(t) if callable(self.velocity) else self.velocity


def bump_half_width(J1: float) -> float:
    """Return c in (0, pi) with (c - sin(2c) / 2) / pi = 2 / J1, in radians.

    Raises
    ------
    ValueError
        If J1 <= 2: then there is no bump.

    References
    ----------
    Ben-Yishai, R., Bar-Or, R. L. and Sompolinsky, H. (1995). Theory of orientation tuning in
    visual cortex. Proceedings of the National Academy of Sciences 92, 3844-3848.
    """
    if not 2.0 < J1 < math.inf:
        raise ValueError(f"bump_half_width: a bump needs a finite J1 > 2, got {J1}")

    def excess(c: float) -> float:
        return (c - 0.5 * math.sin(2.0 * c)) / math.pi - 2.0 / J1

    return find_root(excess, 0.0, math.pi, -2.0 / J1, 1.0 - 2.0 / J1)


def bump_amplitude(J0: float, J1: float, drive: float) -> float:
    """Return A of the bump A (cos(theta - psi) - cos c).

    Raises
    ------
    ValueError
        If J1 <= 2, or no finite positive amplitude solves the equation.
    """
    c = bump_half_width(J1)
    share = -math.cos(c) - J0 / math.pi * (math.sin(c) - c * math.cos(c))
    if not (drive > 0.0 and share > 0.0):
        limit = -math.pi * math.cos(c) / (math.sin(c) - c * math.cos(c))
        raise ValueError(
            f"bump_amplitude: a bump needs drive > 0 and, at J1 = {J1:g}, J0 < {limit:.4g}, else the "
            f"activity runs away; got drive={drive}, J0={J0}"
        )
    return drive / share


def edge_half_width(ring: RingAttractor, x: Any) -> float:
    """Return half of the width over which x is positive, in radians, by its straight crossings.

    Raises
    ------
    ValueError
        If x is nowhere, everywhere, or in several places positive.
    """
    x = np.asarray(x, dtype=np.float64)
    above = x > 0.0
    starts = np.flatnonzero(above & ~np.roll(above, 1))
    if len(starts) != 1:
        raise ValueError(
            f"edge_half_width: needs one interval of positive x, got {len(starts)} of them with "
            f"{int(above.sum())} of {x.size} neurons active"
        )
    k = int(starts[0])
    x = np.roll(x, -k)  # now the active neurons come first
    m = int(above.sum())
    before = x[0] / (x[0] - x[-1])
    after = x[m - 1] / (x[m - 1] - x[m])
    return math.pi / ring.n * float(m - 1 + before + after)
