r"""Noise winds the clock: many nets on one saddle, each with its own noise in each gradient.

Noise of standard deviation s kicks the unstable direction by eta s N(0, 1) a step. The kicks grow
like any split, and early ones count most: after t steps the split is Gaussian, of variance

    (eta s)^2 (1 + f^2 + ... + f^(2t - 2)) = (eta s)^2 (f^(2t) - 1) / (f^2 - 1) ,

as if it had started with sigma N, sigma = eta s / sqrt(f^2 - 1), N one normal number for each net.
So the time of escape is (ln(threshold / sigma) - ln |N|) / ln f. The mean of -ln |N| is
(gamma + ln 2) / 2 = 0.635, its variance pi^2 / 8, and its density

    p(x) = sqrt(2 / pi) exp(-x - exp(-2 x) / 2) .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import GradientDescent, Layer, TrainingMap, mean_squared_error, training_map
from ..learning.symmetry import escape_factor
from . import symmetry_breaking

_MEAN = 0.5 * (np.euler_gamma + np.log(2.0))  # of -ln |N|
_SPREAD = np.pi / np.sqrt(8.0)


@dataclass(frozen=True, slots=True)
class NoisyTimes:
    """When nets with noise leave the saddle.

    Attributes
    ----------
    noise : float
        s.
    times : ndarray, shape (members,)
        Steps until the split is the threshold, ln(split) interpolated; NaN for a net that stays.
    sigma : float
        The split that the noise amounts to.
    factor : float
        f.
    threshold : float
    """

    noise: float
    times: np.ndarray
    sigma: float
    factor: float
    threshold: float

    @property
    def predicted_mean(self) -> float:
        """(ln(threshold / sigma) + 0.635) / ln f."""
        logs = np.log(self.threshold / self.sigma) + _MEAN
        return float(logs / np.log(self.factor))

    @property
    def predicted_spread(self) -> float:
        """Standard deviation of the times, pi / (sqrt(8) ln f): it does not depend on s."""
        return float(_SPREAD / np.log(self.factor))

    @property
    def read_sigma(self) -> float:
        """The effective split that the mean time tells."""
        return float(self.threshold * np.exp(_MEAN - self.times.mean() * np.log(self.factor)))

    def density(self, times: Any) -> np.ndarray:
        """Return the predicted density of the times at ``times``."""
        rate = np.log(self.factor)
        x = np.asarray(times) * rate - np.log(self.threshold / self.sigma)
        return rate * np.sqrt(2.0 / np.pi) * np.exp(-x - 0.5 * np.exp(-2.0 * x))


def run(
    noise: float = 1e-4,
    *,
    members: int = 400,
    step_size: float = 0.1,
    threshold: float = symmetry_breaking.PARTED,
    steps: int | None = None,
    seed: int = 0,
) -> NoisyTimes:
    """Let many nets leave the saddle by noise, side by side.

    Parameters
    ----------
    noise : float, optional
        s, positive: standard deviation of the noise in each component of each gradient.
    members : int, optional
        Nets. They are independent.
    step_size : float, optional
        eta.
    threshold : float, optional
        The split that counts as escaped.
    steps : int, optional
        Length of the run: by default enough for |N| = 1e-3, which one net of 1250 stays below.
    seed : int, optional

    Raises
    ------
    ValueError
        If the noise is not positive.
    """
    if not noise > 0.0:
        raise ValueError(f"clock_noise: noise must be positive, got {noise}: no net would leave")
    block = symmetry_breaking.saddle()[2]
    factor = escape_factor(GradientDescent(step_size), block.mu)
    sigma = float(step_size * noise / np.sqrt(factor**2 - 1.0))
    if steps is None:
        steps = int(np.log(threshold / (1e-3 * sigma)) / np.log(factor)) + 20
    step = _training(noise, members, step_size, seed)
    record = simulate(
        step,
        step.initial_state,
        steps,
        every=1,
        observe={"splits": lambda z: _splits(step.parameters(z))},
    )
    times = _passages(record.observables["splits"], threshold)
    return NoisyTimes(noise, times, sigma, factor, threshold)


def _training(noise: float, members: int, step_size: float, seed: int) -> TrainingMap:
    """Training of all members; the noise of step t depends on (seed, t) only."""
    x, y = symmetry_breaking.data()
    theta = [
        Layer(*(np.repeat(part[None], members, axis=0) for part in layer))
        for layer in symmetry_breaking.saddle()[0]
    ]
    shapes = [part.shape for layer in theta for part in layer]

    def draws(t: int) -> tuple[np.ndarray, ...]:
        rng = np.random.default_rng((seed, t))
        return tuple(noise * rng.standard_normal(shape) for shape in shapes)

    def loss(theta: Any, *pushes: np.ndarray) -> Any:
        losses = mean_squared_error(symmetry_breaking.LARGE(theta, x), y, axis=(-2, -1))
        parts = [part for layer in theta for part in layer]
        # Adding push . theta to the loss adds push to its gradient.
        return losses.sum() + sum(
            (part * push).sum() for part, push in zip(parts, pushes, strict=True)
        )

    return training_map(loss, GradientDescent(step_size), theta, batches=draws)


def _splits(theta: Any) -> np.ndarray:
    """Length of the antisymmetric part of each member, shape (members,)."""
    (w, b), (a, _) = theta
    gaps = np.concatenate([w[..., 0] - w[..., 1], b[..., 0] - b[..., 1], a[:, 0] - a[:, 1]], axis=1)
    return np.linalg.norm(gaps, axis=1) / np.sqrt(2.0)


def _passages(splits: np.ndarray, threshold: float) -> np.ndarray:
    """The times at which the columns of splits, shape (steps + 1, members), reach the threshold."""
    beyond = splits >= threshold
    first = beyond.argmax(axis=0)
    members = np.arange(splits.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = np.log(splits[first - 1, members]), np.log(splits[first, members])
        times = first - 1 + (np.log(threshold) - before) / (after - before)
    return np.where(beyond.any(axis=0), times, np.nan)
