r"""A net of eight hidden units, started from zeros, from one constant, from two kinds, from random.

Units that are equal at the start stay equal, so a start with k kinds of units trains a net of k.
With orthonormal coordinates u on the symmetric subspace, theta = S u and L(S u) = l(u), the
gradient is S' grad L = grad l, and descent in the subspace is descent on l with the same step. For
r equal units l is the loss of one unit

    y = sqrt(r) a phi((w x + b) / sqrt(r)) + c .

Units that are 0 are a case of their own. With an odd phi, (w, b, a) -> -(w, b, a) of one unit is a
symmetry too, and 0 is the unit that it leaves alone: a start at zeros trains a net of no units.

The forward pass here is written element by element. A matrix product may split equal units by
rounding; elementwise arithmetic treats all units alike, so they stay equal to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import tanh
from ..autodiff.tree import Tree
from ..dynamics import simulate
from ..dynamics.running import Observables
from ..learning import (
    GradientDescent,
    Layer,
    Rule,
    TrainingMap,
    lecun_normal,
    mean_squared_error,
    standard_normal,
    training_map,
)
from .symmetry_breaking import DESCENT, data, saddle

STARTS = ("zeros", "one constant", "two kinds", "random")
CONSTANT = 0.3


@dataclass(frozen=True, slots=True)
class EqualStart:
    """One run.

    Attributes
    ----------
    name : str
        The start, one of ``STARTS``.
    times : ndarray of int, shape (records,)
        Steps.
    losses : ndarray, shape (records,)
        Mean squared error.
    units : ndarray, shape (4, width)
        Of each hidden unit at the end: two incoming weights, bias, outgoing weight.
    floor : float
        The loss of the best net of as many units as the start has kinds; NaN if not known.
    """

    name: str
    times: np.ndarray
    losses: np.ndarray
    units: np.ndarray
    floor: float

    @property
    def kinds(self) -> int:
        """Number of different units at the end, equal to the bit or not, apart from zero units."""
        columns = np.unique(self.units, axis=1)
        return int(np.any(columns != 0.0, axis=0).sum())

    @property
    def rank(self) -> int:
        """Numerical rank of incoming weights and biases, shape (3, width)."""
        return int(np.linalg.matrix_rank(self.units[:3], tol=1e-9))


def run_all(
    *,
    width: int = 8,
    rule: Rule = DESCENT,
    steps: int = 1500,
    every: int = 10,
    seed: int = 0,
) -> dict[str, EqualStart]:
    """Train the net from each of ``STARTS``.

    Parameters
    ----------
    width : int, optional
        Hidden units, even.
    rule : Rule, optional
    steps, every : int, optional
        Length of each run, and how often it is recorded.
    seed : int, optional
        Of the random start, and of the two kinds.

    Returns
    -------
    dict of str to EqualStart

    Raises
    ------
    ValueError
        If the width is odd or less than 2.
    """
    if width < 2 or width % 2:
        raise ValueError(f"equal_starts: the width must be even and at least 2, got {width}")
    y = data()[1]
    floors = {
        "zeros": float(np.mean((y - y.mean()) ** 2)),
        "one constant": saddle()[1],
        "two kinds": 0.0,
        "random": 0.0,
    }
    runs = {}
    for name in STARTS:
        theta = start(name, width, seed)
        training = training_map(loss, rule, theta)
        record = simulate(
            training,
            training.initial_state,
            steps,
            every=every,
            observe=_loss_of(loss, training),
        )
        hidden, out = training.parameters(record.final_state)
        units = np.concatenate([hidden.weight, hidden.bias, out.weight.T])
        runs[name] = EqualStart(name, record.times, record.observables["loss"], units, floors[name])
    return runs


def start(name: str, width: int, seed: int = 0) -> list[Layer]:
    """Return the parameters of one of ``STARTS``."""
    rng = np.random.default_rng(seed)
    if name in ("zeros", "one constant"):
        value = CONSTANT if name == "one constant" else 0.0
        return [
            Layer(np.full((2, width), value), np.full((1, width), value)),
            Layer(np.full((width, 1), value), np.zeros((1, 1))),
        ]
    kinds = 2 if name == "two kinds" else width
    into, _ = standard_normal(rng, (), 2, kinds)
    out, _ = lecun_normal(rng, (), width, 1)
    copies = width // kinds
    return [
        Layer(np.repeat(into, copies, axis=1), np.zeros((1, width))),
        Layer(np.repeat(out[:kinds], copies, axis=0), np.zeros((1, 1))),
    ]


def output(theta: Tree, x: Any) -> Any:
    """Return the output of a net with one hidden layer of tanh units, element by element."""
    return read_out(theta, tanh(drive(theta, x)))


def drive(theta: Tree, x: Any) -> Any:
    """Return the pre-activations of the hidden layer, shape (examples, units)."""
    hidden, _ = theta
    total = hidden.bias
    for k in range(x.shape[1]):
        total = total + x[:, k : k + 1] * hidden.weight[k : k + 1]
    return total


def read_out(theta: Tree, activity: Any) -> Any:
    """Return the output, shape (examples, 1), from the activity of the hidden units."""
    _, out = theta
    return (activity * out.weight[:, 0]).sum(axis=1, keepdims=True) + out.bias


def loss(theta: Tree) -> Any:
    """Return the mean squared error on the data of ``symmetry_breaking``."""
    x, y = data()
    return mean_squared_error(output(theta, x), y)


def _loss_of(f: Callable[[Tree], Any], training: TrainingMap) -> Observables:
    return {"loss": lambda z: float(f(training.parameters(z)))}


def one_unit_error(*, width: int = 8, step_size: float = 0.1, steps: int = 1500) -> float:
    """Return the largest difference between the losses of equal units and of the net of one.

    The net of one unit is that in the coordinates u, descended with the same step.

    Returns
    -------
    float
        0, up to rounding.
    """
    root = np.sqrt(float(width))

    def small(u: Tree) -> Any:
        hidden, out = u
        return loss(
            [
                Layer(hidden.weight / root, hidden.bias / root),
                Layer(out.weight * root, out.bias),
            ]
        )

    large, u = start("one constant", width), start("one constant", 1)
    u = [
        Layer(u[0].weight * root, u[0].bias * root),
        Layer(u[1].weight * root, u[1].bias),
    ]
    losses = []
    for f, theta in ((loss, large), (small, u)):
        training = training_map(f, GradientDescent(step_size), theta)
        record = simulate(
            training,
            training.initial_state,
            steps,
            every=10,
            observe=_loss_of(f, training),
        )
        losses.append(record.observables["loss"])
    return float(np.abs(losses[0] - losses[1]).max())
