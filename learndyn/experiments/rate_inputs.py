r"""The Wilson-Cowan pair for a range of inputs: its nullclines, its states of rest, and a run.

The input P shifts the excitatory nullcline and nothing else. Where it crosses the other one the pair
is at rest; each crossing is found on the curve of all equilibria, as a root of P(E) = P, and judged
by the eigenvalues of the Jacobian there.

References
----------
Wilson, H. R. and Cowan, J. D. (1972). Excitatory and inhibitory interactions in localized
populations of model neurons. Biophysical Journal 12, 1-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import DormandPrince, equilibrium, integrate, linearise, spectrum
from ..neural.rate import WilsonCowan
from . import rate_hopf

_METHOD = DormandPrince(rtol=1e-7, atol=1e-9)


@dataclass(frozen=True, slots=True)
class RateInputs:
    """What the pair does at each input.

    Attributes
    ----------
    P : ndarray, shape (n,)
    activity : ndarray, shape (m,)
        Where the nullclines are evaluated.
    excitatory : ndarray, shape (n, m)
        The I at which dE/dt = 0, for each E in ``activity``.
    inhibitory : ndarray, shape (m,)
        The E at which dI/dt = 0, for each I in ``activity``, whatever P is.
    rests : tuple of ndarray, each of shape (k, 2)
        The states of rest, by growing E.
    rates : tuple of ndarray, each of shape (k, 2), complex
        Their eigenvalues, per tau.
    times : ndarray, shape (records,)
        In units of tau.
    runs : ndarray, shape (n, records, 2)
        All from one start.
    swing : ndarray, shape (n,)
        Largest minus smallest E on the cycle; NaN where some state of rest is stable.
    period : ndarray, shape (n,)
        Of the cycle, in units of tau; NaN as well.
    hopf : HopfPoint
        Where the cycle ends.
    """

    P: np.ndarray
    activity: np.ndarray
    excitatory: np.ndarray
    inhibitory: np.ndarray
    rests: tuple[np.ndarray, ...]
    rates: tuple[np.ndarray, ...]
    times: np.ndarray
    runs: np.ndarray
    swing: np.ndarray
    period: np.ndarray
    hopf: rate_hopf.HopfPoint

    @property
    def predicted_swing(self) -> np.ndarray:
        """What the normal form says of the swing of E; NaN beyond the Hopf point."""
        below = np.where(self.P < self.hopf.P, self.hopf.P - self.P, np.nan)
        return np.asarray(self.hopf.swing[0] * np.sqrt(below))

    @property
    def stable(self) -> tuple[np.ndarray, ...]:
        """Whether all eigenvalues of a state of rest have a negative real part, each of shape (k,)."""
        return tuple(np.all(rates.real < 0.0, axis=1) for rates in self.rates)


def run(
    inputs: Sequence[float],
    *,
    start: Sequence[float] = (0.4, 0.35),
    duration: float = 12.0,
    records: int = 145,
) -> RateInputs:
    """Study the pair at several inputs.

    Parameters
    ----------
    inputs : sequence of float
        P, up to 3.
    start : pair of float, optional
        (E, I) from which all runs begin.
    duration : float, optional
        Of the part of a run that is kept, in units of tau.
    records : int, optional
        Of that part.

    Returns
    -------
    RateInputs

    Raises
    ------
    ValueError
        If an input has no state of rest on the curve that is searched.
    """
    P = np.array(inputs, dtype=float)
    activity = np.linspace(-0.02, 0.46, 49)
    times = np.linspace(0.0, duration, records)
    curve = rate_hopf.equilibria(tuple(np.linspace(0.0005, 0.345, 150)))
    pairs = [WilsonCowan(P=float(p)) for p in P]
    rests = tuple(_states_of_rest(pair, float(p), curve) for pair, p in zip(pairs, P, strict=True))
    rates = tuple(
        np.array([spectrum(linearise(pair, z, t=0.0).to_matrix()) for z in states])
        for pair, states in zip(pairs, rests, strict=True)
    )
    circling = np.array([not (each.real < 0.0).all(axis=1).any() for each in rates])
    swing, period = np.full((2, P.size), np.nan)
    if circling.any():
        cycles = rate_hopf.cycles(P[circling].tolist())
        swing[circling], period[circling] = cycles.swing[:, 0], cycles.periods
    return RateInputs(
        P,
        activity,
        np.array([pair.excitatory_nullcline(activity) for pair in pairs]),
        WilsonCowan().inhibitory_nullcline(activity),
        rests,
        rates,
        times,
        np.array([integrate(pair, start, times, method=_METHOD).states for pair in pairs]),
        swing,
        period,
        rate_hopf.hopf_point(),
    )


def _states_of_rest(pair: WilsonCowan, P: float, curve: rate_hopf.Equilibria) -> np.ndarray:
    """Return the crossings: each change of sign of P(E) - P along the curve, made exact."""
    excess = curve.P - P
    crossings = np.flatnonzero(excess[:-1] * excess[1:] <= 0.0)
    if not crossings.size:
        raise ValueError(
            f"rate_inputs: no state of rest for P = {P}; the curve runs from P = {curve.P.min():.3g} to "
            f"{curve.P.max():.3g}"
        )
    return np.array([equilibrium(pair, curve.states[k : k + 2].mean(axis=0)).state for k in crossings])
