"""Four ways to break a symmetry, each a switch, on one regression with two hidden units.

The target y = tanh(2 x1 + 0.3) - tanh(1.5 x2 - 0.2) needs two tanh units. Training starts at the
best net of one unit, embedded in two: both units have its incoming weights and half of its outgoing
weight each. That is a critical point of the larger net (Fukumizu and Amari, 2000), and the units
are equal. The step of descent commutes with their exchange, so equal units stay equal, though the
point is a saddle: the curvature across is -mu. What makes them part:

    random initialisation   no equal units to begin with
    noise                   in the gradient of each parameter; it differs between the units
    bottleneck              unit 0 sees x1 only, unit 1 sees x2 only: the exchange is no symmetry
    unstable mode           a split sigma along the unstable eigenvector, which grows by 1 + eta mu

Noise of standard deviation s kicks the unstable mode by eta s each step. With f = 1 + eta mu the
kicks add up to a Gaussian split of standard deviation eta s sqrt((f^{2t} - 1) / (f^2 - 1)), so
noise acts like an initial split of eta s / sqrt(f^2 - 1), times a normal number N that differs from
run to run. The mean of -ln |N| is (gamma + ln 2) / 2 = 0.635, gamma being Euler's constant, so the
mean escape is later than that of |N| = 1 by 0.635 / ln f steps.

Drawing minibatches is noise as well, but each batch is seen by both units alike: it does not part
them. And a random start is no guarantee: from some, two different units end no better than one.

References
----------
Fukumizu, K. and Amari, S. (2000). Local minima and plateaus in hierarchical structures of
multilayer perceptrons. Neural Networks 13, 317-327.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..dynamics import fixed_point, ravel, simulate
from ..learning import (
    MLP,
    GradientDescent,
    Layer,
    Rule,
    TrainingMap,
    mean_squared_error,
    standard_normal,
    training_map,
)
from ..learning.symmetry import (
    AntisymmetricBlock,
    antisymmetric_hessian,
    escape_factor,
    escape_time,
    exchange_actions,
)
from ..learning.symmetry.escape import split_length

PAIR = (0, 0, 1)  # units 0 and 1 of hidden layer 0
DESCENT = GradientDescent(0.1)
PARTED = 0.1  # a split of the parameters that counts as escaped
SMALL, LARGE = MLP((2, 1, 1)), MLP((2, 2, 1))
SIGHT = np.array([[1.0, 0.0], [0.0, 1.0]])  # which input reaches which unit in the bottleneck
WAYS: dict[str, dict[str, Any]] = {
    "none": {},
    "minibatches": {"batch_size": 8},
    "random initialisation": {"random_initialisation": True},
    "noise": {"noise": 1e-4},
    "bottleneck": {"bottleneck": True},
    "unstable mode": {"sigma": 1e-4},
}


@dataclass(frozen=True, slots=True)
class SymmetryBreaking:
    """One run from the symmetric saddle, or near it.

    Attributes
    ----------
    switches : dict of str to object
        The ways of breaking the symmetry that were on.
    times : ndarray of int, shape (records,)
        Steps.
    losses : ndarray, shape (records,)
        Mean squared error on all data, of the net as it is (with its bottleneck, if it has one).
    splits : ndarray, shape (records,)
        Length of the antisymmetric part of the parameters.
    saddle_loss : float
        Loss of the best net of one unit, where the run starts or would have started.
    mu : float
        Minus the smallest curvature across, at the saddle.
    factor : float
        Predicted growth of a split each step at the saddle.
    start_split : float
        Split at the start, and the initial split that the noise amounts to, in quadrature. NaN for
        noise in a rule that is not descent.
    stopped : str or None
        Why the run ended early.
    """

    switches: dict[str, Any]
    times: np.ndarray
    losses: np.ndarray
    splits: np.ndarray
    saddle_loss: float
    mu: float
    factor: float
    start_split: float
    stopped: str | None

    @property
    def escape_step(self) -> float:
        """First recorded step at which the split is ``PARTED`` or more; NaN if there is none."""
        (beyond,) = np.nonzero(self.splits >= PARTED)
        return float(self.times[beyond[0]]) if beyond.size else float("nan")

    @property
    def escaped(self) -> bool:
        """Whether the units are apart at the end and the loss is below that of one unit."""
        return bool(self.splits[-1] >= PARTED and self.losses[-1] < 0.9 * self.saddle_loss)

    @property
    def predicted_escape_step(self) -> float:
        """ln(PARTED / start_split) / ln(factor): infinite without a split.

        It is for runs that start at the saddle, without a bottleneck.
        """
        if np.isnan(self.start_split):
            return float("nan")
        if self.start_split == 0.0:
            return float("inf")
        return escape_time(self.factor, self.start_split, PARTED)


def run(
    *,
    random_initialisation: bool = False,
    noise: float = 0.0,
    bottleneck: bool = False,
    sigma: float = 0.0,
    batch_size: int | None = None,
    rule: Rule = DESCENT,
    steps: int = 2000,
    every: int = 1,
    seed: int = 0,
) -> SymmetryBreaking:
    """Train the two units from the symmetric saddle, with some ways out open.

    Parameters
    ----------
    random_initialisation : bool, optional
        Start from N(0, 1) parameters instead of the saddle.
    noise : float, optional
        Standard deviation of the noise in each component of each gradient.
    bottleneck : bool, optional
        Let unit 0 see x1 only and unit 1 see x2 only.
    sigma : float, optional
        Length of the split along the unstable mode that is added at the start.
    batch_size : int, optional
        Draw so many of the examples for each step; all by default.
    rule : Rule, optional
        Gradient descent with eta = 0.1 by default.
    steps, every : int, optional
        Length of the run, and how often it is recorded.
    seed : int, optional
        Of the random start, the noise and the batches; not of the data.

    Returns
    -------
    SymmetryBreaking

    Raises
    ------
    ValueError
        If ``noise`` or ``sigma`` is negative, or the batch is empty or larger than the data.
    """
    x, y = data()
    if noise < 0.0 or sigma < 0.0 or (batch_size is not None and not 1 <= batch_size <= len(x)):
        raise ValueError(
            f"symmetry_breaking: needs noise >= 0, sigma >= 0 and 1 <= batch_size <= {len(x)}, got "
            f"{noise}, {sigma} and {batch_size}"
        )
    theta, saddle_loss, block = saddle()
    z = ravel(theta)[0] + sigma * block.direction
    if random_initialisation:
        z = ravel(LARGE.init(np.random.default_rng(seed), initialiser=standard_normal))[0]
    training = _training(ravel(theta)[1](z), rule, noise, bottleneck, batch_size, seed)
    split = split_length(exchange_actions(theta, PAIR), z.size)
    factor = escape_factor(rule, block.mu)
    record = simulate(
        training,
        training.initial_state,
        steps,
        every=every,
        observe={
            "loss": lambda z: float(_loss(training.parameters(z), x, y, bottleneck)),
            "split": lambda z: split(training.state(z).theta),
        },
    )
    given = {
        "random_initialisation": random_initialisation,
        "noise": noise,
        "bottleneck": bottleneck,
        "sigma": sigma,
        "batch_size": batch_size,
    }
    return SymmetryBreaking(
        {name: value for name, value in given.items() if value},
        record.times,
        record.observables["loss"],
        record.observables["split"],
        saddle_loss,
        block.mu,
        factor,
        _start_split(float(record.observables["split"][0]), rule, noise, factor),
        record.stopped,
    )


def run_all(**options: Any) -> dict[str, SymmetryBreaking]:
    """Run each of ``WAYS`` on its own; ``options`` are those of ``run``."""
    return {name: run(**switches, **options) for name, switches in WAYS.items()}


@cache
def data() -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs, shape (40, 2), drawn once from N(0, 1), and the targets, shape (40, 1)."""
    x = np.random.default_rng(0).standard_normal((40, 2))
    y = np.tanh(2.0 * x[:, :1] + 0.3) - np.tanh(1.5 * x[:, 1:] - 0.2)
    return x, y


