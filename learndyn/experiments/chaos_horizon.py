r"""How far ahead a chaotic system can be predicted.

Two runs start a distance eps apart. Until the distance is as large as the system allows, it grows
as eps e^{lambda t}, so a prediction holds for about

    T = ln(1 / eps) / lambda ,

with distances in units of what counts as wrong. Every digit of the measurement buys the same time,
ln 10 / lambda. Rounding is a measurement error that nobody chose: a run that starts a whole turn
further, where it is the same motion, is rounded differently.

References
----------
Lorenz, E. N. (1969). The predictability of a flow which possesses many scales of motion. Tellus
21, 289-307. (Where small scales grow faster the horizon is finite however small eps is.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import RK4, integrate
from ..neural.control import DoublePendulum
from .chaos_ensemble import batched, energy_surface

WRONG = 1.0  # rad: beyond it, the angles say nothing of each other
ROUNDING = 2.0**-52  # spacing of numbers near 1


@dataclass(frozen=True, slots=True)
class Horizon:
    """Pairs of runs of a double pendulum, for several errors at the start.

    Attributes
    ----------
    errors : ndarray, shape (k,)
        eps, rad, decreasing; the last is ``ROUNDING``, and stands for a start a whole turn on.
    times : ndarray, shape (records,)
        s.
    distances : ndarray, shape (records, k, members)
        Between the angles of both runs, rad, each angle modulo a turn.
    window : tuple of float
        s; when errors below 1e-8 are aligned and still small.
    """

    errors: np.ndarray
    times: np.ndarray
    distances: np.ndarray
    window: tuple[float, float]

    @property
    def exponent(self) -> float:
        """lambda, 1/s: the slope of the mean ln distance in the window, without any derivative."""
        small = (self.errors < 1e-8) & (self.errors > 1e-13)
        kept = (self.times >= self.window[0]) & (self.times <= self.window[1])
        logs = np.log(self.distances[kept][:, small]).mean(axis=(1, 2))
        return float(np.polyfit(self.times[kept], logs, 1)[0])

    @property
    def horizons(self) -> np.ndarray:
        """Median over pairs of the time at which the distance first exceeds ``WRONG``, s: (k,)."""
        beyond = self.distances > WRONG
        first = self.times[np.argmax(beyond, axis=0)]
        return np.median(np.where(beyond.any(axis=0), first, np.inf), axis=-1)

    @property
    def predicted(self) -> np.ndarray:
        """ln(WRONG / eps) / lambda, s, shape (k,)."""
        return np.log(WRONG / self.errors) / self.exponent

    @property
    def a_digit(self) -> float:
        """Time that ten times the accuracy buys, s: the slope of ``horizons`` down to errors of 1e-9."""
        chosen = self.errors > 1e-10
        slope = np.polyfit(np.log10(1.0 / self.errors[chosen]), self.horizons[chosen], 1)[0]
        return float(slope)


def run(
    errors: Sequence[float] = (1e-1, 1e-3, 1e-6, 1e-9, 1e-12),
    *,
    members: int = 300,
    duration: float = 34.0,
    step_size: float = 0.02,
    record: float = 0.1,
    window: tuple[float, float] = (2.0, 8.0),
    energy: float | None = None,
    seed: int = 1,
) -> Horizon:
    """Run pairs of double pendulums that start almost alike.

    Parameters
    ----------
    errors : sequence of float, optional
        eps, rad, decreasing.
    members : int, optional
        Pairs for each error; all start on the surface of one energy.
    duration, step_size, record : float, optional
        s.
    window : tuple of float, optional
        Where ``exponent`` is read off.
    energy : float, optional
        J; by default that of the book's start, 16.0 J.
    seed : int, optional

    Returns
    -------
    Horizon
    """
    rng = np.random.default_rng(seed)
    z0 = energy_surface(members, rng, energy=energy)
    turn = rng.uniform(0.0, 2.0 * np.pi, members)
    off = np.zeros((len(errors), 4, members))
    off[:, :2] = np.multiply.outer(np.array(errors), np.stack([np.cos(turn), np.sin(turn)]))
    again = np.zeros((4, members))
    again[:2] = 2.0 * np.pi
    starts = np.concatenate([z0[None], z0 + off, (z0 + again)[None]]).transpose(1, 0, 2)
    flow = batched(DoublePendulum(), starts.shape)
    times = np.linspace(0.0, duration, round(duration / record) + 1)
    found = integrate(
        flow,
        starts.ravel(),
        times,
        method=RK4(step_size),
    ).states.reshape(len(times), *starts.shape)
    gap = found[:, :2, 1:] - found[:, :2, :1]
    gap = (gap + np.pi) % (2.0 * np.pi) - np.pi
    distances = np.linalg.norm(gap, axis=1)
    # A whole turn is itself rounded, and so is the gap: the distance cannot be told from zero.
    distances = np.maximum(distances, ROUNDING)
    return Horizon(np.array([*errors, ROUNDING]), times, distances, window)
