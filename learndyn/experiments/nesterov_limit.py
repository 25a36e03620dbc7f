"""Nesterov's scheme and its limit, the flow X'' + (3/t) X' + grad L(X) = 0.

Step k of the scheme with step size s stands for the time t = k sqrt(s). On a quadratic each
mode of the flow is a Bessel function,

    X(t) = 2 J1(x) / x * X(0),   x = sqrt(lambda) t,

and the scheme lies at a distance O(sqrt s) from it (Su, Boyd and Candes, 2016). For large x,
J1(x)^2 <= 2/(pi x) but for terms of higher order, so the loss has the envelope

    L <= (4/pi) X(0)^2 / (sqrt(lambda) t^3),

which falls faster than the bound 2 X(0)^2 / t^2 that holds for all convex losses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, integrate, simulate
from ..learning import NesterovScheme, nesterov_flow, training_map


def bessel_j1(x: Any) -> np.ndarray:
    """J1(x) = (1/pi) int_0^pi cos(tau - x sin tau) d tau, by the trapezoidal rule.

    The integrand is periodic and smooth, so the rule is exact to rounding as soon as it has a
    few more points than ``|x|``.

    Parameters
    ----------
    x : array_like, of any shape

    Returns
    -------
    ndarray of the same shape
    """
    x = np.asarray(x, dtype=np.float64)
    points = 64 + 2 * int(np.ceil(np.max(np.abs(x), initial=0.0)))
    tau = 2.0 * np.pi * np.arange(points) / points
    return np.mean(np.cos(tau - x[..., None] * np.sin(tau)), axis=-1)


def closed_form(t: Any, curvatures: Any, start: Any) -> np.ndarray:
    """Each mode of Nesterov's flow on a quadratic, at times t > 0 of shape (m,): shape (m, n)."""
    x = np.asarray(t, dtype=np.float64)[..., None] * np.sqrt(curvatures)
    return 2.0 * bessel_j1(x) / x * np.asarray(start)


@dataclass(frozen=True, slots=True)
class NesterovLimit:
    """The scheme for several step sizes, against the flow in closed form, on one quadratic.

    Attributes
    ----------
    curvatures, start : ndarray, shape (n,)
        lambda and X(0) of each mode.
    duration : float
        The time k sqrt(s) of the comparison.
    step_counts : ndarray, shape (m,), int
        Steps of the scheme in that time.
    errors : ndarray, shape (m,)
        Distance of the scheme from the closed form at the end.
    flow_error : float
        The same for the integrated flow.
    iterates : tuple of ndarray, each of shape (steps + 1, n)
        The points x_k of each run.
    """

    curvatures: np.ndarray
    start: np.ndarray
    duration: float
    step_counts: np.ndarray
    errors: np.ndarray
    flow_error: float
    iterates: tuple[np.ndarray, ...]

    @property
    def root_steps(self) -> np.ndarray:
        """sqrt(s) of each run, shape (m,)."""
        return self.duration / self.step_counts

    @property
    def order(self) -> float:
        """Measured power of sqrt(s) between the two smallest step sizes."""
        ratio = np.log(self.errors[-2] / self.errors[-1])
        return float(ratio / np.log(self.step_counts[-1] / self.step_counts[-2]))


def run(
    step_counts: tuple[int, ...] = (25, 50, 100, 200, 400, 800),
    *,
    duration: float = 5.0,
    curvatures: tuple[float, ...] = (0.3, 1.0, 4.0),
    start: tuple[float, ...] = (1.0, -2.0, 0.5),
) -> NesterovLimit:
    """Compare scheme and flow after the same time.

    Parameters
    ----------
    step_counts : tuple of int, optional
        Increasing. Step size is s = (duration / steps)^2; stability asks for s lambda <= 4/3.
    duration : float, optional
    curvatures, start : tuple of float, optional
        lambda and X(0) of each mode.
    """
    lam, x0 = np.array(curvatures), np.array(start)
    exact = closed_form(duration, lam, x0)

    def loss(theta: Any) -> Any:
        return 0.5 * (lam * theta * theta).sum()

    iterates = []
    for steps in step_counts:
        training = training_map(loss, NesterovScheme((duration / steps) ** 2), x0)
        states = simulate(training, training.initial_state, steps).states
        iterates.append(states[:, x0.size : 2 * x0.size])
    flow = nesterov_flow(loss, x0)
    method = DormandPrince(rtol=1e-10, atol=1e-12)
    end = integrate(flow, flow.initial_state, [0.0, duration], method=method).final_state
    return NesterovLimit(
        lam, x0, duration, np.array(step_counts),
        np.array([np.linalg.norm(points[-1] - exact) for points in iterates]),
        float(np.linalg.norm(end[: x0.size] - exact)), tuple(iterates),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NesterovDecay:
    """The loss ``|X|^p / p`` along Nesterov's flow from X = 1, and its local maxima.

    Attributes
    ----------
    power : float
        p.
    times, losses : ndarray, shape (records,)
    """

    power: float
    times: np.ndarray
    losses: np.ndarray

    @property
    def peaks(self) -> np.ndarray:
        """Places of the local maxima of the loss after its first fall, int."""
        inside = self.losses[1:-1]
        return 1 + np.flatnonzero((inside > self.losses[:-2]) & (inside >= self.losses[2:]))

    def slope(self, after: float) -> float:
        """Power of t with which the local maxima after a time fall; the loss, if it has none."""
        places = self.peaks if self.peaks.size > 1 else np.arange(self.times.size)
        places = places[self.times[places] > after]
        return float(np.polyfit(np.log(self.times[places]), np.log(self.losses[places]), 1)[0])

    def envelope(self, after: float) -> float:
        """Mean of t^3 L over the local maxima after a time; 4/pi is predicted for p = 2."""
        places = self.peaks[self.times[self.peaks] > after]
        return float(np.mean(self.times[places] ** 3 * self.losses[places]))


def decay(power: float = 2.0, *, duration: float = 100.0, records: int = 5001) -> NesterovDecay:
    """Follow the loss ``|X|^p / p`` along Nesterov's flow.

    Parameters
    ----------
    power : float, optional
        p, above 1.
    duration : float, optional
    records : int, optional
        Evenly spaced in time.
    """

    def loss(theta: Any) -> Any:
        return (theta * theta).sum() ** (0.5 * power) / power

    flow = nesterov_flow(loss, np.ones(1))
    times = np.linspace(0.0, duration, records)
    method = DormandPrince(rtol=1e-9, atol=1e-13)
    states = integrate(flow, flow.initial_state, times, method=method).states
    return NesterovDecay(power, times, np.abs(states[:, 0]) ** power / power)
