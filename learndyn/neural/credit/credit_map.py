"""Learning by a credit rule as a map: parameters and all that rule and optimiser remember, in and out.

    z = (theta, memory of the optimiser, memory of the rule [, step count])   ->   F(z)

The optimiser is any update rule of ``learndyn.learning``; it takes minus the proposed update for the
gradient. The noise of step t is drawn from (seed, t), so F depends on z alone, as a map must. A rule
that passes signals forward and back, without noise, gives a map that ``linearise`` can differentiate.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.state import flatten, ravel
from ...learning import MLP, Layer, Rule
from ...learning.training import Layout
from .rule import CreditRule, Proposal, check_rule

Data = tuple[Any, Any] | Callable[[int], tuple[Any, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class CreditMap:
    """One step of learning by a credit rule as a dynamical system z -> F(z).

    Attributes
    ----------
    rule : CreditRule
    optimiser : learndyn.learning.Rule
    model : MLP
    data : pair of arrays, or callable
        (x, y), or a function from the number of a step to the pair of that step.
    seed : int or None
        From which the noise is drawn; None for rules without.
    initial_state : ndarray, shape (m,)
    """

    rule: CreditRule
    optimiser: Rule
    model: MLP
    data: Data
    seed: int | None
    initial_state: np.ndarray
    _layout: Layout
    _theta: Layout
    _counted: bool

    def __call__(self, z: Any) -> Any:
        """Return the state after one step from state ``z``, shape (m,).

        Raises
        ------
        ValueError
            If ``z`` has another size than the states of this rule and optimiser on this model.
        """
        memory, _, count = self._parts(z)
        proposal = self.proposal(z)
        after = self.optimiser.step(memory, -flatten(proposal.update))
        whole = (after, proposal.state)
        return flatten(whole if count is None else (*whole, count + 1.0))

    def proposal(self, z: Any) -> Proposal:
        """Return what the rule proposes in state ``z``, with the data and the noise of its step."""
        memory, state, count = self._parts(z)
        x, y = self._batch(count)
        rng = None
        if self.rule.needs.noise:
            assert self.seed is not None  # credit_map asks for one
            rng = np.random.default_rng([self.seed, _step(count)])
        return self.rule.propose(self.model, self._theta(memory.theta), x, y, state, rng)

    def parameters(self, z: Any) -> list[Layer]:
        """Return theta in state ``z``."""
        theta: list[Layer] = self._theta(self._parts(z)[0].theta)
        return theta

    def credit_state(self, z: Any) -> Tree:
        """Return what the credit rule remembers in state ``z``."""
        return self._parts(z)[1]

    def objective(self, z: Any) -> Any:
        """Return the rule's objective in state ``z``, on the data of its step."""
        return self.rule.objective(self.model, self.parameters(z), *self._batch(self._parts(z)[2]))

    def gradient(self, z: Any) -> list[Layer]:
        """Return the exact gradient of the rule's objective in state ``z``, a tree like theta."""
        return self.rule.gradient(self.model, self.parameters(z), *self._batch(self._parts(z)[2]))

    def _batch(self, count: Any) -> tuple[Any, Any]:
        return self.data(_step(count)) if callable(self.data) else self.data

    def _parts(self, z: Any) -> tuple[Any, Tree, Any]:
        """The optimiser's state, the rule's state, and the step count, None without one."""
        if z.shape != self.initial_state.shape:
            raise ValueError(
                f"credit_map: received a state of shape {z.shape}, but {type(self.rule).__name__} with "
                f"{type(self.optimiser).__name__} has states of shape {self.initial_state.shape}. A state "
                "belongs to the rule, the optimiser and the model that it was made for"
            )
        memory, state, *count = self._layout(z)
        return memory, state, count[0] if self._counted else None


def credit_map(
    rule: CreditRule,
    optimiser: Rule,
    model: MLP,
    theta: list[Layer],
    data: Data,
    *,
    rng: int | np.random.Generator | None = None,
    credit_state: Tree = None,
) -> CreditMap:
    """Return the map that one step of learning makes of the state.

    Parameters
    ----------
    rule : CreditRule
        For example ``FeedbackAlignment()``.
    optimiser : learndyn.learning.Rule
        For example ``GradientDescent(step_size=0.1)``: theta' = theta + eta update.
    model : MLP
    theta : list of Layer
        Initial parameters.
    data : pair of arrays, or callable
        Inputs (batch, n_0) and targets, the same in each step; or a pure function from the step number
        to such a pair, such as ``Minibatches``. The step count is then the last number of the state.
    rng : int or numpy.random.Generator, optional
        Draws the rule's state, and a seed for its noise. It may be left out if the rule draws nothing.
    credit_state : tree, optional
        The rule's state to start from, in the place of a drawn one.

    Returns
    -------
    CreditMap
        Hand it to ``simulate`` together with its ``initial_state``.

    Raises
    ------
    TypeError
        If the rule or the optimiser is none, or the rule draws numbers and there is no ``rng``.
    """
    check_rule(rule, "credit_map")
    if isinstance(optimiser, type) or not hasattr(optimiser, "step"):
        raise TypeError(
            f"credit_map: {optimiser!r} is no optimiser. Pass an update rule, such as GradientDescent(0.1)"
        )
    draws = rule.needs.noise or (rule.needs.feedback_weights and credit_state is None)
    if draws and rng is None:
        raise TypeError(
            f"credit_map: {type(rule).__name__} draws random numbers. Pass rng, a seed or a generator"
        )
    rng = np.random.default_rng(rng) if draws else None
    start = rule.init(model, rng) if credit_state is None else credit_state
    seed = int(rng.integers(1 << 63)) if rng is not None and rule.needs.noise else None
    counted = rule.needs.noise or callable(data)
    memory = optimiser.init(ravel(theta)[0])
    whole = (memory, start, np.array(0.0)) if counted else (memory, start)
    initial_state = ravel(whole)[0]
    return CreditMap(
        rule,
        optimiser,
        model,
        data,
        seed,
        initial_state,
        Layout(whole),
        Layout(theta),
        counted,
    )


def _step(count: Any) -> int:
    """The number of a step; a state that is no longer finite gets the data of the first."""
    if count is None:
        return 0
    step = float(count)
    return operator.index(round(step)) if math.isfinite(step) else 0
