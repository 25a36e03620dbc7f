"""Names for what a mode does: converge smoothly, oscillate, stay, diverge, explode.

A map near a fixed point multiplies the mode of eigenvalue m by m each step, so its size goes as
|m|^t = exp(rate t) with rate = ln |m|, and it turns by arg m, with period 2 pi / |arg m|: 2 for a
negative m. A flow grows a mode of eigenvalue s as exp(s t): rate = Re s, period 2 pi / |Im s|.

|m| = 1 is neutral, not unstable: a symmetry, or a surplus parameter, gives exactly 1, and
what becomes of such a mode is not a question that the linear map answers.

References
----------
Strogatz, S. H. (2015). Nonlinear Dynamics and Chaos, 2nd ed., Westview, sections 5.2 and 10.1.
"""

from __future__ import annotations

import cmath
import math
import sys
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from .linearise import LinearOperator
from .spectrum import spectrum

LARGEST_LOG = math.log(sys.float_info.max)


class Regime(Enum):
    """What becomes of a small deviation, from the best to the worst."""

    SMOOTH = "smooth convergence"
    OSCILLATING = "oscillating convergence"
    NEUTRAL = "neutral"
    DIVERGING = "divergence"
    EXPLODING = "explosion"

    @property
    def severity(self) -> int:
        """0 for smooth convergence, up to 4 for explosion."""
        return list(Regime).index(self)


@dataclass(frozen=True, slots=True)
class ModeRegime:
    """What one mode does.

    Attributes
    ----------
    regime : Regime
    rate : float
        Its size goes as exp(rate t): per step for a map, per unit of time for a flow.
        Negative if it converges; -inf for a mode that is gone after one step.
    period : float
        Steps, or time, of one turn; 2 for a map's negative multiplier; inf if it does not
        oscillate.
    multiplier : complex
        m, the factor per step; for a flow exp(s), the factor per unit of time.
    """

    regime: Regime
    rate: float
    period: float
    multiplier: complex


@dataclass(frozen=True, slots=True)
class SystemRegime:
    """What a linearised system does: the mode of largest rate decides.

    Attributes
    ----------
    regime : Regime
        Of the deciding mode.
    dominant : ModeRegime
        The mode that decays most slowly, or grows fastest.
    rate, period : float
        Of the deciding mode.
    counts : dict of Regime to int
        How many modes are in each regime; every regime is a key.
    """

    regime: Regime
    dominant: ModeRegime
    rate: float
    period: float
    counts: dict[Regime, int]


def classify_multiplier(
    multiplier: complex, *, tolerance: float = 1e-9, horizon: float = 1000
) -> ModeRegime:
    """Say what a map does to a mode that it multiplies by m each step.

    Parameters
    ----------
    multiplier : complex
        An eigenvalue of the map's Jacobian.
    tolerance : float, optional
        The mode is NEUTRAL if | |m| - 1 | <= tolerance. An eigenvalue that may be defective is
        known to sqrt(eps) = 1.5e-8 only; allow for it.
    horizon : float, optional
        For how many steps one is ready to watch. A growing mode is EXPLODING if it leaves the
        range of floats within them, |m|^horizon > 1.8e308 (|m| > 2.03 for 1000 steps), and
        DIVERGING otherwise. A mode whose sign does not change within them (half a period
        is longer) does not count as oscillating, and its period is inf.

    Returns
    -------
    ModeRegime

    Raises
    ------
    ValueError
        If the multiplier is NaN, the horizon not positive, or the tolerance negative.
    """
    _check(tolerance, horizon, "classify_multiplier")
    m = complex(multiplier)
    if cmath.isnan(m):
        raise ValueError("classify_multiplier: the multiplier is NaN. Linearise at a finite state")
    size = abs(m)
    rate = math.log(size) if size > 0.0 else -math.inf
    turn = abs(cmath.phase(m)) if math.isfinite(size) and size > 0.0 else 0.0
    period = _period(turn, horizon)
    neutral = abs(size - 1.0) <= tolerance
    return ModeRegime(_regime(rate, neutral, period, horizon), rate, period, m)


