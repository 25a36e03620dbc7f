"""Each remedy tried on each failed run: which one helps depends on the cause, not on the curve.

A remedy changes one thing and trains again, with the same number of steps unless time is the
remedy. Where there is nothing to change (a layer without units that are tied, inputs on one scale)
the run stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ..autodiff.tree import leaves, tree_map
from ..learning import MLP, Layer, Run, train
from ..learning.diagnosis.signal import critical
from ..learning.diagnosis.step import with_step
from ..learning.diagnosis.symmetry import is_odd, separated, tied_units
from ..learning.stability_limits import bare_rule
from .equal_curves import EqualCurves
from .failing_runs import Setup, squared

Remedy = Callable[[Setup, Any], Setup]


def larger_model(setup: Setup, rng: Any) -> Setup:
    """Give hidden layers three times their units, or a net without one 16 units.

    New weights are normal, with the root mean square times sqrt(fan_in) of the layer that they
    take the place of: zero stays zero, and tiny stays tiny. Where there was no layer it is 1.
    """
    small, _ = _model_and_data(setup)
    first, *hidden, last = small.widths
    model = MLP(
        (first, *([3 * width for width in hidden] or [16]), last), small.activation,
        output_activation=small.output_activation,
    )  # fmt: skip
    gains = [_gain(layer) for layer in setup.start] if hidden else [1.0, 1.0]
    start = [
        Layer(gain / np.sqrt(a) * rng.standard_normal((a, b)), np.zeros((1, b)))
        for gain, (a, b) in zip(gains, pairwise(model.widths), strict=True)
    ]
    return _with(setup, model=model, start=start)


def shorter_step(setup: Setup, rng: Any) -> Setup:
    """Divide the step size by ten."""
    return replace(setup, rule=with_step(setup.rule, 0.1 * float(bare_rule(setup.rule).step_size)))


def separate_units(setup: Setup, rng: Any) -> Setup:
    """Draw units that are alike anew."""
    ties = tied_units(setup.start, is_odd(_model_and_data(setup)[0]))
    return replace(setup, start=separated(setup.start, ties, rng))


def push(setup: Setup, rng: Any) -> Setup:
    """Add normal noise of standard deviation 1/2 to all parameters at the start."""
    return replace(setup, start=tree_map(lambda p: p + 0.5 * rng.standard_normal(np.shape(p)), setup.start))


def rescale_inputs(setup: Setup, rng: Any) -> Setup:
    """Divide each input by its root mean square."""
    _, (x, _) = _model_and_data(setup)
    return _with(setup, x=x / np.sqrt(np.mean(x**2, axis=0)))


def critical_weights(setup: Setup, rng: Any) -> Setup:
    """Rescale the weights of each layer to the critical variance of its activation."""
    return replace(setup, start=critical(setup.model, setup.start))


def more_steps(setup: Setup, rng: Any) -> Setup:
    """Train twice as long."""
    return replace(setup, steps=2 * setup.steps)


REMEDIES: dict[str, Remedy] = {
    "larger model": larger_model,
    "separate units": separate_units,
    "push": push,
    "rescale inputs": rescale_inputs,
    "critical weights": critical_weights,
    "shorter step": shorter_step,
    "more steps": more_steps,
}


@dataclass(frozen=True, slots=True, eq=False)
class Remedies:
    """The loss after each remedy.

    Attributes
    ----------
    kinds, remedies : tuple of str
        Names of rows and columns.
    before : ndarray, shape (kinds,)
        The loss at the end of each run as it was.
    after : ndarray, shape (kinds, remedies)
        inf where the run left the finite numbers.
    goals : ndarray, shape (kinds,)
    """

    kinds: tuple[str, ...]
    remedies: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray
    goals: np.ndarray

    @property
    def cured(self) -> np.ndarray:
        """Where the goal was reached, shape (kinds, remedies), bool."""
        return self.after <= self.goals[:, None]

    def loss(self, kind: str, remedy: str) -> float:
        """Return the loss of one kind after one remedy."""
        return float(self.after[self.kinds.index(kind), self.remedies.index(remedy)])


def run(runs: EqualCurves, *, seed: int = 1) -> Remedies:
    """Try all remedies on each run.

    Parameters
    ----------
    runs : EqualCurves
        The failed runs, with their setups.
    seed : int, optional
        Of what a remedy draws: each has a generator of its own.

    Returns
    -------
    Remedies
    """
    before = np.array([_loss(run) for run in runs.runs.values()])
    after = np.repeat(before[:, None], len(REMEDIES), axis=1)
    for row, (name, setup) in enumerate(runs.setups.items()):
        for column, remedy in enumerate(REMEDIES.values()):
            treated = remedy(setup, np.random.default_rng(seed))
            if _differs(treated, setup):
                after[row, column] = _loss(_train(treated))
            elif treated.steps > setup.steps:  # the run itself goes on
                rest = replace(treated, steps=treated.steps - setup.steps)
                after[row, column] = _loss(_train(rest, runs.runs[name]))
    goals = np.array([setup.goal for setup in runs.setups.values()])
    return Remedies(runs.names, tuple(REMEDIES), before, after, goals)


def _differs(a: Setup, b: Setup) -> bool:
    """Whether a remedy has changed a step: else the run is the same, to the bit."""
    if (a.rule, a.model) != (b.rule, b.model):
        return True
    pairs = zip(leaves((a.start, a.data)), leaves((b.start, b.data)), strict=True)
    return not all(np.array_equal(x, y) for x, y in pairs)


def _train(setup: Setup, resume: Run | None = None) -> Run:
    return train(
        setup.loss, setup.rule, setup.start, setup.steps, every=setup.steps, resume=resume,
        progress=False,
    )  # fmt: skip


def _loss(run: Run) -> float:
    loss = float(run.losses[-1])
    return loss if np.isfinite(loss) else np.inf


def _gain(layer: Layer) -> float:
    weight = np.asarray(layer.weight)
    return float(np.sqrt(np.mean(weight**2) * weight.shape[0]))


def _model_and_data(setup: Setup) -> tuple[MLP, tuple[Any, ...]]:
    assert setup.model is not None and setup.data is not None  # as all failing runs have them
    return setup.model, setup.data


def _with(setup: Setup, *, model: MLP | None = None, start: Any = None, x: Any = None) -> Setup:
    """The setup with another model or other inputs, and the loss that goes with them."""
    old, (inputs, targets) = _model_and_data(setup)
    model = old if model is None else model
    inputs = inputs if x is None else x
    start = setup.start if start is None else start
    return replace(
        setup, loss=squared(model, inputs, targets), model=model, start=start, data=(inputs, targets)
    )
