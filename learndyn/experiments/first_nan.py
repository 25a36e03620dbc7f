r"""Three runs whose loss is no number: when it shows, and when its cause was.

*Long step.* Least squares by descent at three times the limit. Mode i of the residual is multiplied
by m_i = 1 - eta lambda_i each step, so the sum of squares is

    S_t = sum_i c_i m_i^{2t},

and the loss is infinite from the first t at which S_t exceeds the largest float, 1.8e308. The cause
is in step 0.

*Rounded probability.* Cross-entropy written out with log(1 - p), p = 1 / (1 + e^-h). Where
h >= 53 ln 2 = 36.74, e^-h is at most half of the spacing of floats at 1, p rounds to 1, and
(1 - y) log(1 - p) = 0 times -infinity for y = 1. When the logits get there is predicted by a run
of the stable loss (``binary_cross_entropy``). The cause is in the same step.

*Norm at zero.* A penalty |w| on weights that start at zero. Loss and penalty are finite there, the
slope of the square root is not. The loss shows it one step later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import exp, log, sqrt
from ..autodiff import mean as mean_of
from ..learning import MLP, GradientDescent, binary_cross_entropy, mean_squared_error, train, zeros
from ..learning.diagnosis import Diagnosis, diagnose
from .failing_runs import Setup, plane, squared, steps_beyond

BEYOND = 3.0  # the long step, in units of the largest stable one
LARGEST_LOGIT = 53.0 * np.log(2.0)


@dataclass(frozen=True, slots=True, eq=False)
class FirstNan:
    """A run up to the end of its budget, or to where it could not go on.

    Attributes
    ----------
    name : str
    losses, lengths : ndarray, shape (records,)
        The loss, and the Euclidean length of all parameters, at each step.
    predicted : int
        The step at which the loss must be the first that is not finite.
    diagnosis : Diagnosis
    """

    name: str
    losses: np.ndarray
    lengths: np.ndarray
    predicted: int
    diagnosis: Diagnosis

    @property
    def seen(self) -> int:
        """The first step at which the loss is not finite."""
        return int(np.argmin(np.isfinite(self.losses)))

    @property
    def growth(self) -> float:
        """The length just before, over that at the start (or over 1, if that is less)."""
        return float(self.lengths[self.seen - 1] / max(self.lengths[0], 1.0))


def run(*, seed: int = 2) -> tuple[FirstNan, FirstNan, FirstNan]:
    """Train the three, and diagnose them.

    Parameters
    ----------
    seed : int, optional
        Of the data. The logits of the second run do not come to their limit for each.

    Returns
    -------
    tuple of FirstNan
        Long step, rounded probability, norm at zero.

    Raises
    ------
    ValueError
        If the logits stay below their limit.
    """
    return long_step(seed=seed), rounded_probability(seed=seed), norm_at_zero(seed=seed)


def long_step(*, seed: int = 2, steps: int = 300) -> FirstNan:
    """Descend on least squares with three times the largest stable step."""
    rng = np.random.default_rng(seed)
    model, (x, y) = MLP((5, 1)), plane(rng)
    theta, loss = model.init(rng), squared(model, x, y)
    eta = steps_beyond(BEYOND, GradientDescent(1.0), loss, theta)
    design = np.column_stack([x, np.ones(len(x))])
    u, s, _ = np.linalg.svd(design, full_matrices=False)
    parts = (u.T @ (np.asarray(model(theta, x)) - y))[:, 0] ** 2
    logs = np.log(np.abs(1.0 - eta * 2.0 * s**2 / len(x)))  # lambda = 2 s^2 / n for a mean of n
    log_sums = np.log(parts) + 2.0 * np.arange(steps + 1)[:, None] * logs
    over = log_sums.max(axis=1) > np.log(np.finfo(float).max)
    setup = Setup(loss, GradientDescent(eta), theta, steps, model, (x, y))
    return _measure("step too long", setup, int(np.argmax(over)))


def rounded_probability(*, seed: int = 2, steps: int = 400, step_size: float = 0.3) -> FirstNan:
    """Classify points that a line separates, with a cross-entropy written out."""
    model, (x, y) = _classes(seed)
    rule, theta = GradientDescent(step_size), model.init(np.random.default_rng(0), initialiser=zeros)

    def loss(theta: Any) -> Any:
        p = 1.0 / (1.0 + exp(-model(theta, x)))
        return -mean_of(y * log(p) + (1.0 - y) * log(1.0 - p))

    stable = train(
        lambda theta: binary_cross_entropy(model(theta, x), y), rule, theta, steps,
        observe={"largest logit": lambda theta: float(np.max(model(theta, x)))}, progress=False,
    )  # fmt: skip
    beyond = stable.observables["largest logit"] >= LARGEST_LOGIT
    if not beyond.any():
        raise ValueError(
            f"rounded_probability: no logit comes to {LARGEST_LOGIT:.2f} in {steps} steps with seed "
            f"{seed}. Take more steps, or another seed"
        )
    setup = Setup(loss, rule, theta, steps, model, (x, y), 0.1)
    return _measure("rounded probability", setup, int(np.argmax(beyond)))


def norm_at_zero(*, seed: int = 2, steps: int = 10) -> FirstNan:
    """Penalise the length of weights that are zero."""
    rng = np.random.default_rng(seed)
    model, (x, y) = MLP((5, 1)), plane(rng)

    def loss(theta: Any) -> Any:
        weight = theta[0].weight
        return mean_squared_error(model(theta, x), y) + 0.01 * sqrt((weight * weight).sum())

    theta = model.init(rng, initialiser=zeros)
    setup = Setup(loss, GradientDescent(0.1), theta, steps, model, (x, y))
    return _measure("norm at zero", setup, 1)


def stable_losses(*, seed: int = 2, steps: int = 400, step_size: float = 0.3) -> np.ndarray:
    """Return the loss of ``rounded_probability`` at each step if it is computed from logits."""
    model, (x, y) = _classes(seed)

    def loss(theta: Any) -> Any:
        return binary_cross_entropy(model(theta, x), y)

    theta = model.init(np.random.default_rng(0), initialiser=zeros)
    return train(loss, GradientDescent(step_size), theta, steps, progress=False).losses


def _classes(seed: int) -> tuple[MLP, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    x = 4.0 * plane(rng, 2)[0]
    return MLP((2, 1)), (x, (x @ rng.standard_normal((2, 1)) > 0.0) * 1.0)


def _measure(name: str, setup: Setup, predicted: int) -> FirstNan:
    record = train(setup.loss, setup.rule, setup.start, setup.steps, keep_states=True, progress=False)
    count = sum(np.size(p) for layer in setup.start for p in layer)
    assert record.states is not None  # since they are kept
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(record.states[:, :count], axis=1)
        said = diagnose(
            record, loss=setup.loss, rule=setup.rule, start=setup.start, model=setup.model,
            data=setup.data, goal=setup.goal, progress=False,
        )  # fmt: skip
    return FirstNan(name, record.losses, lengths, predicted, said)
