r"""What a gradient through a chaotic run is worth.

A motor turns the lower joint of a double pendulum with a constant torque u that is noisy, and a
bounded loss L is read off after a time T. Two unbiased estimates of the slope of the *average* loss
E L(u + sigma xi), xi normal:

    first order     dL/du at u + sigma xi                         (a gradient through the run)
    zeroth order    (L(u + sigma xi) - L(u - sigma xi)) xi / (2 sigma)    (two runs, no gradient)

The first grows as e^{lambda T}. The second cannot exceed |xi| max|L| / sigma. They meet where the
noise has grown to the size of the system, at T about ln(1 / sigma) / lambda, and beyond that the
gradient is the worse of the two.

References
----------
Suh, H. J. T., Simchowitz, M., Zhang, K. and Tedrake, R. (2022). Do differentiable simulators give
better policy gradients? ICML.
Parmas, P., Rasmussen, C. E., Peters, J. and Doya, K. (2018). PIPPS: flexible model-based policy
search robust to the curse of chaos. ICML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import grad, jvp
from ..dynamics import RK4
from ..neural.control import DoublePendulum, HeldStep, held_step
from .chaos_ensemble import START, energy_surface

JOINT = 1  # the lower one


@dataclass(frozen=True, slots=True)
class Estimates:
    """Sizes of single estimates, over starts and noise, as the horizon grows.

    Attributes
    ----------
    noises : ndarray, shape (s,)
        sigma, N m, decreasing.
    times : ndarray, shape (k,)
        T, s.
    first : ndarray, shape (k, members)
        |dL/du|.
    zeroth : ndarray, shape (k, s, members)
        Size of the zeroth-order estimate.
    """

    noises: np.ndarray
    times: np.ndarray
    first: np.ndarray
    zeroth: np.ndarray

    @property
    def typical_first(self) -> np.ndarray:
        """exp of the mean ln, shape (k,)."""
        return _typical(self.first)

    @property
    def typical_zeroth(self) -> np.ndarray:
        """exp of the mean ln, shape (k, s)."""
        return _typical(self.zeroth)

    @property
    def rms_first(self) -> np.ndarray:
        """Root mean square, which sets the variance of an average, shape (k,)."""
        return np.sqrt(np.mean(self.first**2, axis=-1))

    @property
    def rms_zeroth(self) -> np.ndarray:
        """Root mean square, shape (k, s)."""
        return np.sqrt(np.mean(self.zeroth**2, axis=-1))

    @property
    def takeovers(self) -> np.ndarray:
        """T from which ``rms_first`` stays above ``rms_zeroth``, s; nan if it does not: (s,)."""
        worse = self.rms_first[:, None] > self.rms_zeroth
        found = []
        for column in worse.T:
            better = np.flatnonzero(~column)
            i = better[-1] + 1 if len(better) else 0
            found.append(self.times[i] if i < len(self.times) else np.nan)
        return np.array(found)

    def growth(self, sizes: np.ndarray, start: float = 2.0) -> float:
        """Return the slope of ln of ``typical_first`` or ``rms_first`` from ``start`` on, 1/s."""
        kept = self.times >= start
        return float(np.polyfit(self.times[kept], np.log(sizes[kept]), 1)[0])

    @property
    def plateaus(self) -> np.ndarray:
        """Where ``typical_zeroth`` ends: its mean over the last second, shape (s,)."""
        return self.typical_zeroth[self.times >= self.times[-1] - 1.0].mean(axis=0)

    @property
    def predicted_plateaus(self) -> np.ndarray:
        """The same if both runs of a pair point anywhere, with equal chance, shape (s,).

        E ln |cos a - cos b| = -ln 2 for independent angles, and E ln |xi| = -(gamma + ln 2) / 2.
        """
        return np.sqrt(0.5 * np.exp(-np.euler_gamma)) / (4.0 * self.noises)

    @property
    def meetings(self) -> np.ndarray:
        """T at which ``typical_first`` last passes each plateau, s; nan if it does not: (s,)."""
        logs, found = np.log(self.typical_first), []
        for level in np.log(self.plateaus):
            below = np.flatnonzero(logs < level)
            i = below[-1] if len(below) else len(logs)
            if i + 1 >= len(logs):
                found.append(np.nan)
                continue
            share = (level - logs[i]) / (logs[i + 1] - logs[i])
            found.append(self.times[i] + share * (self.times[i + 1] - self.times[i]))
        return np.array(found)


def run(
    noises: Sequence[float] = (0.1, 0.01, 0.001),
    *,
    members: int = 400,
    duration: float = 9.0,
    first: float = 0.5,
    step_size: float = 0.025,
    every: int = 5,
    seed: int = 2,
) -> Estimates:
    """Draw first- and zeroth-order estimates for longer and longer runs.

    Parameters
    ----------
    noises : sequence of float, optional
        sigma, N m.
    members : int, optional
        Starts on the surface of one energy, each with its own xi.
    duration, first, step_size : float, optional
        s; the shortest horizon is ``first``.
    every : int, optional
        Steps between horizons.
    seed : int, optional

    Returns
    -------
    Estimates
    """
    rng = np.random.default_rng(seed)
    step = held_step(DoublePendulum(), step_size, method=RK4(step_size))
    starts, xi = energy_surface(members, rng), rng.standard_normal(members)
    sigma = np.array(noises)
    torque = _torque(sigma[0] * xi)
    z, slope, ahead = starts, np.zeros_like(starts), _torque(np.ones(members))
    shifts = sigma[:, None, None] * np.array([1.0, -1.0])[:, None] * xi
    pairs = np.broadcast_to(starts[:, None, None], (4, *shifts.shape))
    pulls = _torque(shifts)
    times, gradients, differences = [], [], []
    for i in range(1, round(duration / step_size) + 1):
        z, slope = jvp(step, (z, torque), (slope, ahead))
        pairs = step(pairs, pulls)
        if i % every == 0 and i * step_size >= first:
            times.append(i * step_size)
            gradients.append(np.abs(np.sin(z[1]) * slope[1]))
            loss = np.cos(pairs[1])
            differences.append(np.abs((loss[:, 0] - loss[:, 1]) * xi) / (2.0 * sigma[:, None]))
    return Estimates(sigma, np.array(times), np.array(gradients), np.array(differences))


@dataclass(frozen=True, slots=True)
class Truncation:
    """The first-order estimate if it reaches back over the last k seconds only.

    Attributes
    ----------
    noise, duration : float
        sigma, N m; T, s.
    reaches : ndarray, shape (steps,)
        k, s, up to T.
    means, deviations : ndarray, shape (steps,)
        Mean and standard deviation over the noise of the torque.
    truth : float
        Slope of the average loss, from the zeroth order.
    zeroth_deviation : float
        Standard deviation of (L(u + sigma xi) - E L) xi / sigma.
    """

    noise: float
    duration: float
    reaches: np.ndarray
    means: np.ndarray
    deviations: np.ndarray
    truth: float
    zeroth_deviation: float

    def at(self, reach: float) -> tuple[float, float]:
        """Return bias and standard deviation at the reach nearest to ``reach``."""
        i = int(np.argmin(np.abs(self.reaches - reach)))
        return float(self.means[i] - self.truth), float(self.deviations[i])


def truncated(
    *,
    noise: float = 0.1,
    duration: float = 4.0,
    grid: int = 2001,
    step_size: float = 0.025,
    start: Sequence[float] = START,
) -> Truncation:
    """Cut the gradient off after longer and longer parts of one run.

    Averages over the noise are sums over a fine grid of xi, so that they carry no sampling error.

    Parameters
    ----------
    noise, duration : float, optional
        sigma, N m; T, s.
    grid : int, optional
        Points of xi from -4 to 4.
    step_size : float, optional
    start : sequence of four floats, optional

    Returns
    -------
    Truncation
    """
    xi = np.linspace(-4.0, 4.0, grid)
    weight = np.exp(-0.5 * xi**2)
    weight /= weight.sum()
    torque = _torque(noise * xi)
    step = held_step(DoublePendulum(), step_size, method=RK4(step_size))
    states = [np.repeat(np.array(start, dtype=np.float64)[:, None], grid, axis=1)]
    for _ in range(round(duration / step_size)):
        states.append(step(states[-1], torque))
    loss = np.cos(states[-1][1])
    scores = (loss - weight @ loss) * xi / noise
    parts = np.cumsum(_contributions(step, states, torque), axis=0)
    means = parts @ weight
    return Truncation(
        noise,
        duration,
        step_size * np.arange(1, len(states)),
        means,
        np.sqrt((parts - means[:, None]) ** 2 @ weight),
        float(weight @ scores),
        float(np.sqrt(weight @ (scores - weight @ scores) ** 2)),
    )


def _contributions(step: HeldStep, states: list[np.ndarray], torque: np.ndarray) -> np.ndarray:
    """dL/du_t of each step, from the last one back: shape (steps, members)."""
    cotangent = np.zeros_like(states[-1])
    cotangent[1] = -np.sin(states[-1][1])
    parts = []
    for z in reversed(states[:-1]):
        along = cotangent
        cotangent, back = grad(lambda p, along=along: (along * step(*p)).sum())((z, torque))
        parts.append(back[JOINT])
    return np.array(parts)


def _torque(lower: np.ndarray) -> np.ndarray:
    torque = np.zeros((2, *lower.shape))
    torque[JOINT] = lower
    return torque


def _typical(sizes: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):  # a difference of exactly zero has the size 0
        return np.exp(np.mean(np.log(sizes), axis=-1))
