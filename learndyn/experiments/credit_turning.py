r"""Feedback alignment from feedback at any angle to the forward weights: when does the update point downhill?

The linear net 30-20-10 of Lillicrap et al. (2016), with feedback drawn at a chosen angle a to the forward weights,

    F' = |F| (cos a  W_2 / |W_2| + sin a  R),    R a random matrix of length 1 orthogonal to W_2.

Two angles follow each other: that of W_2 to F', which the conservation of tr Q = 2 tr(W_2 F) - |W_1|^2 gives from the
lengths of the weights alone, and that of the hidden layer's update to minus its gradient. An update Delta changes the
loss by -eta <Delta, -gradient> to first order; the hidden layer adds to the loss while its angle is above 90 degrees.

References
----------
Lillicrap, T. P., Cownden, D., Tweed, D. B. and Akerman, C. J. (2016). Random synaptic feedback weights support error
backpropagation for deep learning. Nature Communications 7, 13276.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..dynamics import simulate
from ..learning import MLP, GradientDescent, Layer
from ..neural.credit import CreditMap, FeedbackAlignment, angle, credit_map, measure_alignment
from .credit_alignment import uniform

_WIDTHS = (30, 20, 10)


@dataclass(frozen=True, slots=True)
class CreditTurning:
    """Angles and losses of one net under feedback at several angles; arrays of shape (starts, records).

    Attributes
    ----------
    starts : ndarray, shape (starts,)
        Angle of W_2 to F' before the first step, degrees.
    steps : ndarray, shape (records,)
    weights : ndarray, shape (starts, records)
        Angle of W_2 to F', degrees.
    law : ndarray, shape (starts, records)
        The same, from lengths and the conservation law.
    hidden : ndarray, shape (starts, records)
        Angle of the update of W_1 to minus its gradient, degrees.
    whole : ndarray, shape (starts, records)
        Angle of the whole update, degrees.
    losses : ndarray, shape (starts, records)
        Over that at the start.
    changes, predicted_changes : ndarray, shape (starts, records)
        Of the relative loss by the next step, measured and to first order.
    """

    starts: np.ndarray
    steps: np.ndarray
    weights: np.ndarray
    law: np.ndarray
    hidden: np.ndarray
    whole: np.ndarray
    losses: np.ndarray
    changes: np.ndarray
    predicted_changes: np.ndarray


def run(
    starts: Sequence[float],
    *,
    step_size: float = 0.002,
    steps: int = 400,
    every: int = 5,
    forward_size: float = 0.1,
    feedback_size: float = 0.5,
    seed: int = 0,
) -> CreditTurning:
    """Train the same net with feedback at each angle.

    Parameters
    ----------
    starts : sequence of float
        a, in degrees.
    step_size : float, optional
    steps, every : int, optional
        How long, and how often it is measured.
    forward_size, feedback_size : float, optional
        Forward weights are uniform between minus and plus the first; |F| is that of weights drawn with the second.
    seed : int, optional

    Returns
    -------
    CreditTurning
    """
    rng = np.random.default_rng(seed)
    model = MLP(_WIDTHS, "linear", bias=False)
    theta = model.init(rng, initialiser=partial(uniform, forward_size))
    # The mean over this batch is that over white Gaussian inputs.
    x = np.sqrt(_WIDTHS[0]) * np.eye(_WIDTHS[0])
    y = x @ rng.uniform(-1.0, 1.0, (_WIDTHS[0], _WIDTHS[-1]))
    drawn = rng.uniform(-feedback_size, feedback_size, _WIDTHS[1:])
    records = []
    for start in starts:
        feedback = feedback_at(theta[1].weight, drawn, start)
        system = credit_map(
            FeedbackAlignment(), GradientDescent(step_size), model, theta, (x, y), credit_state=(feedback,)
        )
        trace = 2.0 * np.sum(theta[1].weight * feedback.T) - np.sum(theta[0].weight ** 2)
        measure = partial(_measure, system, model, (x, y), feedback, trace, step_size)
        run = simulate(
            system, system.initial_state, steps, every=every, observe={"all": measure}, progress=False
        )
        records.append(run.observables["all"])
        times = run.times
    weights, law, hidden, whole, losses, changes, predicted = np.moveaxis(np.array(records), -1, 0)
    first = losses[:, :1]
    return CreditTurning(
        np.array(starts, dtype=float),
        times,
        weights,
        law,
        hidden,
        whole,
        losses / first,
        changes / first,
        predicted / first,
    )


def feedback_at(weight: np.ndarray, drawn: np.ndarray, degrees: float) -> np.ndarray:
    """Return feedback at an angle to the forward weights, of the length of what was drawn.

    Parameters
    ----------
    weight : ndarray, shape (m, n)
        W_2.
    drawn : ndarray, shape (m, n)
        Gives the length, and the direction across W_2.
    degrees : float

    Returns
    -------
    ndarray, shape (n, m)
    """
    along = weight / np.linalg.norm(weight)
    across = drawn - np.sum(drawn * along) * along
    across /= np.linalg.norm(across)
    a = np.radians(degrees)
    turned: np.ndarray = np.linalg.norm(drawn) * (np.cos(a) * along + np.sin(a) * across).T
    return turned


def _measure(
    system: CreditMap,
    model: MLP,
    data: tuple[np.ndarray, np.ndarray],
    feedback: np.ndarray,
    trace: float,
    step_size: float,
    z: np.ndarray,
) -> np.ndarray:
    """Return the seven numbers of a record."""
    theta = system.parameters(z)
    first, second = theta
    rule = FeedbackAlignment()
    found, proposal = measure_alignment(rule, model, theta, *data, (feedback,))
    gradient = rule.gradient(model, theta, *data)
    slope = _inner(proposal.update, gradient)
    size = 2.0 * np.linalg.norm(second.weight) * np.linalg.norm(feedback)
    law = np.degrees(np.arccos(np.clip((np.sum(first.weight**2) + trace) / size, -1.0, 1.0)))
    loss = float(system.objective(z))
    return np.array(
        [
            angle(second.weight, feedback.T),
            law,
            found.layers[0],
            found.whole,
            loss,
            float(system.objective(system(z))) - loss,
            step_size * slope,
        ]
    )


def _inner(a: list[Layer], b: list[Layer]) -> float:
    return float(sum(np.sum(u.weight * v.weight) for u, v in zip(a, b, strict=True)))
