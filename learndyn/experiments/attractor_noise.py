r"""A memory of a place on a ring diffuses, and more neurons slow it down.

Independent noise in each neuron, tau dx_i = f_i dt + sigma sqrt(tau) dW_i. Nothing restores the
position psi, so the part of the noise that moves the bump adds up. To first order that part is the
projection on the left null vector of the Jacobian, sin(theta - psi) on the active neurons. With the
bump A (cos(theta - psi) - cos c) and sum over active neurons of sin^2 = n / J1,

    d psi = sigma / (A sqrt(tau) n / J1) sum_active sin(theta_i - psi) dW_i
    Var psi(t) = 2 D t,    2 D = sigma^2 J1 / (A^2 n tau)

The variance grows in proportion to time, and goes as 1/n.

References
----------
Burak, Y. and Fiete, I. R. (2012). Fundamental limits on persistent activity in networks of noisy
neurons. Proceedings of the National Academy of Sciences 109, 17645-17650.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import Euler, flow_map, simulate
from ..neural.rate import RingAttractor, bump_amplitude, side_by_side


@dataclass(frozen=True, slots=True)
class Diffusion:
    """The spread of many bumps that started at the same place.

    Attributes
    ----------
    n, trials : int
    sigma : float
    times : ndarray, shape (records,)
        In units of tau.
    variances : ndarray, shape (records,)
        Mean squared distance of psi from the start over the trials, in radians squared.
    examples : ndarray, shape (few, records)
        psi of some of the trials, from the start.
    predicted : float
        sigma^2 J1 / (A^2 n), per tau.
    """

    n: int
    trials: int
    sigma: float
    times: np.ndarray
    variances: np.ndarray
    examples: np.ndarray
    predicted: float

    @property
    def rate(self) -> float:
        """Measured growth of the variance, per tau, over the last four fifths of the run.

        The first fifth is left out since other modes add a constant to what is read out.
        """
        k = self._from
        return float((self.variances[-1] - self.variances[k]) / (self.times[-1] - self.times[k]))

    @property
    def standard_error(self) -> float:
        """Relative standard error of ``rate`` for a random walk, over trials."""
        first, last = self.times[self._from], self.times[-1]
        return math.sqrt(2.0 / self.trials * (last + first) / (last - first))

    @property
    def _from(self) -> int:
        return len(self.times) // 5


def run(
    n: int = 64,
    *,
    sigma: float = 0.03,
    J1: float = 4.0,
    trials: int = 800,
    duration: float = 40.0,
    step_size: float = 0.1,
    seed: int = 0,
) -> Diffusion:
    """Follow many noisy copies of a ring, by the Euler-Maruyama method.

    Parameters
    ----------
    n : int, optional
        A multiple of 4: at J1 = 4 half of the lattice is active, and it hardly pins.
    sigma : float, optional
    J1 : float, optional
    trials : int, optional
    duration, step_size : float, optional
        In units of tau.
    seed : int, optional

    Returns
    -------
    Diffusion
    """
    ring = RingAttractor(n=n, J1=J1)
    rng = np.random.default_rng(seed)
    drift = flow_map(side_by_side(ring.network(), trials), step_size, method=Euler(step_size))
    kick = sigma * math.sqrt(step_size)

    def noisy(z: np.ndarray) -> np.ndarray:
        return drift(z) + kick * rng.standard_normal(z.size)

    def places(z: np.ndarray) -> np.ndarray:
        return ring.position(z.reshape(trials, n)) - home

    steps = round(duration / step_size)
    every = max(1, steps // 40)
    # Between two neurons, so that none stands right at its threshold.
    home = math.pi / n
    start = np.tile(ring.bump(home), trials)
    record = simulate(
        noisy, start, steps, every=every, observe={"psi": places}, progress=False
    ).observables["psi"]
    return Diffusion(
        n,
        trials,
        sigma,
        step_size * np.minimum(every * np.arange(len(record)), steps),
        (record**2).mean(axis=1),
        record[:, :12].T,
        sigma**2 * J1 / (bump_amplitude(ring.J0, J1, ring.drive) ** 2 * n),
    )


def sizes(counts: Sequence[int] = (16, 32, 64), *, seed: int = 0) -> list[Diffusion]:
    """Measure the diffusion for several numbers of neurons."""
    return [run(n, seed=seed + k) for k, n in enumerate(counts)]
