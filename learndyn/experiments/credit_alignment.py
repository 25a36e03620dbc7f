r"""Feedback alignment in a linear net: the forward weights turn towards the feedback weights.

The task of Lillicrap et al. (2016): learn a random linear map with a linear net 30-20-10, in steps of 0.002,
while errors come back through a fixed random matrix F. The angle between W_2 and F' starts near 90 degrees.
What is conserved (``learndyn.neural.credit.feedback_balance``) says where it must go. With the trace tr,

    2 tr(W_2 F) - |W_1|^2 = const = c      so      cos angle = (|W_1|^2 + c) / (2 |W_2| |F|).

References
----------
Lillicrap, T. P., Cownden, D., Tweed, D. B. and Akerman, C. J. (2016). Random synaptic feedback weights
support error backpropagation for deep learning. Nature Communications 7, 13276.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import MLP, GradientDescent, Layer
from ..neural.credit import FeedbackAlignment, angle, credit_map, feedback_balance

_WIDTHS = (30, 20, 10)


@dataclass(frozen=True, slots=True)
class CreditAlignment:
    """Angles and losses of several nets under feedback alignment.

    Attributes
    ----------
    steps : ndarray, shape (records,)
    angles : ndarray, shape (nets, records)
        Between W_2 and F', in degrees.
    predicted : ndarray, shape (nets, records)
        The same, from the lengths of the weights and the conservation law alone.
    losses : ndarray, shape (nets, records)
        Mean loss over white inputs, divided by its value at the start.
    """

    steps: np.ndarray
    angles: np.ndarray
    predicted: np.ndarray
    losses: np.ndarray


def run(
    seeds: Sequence[int] = tuple(range(10)),
    *,
    step_size: float = 0.002,
    steps: int = 3000,
    every: int = 75,
    forward_size: float = 0.01,
    feedback_size: float = 0.5,
) -> CreditAlignment:
    """Train one net for each seed and follow its angle.

    Parameters
    ----------
    seeds : sequence of int, optional
        Each draws weights, feedback and the map that is to be learned.
    step_size : float, optional
    steps, every : int, optional
        How long, and how often it is measured.
    forward_size, feedback_size : float, optional
        Weights are uniform between minus and plus this.

    Returns
    -------
    CreditAlignment
    """
    model = MLP(_WIDTHS, "linear", bias=False)
    rule = FeedbackAlignment(feedback=partial(uniform, feedback_size))
    # The mean over this batch is that over white Gaussian inputs.
    x = np.sqrt(_WIDTHS[0]) * np.eye(_WIDTHS[0])
    times = np.zeros(0)
    angles, predicted, losses = [], [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        theta = model.init(rng, initialiser=partial(uniform, forward_size))
        y = x @ rng.uniform(-1.0, 1.0, (_WIDTHS[0], _WIDTHS[-1]))
        system = credit_map(rule, GradientDescent(step_size), model, theta, (x, y), rng=rng)
        (feedback,) = system.credit_state(system.initial_state)
        trajectory = simulate(system, system.initial_state, steps, every=every, progress=False)
        nets = [system.parameters(z) for z in trajectory.states]
        times = trajectory.times
        angles.append([angle(net[1].weight, feedback.T) for net in nets])
        predicted.append(_angles_from_balance(nets, feedback))
        loss = np.array([float(system.objective(z)) for z in trajectory.states])
        losses.append(loss / loss[0])
    return CreditAlignment(times, np.array(angles), np.array(predicted), np.array(losses))


def uniform(
    size: float, rng: np.random.Generator, ensemble: tuple[int, ...], fan_in: int, fan_out: int
) -> Any:
    """Draw weights uniform in (-size, size), biases 0: an initialiser, after ``partial(uniform, size)``."""
    return rng.uniform(-size, size, (*ensemble, fan_in, fan_out)), np.zeros((*ensemble, 1, fan_out))


def _angles_from_balance(nets: list[list[Layer]], feedback: np.ndarray) -> list[float]:
    """The angle that follows from |W_1|, |W_2|, |F| and the conserved trace at the start."""
    constant = np.trace(feedback_balance(nets[0], (feedback,))[0])
    found = []
    for first, second in nets:
        size = 2.0 * np.linalg.norm(second.weight) * np.linalg.norm(feedback)
        found.append(float(np.degrees(np.arccos((np.sum(first.weight**2) + constant) / size))))
    return found
