r"""Limit cycles of flows: the period from a Poincare section, stability from Floquet multipliers.

A section is a surface g(z) = 0 that the orbit crosses. The times of crossing in one direction are
located as events; the period T is the time after which the crossings come back to the same place.

A perturbation v of a state z on the cycle obeys dv/dt = J(z(t)) v. After one period it is M v,
with the monodromy matrix M. The eigenvalues of M are the Floquet multipliers:

- one of them is exactly 1, with the velocity as its eigenvector: a push along the cycle is kept as
  a shift of time. It says nothing about stability;
- the others do. The cycle attracts if they are all inside the unit circle;
- their product is det M = exp(integral over a period of div f), div f = trace J (Liouville).

References
----------
Floquet, G. (1883). Sur les equations differentielles lineaires a coefficients periodiques.
Annales scientifiques de l'Ecole Normale Superieure 12, 47-88.
Guckenheimer, J. and Holmes, P. (1983). Nonlinear Oscillations, Dynamical Systems, and
Bifurcations of Vector Fields, section 1.5. Springer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .events import Event, EventRecord
from .flow import Flow
from .integrate import Method, integrate
from .integrators import DormandPrince
from .linearise import flat_state, linearised

Section = Callable[[np.ndarray], Any]

_TIGHT = DormandPrince(rtol=1e-10, atol=1e-12)


@dataclass(frozen=True, slots=True)
class LimitCycle:
    """A closed orbit that a run has settled on.

    Attributes
    ----------
    period : float
        T, the mean over all periods that were seen.
    jitter : float
        Largest difference between two periods that were seen; nan if there was one only.
    state : ndarray, shape (n,)
        The last crossing of the section.
    times : ndarray, shape (crossings,)
        Of the crossings after the transient.
    crossings : int
        How often the orbit crosses the section, in one direction, in a period.
    closure : float
        Largest distance of a crossing from the one a period before.
    """

    period: float
    jitter: float
    state: np.ndarray
    times: np.ndarray
    crossings: int
    closure: float


@dataclass(frozen=True, slots=True)
class Floquet:
    """How perturbations of a cycle grow in one period.

    Attributes
    ----------
    multipliers : ndarray, shape (n,), complex
        The one nearest to 1, which belongs to a shift along the cycle, first; then the others,
        the largest first.
    monodromy : ndarray, shape (n, n)
        M.
    divergence : float
        Integral of trace J over a period: the logarithm of det M.
    closure : float
        Distance between the state and itself a period later.
    """

    multipliers: np.ndarray
    monodromy: np.ndarray
    divergence: float
    closure: float

    @property
    def attracting(self) -> bool:
        """True if all multipliers but the trivial one are inside the unit circle."""
        return bool((np.abs(self.multipliers[1:]) < 1.0).all())


def limit_cycle(
    flow: Flow,
    z0: Any,
    *,
    section: Section,
    duration: float,
    transient: float = 0.0,
    direction: int = 1,
    tolerance: float = 1e-6,
    method: Method = _TIGHT,
) -> LimitCycle:
    """Follow an autonomous flow until it repeats itself and measure the period.

    Parameters
    ----------
    flow : Flow
    z0 : array_like, shape (n,)
        In the basin of an attracting cycle.
    section : callable
        g(z), a number: the Poincare section is where it is zero.
    duration : float
        Time during which crossings are recorded, several periods long.
    transient : float, optional
        Time before it, in which the orbit settles.
    direction : {1, -1}, optional
        Which crossings count: those where g rises, or falls.
    tolerance : float, optional
        Largest distance between crossings a period apart, relative to the largest norm of a
        crossing.
    method : optional
        An integrator; Dormand-Prince with rtol 1e-10 by default.

    Returns
    -------
    LimitCycle

    Raises
    ------
    ValueError
        If an option is out of range.
    ArithmeticError
        If the run stopped early, crossed the section less than twice, or did not come back to
        any crossing: longer transients help where it converges, nothing helps in chaos.
    """
    z = flat_state(z0, "limit_cycle")
    positive = duration > 0.0 and tolerance > 0.0 and transient >= 0.0
    if not (positive and math.isfinite(duration + transient)) or direction not in (1, -1):
        raise ValueError(
            "limit_cycle: needs duration > 0, transient >= 0, tolerance > 0 and direction 1 or -1, "
            f"got {duration}, {transient}, {tolerance} and {direction}"
        )
    if transient > 0.0:
        run = integrate(flow, z, [0.0, transient], method=method)
        _require_whole(run.stopped)
        z = run.final_state
    watch = {"section": Event(lambda t, z: section(z), direction=direction)}
    run = integrate(flow, z, [0.0, duration], method=method, events=watch)
    _require_whole(run.stopped)
    return _closed(run.events["section"], transient, duration, tolerance)


def floquet(flow: Flow, state: Any, period: float, *, method: Method = _TIGHT) -> Floquet:
    """Return the Floquet multipliers of a periodic orbit.

    Parameters
    ----------
    flow : Flow
        Written with learndyn operations; autonomous, or periodic in time with this period.
    state : array_like, shape (n,)
        A state on the orbit, as ``LimitCycle.state``; time starts there at 0.
    period : float
        T.
    method : optional
        An integrator, for the orbit, n tangent vectors, and the divergence together.

    Returns
    -------
    Floquet

    Raises
    ------
    ValueError
        If the period is not positive and finite.
    ArithmeticError
        If the integration stopped early.
    """
    z = flat_state(state, "floquet")
    if not 0.0 < period < math.inf:
        raise ValueError(f"floquet: the period must be positive and finite, got {period}")
    n = z.size

    def tangent_flow(t: float, packed: np.ndarray) -> np.ndarray:
        velocity, operator = linearised(flow, packed[:n], t=t, caller="floquet")
        jacobian = operator.to_matrix()
        vectors = jacobian @ packed[n:-1].reshape(n, n)
        return np.concatenate([velocity, vectors.ravel(), [np.trace(jacobian)]])

    start = np.concatenate([z, np.eye(n).ravel(), [0.0]])
    run = integrate(tangent_flow, start, [0.0, period], method=method)
    if run.stopped is not None:
        raise ArithmeticError(f"floquet: the run ended early, {run.stopped}")
    end = run.final_state
    monodromy = end[n:-1].reshape(n, n).copy()
    multipliers = np.linalg.eigvals(monodromy).astype(complex)
    trivial = int(np.abs(multipliers - 1.0).argmin())
    others = np.delete(multipliers, trivial)
    others = others[np.argsort(-np.abs(others), kind="stable")]
    return Floquet(
        np.concatenate([multipliers[trivial : trivial + 1], others]),
        monodromy,
        float(end[-1]),
        float(np.linalg.norm(end[:n] - z)),
    )


def _closed(record: EventRecord, start: float, duration: float, tolerance: float) -> LimitCycle:
    """The cycle of the smallest number of crossings after which they repeat themselves."""
    times, states = record.times, record.states
    if len(times) < 2:
        raise ArithmeticError(
            f"limit_cycle: the section was crossed {len(times)} times in a duration of {duration:g}. "
            "Choose another section, or a longer duration; the orbit may rest"
        )
    allowed = tolerance * float(np.linalg.norm(states, axis=1).max())
    for k in range(1, len(times)):
        closure = float(np.linalg.norm(states[k:] - states[:-k], axis=1).max())
        if closure <= allowed:
            periods = times[k:] - times[:-k]
            jitter = float(np.ptp(periods)) if len(periods) > 1 else math.nan
            return LimitCycle(
                float(periods.mean()), jitter, states[-1].copy(), start + times, k, closure
            )
    nearest = np.linalg.norm(states[1:] - states[:-1], axis=1)[-1]
    raise ArithmeticError(
        f"limit_cycle: none of the {len(times)} crossings came back to an earlier one; the last two "
        f"are {nearest:.3g} apart, {allowed:.3g} is allowed. Give it a longer transient; in chaos "
        "there is no cycle to find"
    )


def _require_whole(stopped: str | None) -> None:
    if stopped is not None:
        raise ArithmeticError(f"limit_cycle: the run ended early, {stopped}")
