"""Pause a run, lose a part of its state, go on, and compare with the run that was never paused.

A training map is z -> F(z). If all of z survives the pause, what follows is the same to the bit.
If a part is lost, it starts again from its first value, and the run goes on from a perturbed state
z + delta. To first order in delta the two runs part as

    delta(t + 1) = J(z(t)) delta(t),    J = dF/dz .

If Adam loses its count, t, its next step is that of a wrong bias correction. The step has the right
direction (epsilon aside), and the wrong length, by the factor

    (1 - beta1^(t+1)) / (1 - beta1)  *  sqrt[(1 - beta2) / (1 - beta2^(t+1))] .

If it loses everything but theta, it starts anew: each coordinate moves by eta.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter, jvp
from ..autodiff.graph import Graph
from ..autodiff.tree import Tree, tree_map
from ..dynamics import ravel, simulate
from ..learning import (
    MLP,
    Minibatches,
    Rule,
    TrainingMap,
    load_state,
    mean_squared_error,
    save_state,
    train,
    training_map,
)
from ..learning.stability_limits import bare_rule
from .bits import differing_bits

# The name of the number of the next batch among the parts that can be lost.
BATCH_NUMBER = "batch number"


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A small net that learns a sine: the model, its data, and where it starts."""

    model: MLP
    theta: Tree
    inputs: np.ndarray
    targets: np.ndarray

    def loss(self, theta: Tree, inputs: Any = None, targets: Any = None) -> Any:
        """The mean squared error on a batch, or on all examples."""
        x = self.inputs if inputs is None else inputs
        t = self.targets if targets is None else targets
        return mean_squared_error(self.model(theta, x), t)

    def batches(self, batch_size: int) -> Minibatches:
        """The examples in batches, in an order that is drawn from a fixed seed."""
        return Minibatches(self.inputs, self.targets, batch_size=batch_size, rng=0)


def sine_task(width: int = 16, examples: int = 32) -> Task:
    """Return the task that all runs here share: sin(3x) by one hidden layer of tanh units."""
    x = np.linspace(-1.0, 1.0, examples)[:, None]
    model = MLP((1, width, 1), activation="tanh")
    return Task(model, model.init(np.random.default_rng(0)), x, np.sin(3.0 * x))


@dataclass(frozen=True, slots=True, eq=False)
class ResumedRun:
    """A run that went on after it lost a part of its state.

    Attributes
    ----------
    lost : tuple of str
        The parts of the state that started again from their first value.
    distances : ndarray, shape (steps + 1,)
        Distance of the parameters from those of the run without a pause, as a share of the way
        that this run makes between the pause and the end.
    first_step : float
        Length of the first step after the pause.
    first_step_ratio : float
        The same, over the length of that step in the run without a pause.
    differing_bits : int
        Bits of all states after the pause that are not those of the run without one.
    """

    lost: tuple[str, ...]
    distances: np.ndarray
    first_step: float
    first_step_ratio: float
    differing_bits: int


@dataclass(frozen=True, slots=True, eq=False)
class PausedRuns:
    """Runs of one rule that resumed from the same pause with different losses.

    Attributes
    ----------
    rule : Rule
    parameters : int
        How many parameters the model has.
    pause : int
        The step of the pause.
    resumed : dict of str to ResumedRun
        By a name for what was lost.
    """

    rule: Rule
    parameters: int
    pause: int
    resumed: dict[str, ResumedRun]

    @property
    def predicted_lost_count(self) -> float:
        """The factor of Adam's first step if only its count is lost."""
        adam: Any = self.rule
        b1, b2, t = adam.beta1, adam.beta2, self.pause + 1
        return float((1.0 - b1**t) / (1.0 - b1) * math.sqrt((1.0 - b2) / (1.0 - b2**t)))

    @property
    def predicted_fresh_step(self) -> float:
        """The length of Adam's first step if all but theta is lost, eta sqrt(n)."""
        return float(bare_rule(self.rule).step_size * math.sqrt(self.parameters))


def run(
    rule: Rule,
    losses: dict[str, Sequence[str]],
    *,
    pause: int = 200,
    steps: int = 100,
    batch_size: int | None = None,
    task: Task | None = None,
) -> PausedRuns:
    """Pause a run, lose parts of its state, and follow what comes after.

    Parameters
    ----------
    rule : Rule
    losses : dict of str to sequence of str
        What is lost, by a name for it: fields of the rule's state other than theta, and
        ``BATCH_NUMBER``. With an empty sequence the whole state goes through a file.
    pause : int, optional
        Steps before the pause.
    steps : int, optional
        Steps after it.
    batch_size : int, optional
        Train on minibatches of this size; by default on all examples at each step.
    task : Task, optional
        The sine by default.
    """
    task = sine_task() if task is None else task
    batches = None if batch_size is None else task.batches(batch_size)
    training = training_map(task.loss, rule, task.theta, batches=batches)
    before = train(task.loss, rule, task.theta, pause, batches=batches)
    states = train(task.loss, rule, task.theta, pause + steps, batches=batches, keep_states=True).states
    assert states is not None  # since they are kept
    whole, resumed = states[pause:], {}
    for name, lost in losses.items():
        z = forget(training, before.state.z, lost) if lost else through_a_file(before)
        resumed[name] = _compare(tuple(lost), simulate(training, z, steps).states, whole, training)
    size = ravel(task.theta)[0].size
    return PausedRuns(rule, size, pause, resumed)


