r"""A ring attractor whose weights have errors: the memory drifts to a few places, the faster the larger the errors.

Add independent errors of standard deviation s / sqrt(n) to the weights, W -> W + s E. What moves a bump at psi is the
projection of s E r on the left null vector of the Jacobian, sin(theta - psi) on the active neurons, as for noise in
time (Burak and Fiete, 2012):

    psi' = s v(psi),    v(psi) = J1 / (A n tau) sum_active sin(theta_i - psi) (E r(psi))_i

with the bump r = A [cos(theta - psi) - cos c]_+. To first order the places where it comes to rest, v = 0 with v' < 0,
do not depend on s. Errors ten times smaller buy ten times as much time, not more places.

References
----------
Burak, Y. and Fiete, I. R. (2012). Fundamental limits on persistent activity in networks of noisy neurons. Proceedings
of the National Academy of Sciences 109, 17645-17650.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import DormandPrince, integrate
from ..neural.rate import ContinuousTimeRNN, RingAttractor, bump_amplitude, side_by_side

_METHOD = DormandPrince(rtol=1e-6, atol=1e-8)


@dataclass(frozen=True, slots=True)
class AttractorErrors:
    """Bumps on rings that differ in the size of their errors, and the first-order law.

    Attributes
    ----------
    cues : ndarray, shape (k,)
        Where bumps are put, in radians.
    sizes : ndarray, shape (m,)
        s.
    angles : ndarray, shape (n,)
        Preferred angles, in [0, 2 pi).
    times : ndarray, shape (records,)
        In units of tau, from 0.
    rates : ndarray, shape (k, m, records, n)
        r = max(x, 0).
    positions, predicted : ndarray, shape (k, m, records)
        psi of the ring and of the law, in radians, not wrapped: the first is near the cue.
    places : ndarray, shape (p,)
        Where the law comes to rest, in (-pi, pi].
    """

    cues: np.ndarray
    sizes: np.ndarray
    angles: np.ndarray
    times: np.ndarray
    rates: np.ndarray
    positions: np.ndarray
    predicted: np.ndarray
    places: np.ndarray

    @property
    def drift(self) -> np.ndarray:
        """How far each bump is from its cue, in radians, shape (k, m, records)."""
        return np.asarray(self.positions - self.cues[:, None, None])

    @property
    def predicted_drift(self) -> np.ndarray:
        """The same by the law."""
        return np.asarray(self.predicted - self.cues[:, None, None])


def run(
    cues: Sequence[float],
    sizes: Sequence[float],
    *,
    n: int = 32,
    J1: float = 4.0,
    duration: float = 1000.0,
    records: int = 31,
    seed: int = 0,
) -> AttractorErrors:
    """Put a bump at each cue of each ring, and wait. The errors differ in size only.

    Parameters
    ----------
    cues : sequence of float
        Angles, in radians.
    sizes : sequence of float
        s.
    n : int, optional
        A multiple of 4: at J1 = 4 half of the lattice is active, and the lattice itself hardly pins.
    J1 : float, optional
    duration : float, optional
        In units of tau; records are spaced evenly in the logarithm from 1 on.
    records : int, optional
        Without that at time 0.
    seed : int, optional
        Of the errors.

    Returns
    -------
    AttractorErrors
    """
    ring = RingAttractor(n=n, J1=J1)
    errors = np.random.default_rng(seed).standard_normal((n, n)) / np.sqrt(n)
    put, errs = np.array(cues, dtype=float), np.array(sizes, dtype=float)
    times = np.concatenate([[0.0], np.geomspace(1.0, duration, records)])
    start = np.array([ring.bump(cue) for cue in put])
    halfway, velocity = _halfway(ring, errors)
    states, predicted = [], []
    for size in errs:
        network = ContinuousTimeRNN(
            ring.weight() + size * errors, activation="relu", bias=np.full(n, ring.drive)
        )
        together = side_by_side(network, put.size)
        found = integrate(together, start.ravel(), times, method=_METHOD).states
        states.append(found.reshape(times.size, put.size, n).swapaxes(0, 1))

        def law(t: float, psi: np.ndarray, size: float = size) -> np.ndarray:
            return size * np.interp(psi, halfway, velocity, period=2.0 * np.pi)

        predicted.append(integrate(law, put, times, method=_METHOD).states.T)
    x = np.stack(states, axis=1)
    psi = np.unwrap(ring.position(x), axis=-1)
    # One turn more or less is the same place: count from the cue.
    turns = np.round((psi[..., :1] - put[:, None, None]) / (2.0 * np.pi))
    return AttractorErrors(
        put,
        errs,
        ring.angles,
        times,
        ring.rates(x),
        psi - 2.0 * np.pi * turns,
        np.stack(predicted, axis=1),
        resting_places(ring, errors),
    )


def drift_velocity(ring: RingAttractor, errors: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """Return v, the velocity of a bump for errors of size s = 1, to first order, in radians per time.

    Computed halfway between neurons, where none stands right at its threshold, and linear in between.

    Parameters
    ----------
    ring : RingAttractor
    errors : ndarray, shape (n, n)
        E, added to the weights.
    psi : ndarray, shape (k,)
        Where bumps stand.
    """
    return np.asarray(np.interp(psi, *_halfway(ring, errors), period=2.0 * np.pi))


def resting_places(ring: RingAttractor, errors: np.ndarray) -> np.ndarray:
    """Return the angles at which v falls through 0, in (-pi, pi].

    Parameters
    ----------
    ring : RingAttractor
    errors : ndarray, shape (n, n)
    """
    halfway, v = _halfway(ring, errors)
    after = np.roll(v, -1)
    falls = (v > 0.0) & (after <= 0.0)
    found = halfway[falls] + 2.0 * np.pi / ring.n * v[falls] / (v - after)[falls]
    return np.sort(np.where(found > np.pi, found - 2.0 * np.pi, found))


def _halfway(ring: RingAttractor, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    halfway = ring.angles + np.pi / ring.n
    x = np.array([ring.bump(place) for place in halfway])
    slope = np.sin(ring.angles - halfway[:, None]) * (x > 0.0)
    height = bump_amplitude(ring.J0, ring.J1, ring.drive)
    pushed = (slope * (np.maximum(x, 0.0) @ errors.T)).sum(axis=1)
    return halfway, ring.J1 / (height * ring.n * ring.tau) * pushed
