r"""The Wilson-Cowan pair at P = 1.25: nullclines, runs, the limit cycle, and two kicks.

Where both velocities are zero the nullclines cross, at one point: an unstable focus. A bounded
flow in the plane with no other equilibrium has to circle (Poincare and Bendixson).

The cycle is judged by its Floquet multipliers. One is 1: a kick along the cycle is kept as a
shift of phase. The other is mu = exp(integral of div f over a period): a kick across it is
multiplied by mu in each period.

References
----------
Wilson, H. R. and Cowan, J. D. (1972). Excitatory and inhibitory interactions in localized
populations of model neurons. Biophysical Journal 12, 1-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import (
    DormandPrince,
    Floquet,
    LimitCycle,
    equilibrium,
    floquet,
    integrate,
    limit_cycle,
    linearise,
    spectrum,
)
from ..neural.rate import WilsonCowan

PERIOD = 5.003410930  # of this version (refractory, S(0) = 0, k = 1), in units of tau
_TIGHT = DormandPrince(rtol=1e-10, atol=1e-12)


@dataclass(frozen=True, slots=True)
class PhasePlane:
    """What the pair does in the plane of E and I.

    Attributes
    ----------
    P : float
    activity : ndarray, shape (m,)
        Where the nullclines are evaluated.
    excitatory : ndarray, shape (m,)
        The I at which dE/dt = 0, for each E in ``activity``.
    inhibitory : ndarray, shape (m,)
        The E at which dI/dt = 0, for each I in ``activity``.
    rest : ndarray, shape (2,)
        Where they cross.
    eigenvalues : ndarray, shape (2,), complex
        Of the Jacobian there, per tau.
    runs : tuple of ndarray, each of shape (records, 2)
    orbit : ndarray, shape (k, 2)
        The cycle, once round.
    cycle : LimitCycle
    floquet : Floquet
    """

    P: float
    activity: np.ndarray
    excitatory: np.ndarray
    inhibitory: np.ndarray
    rest: np.ndarray
    eigenvalues: np.ndarray
    runs: tuple[np.ndarray, ...]
    orbit: np.ndarray
    cycle: LimitCycle
    floquet: Floquet


def run(
    P: float = 1.25,
    *,
    starts: Sequence[Sequence[float]] = ((0.21, 0.11), (0.4, 0.35)),
    duration: float = 25.0,
    cycle: LimitCycle | None = None,
) -> PhasePlane:
    """Study the pair at an input at which it oscillates.

    Parameters
    ----------
    P : float, optional
        Input to the excitatory population.
    starts : sequence of pairs, optional
        (E, I) from which to run.
    duration : float, optional
        Of the runs, in units of tau.
    cycle : LimitCycle, optional
        The cycle at P, if it is known; by default it is looked for from the end of the last run.

    Returns
    -------
    PhasePlane
    """
    pair = WilsonCowan(P=P)
    activity = np.linspace(-0.02, 0.495, 260)
    rest = equilibrium(pair, [0.2, 0.1]).state
    times = np.linspace(0.0, duration, 400)
    runs = tuple(integrate(pair, start, times).states for start in starts)
    if cycle is None:
        # Each period brings the orbit three times nearer to the cycle.
        cycle = limit_cycle(
            pair, runs[-1][-1], section=lambda z: z[0] - rest[0], transient=50.0, duration=16.0
        )
    return PhasePlane(
        P,
        activity,
        pair.excitatory_nullcline(activity),
        pair.inhibitory_nullcline(activity),
        rest,
        spectrum(linearise(pair, rest, t=0.0).to_matrix()),
        runs,
        integrate(pair, cycle.state, np.linspace(0.0, cycle.period, 160)).states,
        cycle,
        floquet(pair, cycle.state, cycle.period),
    )


@dataclass(frozen=True, slots=True)
class Kicks:
    """Two small kicks to a state on the cycle, seen once a period.

    Attributes
    ----------
    size : float
        Length of each kick.
    multiplier : float
        mu, the second Floquet multiplier.
    along, across : ndarray, shape (periods + 1,)
        Half of the distance between the orbit kicked so and the one kicked the other way, at the same
        time: what is even in the kick drops out.
    """

    size: float
    multiplier: float
    along: np.ndarray
    across: np.ndarray

    @property
    def predicted_across(self) -> np.ndarray:
        """size mu^k."""
        return self.size * self.multiplier ** np.arange(len(self.across))


def kicks(plane: PhasePlane, *, size: float = 1e-4, periods: int = 4) -> Kicks:
    """Kick a state on the cycle along its velocity, and in the other Floquet direction.

    Parameters
    ----------
    plane : PhasePlane
    size : float, optional
    periods : int, optional

    Returns
    -------
    Kicks
    """
    pair, cycle = WilsonCowan(P=plane.P), plane.cycle
    values, vectors = np.linalg.eig(plane.floquet.monodromy)
    directions = [vectors[:, k].real for k in np.argsort(np.abs(values - 1.0))]
    times = cycle.period * np.arange(periods + 1)

    def parted(v: np.ndarray) -> np.ndarray:
        one, other = (
            integrate(pair, cycle.state + kick, times, method=_TIGHT).states
            for kick in (size * v, -size * v)
        )
        return 0.5 * np.linalg.norm(one - other, axis=1)

    along, across = (parted(v) for v in directions)
    return Kicks(size, float(plane.floquet.multipliers[1].real), along, across)
