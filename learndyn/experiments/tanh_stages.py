"""The stages of a deep linear net in a net with tanh units.

Small weights keep tanh in its linear range, so the net starts as the linear one with the same
weights. The formula is then a prediction for a system that it was not derived for: the hidden
units bend as the modes grow, and the modes are no longer strangers to one another.

Inputs are Gaussian, made white exactly, and the targets are S x. What the net does on its
examples is read as the best linear map, F = mean of f(x) x', and the strength of a mode is
u' F v.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import DormandPrince
from ..learning import MLP, Layer, gradient_flow, half_rise_time, half_squared_error
from .learning_stages import VALUES, Stages, follow, mixed_target
from .random_stages import effective_starts, random_weights


def white_inputs(examples: int, inputs: int, *, seed: int = 5) -> np.ndarray:
    """Return inputs whose second moments are exactly the identity, shape (examples, inputs)."""
    draws = np.random.default_rng(seed).standard_normal((examples, inputs))
    return np.sqrt(examples) * np.linalg.qr(draws)[0]


def run(
    hidden: int = 32,
    *,
    values: Sequence[float] = VALUES,
    scale: float = 1e-3,
    examples: int = 64,
    seed: int = 0,
    records: int = 241,
    method: Any = DormandPrince(rtol=1e-7, atol=1e-9),  # noqa: B008 - frozen
) -> Stages:
    """Train a tanh net on a linear task from a small random start, by gradient flow.

    Parameters
    ----------
    hidden : int, optional
        Hidden units, without biases.
    values : sequence of float, optional
        s, the singular values of the target, in descending order.
    scale : float, optional
        Standard deviation of the weights at the start.
    examples : int, optional
        Number of examples.
    seed : int, optional
        Of the weights.
    records : int, optional
        Number of recorded times, to 1.3 times the last predicted half-rise.
    method : optional
        Integrator.

    Returns
    -------
    Stages
        With the starts that the linear net of the same weights would have.
    """
    target = mixed_target(values)
    outputs, inputs = target.shape
    weights = random_weights(inputs, hidden, outputs, scale=scale, seed=seed)
    starts = effective_starts(weights, target)[1]
    x = white_inputs(examples, inputs)
    y = x @ target.T
    model = MLP((inputs, hidden, outputs), "tanh", bias=False)
    theta = [Layer(w.T, None) for w in weights]  # the MLP acts on rows

    def linear_part(theta: Any) -> np.ndarray:
        return np.asarray(model(tree_map(np.asarray, theta), x)).T @ x / examples

    flow = gradient_flow(lambda theta: half_squared_error(model(theta, x), y) / examples, theta)
    return follow(
        flow,
        linear_part,
        target,
        starts,
        end=1.3 * half_rise_time(values[-1], starts[-1]),
        records=records,
        method=method,
    )
