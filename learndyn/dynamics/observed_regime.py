"""What a recorded run does, from its states alone.

The velocities v_t = (z_{t+1} - z_t) / (time between) of a linear system obey its equation,
wherever its fixed point is, so no fixed point need be known: ln ||v_t|| has the slope
``rate``, and v_t changes sign along its main direction twice a period. The slope is the median of
the slopes between all pairs of records (Theil, 1950; Sen, 1968), which outliers do not move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .regimes import Regime
from .trajectory import Trajectory

_ROUNDING = 1e-12  # a step this small beside the state is rounding
_FLAT = 0.05  # a change of ln ||v|| over the window that still counts as none
_POINTS = 200  # at most so many records enter the fit
_FEW = 9
_FASTER = 1.25  # the growth rate of each third of an explosion beside that of the one before
_MORE = math.log(100.0)  # an orbit that is an ellipse of this aspect ratio varies so much, too


@dataclass(frozen=True, slots=True)
class ObservedRegime:
    """What a run was seen to do.

    Attributes
    ----------
    regime : Regime
    rate : float
        Slope of ln ||velocity|| late in the run, per unit of the trajectory's times. -inf if the
        run came to rest in less than two steps; inf if it left the finite numbers at once.
    period : float
        Twice the mean time between changes of sign, inf if there are fewer than two. For
        irregular motion it is a mean, not a period.
    records : int
        How many velocities the rate rests on.
    """

    regime: Regime
    rate: float
    period: float
    records: int


def classify_trajectory(
    trajectory: Trajectory | Any, *, times: Any = None
) -> ObservedRegime:
    """Say what a run does: converge, oscillate, stay, diverge or explode.

    Parameters
    ----------
    trajectory : Trajectory or array_like, shape (records, n)
        States, at equal steps of 1 if no times are given.
    times : array_like, shape (records,), optional
        Increasing; only for bare states.

    Returns
    -------
    ObservedRegime
        EXPLODING if a state is not finite, or the growth rate itself grows (each third of the
        record grows at more than 1.25 times the rate of the third before, and the end is 100 times
        beyond what the first third foretells); DIVERGING for growth at a steady rate; NEUTRAL if the
        velocities neither grow nor shrink within the scatter (a cycle, chaos, a drift, a state at rest
        from the start); otherwise SMOOTH or OSCILLATING convergence.

    Raises
    ------
    ValueError
        If there are fewer than three records, or the times do not increase.

    Notes
    -----
    The later half of the record is used, up to where the steps drown in rounding. A run
    that is too short to show its slowest mode is judged by what it shows. Velocities that shrink
    like a power of t, such as those towards a degenerate minimum, count as converging.
    """
    states, times, stopped = _records(trajectory, times)
    finite = np.isfinite(states).all(axis=1)
    exploded = not finite.all() or stopped
    whole = len(states) if finite.all() else int(finite.argmin())
    velocities, middles, at_rest = _velocities(states[:whole], times[:whole])
    if len(velocities) < 2:
        return _too_short(exploded, at_rest, len(velocities))
    # ||v|| of a run that overflows does so too; the largest component first, then the rest.
    peak = np.abs(velocities).max(axis=1)
    log_speed = np.log(peak) + np.log(np.linalg.norm(velocities / peak[:, None], axis=1))
    late = slice(len(middles) - max(len(middles) // 2, min(len(middles), _FEW)), None)
    t, y = middles[late], log_speed[late]
    rate, error = _slope(t, y)
    period = _sign_period(velocities[late], t)
    flat = abs(rate) * (t[-1] - t[0]) <= _FLAT + error
    steady = bool((np.diff(y) > 0.0).all())  # then what looks like scatter is curvature
    if exploded or (rate > 0.0 and (steady or not flat) and _accelerates(t, y)):
        regime = Regime.EXPLODING
    elif flat:
        regime = Regime.NEUTRAL
    elif rate > 0.0:
        regime = Regime.DIVERGING
    else:
        regime = Regime.SMOOTH if math.isinf(period) else Regime.OSCILLATING
    return ObservedRegime(regime, rate, period, len(t))


def _records(trajectory: Any, times: Any) -> tuple[np.ndarray, np.ndarray, bool]:
    """States, times, and whether the run stopped because a state was not finite."""
    stopped = False
    if isinstance(trajectory, Trajectory):
        stopped = "NaN or infinite" in (trajectory.stopped or "")
        states, times = trajectory.states, trajectory.times
    else:
        states = np.asarray(trajectory, dtype=np.float64)
        times = np.arange(len(states)) if times is None else times
    times = np.asarray(times, dtype=np.float64)
    if states.ndim != 2 or len(states) < 3 or times.shape != (len(states),):
        raise ValueError(
            f"classify_trajectory: needs states of shape (records, n), three records or more, and "
            f"as many times, got shapes {states.shape} and {times.shape}"
        )
    if not (np.diff(times) > 0.0).all():
        raise ValueError("classify_trajectory: the times must increase")
    return states, times, stopped


def _velocities(
    states: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Velocities, when they were seen, and True if the run came to rest within its record."""
    with np.errstate(over="ignore", under="ignore"):  # 1e308 - (-1e308): cut off below
        steps = np.diff(states, axis=0)
        velocities = steps / np.diff(times)[:, None]
    size = np.abs(steps).max(axis=1, initial=0.0)
    scale = np.abs(states).max(axis=1, initial=0.0)
    moving = size > np.maximum(_ROUNDING * np.maximum(scale[1:], scale[:-1]), 1e-290)
    good = moving & np.isfinite(velocities).all(axis=1)
    end = len(good) if good.all() else int(good.argmin())
    at_rest = end < len(good) and not moving[end]
    return velocities[:end], (times[:-1] + times[1:])[:end] / 2.0, bool(at_rest)


