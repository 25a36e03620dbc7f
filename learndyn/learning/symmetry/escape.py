"""How two equal units part, measured: a small split is put in and its growth is followed.

The split of a state is the length of its antisymmetric part, |A z|. Beside the run goes its
prediction: the symmetric state is stepped on its own, and a vector in the antisymmetric subspace is
multiplied by the Jacobian at each state on the way. At a fixed point that is the factor of
``growth`` to the power t; on a slowly moving plateau the factor changes, and the prediction too.

A large split feels the cubic terms of the loss (relative size sigma^2), a tiny one the rounding of
the parameters (relative size ulp / sigma). The fit is made in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics import Map, simulate
from ...dynamics.linearise import flat_state, linearised
from .growth import antisymmetric_jacobian, require_symmetric
from .subspaces import Actions, antisymmetric_part, projection, symmetric_part


@dataclass(frozen=True, slots=True, eq=False)
class Escape:
    """The growth of one small split.

    Attributes
    ----------
    times : ndarray of int, shape (records,)
        Steps, from 0 to the last state whose split is at most the ceiling.
    splits : ndarray, shape (records,)
        Length of the antisymmetric part of the state.
    predicted_splits : ndarray, shape (records,)
        sigma times the growth of the linearised split along the symmetric run.
    predicted_factor : float
        Largest magnitude of the eigenvalues of the antisymmetric Jacobian at the start.
    stopped : str or None
        Why the run ended before its last step, in a sentence.
    """

    times: np.ndarray
    splits: np.ndarray
    predicted_splits: np.ndarray
    predicted_factor: float
    stopped: str | None

    @property
    def factor(self) -> float:
        """Growth a step: exp of the least-squares slope of ln(split) against time.

        NaN if there are fewer than two records, or a split is 0.
        """
        if self.times.size < 2 or not np.all(self.splits > 0.0):
            return float("nan")
        t = self.times - self.times.mean()
        return float(np.exp(t @ np.log(self.splits) / (t @ t)))


def measure_escape(
    system: Map,
    z: Any,
    actions: Actions,
    *,
    sigma: float = 1e-6,
    steps: int = 1000,
    ceiling: float = 1e-4,
    direction: Any = None,
    progress: bool | None = None,
) -> Escape:
    """Split a symmetric state a little and follow the split.

    Parameters
    ----------
    system : Map
        For example a training map.
    z : array_like, shape (n,)
        A symmetric state, such as a critical point or a state on a plateau.
    actions : PermutationAction or sequence of them
        On vectors of shape (n,); for a training map, from ``state_action``.
    sigma : float, optional
        Length of the split that is put in, in the units of z.
    steps : int, optional
        At most so many.
    ceiling : float, optional
        The run ends when the split is longer.
    direction : array_like, shape (n,), optional
        Of the split; its antisymmetric part counts. By default the eigenvector of the antisymmetric
        Jacobian that grows fastest, velocities included, so that the growth is pure from the first
        step.
    progress : bool, optional
        As for ``simulate``.

    Returns
    -------
    Escape

    Raises
    ------
    ValueError
        If the state is not symmetric, the direction has no antisymmetric part or is complex, or
        the numbers are not 0 < sigma < ceiling.
    """
    if not 0.0 < sigma < ceiling:
        raise ValueError(f"measure_escape: needs 0 < sigma < ceiling, got {sigma} and {ceiling}")
    z = flat_state(z, "measure_escape")
    require_symmetric(z, actions, "measure_escape")
    z = symmetric_part(z, actions)
    block = antisymmetric_jacobian(system, z, actions)
    unit = split_direction(block.direction if direction is None else direction, z, actions)
    split = split_length(actions, z.size)
    run = simulate(
        system,
        z + sigma * unit,
        steps,
        stop_when=lambda state: split(state) > ceiling,
        progress=progress,
    )
    splits = np.array([split(state) for state in run.states])
    kept = splits <= ceiling  # false for a NaN
    length = splits.size if kept.all() else int(np.argmin(kept))
    predicted = sigma * tangent_growth(system, z, actions, unit, length - 1)
    factor = float(np.abs(block.eigenvalues[0]))
    return Escape(run.times[:length], splits[:length], predicted, factor, run.stopped)


@dataclass(frozen=True, slots=True, eq=False)
class EscapeTimes:
    """A clock: how long splits of several sizes take to reach one threshold.

    Attributes
    ----------
    sigmas : ndarray, shape (k,)
    times : ndarray, shape (k,)
        Steps until the split is ``threshold``, interpolated in ln(split); NaN if it never is.
    threshold : float
    predicted_slope : float
        1 / ln(factor): steps for each factor e by which sigma is smaller. Infinite where nothing
        grows.
    """

    sigmas: np.ndarray
    times: np.ndarray
    threshold: float
    predicted_slope: float

    @property
    def slope(self) -> float:
        """Least-squares slope of the times against ln(1 / sigma), over the splits that escaped.

        NaN if fewer than two did.
        """
        done = np.isfinite(self.times)
        if done.sum() < 2:
            return float("nan")
        x = -np.log(self.sigmas[done])
        x = x - x.mean()
        return float(x @ self.times[done] / (x @ x))


def measure_escape_times(
    system: Map,
    z: Any,
    actions: Actions,
    *,
    sigmas: Sequence[float],
    threshold: float = 0.1,
    steps: int = 10_000,
    direction: Any = None,
    progress: bool | None = None,
) -> EscapeTimes:
    """Measure the time that splits of several sizes take to reach a threshold.

    Parameters
    ----------
    system, z, actions, direction, progress
        As for ``measure_escape``.
    sigmas : sequence of float
        Lengths of the splits that are put in, each between 0 and the threshold.
    threshold : float, optional
        The split that counts as escaped, in the units of z.
    steps : int, optional
        The longest run.

    Returns
    -------
    EscapeTimes

    Raises
    ------
    ValueError
        As ``measure_escape``.
    """
    sizes = np.array(sigmas, dtype=np.float64).reshape(-1)
    if not sizes.size or not np.all((sizes > 0.0) & (sizes < threshold)):
        raise ValueError(
            f"measure_escape_times: each sigma must be between 0 and the threshold {threshold}, "
            f"got {sigmas}"
        )
    z = flat_state(z, "measure_escape_times")
    require_symmetric(z, actions, "measure_escape_times")
    z = symmetric_part(z, actions)
    block = antisymmetric_jacobian(system, z, actions)
    unit = split_direction(block.direction if direction is None else direction, z, actions)
    split = split_length(actions, z.size)
    times = [
        _first_passage(system, z + size * unit, split, threshold, steps, progress) for size in sizes
    ]
    rate = float(np.log(np.abs(block.eigenvalues[0])))
    slope = 1.0 / rate if rate > 0.0 else math.inf
    return EscapeTimes(sizes, np.array(times), threshold, slope)


def tangent_growth(
    system: Map, z: np.ndarray, actions: Actions, direction: np.ndarray, steps: int
) -> np.ndarray:
    """Return the length of a linearised split along a symmetric run, shape (steps + 1,).

    Parameters
    ----------
    system : Map
    z : ndarray, shape (n,)
        Symmetric.
    actions : PermutationAction or sequence of them
    direction : ndarray, shape (n,)
        Antisymmetric, of length 1.
    steps : int

    Notes
    -----
    Both the state and the vector are projected after each step, so that rounding does not leave
    the subspaces. The mean of ln(length) a step is a transverse Lyapunov exponent.
    """
    symmetric = projection(actions, z.size, "tangent_growth")
    lengths, log, v = [1.0], 0.0, direction
    for _ in range(steps):
        value, jacobian = linearised(system, z)
        v = jacobian(v)
        v = v - symmetric(v)
        z = symmetric(value)
        size = float(np.linalg.norm(v))
        if size == 0.0:
            lengths += [0.0] * (steps + 1 - len(lengths))
            break
        log += np.log(size)
        v = v / size
        lengths.append(float(np.exp(log)))
    return np.array(lengths)


def split_direction(direction: Any, z: np.ndarray, actions: Actions) -> np.ndarray:
    """Return the antisymmetric part of a direction, of length 1, or say that there is none."""
    given = flat_state(direction, "split direction")
    if given.shape != z.shape:
        raise ValueError(f"split direction: needs shape {z.shape}, got {given.shape}")
    part = antisymmetric_part(given, actions)
    size = float(np.linalg.norm(part))
    if not (np.isfinite(size) and size > 0.0):
        raise ValueError(
            "split direction: the direction has no antisymmetric part, so it would not part units"
        )
    return part / size


def split_length(actions: Actions, size: int) -> Callable[[np.ndarray], float]:
    """Return the function that takes a state of shape (size,) to |A z|."""
    symmetric = projection(actions, size, "split_length")

    def length(z: np.ndarray) -> float:
        with np.errstate(all="ignore"):  # a run may end in numbers that are not finite
            return float(np.linalg.norm(z - symmetric(z)))

    return length


def _first_passage(
    system: Map,
    z: np.ndarray,
    split: Callable[[np.ndarray], float],
    threshold: float,
    steps: int,
    progress: bool | None,
) -> float:
    """When the split crosses the threshold; NaN if it does not in so many steps."""
    sizes = [float("nan")]

    def crossed(state: np.ndarray) -> bool:
        sizes[:] = sizes[-1], split(state)
        return not sizes[-1] <= threshold

    run = simulate(system, z, steps, every=max(1, steps), stop_when=crossed, progress=progress)
    if run.stopped is None:
        return float("nan")
    t, (before, size) = int(run.times[-1]), sizes
    if not size > threshold:
        return float(t)  # a state that is not finite ended the run
    if not math.isfinite(size):
        return float(t)
    return t - 1 + math.log(threshold / before) / math.log(size / before)