def forget(training: TrainingMap, z: np.ndarray, lost: Sequence[str]) -> np.ndarray:
    """Return the state with some parts as they were before the first step, shape (m,).

    Raises
    ------
    ValueError
        If the rule has no such part.
    """
    state, first = training.state(z), training.state(training.initial_state)
    fields = [name for name in lost if name != BATCH_NUMBER]
    unknown = [name for name in fields if name not in state._fields]
    if unknown or (BATCH_NUMBER in lost and training.batches is None):
        raise ValueError(
            f"paused_runs: the state has no part {unknown or BATCH_NUMBER!r}. It has {state._fields}"
        )
    kept = ravel(state._replace(**{name: getattr(first, name) for name in fields}))[0]
    if training.batches is None:
        return kept
    return np.append(kept, 0.0 if BATCH_NUMBER in lost else z[-1])


def through_a_file(run: Any) -> np.ndarray:
    """Save the state of a run, read it back, and return it, shape (m,)."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "state.npz")
        save_state(file, run)
        return load_state(file).z


def _compare(
    lost: tuple[str, ...], states: np.ndarray, whole: np.ndarray, training: TrainingMap
) -> ResumedRun:
    n = training.state(whole[0]).theta.size
    theta, reference = states[:, :n], whole[:, :n]
    way = np.linalg.norm(reference[-1] - reference[0])
    first = float(np.linalg.norm(theta[1] - theta[0]))
    return ResumedRun(
        lost,
        np.linalg.norm(theta - reference, axis=1) / way,
        first,
        first / float(np.linalg.norm(reference[1] - reference[0])),
        differing_bits(states, whole),
    )


@dataclass(frozen=True, slots=True, eq=False)
class LinearPrediction:
    """How two runs part whose states differ a little: measured, and by the Jacobian.

    Attributes
    ----------
    steps : ndarray, shape (records,)
    measured, predicted : ndarray, shape (records,)
        Distance of the parameters.
    """

    steps: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray


def linear_prediction(
    rule: Rule, lost: Sequence[str], *, pause: int = 200, steps: int = 100, task: Task | None = None
) -> LinearPrediction:
    """Lose parts of the state, and carry the loss along the run by the Jacobian of each step."""
    task = sine_task() if task is None else task
    training = training_map(task.loss, rule, task.theta)
    z = simulate(training, training.initial_state, pause, every=max(1, pause)).final_state
    perturbed = forget(training, z, lost)
    tangent, n = perturbed - z, training.state(z).theta.size
    measured, predicted = [0.0], [float(np.linalg.norm(tangent[:n]))]
    for _ in range(steps):
        z, tangent = jvp(training, (z,), (tangent,))
        perturbed = training(perturbed)
        measured.append(float(np.linalg.norm((perturbed - z)[:n])))
        predicted.append(float(np.linalg.norm(tangent[:n])))
    return LinearPrediction(np.arange(steps + 1), np.array(measured), np.array(predicted))


def hidden_generator(task: Task, batch_size: int, seed: int = 0) -> Callable[[int], Any]:
    """Return batches as many programs draw them: from a generator that moves on at each call."""
    rng = np.random.default_rng(seed)

    def batch(_: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = rng.choice(task.inputs.shape[0], batch_size, replace=False)
        return task.inputs[chosen], task.targets[chosen]

    return batch


def repeated_step(batches: Callable[[int], Any], task: Task, rule: Rule) -> int:
    """Return how many bits differ between two evaluations of one training step in one state."""
    training = training_map(task.loss, rule, task.theta, batches=batches)
    z = training.initial_state
    return differing_bits(training(z), training(z))


def recorded_numbers(task: Task) -> int:
    """Return how many numbers the operations of one loss make, which die with its graph.

    Predicted for B examples and n hidden units: B n before the activation, B n after it, B answers,
    B errors and the loss, B (2n + 2) + 1.
    """
    graph = Graph.of(task.loss(tree_map(Parameter, task.theta)))
    return sum(math.prod(node.shape) for node in graph if not node.is_leaf)


def descend_by_hand(task: Task, step_size: float, steps: int, *, spoil: bool) -> np.ndarray:
    """Descend with ``Parameter.backward`` and return the parameters at the end, shape (n,).

    Parameters
    ----------
    task : Task
    step_size : float
    steps : int
    spoil : bool
        Write NaN into each gradient before each backward pass.
    """
    theta = tree_map(Parameter, task.theta)
    parameters = [p for layer in theta for p in layer]
    for _ in range(steps):
        loss = task.loss(theta)
        if spoil:
            for p in parameters:
                p.grad = np.full(p.shape, np.nan)
        loss.backward()
        for p in parameters:
            p.data = p.data - step_size * p.grad
    return np.concatenate([p.data for p in parameters], axis=None)