@cache
def saddle() -> tuple[list[Layer], float, AntisymmetricBlock]:
    """Return the best net of one unit as a net of two, its loss, and its curvature across.

    Returns
    -------
    theta : list of Layer
        Of the larger net; a critical point.
    loss : float
    block : AntisymmetricBlock
    """
    x, y = data()

    def small(theta: Any) -> Any:
        return mean_squared_error(SMALL(theta, x), y)

    step = training_map(small, GradientDescent(0.2), SMALL.init(np.random.default_rng(0)))
    found = simulate(step, step.initial_state, 2000, every=2000).final_state
    minimum = fixed_point(step, found, tolerance=3e-16).state  # Newton removes what is left
    hidden, output = step.parameters(minimum)
    theta = [
        Layer(np.repeat(hidden.weight, 2, axis=1), np.repeat(hidden.bias, 2, axis=1)),
        Layer(0.5 * np.repeat(output.weight, 2, axis=0), output.bias),
    ]

    def large(theta: Any) -> Any:
        return _loss(theta, x, y, False)

    return theta, float(large(theta)), antisymmetric_hessian(large, theta, PAIR)


def _loss(theta: Any, x: Any, y: Any, bottleneck: bool) -> Any:
    """Mean squared error, of the net or of the net with part of its weights cut."""
    hidden, output = theta
    weight = hidden.weight * SIGHT if bottleneck else hidden.weight
    return mean_squared_error(LARGE([Layer(weight, hidden.bias), output], x), y)


def _start_split(split: float, rule: Rule, noise: float, factor: float) -> float:
    """The split at the start together with the one that noise amounts to."""
    if not noise:
        return split
    if not isinstance(rule, GradientDescent) or factor <= 1.0:
        return float("nan")
    return float(np.hypot(split, rule.step_size * noise / np.sqrt(factor**2 - 1.0)))


def _training(
    theta: list[Layer],
    rule: Rule,
    noise: float,
    bottleneck: bool,
    batch_size: int | None,
    seed: int,
) -> TrainingMap:
    """The training map; what is random in step t depends on (seed, t) only."""
    x, y = data()
    if not noise and batch_size is None:
        return training_map(lambda theta: _loss(theta, x, y, bottleneck), rule, theta)

    def draws(t: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((seed, t))
        chosen = rng.permutation(len(x))[:batch_size]
        return chosen, noise * rng.standard_normal(ravel(theta)[0].size)

    def noisy(theta: Any, chosen: np.ndarray, push: np.ndarray) -> Any:
        loss = _loss(theta, x[chosen], y[chosen], bottleneck)
        if not noise:
            return loss
        (w, b), (a, c) = theta
        start, total = 0, loss
        for part in (w, b, a, c):  # adding push . theta to the loss adds push to its gradient
            end = start + part.size
            total = total + (part * push[start:end].reshape(part.shape)).sum()
            start = end
        return total

    return training_map(noisy, rule, theta, batches=draws)