def classify_rate(
    eigenvalue: complex, *, tolerance: float = 1e-9, horizon: float = 1000.0
) -> ModeRegime:
    """Say what a flow does to a mode that grows as exp(s t).

    Parameters
    ----------
    eigenvalue : complex
        s, an eigenvalue of the flow's Jacobian, in 1 / time.
    tolerance : float, optional
        The mode is NEUTRAL if |Re s| <= tolerance, in 1 / time.
    horizon : float, optional
        As for ``classify_multiplier``, in units of time.

    Returns
    -------
    ModeRegime
    """
    _check(tolerance, horizon, "classify_rate")
    s = complex(eigenvalue)
    if cmath.isnan(s):
        raise ValueError("classify_rate: the eigenvalue is NaN. Linearise at a finite state")
    period = _period(abs(s.imag) if math.isfinite(s.imag) else 0.0, horizon)
    regime = _regime(s.real, abs(s.real) <= tolerance, period, horizon)
    return ModeRegime(regime, s.real, period, _factor(s))


def classify_system(
    operator_or_eigenvalues: LinearOperator | Any,
    *,
    continuous: bool = False,
    tolerance: float = 1e-9,
    horizon: float = 1000,
) -> SystemRegime:
    """Say what a linearised system does, all modes together.

    Parameters
    ----------
    operator_or_eigenvalues : LinearOperator, or array_like of shape (n,) or (n, n)
        A Jacobian, which is written out for its spectrum; or eigenvalues.
    continuous : bool, optional
        True for a flow (rates), False for a map (multipliers).
    tolerance, horizon : float, optional
        As for ``classify_multiplier``; in time for a flow.

    Returns
    -------
    SystemRegime
        The mode of largest rate decides; between rates that differ by no more than the tolerance,
        the worse regime.

    Raises
    ------
    ValueError
        If there are no eigenvalues, or one is NaN.
    """
    values = operator_or_eigenvalues
    if isinstance(values, LinearOperator) or np.ndim(values) == 2:
        values = spectrum(values)
    values = np.asarray(values)
    if values.ndim != 1 or not values.size:
        raise ValueError(
            f"classify_system: needs an operator, a square matrix or a vector of eigenvalues, "
            f"got shape {values.shape}"
        )
    classify = classify_rate if continuous else classify_multiplier
    modes = [classify(value, tolerance=tolerance, horizon=horizon) for value in values.tolist()]
    top = max(mode.rate for mode in modes)
    level = [mode for mode in modes if mode.rate >= top - tolerance]
    dominant = max(level, key=lambda mode: (mode.regime.severity, mode.rate))
    counts = {regime: sum(mode.regime is regime for mode in modes) for regime in Regime}
    return SystemRegime(dominant.regime, dominant, dominant.rate, dominant.period, counts)


def _regime(rate: float, neutral: bool, period: float, horizon: float) -> Regime:
    if neutral:
        return Regime.NEUTRAL
    if rate > 0.0:
        return Regime.EXPLODING if rate * horizon > LARGEST_LOG else Regime.DIVERGING
    return Regime.SMOOTH if math.isinf(period) else Regime.OSCILLATING


def _period(turn: float, horizon: float) -> float:
    """2 pi / turn, or inf if half a turn takes longer than the horizon."""
    return 2.0 * math.pi / turn if turn * horizon >= math.pi else math.inf


def _factor(s: complex) -> complex:
    """exp(s), infinite where it is beyond the floats."""
    if s.real > LARGEST_LOG:
        return complex(math.inf, 0.0)
    return cmath.exp(s) if math.isfinite(s.imag) else complex(0.0, 0.0)


def _check(tolerance: float, horizon: float, caller: str) -> None:
    if not (tolerance >= 0.0 and horizon > 0.0):
        raise ValueError(
            f"{caller}: needs tolerance >= 0 and horizon > 0, got {tolerance} and {horizon}"
        )
