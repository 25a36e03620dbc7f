r"""Noise that parts equal units, and noise that cannot.

A noisy step T(z; xi) of a net has the exchange P as a symmetry in one of two ways:

    seen alike      T(P z; xi) = P T(z; xi)       the same xi: equal units stay equal, draw by draw
    exchanged       T(P z; P xi) = P T(z; xi)     xi differs between the units; its law does not

Minibatches and noise in targets and inputs are of the first kind, as the units share them. Noise in
each parameter's gradient and dropout of hidden units are of the second kind: the symmetry holds for
the law of the run, not for the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import tanh
from ..autodiff.tree import Tree
from ..dynamics import ravel, simulate
from ..learning import (
    GradientDescent,
    Layer,
    TrainingMap,
    mean_squared_error,
    training_map,
)
from ..learning.symmetry import exchange_actions
from ..learning.symmetry.escape import split_length
from .equal_starts import drive, read_out, start
from .symmetry_breaking import PAIR, data

SHARED = ("minibatches", "target noise", "input noise", "input dropout")
OWN = ("gradient noise", "unit dropout")
KINDS = SHARED + OWN
KEEP = 0.8  # chance that dropout keeps an input or a unit
SIZE = 0.3  # standard deviation of the noise in targets, inputs and gradients


@dataclass(frozen=True, slots=True)
class NoisyRun:
    """A run from equal units.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    times : ndarray of int, shape (records,)
    weights : ndarray, shape (records, 2)
        The weight from the first input to each of the two units.
    split : float
        Length of the antisymmetric part of the parameters at the end.
    """

    kind: str
    times: np.ndarray
    weights: np.ndarray
    split: float


def run(kind: str, *, steps: int = 300, step_size: float = 0.1, seed: int = 0) -> NoisyRun:
    """Train two equal units with one kind of noise.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    steps : int, optional
    step_size : float, optional
    seed : int, optional
        Of the noise; that of step t depends on (seed, t).

    Returns
    -------
    NoisyRun

    Raises
    ------
    ValueError
        If the kind is another.
    """
    theta = start("one constant", 2)
    training = noisy_step(kind, theta, step_size=step_size, seed=seed)
    record = simulate(training, training.initial_state, steps)
    weights = np.array([training.parameters(z)[0].weight[0] for z in record.states])
    split = split_length(exchange_actions(theta, PAIR), ravel(theta)[0].size)
    return NoisyRun(kind, record.times, weights, split(training.state(record.final_state).theta))


def noisy_step(
    kind: str,
    theta: Tree,
    *,
    step_size: float = 0.1,
    seed: int = 0,
    exchanged: bool = False,
) -> TrainingMap:
    """Return descent with one kind of noise, on a net of two hidden units.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    theta : list of Layer
        Initial parameters.
    step_size : float, optional
    seed : int, optional
    exchanged : bool, optional
        Hand what is drawn for one unit to the other one.

    Raises
    ------
    ValueError
        If the kind is another.
    """
    if kind not in KINDS:
        raise ValueError(f"noise_kinds: unknown kind {kind!r}. Choose one of {', '.join(KINDS)}")
    x, y = data()

    def draws(t: int) -> tuple[np.ndarray, ...]:
        drawn = _draw(kind, np.random.default_rng((seed, t)), len(x))
        return tuple(part[..., ::-1] for part in drawn) if exchanged and kind in OWN else drawn

    def loss(theta: Tree, *drawn: np.ndarray) -> Any:
        mask: float | np.ndarray = 1.0
        inputs, targets = x, y
        if kind == "minibatches":
            inputs, targets = x[drawn[0]], y[drawn[0]]
        elif kind == "target noise":
            targets = y + drawn[0]
        elif kind == "input noise":
            inputs = x + drawn[0]
        elif kind == "input dropout":
            inputs = x * drawn[0]
        elif kind == "unit dropout":
            mask = drawn[0]
        value = mean_squared_error(read_out(theta, tanh(drive(theta, inputs)) * mask), targets)
        return value + _push(theta, drawn[0]) if kind == "gradient noise" else value

    return training_map(loss, GradientDescent(step_size), theta, batches=draws)


def _draw(kind: str, rng: np.random.Generator, examples: int) -> tuple[np.ndarray, ...]:
    """What is random in one step. The last axis of what units do not share runs over the units."""
    if kind == "minibatches":
        return (rng.permutation(examples)[:8],)
    if kind == "target noise":
        return (SIZE * rng.standard_normal((examples, 1)),)
    if kind == "input noise":
        return (SIZE * rng.standard_normal((examples, 2)),)
    if kind == "gradient noise":
        return (SIZE * rng.standard_normal((4, 2)),)
    kept = rng.random((examples, 2)) < KEEP
    return (kept / KEEP,)


def _push(theta: list[Layer], noise: np.ndarray) -> Any:
    """noise . theta, which adds the noise to the gradient; rows: two weights, bias, outgoing."""
    hidden, out = theta
    return (
        (hidden.weight * noise[:2]).sum()
        + (hidden.bias * noise[2:3]).sum()
        + (out.weight[:, 0] * noise[3]).sum()
    )
