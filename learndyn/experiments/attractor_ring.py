r"""The ring attractor: where a bump begins, what holds it in place, and what moves it.

- A bump exists for J1 > 2, with the half-width c of (c - sin(2c)/2)/pi = 2/J1. Below, all neurons
  are active alike, a state whose first Fourier mode has the rate (J1/2 - 1)/tau.
- With infinitely many neurons the position is free, an eigenvalue of 0. On a lattice of n, with a set
  of active neurons that does not change, the mode of a bump at psi has the rate

      lambda = -1 + (J1/n) sum over active neurons of sin^2(theta_i - psi)

  which is 0 only by chance (at J1 = 4, where half of the ring is active). So the bump is pinned: it
  rolls to one of n or 2n places, and it stays within a spacing of where it was put.
- A velocity is integrated exactly by the continuum; on a lattice one that is slower than the fastest
  roll does not get over the next hill.

References
----------
Ben-Yishai, R., Bar-Or, R. L. and Sompolinsky, H. (1995). Theory of orientation tuning in visual
cortex. Proceedings of the National Academy of Sciences 92, 3844-3848.
Zhang, K. (1996). Representation of spatial orientation by the intrinsic dynamics of the
head-direction cell ensemble: a theory. Journal of Neuroscience 16, 2112-2126.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import DormandPrince, equilibrium, integrate, linearise, spectrum
from ..neural.rate import RingAttractor, bump_amplitude, bump_half_width, edge_half_width

_METHOD = DormandPrince(rtol=1e-7, atol=1e-9)


@dataclass(frozen=True, slots=True)
class Onset:
    """The state of rest for several J1, on both sides of J1 = 2.

    Attributes
    ----------
    n : int
    J0 : float
    J1 : ndarray, shape (k,)
    half_widths : ndarray, shape (k,)
        Of the active part of the ring, in radians; pi where all neurons are active.
    modulation : ndarray, shape (k,)
        Half of the largest minus the smallest x.
    rates : ndarray, shape (k,)
        Measured growth of a ripple on the flat state, per tau.
    curve : ndarray, shape (m, 3)
        J1 > 2, and predicted half-width and modulation.
    """

    n: int
    J0: float
    J1: np.ndarray
    half_widths: np.ndarray
    modulation: np.ndarray
    rates: np.ndarray
    curve: np.ndarray

    @property
    def predicted_rates(self) -> np.ndarray:
        """J1/2 - 1."""
        return self.J1 / 2.0 - 1.0


def onset(
    J1: Sequence[float] = (1.0, 1.4, 1.8, 2.15, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
    *,
    n: int = 256,
    J0: float = -10.0,
    duration: float = 90.0,
) -> Onset:
    """Let the ring settle from a small ripple.

    Parameters
    ----------
    J1 : sequence of float, optional
    n : int, optional
    J0 : float, optional
        Low enough for the largest J1.
    duration : float, optional
        In units of tau.

    Returns
    -------
    Onset
    """
    widths, modulation, rates = [], [], []
    for strength in J1:
        ring = RingAttractor(n=n, J0=J0, J1=strength)
        flat = ring.drive / (1.0 - J0)
        ripple = 0.1 * flat * np.cos(ring.angles - 1.0)
        run = integrate(ring, flat + ripple, [0.0, 0.5, duration], method=_METHOD)
        early, end = run.states[1] - flat, run.final_state
        rates.append(float(np.log((early @ ripple) / (ripple @ ripple)) / 0.5))
        widths.append(np.pi if (end > 0.0).all() else edge_half_width(ring, end))
        modulation.append(float(np.ptp(end)) / 2.0)
    fine = np.linspace(2.0001, max(J1), 80)
    curve = [(j, bump_half_width(j), bump_amplitude(J0, j, 1.0)) for j in fine]
    return Onset(
        n,
        J0,
        np.array(J1),
        np.array(widths),
        np.array(modulation),
        np.array(rates),
        np.array(curve),
    )


@dataclass(frozen=True, slots=True)
class Pinning:
    """Bumps that were put at several places on a lattice, and where they went.

    Attributes
    ----------
    n : int
    times : ndarray, shape (records,)
        In units of tau.
    positions : ndarray, shape (starts, records)
        In radians.
    eigenvalue : float
        The slowest at the state in which the first bump rests, per tau.
    predicted_eigenvalue : float
        -1 + (J1/n) sum sin^2 over the active neurons there.
    """

    n: int
    times: np.ndarray
    positions: np.ndarray
    eigenvalue: float
    predicted_eigenvalue: float

    @property
    def spacing(self) -> float:
        """2 pi / n."""
        return 2.0 * np.pi / self.n

    @property
    def drift(self) -> float:
        """Largest distance from where a bump was put."""
        return float(np.abs(self.positions - self.positions[:, :1]).max())


def pinning(n: int = 16, *, J1: float = 3.0, starts: int = 9, duration: float = 250.0) -> Pinning:
    """Put bumps at several places within two spacings, and wait.

    Parameters
    ----------
    n : int, optional
    J1 : float, optional
    starts : int, optional
    duration : float, optional
        In units of tau.

    Returns
    -------
    Pinning
    """
    ring = RingAttractor(n=n, J1=J1)
    places = 2.0 * np.pi / n * (np.linspace(-1.0, 1.0, starts) + 0.03)
    times = np.concatenate([[0.0], np.geomspace(0.5, duration, 70)])
    runs = [integrate(ring, ring.bump(a), times, method=_METHOD) for a in places]
    positions = np.array([ring.position(run.states) for run in runs])
    rest = equilibrium(ring, runs[0].final_state).state
    values = spectrum(linearise(ring, rest, t=0.0).to_matrix())
    psi, active = ring.position(rest), rest > 0.0
    predicted = -1.0 + J1 / n * float((np.sin(ring.angles - psi)[active] ** 2).sum())
    return Pinning(n, times, positions, float(values.real.max()), predicted)


def depinning(n: int = 16, *, speeds: Sequence[float], J1: float = 3.0) -> list[float]:
    """Return how far a bump has got, as a part of the way, at several constant velocities.

    Parameters
    ----------
    n : int, optional
    speeds : sequence of float
        v, in radians per tau; each run lasts for the time that v needs for three spacings.
    J1 : float, optional

    Returns
    -------
    list of float
        1 for a perfect integrator, 0 for a bump that is stuck.
    """
    way = 3.0 * 2.0 * np.pi / n
    parts = []
    for speed in speeds:
        ring = RingAttractor(n=n, J1=J1, velocity=speed)
        times = np.linspace(0.0, way / speed, 13)
        states = integrate(ring, ring.bump(0.0), times, method=_METHOD).states
        parts.append(float(np.unwrap(ring.position(states))[-1] / way))
    return parts


def fastest_roll(n: int = 16, *, J1: float = 3.0) -> float:
    """Return the largest speed at which a bump rolls on a lattice, in radians per tau.

    Of bumps at nine places within a spacing, once their shape has settled.

    Parameters
    ----------
    n : int, optional
    J1 : float, optional
    """
    ring, fastest = RingAttractor(n=n, J1=J1), 0.0
    for place in np.linspace(0.0, 2.0 * np.pi / n, 9) + 0.03 * 2.0 * np.pi / n:
        run = integrate(ring, ring.bump(place), [0.0, 4.0, 4.5], method=_METHOD)
        a, b = ring.position(run.states[1:])
        fastest = max(fastest, abs(b - a) / 0.5)
    return float(fastest)


@dataclass(frozen=True, slots=True)
class Integration:
    """The position of a bump that is told a velocity, beside the integral of the velocity.

    Attributes
    ----------
    n : int
    times : ndarray, shape (records,)
    positions, integral : ndarray, shape (records,)
        In radians, not wrapped.
    """

    n: int
    times: np.ndarray
    positions: np.ndarray
    integral: np.ndarray

    @property
    def error(self) -> float:
        """Largest distance of the two."""
        return float(np.abs(self.positions - self.integral).max())


def integration(
    velocity: Callable[[float], float],
    integral: Callable[[np.ndarray], np.ndarray],
    *,
    n: int = 128,
    J1: float = 3.0,
    duration: float = 30.0,
    records: int = 121,
) -> Integration:
    """Let the ring integrate a velocity.

    Parameters
    ----------
    velocity : callable
        v(t), in radians per tau.
    integral : callable
        Its integral from 0, on an array of times.
    n : int, optional
    J1 : float, optional
    duration : float, optional
    records : int, optional

    Returns
    -------
    Integration
    """
    ring = RingAttractor(n=n, J1=J1, velocity=velocity)
    times = np.linspace(0.0, duration, records)
    run = integrate(ring, ring.bump(0.0), times, method=_METHOD)
    return Integration(n, times, np.unwrap(ring.position(run.states)), integral(times))
