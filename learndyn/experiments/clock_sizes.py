r"""Plateaus of a net whose two units differ by a little, for first differences of any size.

A split sigma on the symmetric saddle grows by f = 1 + eta mu in each step of descent, so the units part after

    T = ln(threshold / sigma) / ln f

steps. In floating point this ends where a step is smaller than half of the spacing of the numbers that it is added to:
a smaller split than about sigma_0 stays for ever (``learning.symmetry.dead_zone``).

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of multilayer perceptrons.
Neural Networks 13, 317-327.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import ravel
from ..learning.symmetry import dead_zone, escape_time
from . import symmetry_breaking
from .symmetry_breaking import DESCENT, PARTED

__all__ = ["ClockSizes", "run"]


@dataclass(frozen=True, slots=True)
class ClockSizes:
    """One run of descent from the saddle for each size of the first split.

    Attributes
    ----------
    sigmas : ndarray, shape (m,)
        The sizes that were asked for.
    times : ndarray of int, shape (records,)
        Steps.
    splits : ndarray, shape (m, records)
        The first is sigma, up to the rounding of the weights.
    losses : ndarray, shape (m, records)
    escape_steps : ndarray, shape (m,)
        First step at which the split is ``threshold`` or more; NaN where there is none.
    predicted : ndarray, shape (m,)
        ln(threshold / sigma) / ln f.
    factor : float
        f.
    saddle_loss : float
    zone : float
        sigma_0.
    threshold : float
    """

    sigmas: np.ndarray
    times: np.ndarray
    splits: np.ndarray
    losses: np.ndarray
    escape_steps: np.ndarray
    predicted: np.ndarray
    factor: float
    saddle_loss: float
    zone: float
    threshold: float


def run(sigmas: Sequence[float], *, steps: int = 1100, every: int = 10) -> ClockSizes:
    """Train the two units of ``symmetry_breaking`` from splits of several sizes along the unstable mode.

    Parameters
    ----------
    sigmas : sequence of float
        Positive.
    steps : int, optional
    every : int, optional
        Of the records that are kept; a divisor of ``steps``. Escapes are timed to the step.

    Returns
    -------
    ClockSizes

    Raises
    ------
    ValueError
        If no size is given, one is not positive, or ``every`` does not divide ``steps``.
    """
    sizes = np.array(sigmas, dtype=float)
    if sizes.ndim != 1 or not sizes.size or not np.all(sizes > 0.0) or steps % every:
        raise ValueError(
            f"clock_sizes: needs positive sizes of the split and `every` a divisor of `steps`, got {list(sigmas)!r}, "
            f"every={every} and steps={steps}"
        )
    runs = [symmetry_breaking.run(sigma=float(sigma), steps=steps) for sigma in sizes]
    theta, loss, block = symmetry_breaking.saddle()
    return ClockSizes(
        sizes,
        runs[0].times[::every],
        np.array([one.splits[::every] for one in runs]),
        np.array([one.losses[::every] for one in runs]),
        np.array([one.escape_step for one in runs]),
        np.array([escape_time(runs[0].factor, float(sigma), PARTED) for sigma in sizes]),
        runs[0].factor,
        loss,
        dead_zone(DESCENT, block.mu, ravel(theta)[0], block.direction),
        PARTED,
    )
