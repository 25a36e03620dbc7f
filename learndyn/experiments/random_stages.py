"""How far the exact formula of a deep linear net holds from a small random start.

A random start is neither balanced nor aligned. While all weights are small, the two hidden
vectors of a mode, x = W_1 v and y = W_2' u, obey dx/dt = s y and dy/dt = s x. Their mean grows
as e^(s t) and their difference decays, so the mode behaves as if it had started at

    a0 = |h|^2,   h = (W_1 v + W_2' u) / 2 .

A stronger mode j, once learned, holds the direction of its h_j in the hidden layer. Along that
direction the weaker mode i changes at the rate s_i - s_j < 0, across it still at s_i. So only
the part of h_i across all stronger h_j counts: the squared diagonal of R in [h_1 h_2 ...] = Q R.

References
----------
Saxe, A., McClelland, J. and Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks. ICLR. The deflated start is derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince
from ..learning import deep_linear_loss, deep_linear_product, gradient_flow, half_rise_time
from .learning_stages import VALUES, Stages, follow, mixed_target


@dataclass(frozen=True, slots=True)
class RandomStages:
    """Stages of learning from a random start, beside two predictions.

    Attributes
    ----------
    scale : float
        Standard deviation of the weights at the start.
    stages : Stages
        Its ``starts`` are the deflated ones: the part of h across the stronger modes.
    plain_starts : ndarray, shape (modes,)
        ``|h|^2`` of each mode, without regard to the others.
    """

    scale: float
    stages: Stages
    plain_starts: np.ndarray

    @property
    def plain_half_rises(self) -> np.ndarray:
        """Half-rise times from the plain starts, shape (modes,)."""
        pairs = zip(self.stages.values, self.plain_starts, strict=True)
        return np.array([half_rise_time(s, a0) for s, a0 in pairs])

    @property
    def plain_errors(self) -> np.ndarray:
        """Predicted over measured half-rise time, less one, from the plain starts: (modes,)."""
        return self.plain_half_rises / self.stages.half_rises - 1.0

    @property
    def errors(self) -> np.ndarray:
        """The same from the deflated starts, shape (modes,)."""
        return self.stages.predicted_half_rises / self.stages.half_rises - 1.0


def random_weights(
    inputs: int, hidden: int, outputs: int, *, scale: float, seed: int
) -> list[np.ndarray]:
    """Return W_1, (hidden, inputs), and W_2, (outputs, hidden), with entries N(0, scale^2)."""
    rng = np.random.default_rng(seed)
    shapes = (hidden, inputs), (outputs, hidden)
    return [scale * rng.standard_normal(shape) for shape in shapes]


def effective_starts(
    weights: Sequence[np.ndarray], target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what counts as a0 of each mode for a small start that is not balanced.

    Parameters
    ----------
    weights : sequence of ndarray
        W_1 and W_2.
    target : ndarray, shape (outputs, inputs)

    Returns
    -------
    plain : ndarray, shape (modes,)
        ``|h|^2`` of each mode, strongest first.
    deflated : ndarray, shape (modes,)
        The squared length of the part of h across those of all stronger modes. Zero for modes
        in excess of the hidden units.
    """
    left, _, right = np.linalg.svd(target, full_matrices=False)
    first, second = weights
    means = (first @ right.T + second.T @ left) / 2.0  # a column h for each mode
    deflated = np.zeros(means.shape[1])
    diagonal = np.diagonal(np.linalg.qr(means)[1])
    deflated[: diagonal.size] = diagonal**2
    return np.sum(means**2, axis=0), deflated


def run(
    scale: float = 0.01,
    *,
    values: Sequence[float] = VALUES,
    hidden: int = 4,
    seed: int = 0,
    records: int = 241,
    method: Any = DormandPrince(rtol=1e-9, atol=1e-11),  # noqa: B008 - frozen
) -> RandomStages:
    """Learn a target from a random start, by the flow of all weights.

    Parameters
    ----------
    scale : float, optional
        Standard deviation of the weights at the start. Small: the plain start of each mode must
        be below half of its singular value.
    values : sequence of float, optional
        s, the singular values of the target, in descending order.
    hidden : int, optional
        Hidden units, at least as many as there are modes.
    seed : int, optional
        Of the weights.
    records : int, optional
        Number of recorded times, to 1.3 times the last predicted half-rise.
    method : optional
        Integrator.

    Returns
    -------
    RandomStages

    Raises
    ------
    ValueError
        If there are fewer hidden units than modes, which leaves some modes unlearned.
    """
    if hidden < len(values):
        raise ValueError(
            f"random_stages: {hidden} hidden units cannot hold {len(values)} modes; "
            "give at least as many"
        )
    target = mixed_target(values)
    outputs, inputs = target.shape
    weights = random_weights(inputs, hidden, outputs, scale=scale, seed=seed)
    plain, deflated = effective_starts(weights, target)
    end = 1.3 * half_rise_time(values[-1], deflated[-1])
    flow = gradient_flow(deep_linear_loss(target), weights)
    stages = follow(
        flow, deep_linear_product, target, deflated, end=end, records=records, method=method
    )
    return RandomStages(scale, stages, plain)
