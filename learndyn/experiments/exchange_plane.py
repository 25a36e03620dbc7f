r"""Two exchangeable weights in a plane: a mirror, a saddle or a minimum on it, and what parts.

    f(x) = tanh(w1 x) + tanh(w2 x),   L(w1, w2) = mean (f - y_c)^2

    y_c = 2 tanh(x) + c g(x),   g(x) = tanh(3 x) + tanh(x / 3) - 2 tanh(x)

The exchange of w1 and w2 is the mirror w1 = w2. At c = 1 the target needs two different units, at
c = 0 two equal ones make it exactly, and for c < 0 it differs from that by the opposite of what two
different ones add. On the mirror the curvature across is

    -mu = (2 / n) sum_x r(x) tanh''(w x) x^2,   r = f - y_c ,

so mu = 0 at c = 0, where all residuals vanish. Descent multiplies a small split by 1 + eta mu: at
c = 0 the symmetric point changes from stable to unstable, a pitchfork bifurcation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import tanh
from ..dynamics import fixed_point, simulate
from ..learning import GradientDescent, TrainingMap, training_map
from ..learning.symmetry import PermutationAction, measure_escape

EXCHANGE = PermutationAction(np.array([1, 0]))
INPUTS = np.linspace(-3.0, 3.0, 13)
STEP_SIZE = 0.3
_SHAPE = np.tanh(3.0 * INPUTS) + np.tanh(INPUTS / 3.0) - 2.0 * np.tanh(INPUTS)


@dataclass(frozen=True, slots=True)
class ExchangePlane:
    """The loss over the plane, with runs of descent.

    Attributes
    ----------
    axis : ndarray, shape (n,)
        Values of w1, and of w2.
    losses : ndarray, shape (n, n)
        Row i, column j: at w2 = axis[i], w1 = axis[j].
    pairs : tuple of (ndarray, ndarray), each of shape (records, 2)
        Runs from a start and from its mirror image.
    on_mirror : ndarray, shape (records, 2)
        A run from equal weights.
    minima : ndarray, shape (pairs, 2)
        The critical point next to the end of the first run of each pair, by Newton's method.
    saddle : ndarray, shape (2,)
    curvatures : tuple of float
        At the saddle, along the mirror and across it.
    """

    axis: np.ndarray
    losses: np.ndarray
    pairs: tuple[tuple[np.ndarray, np.ndarray], ...]
    on_mirror: np.ndarray
    minima: np.ndarray
    saddle: np.ndarray
    curvatures: tuple[float, float]

    @property
    def mirror_error(self) -> float:
        """Largest distance of a mirrored run from the mirror image of the run."""
        return max(float(np.abs(a[:, ::-1] - b).max()) for a, b in self.pairs)

    @property
    def off_mirror(self) -> float:
        """Largest split on the run from equal weights."""
        return float(np.abs(self.on_mirror[:, 0] - self.on_mirror[:, 1]).max())


@dataclass(frozen=True, slots=True)
class Pitchfork:
    """The fate of a split, for several targets.

    Attributes
    ----------
    targets : ndarray, shape (k,)
        c.
    mu : ndarray, shape (k,)
        Minus the curvature across, at the symmetric point.
    factors : ndarray, shape (k,)
        Growth of a small split each step, measured.
    step_size : float
    branches : ndarray, shape (k, 2)
        Half the difference w1 - w2 at the end of long runs, from a small split of either sign.
    merged : ndarray, shape (k,)
        The same from a large split.
    """

    targets: np.ndarray
    mu: np.ndarray
    factors: np.ndarray
    step_size: float
    branches: np.ndarray
    merged: np.ndarray

    @property
    def predicted_factors(self) -> np.ndarray:
        """1 + eta mu, shape (k,)."""
        return 1.0 + self.step_size * self.mu


def error(w: Any, c: Any) -> Any:
    """Return L, shape (...), at weights of shape (..., 2), for targets c of shape (...) or ()."""
    target = 2.0 * np.tanh(INPUTS) + np.multiply.outer(c, _SHAPE)
    residual = tanh(w[..., :1] * INPUTS) + tanh(w[..., 1:] * INPUTS) - target
    return (residual * residual).mean(axis=-1)


def descent(c: Any, *, step_size: float = STEP_SIZE) -> TrainingMap:
    """Return descent on L for the target y_c, on states (w1, w2), or on many such for many c."""
    weights = np.ones((*np.shape(c), 2))
    return training_map(lambda w: error(w, c).sum(), GradientDescent(step_size), weights)


def symmetric_point(c: float) -> tuple[np.ndarray, float, float]:
    """Return the critical point with w1 = w2 = w, and its curvatures along and across the mirror.

    Both curvatures are closed forms, not differentiated: across as in the docstring of this file,
    and along it by the Gauss-Newton part (4 / n) sum (x tanh')^2 more.
    """
    w = fixed_point(descent(c), np.ones(2), tolerance=1e-14).state
    value = float(w.mean())
    h = np.tanh(value * INPUTS)
    slope = (1.0 - h * h) * INPUTS
    residual = 2.0 * h - 2.0 * np.tanh(INPUTS) - c * _SHAPE
    across = float(np.mean(2.0 * residual * (-2.0 * h * (1.0 - h * h)) * INPUTS**2))
    return np.full(2, value), across + 4.0 * float(np.mean(slope * slope)), across


def run(
    c: float = 1.0,
    *,
    starts: Sequence[tuple[float, float]] = ((0.2, 0.1), (1.7, 1.6), (3.6, 2.6)),
    on_mirror: float = 2.8,
    step_size: float = 0.15,
    steps: int = 4000,
    size: float = 4.0,
    points: int = 61,
) -> ExchangePlane:
    """Descend from starts and their mirror images.

    Parameters
    ----------
    c : float, optional
        Of the target.
    starts : sequence of (w1, w2), optional
    on_mirror : float, optional
        Start of the run with equal weights.
    step_size : float, optional
    steps : int, optional
    size, points : float and int, optional
        The plane goes from 0 to ``size``.

    Returns
    -------
    ExchangePlane
    """
    step, axis = descent(c, step_size=step_size), np.linspace(0.0, size, points)
    losses = error(np.stack(np.meshgrid(axis, axis), axis=-1), c)

    begins = np.array([*starts, *(start[::-1] for start in starts), (on_mirror, on_mirror)])
    many = descent(np.full(len(begins), c), step_size=step_size)
    states = simulate(many, begins.ravel(), steps).states.reshape(-1, *begins.shape)
    tracks = list(np.moveaxis(states, 1, 0))
    pairs = tuple(zip(tracks[: len(starts)], tracks[len(starts) : -1], strict=True))
    saddle, along, across = symmetric_point(c)
    minima = np.array([fixed_point(step, run[-1], tolerance=1e-13).state for run, _ in pairs])
    return ExchangePlane(
        axis,
        losses,
        pairs,
        tracks[-1],
        minima,
        saddle,
        (along, across),
    )


def pitchfork(
    targets: Sequence[float] = (
        -1.0,
        -0.75,
        -0.5,
        -0.25,
        -0.15,
        0.0,
        0.15,
        0.25,
        0.5,
        0.75,
        1.0,
    ),
    *,
    sigma: float = 1e-4,
    steps: int = 2000,
) -> Pitchfork:
    """Measure whether a split grows, and where it ends.

    Parameters
    ----------
    targets : sequence of float, optional
        c.
    sigma : float, optional
        The small split.
    steps : int, optional
        Of the long runs, which start with splits of +-0.01 and of 1.

    Returns
    -------
    Pitchfork
    """
    points, curvatures, factors = [], [], []
    for c in targets:
        point, _, across = symmetric_point(c)
        escape = measure_escape(
            descent(c), point, EXCHANGE, sigma=sigma, ceiling=10.0 * sigma, steps=60
        )
        points.append(point)
        curvatures.append(across)
        factors.append(escape.factor)
    starts = np.array(points) + 0.5 * np.multiply.outer([0.01, -0.01, 1.0], [1.0, -1.0])[:, None]
    runs = descent(np.tile(targets, (3, 1)))
    ends = simulate(runs, starts.ravel(), steps, every=steps).final_state.reshape(starts.shape)
    small, mirrored, large = 0.5 * (ends[..., 0] - ends[..., 1])
    return Pitchfork(
        np.array(targets),
        -np.array(curvatures),
        np.array(factors),
        STEP_SIZE,
        np.stack([small, mirrored], axis=1),
        large,
    )
