r"""Where the Wilson-Cowan pair begins to oscillate, and how strongly.

All equilibria lie on one curve, on which E is a coordinate: E fixes I by dI/dt = 0, and then
dE/dt = 0 fixes P. A fold of that curve has an eigenvalue 0. A Hopf point has a pair +-i omega.

Near a Hopf point P_c the flow is, in a complex coordinate w of the plane of the pair,

    dw/dt = (a (P - P_c) + i omega) w + c w |w|^2,     z = z* + w q + conj(w q),   A q = i omega q

    c = 1/2 < p, C(q, q, q') - 2 B(q, A^-1 B(q, q')) + B(q', (2 i omega - A)^-1 B(q, q)) >

with q' = conj(q), the left eigenvector p scaled to <p, q> = 1, and the second and third
derivatives B and C of the flow at z*. If Re c < 0 the cycle is born stable and small, with

    |w|^2 = -Re a (P - P_c) / Re c,     largest minus smallest z_i = 4 |q_i| |w|

so that its size grows as the square root of the distance from P_c.

References
----------
Kuznetsov, Y. A. (2004). Elements of Applied Bifurcation Theory, 3rd ed., Springer, chapters 3, 5.
Guckenheimer, J. and Holmes, P. (1983). Nonlinear Oscillations, Dynamical Systems, and Bifurcations
of Vector Fields, Springer, section 3.4.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import jvp
from ..dynamics import DormandPrince, Event, equilibrium, integrate, linearise
from ..dynamics.events import find_root
from ..neural.rate import WilsonCowan

_METHOD = DormandPrince(rtol=1e-7, atol=1e-9)
_LONGEST = 60.0  # in units of tau: a return that takes longer is not looked for


@dataclass(frozen=True, slots=True)
class Equilibria:
    """The curve of equilibria.

    Attributes
    ----------
    P : ndarray, shape (n,)
    states : ndarray, shape (n, 2)
        (E, I).
    rates : ndarray, shape (n,), complex
        The eigenvalue of largest real part, per tau.
    fold : float
        P at the fold at which silence ends.
    """

    P: np.ndarray
    states: np.ndarray
    rates: np.ndarray
    fold: float


def equilibria(levels: Sequence[float] = tuple(np.linspace(0.002, 0.33, 110))) -> Equilibria:
    """Return the equilibria with given activities E.

    Parameters
    ----------
    levels : sequence of float, optional
        E, in (0, 1/2).

    Returns
    -------
    Equilibria
    """
    found = [_equilibrium_at(e) for e in levels]
    rates = [_leading(P, z) for P, z in found]

    def determinant(e: float) -> float:
        return float(np.linalg.det(_jacobian(*_equilibrium_at(e))))

    low, high = 0.03, 0.08
    e = find_root(determinant, low, high, determinant(low), determinant(high))
    return Equilibria(
        np.array([P for P, _ in found]),
        np.array([z for _, z in found]),
        np.array(rates),
        _equilibrium_at(e)[0],
    )


@dataclass(frozen=True, slots=True)
class HopfPoint:
    """The Hopf point of the pair, and what the normal form says beyond it.

    Attributes
    ----------
    P : float
        P_c.
    state : ndarray, shape (2,)
    frequency : float
        omega, per tau.
    crossing : complex
        a, the derivative of the eigenvalue by P.
    coefficient : complex
        c. Its scale is that of q, a vector of length 1.
    swing : ndarray, shape (2,)
        (Largest minus smallest) of E and of I, divided by sqrt(P_c - P).
    """

    P: float
    state: np.ndarray
    frequency: float
    crossing: complex
    coefficient: complex
    swing: np.ndarray

    @property
    def period(self) -> float:
        """2 pi / omega."""
        return 2.0 * np.pi / self.frequency


def hopf_point() -> HopfPoint:
    """Find the input at which the oscillation ends, and the normal form there."""

    def trace(e: float) -> float:
        return float(np.trace(_jacobian(*_equilibrium_at(e))))

    e = find_root(trace, 0.23, 0.28, trace(0.23), trace(0.28))
    P, state = _equilibrium_at(e)
    pair = WilsonCowan(P=P)
    c, omega, q = _cubic_coefficient(lambda z: pair(0.0, z), state)
    ends = [_leading(P + d, equilibrium(WilsonCowan(P=P + d), state).state) for d in (-1e-4, 1e-4)]
    crossing = (ends[1] - ends[0]) / 2e-4
    swing = 4.0 * np.abs(q) * np.sqrt(crossing.real / c.real)
    return HopfPoint(P, state, omega, complex(crossing), complex(c), swing)


@dataclass(frozen=True, slots=True)
class Cycles:
    """The limit cycles for several inputs.

    Attributes
    ----------
    P : ndarray, shape (n,)
    periods : ndarray, shape (n,)
        In units of tau.
    lowest, highest : ndarray, shape (n, 2)
        Of E and I along the cycle.
    """

    P: np.ndarray
    periods: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray

    @property
    def swing(self) -> np.ndarray:
        """Largest minus smallest, shape (n, 2)."""
        return self.highest - self.lowest


def cycles(inputs: Sequence[float]) -> Cycles:
    """Find the cycle at each input as the fixed point of the return to a half-line.

    The section is I = I*, E > E*, from the equilibrium that the cycle surrounds. A return takes the
    distance from it to the next one; the root finder needs no transient, however slowly the cycle
    attracts.

    Parameters
    ----------
    inputs : sequence of float
        P.

    Returns
    -------
    Cycles
    """
    rows = [_cycle(P) for P in inputs]
    periods, lowest, highest = (np.array(column) for column in zip(*rows, strict=True))
    return Cycles(np.array(inputs, dtype=float), periods, lowest, highest)


def _cycle(P: float) -> tuple[float, np.ndarray, np.ndarray]:
    pair = WilsonCowan(P=P)
    rest = equilibrium(pair, [0.22, 0.14]).state

    def round_trip(distance: float, records: int = 2) -> Any:
        section = Event(lambda t, z: z[1] - rest[1], direction=1, terminal=True)
        times = np.linspace(0.0, _LONGEST, records)
        start = rest + np.array([distance, 0.0])
        return integrate(pair, start, times, method=_METHOD, events={"section": section})

    def gain(distance: float) -> float:
        return float(round_trip(distance).final_state[0] - rest[0] - distance)

    low, high = 0.002, 0.2
    distance = find_root(gain, low, high, gain(low), gain(high))
    orbit = round_trip(distance, records=6001)
    return float(orbit.times[-1]), orbit.states.min(axis=0), orbit.states.max(axis=0)


def _equilibrium_at(e: float) -> tuple[float, np.ndarray]:
    """The input at which E = e is at rest, and the state."""
    silent = WilsonCowan()

    def excess(i: float) -> float:
        return float(silent.inhibitory_nullcline(i)) - e

    low, high = 0.0, 0.499999
    i = find_root(excess, low, high, excess(low), excess(high))
    # On the nullcline c2 I = c1 E + P - x, so that P is what is missing at P = 0.
    return silent.c2 * (i - float(silent.excitatory_nullcline(e))), np.array([e, i])


def _jacobian(P: float, state: np.ndarray) -> np.ndarray:
    return linearise(WilsonCowan(P=P), state, t=0.0).to_matrix()


def _leading(P: float, state: np.ndarray) -> complex:
    """The eigenvalue of largest real part; of a pair, the one above the real axis."""
    values = np.linalg.eigvals(_jacobian(P, state)).astype(complex)
    return complex(max(values, key=lambda value: (value.real, value.imag)))


def _cubic_coefficient(
    f: Callable[[Any], Any], state: np.ndarray
) -> tuple[complex, float, np.ndarray]:
    """Return c, omega and q of the normal form at a state whose Jacobian has a pair +-i omega."""
    A = linearise(lambda t, z: f(z), state, t=0.0).to_matrix()
    values, vectors = np.linalg.eig(A)
    k = int(np.argmax(values.imag))
    omega, q = float(values[k].imag), vectors[:, k]
    values, vectors = np.linalg.eig(A.T)
    p = vectors[:, int(np.argmin(values.imag))]
    p = p / np.conj(np.vdot(p, q))
    back = q.conj()

    def form(*directions: np.ndarray) -> np.ndarray:
        return _multilinear(f, state, directions)

    mean = np.linalg.solve(A.astype(complex), form(q, back))
    double = np.linalg.solve(2j * omega * np.eye(len(A)) - A, form(q, q))
    total = form(q, q, back) - 2.0 * form(q, mean) + form(back, double)
    return complex(0.5 * np.vdot(p, total)), omega, q


def _multilinear(
    f: Callable[[Any], Any], state: np.ndarray, directions: Sequence[np.ndarray]
) -> np.ndarray:
    """The derivative of order k of f in k complex directions: linear in each of them."""
    total: Any = 0.0
    for picks in itertools.product((False, True), repeat=len(directions)):
        parts = [v.imag if pick else v.real for v, pick in zip(directions, picks, strict=True)]
        total = total + 1j ** sum(picks) * np.asarray(_along(f, state, parts))
    return total


def _along(f: Callable[[Any], Any], x: Any, directions: Sequence[np.ndarray]) -> Any:
    if not len(directions):
        return f(x)
    *others, v = directions
    return _along(lambda y: jvp(f, (y,), (v,))[1], x, others)
