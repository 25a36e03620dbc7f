"""Training is ``simulate`` of the training map, with a record of the loss and a state to resume.

The loss and the gradient are computed by the step in any case, so their record costs nothing. The
states of a long run on a large model would not fit in memory, so they are kept only on request.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..autodiff import Tensor
from ..autodiff.tree import Tree
from ..dynamics import simulate
from .records import (
    Run,
    TrainingState,
    as_training_state,
    describe_rule,
    describe_tree,
    require_same,
)
from .rules import Rule
from .training import Batches, TrainingMap, training_map


def train(
    loss: Callable[..., Any],
    rule: Rule,
    theta: Tree,
    steps: int,
    *,
    batches: Batches | None = None,
    observe: Mapping[str, Callable[[Tree], Any]] | None = None,
    every: int = 1,
    keep_states: bool = False,
    stop_when: Callable[[Tree, float], Any] | None = None,
    progress: bool | None = None,
    resume: TrainingState | Run | None = None,
) -> Run:
    """Train a model and record the run.

    Parameters
    ----------
    loss : callable
        Takes the tree of parameters to a tensor with one element. With ``batches`` it is called
        as ``loss(theta, *batch)``.
    rule : Rule
        For example ``Adam(step_size=1e-3)``.
    theta : tree of arrays
        Initial parameters. With ``resume`` only their structure counts.
    steps : int
        How many steps to make, after those of ``resume``.
    batches : callable, optional
        Takes a step number to a tuple of arrays, such as ``Minibatches``.
    observe : mapping of str to callable, optional
        Each function takes the tree of parameters to a number or an array of fixed shape.
    every : int, optional
        Record every so many steps. The first and the last state are always recorded.
    keep_states : bool, optional
        Keep the flat state at each record: records times m numbers.
    stop_when : callable, optional
        ``stop_when(theta, loss)`` is asked at each state; the first true answer ends the run. It
        costs no second evaluation.
    progress : bool, optional
        As for ``simulate``.
    resume : TrainingState or Run, optional
        Go on from there. The steps that follow are the same, to the bit, as those of one long run
        with the same loss, rule and batches.

    Returns
    -------
    Run
        A run that meets a NaN or an infinity ends there, and ``stopped`` says at which step.

    Raises
    ------
    TypeError
        If ``rule`` or ``resume`` is of another kind, or a count is not an integer.
    ValueError
        If the state to resume from belongs to another rule or model; the message shows the
        difference. Also if a count is out of range.
    """
    steps, every = _count("steps", steps, 0), _count("every", every, 1)
    training = training_map(loss, rule, theta, batches=batches)
    kind, layout = describe_rule(rule), describe_tree(theta)
    z, first = training.initial_state, 0
    if resume is not None:
        before = as_training_state(resume, "train: resume")
        require_same(before, kind, layout, z.size)
        z, first = before.z, before.steps
    recorder = _Recorder(training, every, observe)
    trajectory = simulate(
        recorder,
        z,
        steps,
        every=every if keep_states else max(1, steps),
        stop_when=None if stop_when is None else recorder.asks(stop_when),
        progress=progress,
    )
    last = int(trajectory.times[-1])
    final = trajectory.final_state.copy()
    recorder.finish(last, final)
    stopped = trajectory.stopped
    if stopped and first:
        stopped = f"{stopped} (counted from step {first}, where this part began)"
    return Run(
        np.array(recorder.times) + first,
        np.array(recorder.losses),
        np.array(recorder.norms),
        {name: np.array(values) for name, values in recorder.measured.items()},
        training.parameters(final.copy()),
        TrainingState(final, first + last, kind, layout),
        trajectory.states if keep_states else None,
        stopped,
    )


class _Recorder:
    """The training map, that notes the loss and the gradient which its step needs anyhow."""

    def __init__(
        self, training: TrainingMap, every: int, observe: Mapping[str, Callable[[Tree], Any]] | None
    ) -> None:
        self.training = training
        self.every = every
        self.observe = dict(observe or {})
        self.t = 0
        self.times: list[int] = []
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.measured: dict[str, list[np.ndarray]] = {name: [] for name in self.observe}
        self.ahead: tuple[np.ndarray, tuple[Any, Any, Any]] | None = None

    def __call__(self, z: np.ndarray) -> np.ndarray:
        z_next, loss, gradient = self._step(z)
        if self.t % self.every == 0:
            self._note(self.t, z, loss, gradient)
        self.t += 1
        return z_next

    def asks(self, stop_when: Callable[[Tree, float], Any]) -> Callable[[np.ndarray], Any]:
        """A condition on the flat state. Its evaluation is kept for the step that follows."""

        def condition(z: np.ndarray) -> Any:
            self.ahead = None
            step = self.training.advance(z)
            self.ahead = (z, step)
            return stop_when(self.training.parameters(z.copy()), _number(step[1]))

        return condition

    def finish(self, t: int, z: np.ndarray) -> None:
        """Note the last state, which no step followed."""
        if self.times and self.times[-1] == t:
            return
        if self.ahead is not None and np.array_equal(self.ahead[0], z):
            self._note(t, z, *self.ahead[1][1:])
            return
        with np.errstate(all="ignore"):  # the state may be the one that ended the run
            self._note(t, z, *self.training.value_and_gradient(z))

    def _step(self, z: np.ndarray) -> tuple[Any, Any, Any]:
        ahead, self.ahead = self.ahead, None
        # The very same array: simulate hands on what the condition saw.
        return ahead[1] if ahead is not None and ahead[0] is z else self.training.advance(z)

    def _note(self, t: int, z: np.ndarray, loss: Any, gradient: Any) -> None:
        self.times.append(t)
        self.losses.append(_number(loss))
        gradient = gradient.numpy() if isinstance(gradient, Tensor) else gradient
        self.norms.append(float(np.linalg.norm(gradient)))
        if self.observe:
            theta = self.training.parameters(z.copy())
            for name, function in self.observe.items():
                value = function(theta)
                value = value.numpy() if isinstance(value, Tensor) else np.asarray(value)
                rows = self.measured[name]
                if rows and rows[0].shape != value.shape:
                    raise ValueError(
                        f"train: the observable {name!r} had shape {rows[0].shape} and has shape "
                        f"{value.shape} at step {t}. It must keep its shape"
                    )
                rows.append(value.astype(np.float64))


def _count(name: str, value: Any, least: int) -> int:
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"train: {name} must be an integer, got {value!r}") from None
    if count < least:
        raise ValueError(f"train: {name} must be at least {least}, got {count}")
    return count


def _number(loss: Any) -> float:
    return loss.item() if isinstance(loss, Tensor) else float(np.asarray(loss).item())
