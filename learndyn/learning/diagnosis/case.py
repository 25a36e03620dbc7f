"""A run, with all that is needed to measure why it went as it did.

How much a cause explains is a share of the distance from the end of the run to the goal,

    explained(L) = ln(L_end / max(L, goal)) / ln(L_end / goal),      between 0 and 1,

with L the loss that the same run reaches when the cause is removed. L_end counts as at most
``CEILING`` times the reference: how far a run that diverged has gone says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics import simulate
from ..losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    huber,
    mean_squared_error,
)
from ..models import MLP, Layer
from ..records import Run
from ..rules import Rule
from ..train import train
from ..training import Batches, TrainingMap, training_map
from .refit import refit

CEILING = 100.0
LEARNED = 0.05  # the share of the reference below which a target counts as learned
STALLED = 0.1  # a second half that wins less than a tenth of the way to the goal is no progress
NAMED = 0.2  # the share of what can be won that names a cause: five equal ones would do so
LEAST = 0.02  # a share of the distance to the goal that is too small to speak of
_CRITERIA = (mean_squared_error, half_squared_error, cross_entropy, binary_cross_entropy, huber)
_EARLY, _LATER = 10, 20
_BUDGET = 300


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What the causes are measured on.

    Attributes
    ----------
    run : Run
    loss : callable
        On all data: takes a tree of parameters to one number.
    training : TrainingMap
        Of the run itself, with its batches.
    start : tree of arrays
    model : MLP or None
    data : tuple (inputs, targets) or None
    criterion : callable or None
        The loss as a function of (outputs, targets).
    goal, reference : float
        nan where no loss without learning is finite.
    attainable : float
        The least loss of the model, as far as it is known; the goal if it is lower.
    final : float
        The loss at the end, on all data; inf if it is not finite.
    times : ndarray, shape (k,), int
    states : ndarray, shape (k, m)
        The finite states of the run at these times: each of the first ten steps, and about twenty
        later. None for a run that reached its goal.
    budget : int
        Steps for a run that is made again.
    seed : int
    """

    run: Run
    loss: Callable[[Tree], Any]
    training: TrainingMap
    start: Tree
    model: MLP | None
    data: tuple[Any, ...] | None
    criterion: Callable[[Any, Any], Any] | None
    goal: float
    reference: float
    attainable: float
    final: float
    times: np.ndarray
    states: np.ndarray
    budget: int
    seed: int

    @property
    def rule(self) -> Rule:
        """The rule of the run."""
        return self.training.rule

    @property
    def reached(self) -> bool:
        """Whether the run ended at or below the goal."""
        return math.isfinite(self.final) and self.final <= self.goal

    @property
    def diverged(self) -> bool:
        """Whether the run left the finite numbers, or ended far above its start."""
        first = float(self.run.losses[0])
        return not self.final < max(10.0 * abs(first), 10.0 * abs(self.reference))

    @property
    def stalled(self) -> bool:
        """Whether the second half of the run won less than a tenth of what is left to the goal."""
        half = self.loss_at(int(np.abs(self.times - 0.5 * self.times[-1]).argmin()))
        if not (np.isfinite(half) and half > 0.0 and self.final > self.goal > 0.0):
            return bool(half - self.final < STALLED * (self.final - self.goal))
        return math.log(half / self.final) < STALLED * math.log(self.final / self.goal)

    def parameters(self, k: int) -> Tree:
        """Return the parameters at record ``k`` of ``states``."""
        return self.training.parameters(self.states[k].copy())

    def loss_at(self, k: int) -> float:
        """Return the loss on all data at record ``k`` of ``states``."""
        return number(self.loss, self.parameters(k))

    def share(self, upper: float, lower: float) -> float:
        """Return the way from one loss to another, as a share of that from the end to the goal."""
        top = min(self.final, CEILING * abs(self.reference))
        if not (top > self.goal and np.isfinite(top)):
            return 0.0
        a, b = (min(max(x, self.goal), top) if np.isfinite(x) else top for x in (upper, lower))
        if self.goal > 0.0:
            return max(0.0, math.log(a / b) / math.log(top / self.goal))
        return max(0.0, (a - b) / (top - self.goal))

    def explained(self, loss: float) -> float:
        """Return the share of the distance to the goal that a run won which ended at ``loss``."""
        return self.share(math.inf, loss)

    def names(self, loss: float, *, beside: float = math.inf) -> bool:
        """Whether a run without a cause ended so much lower that the cause is named.

        It must win ``NAMED`` of what this model can win at all, and as much more than a run that
        ended at ``beside``.
        """
        won = self.explained(loss) - self.explained(beside)
        return won >= max(NAMED * self.explained(self.attainable), LEAST)

    def continued(self) -> float:
        """Return the loss on all data of the run when it goes on for as long again."""
        steps = max(int(self.run.times[-1]), 1)
        path = simulate(self.training, self.states[-1], steps, every=steps, progress=False)
        return number(self.loss, self.training.parameters(path.final_state))

    def again(self, theta: Tree, rule: Rule | None = None, *, settled: bool = False) -> float:
        """Return the loss on all data after a new run, stopped at the goal if it gets there.

        ``settled`` lets it go on, and takes the largest loss in its last tenth if that is known:
        one that swings may pass the goal and not stay.
        """
        whole = self.training.batches is None
        stops = whole and not settled
        run = train(
            self.training.loss, rule or self.rule, theta, self.budget,
            batches=self.training.batches, every=1 if settled else max(1, self.budget),
            stop_when=(lambda _, loss: loss <= self.goal) if stops else None, progress=False,
        )  # fmt: skip
        final = number(self.loss, run.theta)
        if not (settled and whole):
            return final
        late = run.losses[-max(1, len(run.losses) // 10) :]
        return max(final, float(late.max())) if np.isfinite(late).all() else math.inf


def number(loss: Callable[[Tree], Any], theta: Tree) -> float:
    """Return a loss as a float; inf if it is not finite."""
    with np.errstate(all="ignore"):
        value = loss(theta)
        value = float((value.numpy() if hasattr(value, "numpy") else np.asarray(value)).item())
    return value if math.isfinite(value) else math.inf


def make_case(
    run: Run, *, loss: Callable[..., Any], rule: Rule, start: Tree | None, model: Any, data: Any,
    criterion: Any, batches: Batches | None, goal: float | None, budget: int | None, seed: int,
) -> Case:  # fmt: skip
    """Collect what the causes need; ``diagnose`` documents the parameters."""
    model = model if isinstance(model, MLP) else None
    data = None if data is None else tuple(data)
    if batches is not None and data is None:
        raise ValueError("diagnose: a run on minibatches needs data=, all arrays as one batch")
    full = loss if batches is None else (lambda theta: loss(theta, *data))
    first = _start(run, training_map(loss, rule, run.theta, batches=batches), start)
    training = training_map(loss, rule, first, batches=batches)
    value = number(training.loss if batches is None else full, first)
    known = batches is None and np.isfinite(run.losses[0])
    if known and not np.isclose(value, run.losses[0], 1e-6):
        raise ValueError(
            f"diagnose: the loss at start is {value:.6g}, but the run began at "
            f"{run.losses[0]:.6g}. Pass the start, the loss and the rule that the run was made with"
        )
    reference = _reference(full, model, first, value)
    if not np.isfinite(reference):
        reference = math.nan
    goal = LEARNED * reference if goal is None else float(goal)
    final = number(full, run.theta)
    if np.isfinite(final) and final <= goal:
        times, states = np.zeros(0, dtype=int), np.zeros((0, training.initial_state.size))
    else:
        times, states = _path(run, training)
        criterion = _criterion(full, model, data, first) if criterion is None else criterion
    if budget is None:  # a run that ended by itself gets no head start
        budget = int(run.times[-1]) if np.isfinite(final) else max(int(run.times[-1]), _BUDGET)
    return Case(
        run, full, training, first, model, data, criterion, goal, reference, goal, final, times,
        states, budget, seed,
    )  # fmt: skip


def _start(run: Run, training: TrainingMap, start: Tree | None) -> Tree:
    if start is not None:
        return start
    if run.states is None:
        raise ValueError(
            "diagnose: the run kept no states. Pass start=, its initial parameters, or train with "
            "keep_states=True"
        )
    return training.parameters(run.states[0].copy())


def _path(run: Run, training: TrainingMap) -> tuple[np.ndarray, np.ndarray]:
    """Times and finite states along the run, from its record or by making it again."""
    steps = int(run.times[-1] - run.times[0])
    if run.states is not None and len(run.states) > _LATER:
        times, states = run.times - run.times[0], run.states
        near = np.concatenate([np.arange(_EARLY + 1), np.linspace(0, len(times) - 1, _LATER)])
        kept = np.unique(near[near < len(times)].astype(int))
        times, states = times[kept], states[kept]
    else:
        early = min(steps, _EARLY)
        a = simulate(training, training.initial_state, early, progress=False)
        left = steps - early
        b = simulate(training, a.final_state, left, every=max(1, left // _LATER), progress=False)
        times = np.concatenate([a.times, b.times[1:] + a.times[-1]]).astype(int)
        states = np.concatenate([a.states, b.states[1:]])
    finite = np.isfinite(states).all(axis=1)
    return times[finite], states[finite]


def _criterion(loss: Any, model: MLP | None, data: Any, theta: Tree) -> Any:
    """The known loss of outputs that agrees with the loss of parameters, if there is one."""
    if model is None or data is None or len(data) != 2:
        return None
    other = model.init(np.random.default_rng(0))
    for candidate in _CRITERIA:
        try:
            outputs = [np.asarray(model(t, data[0])) for t in (theta, other)]
            found = [float(candidate(output, data[1])) for output in outputs]
        except (TypeError, ValueError, IndexError):
            continue  # these targets are none for this loss
        if np.allclose(found, [number(loss, theta), number(loss, other)], rtol=1e-9, atol=0.0):
            return candidate
    return None


def _reference(loss: Any, model: MLP | None, theta: Tree, first: float) -> float:
    """The loss of the best constant answer: all weights zero, the last bias at its best."""
    if model is None:
        return first
    zero = [
        Layer(*(None if p is None else np.zeros(np.shape(p)) for p in layer)) for layer in theta
    ]
    if zero[-1].bias is None:
        best = number(loss, zero)
    else:
        *hidden, last = zero
        best = refit(
            lambda bias: loss([*hidden, Layer(last.weight, bias)]), last.bias, iterations=50
        ).loss
    return best if np.isfinite(best) else first