def _too_short(exploded: bool, at_rest: bool, count: int) -> ObservedRegime:
    if exploded:
        return ObservedRegime(Regime.EXPLODING, math.inf, math.inf, count)
    if at_rest and count:
        return ObservedRegime(Regime.SMOOTH, -math.inf, math.inf, count)
    return ObservedRegime(Regime.NEUTRAL, 0.0, math.inf, count)


def _slope(t: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The median slope, and how far the change over the window may be off (3 sigma)."""
    if len(t) > _POINTS:
        chosen = np.linspace(0, len(t) - 1, _POINTS).round().astype(int)
        t, y = t[chosen], y[chosen]
    i, j = np.triu_indices(len(t), 1)
    slope = float(np.median((y[j] - y[i]) / (t[j] - t[i])))
    residual = y - slope * t
    scatter = 1.4826 * float(np.median(np.abs(residual - np.median(residual))))
    # The slope of a least-squares line through k equidistant points over a window T has the
    # standard error sigma sqrt(12 / k) / T.
    return slope, 3.0 * scatter * math.sqrt(12.0 / len(t))


def _accelerates(t: np.ndarray, y: np.ndarray) -> bool:
    """True if the growth rate grows from third to third, and by more than a transient could."""
    if len(t) < 4:
        return False
    thirds = zip(np.array_split(t, 3), np.array_split(y, 3), strict=True)
    if len(t) >= 12:
        first, second, third = (_slope(*part)[0] for part in thirds)
    else:
        parts = np.array_split(np.diff(y) / np.diff(t), 3)
        first, second, third = (float(np.median(part)) for part in parts)
    excess = y[-1] - y[0] - first * (t[-1] - t[0])
    return first > 0.0 and second > _FASTER * first and third > _FASTER * second and excess > _MORE


def _sign_period(velocities: np.ndarray, t: np.ndarray) -> float:
    unit = velocities / np.abs(velocities).max(axis=1, keepdims=True)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    main = np.linalg.eigh(unit.T @ unit)[1][:, -1] if unit.shape[1] <= 200 else _main(unit)
    along = unit @ main
    change = np.flatnonzero(along[1:] * along[:-1] < 0.0)
    if len(change) < 2:
        return math.inf
    when = (t[change] + t[change + 1]) / 2.0
    return float(2.0 * (when[-1] - when[0]) / (len(when) - 1))


def _main(unit: np.ndarray) -> np.ndarray:
    """The main direction of many components, from the smaller Gram matrix."""
    return unit.T @ np.linalg.eigh(unit @ unit.T)[1][:, -1]
