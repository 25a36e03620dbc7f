"""Training many members at once, as a map and as a flow.

    z_i(t + 1) = F(z_i(t); rule_i),        d theta_i / dt = -grad L(theta_i)

Row i is the flat state of member i, laid out as ``training_map`` lays out the state of its own run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor, concatenate, reshape
from ...autodiff.tree import Tree, leaves
from ...dynamics.running import plain
from ...dynamics.state import ravel
from ..rules import Rule
from ..training import Batches, Layout
from .row_loss import RowLoss, row_loss
from .rows import as_rows
from .stacked_rules import stack_rules, take_members


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleMap:
    """One training step of many members.

    Attributes
    ----------
    loss : RowLoss
    rule : Rule
        On rows, from ``stack_rules``.
    initial_state : ndarray, shape (members, m)
        Row i is the ``initial_state`` of the training map of member i.
    batches : callable or None
        Takes the number of a step to the batch of that step, which all members share.
    """

    loss: RowLoss
    rule: Any
    initial_state: np.ndarray
    batches: Batches | None
    _state: Layout

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.initial_state)

    def __call__(self, z: Any) -> Any:
        """Return the states after one step, of the shape of ``z``: (members, m) or (members * m,).

        Raises
        ------
        ValueError
            If ``z`` has another shape, or the loss does not keep members apart.
        """
        return reshape(self.advance(z)[0], shape=z.shape)

    def advance(self, z: Any) -> tuple[Any, Any, Any]:
        """Return the rows after a step, and losses (members,) and gradients (members, n) before."""
        rows = self._rows(z)
        state, batch, count = self._parts(rows)
        losses, gradient = self.loss.value_and_gradient(state.theta, *batch)
        after = self.rule.step(state, gradient)
        parts = leaves(after if count is None else (after, count + 1.0))
        # A rule may return one number for all members, such as a common step count.
        parts = [self._column(part) if len(part.shape) < 2 else part for part in parts]
        if any(isinstance(part, Tensor) for part in parts):
            return concatenate(parts, axis=1), losses, gradient
        return np.concatenate(parts, axis=1), losses, gradient

    def losses(self, z: Any) -> Any:
        """Return the loss of each member, shape (members,); nan for one that is gone."""
        state, batch, _ = self._parts(self._rows(z))
        return self.loss(state.theta, *batch)

    def value_and_gradient(self, z: Any) -> tuple[Any, Any]:
        """Return the losses, (members,), and gradients, (members, n), in the states ``z``."""
        state, batch, _ = self._parts(self._rows(z))
        return self.loss.value_and_gradient(state.theta, *batch)

    def state(self, z: Any) -> Any:
        """Return the rule's states, a named tuple of arrays (members, n), and columns of counts."""
        return self._cut(self._rows(z))[0]

    def parameters(self, z: Any) -> Tree:
        """Return the parameters as the tree that the model takes, with a leading axis."""
        return self.loss.tree(self.state(z).theta)

    def select(self, kept: np.ndarray) -> EnsembleMap:
        """Return the map of the members ``kept``."""
        return EnsembleMap(
            self.loss,
            take_members(self.rule, kept),
            self.initial_state[kept],
            self.batches,
            self._state,
        )

    def _rows(self, z: Any) -> Any:
        rows = as_rows(z, self.members, "ensemble_map")
        if rows.shape[1] != self._state.size:
            raise ValueError(
                f"ensemble_map: received rows of {rows.shape[1]} numbers, but "
                f"{type(self.rule).__name__} on {self.loss.size} parameters has states of "
                f"{self._state.size}. A state belongs to the rule and the model that it was made for"
            )
        return rows

    def _cut(self, rows: Any) -> tuple[Any, Any]:
        """The rule's states, and the column of step counts (None without batches)."""
        whole = self._state.build([rows[:, start:end] for start, end, _ in self._state.places])
        return (whole, None) if self.batches is None else whole

    def _parts(self, rows: Any) -> tuple[Any, tuple[Any, ...], Any]:
        """As ``_cut``, with the batch of the step that the members are at."""
        state, count = self._cut(rows)
        if count is None or self.batches is None:
            return state, (), None
        counts = np.unique(plain(count))
        counts = counts[np.isfinite(counts)]  # those who are gone have no step
        if counts.size and counts[-1] - counts[0] >= 0.5:  # as far as a finite difference may go
            raise ValueError(
                f"ensemble_map: the members are at different steps, from {counts[0]:g} to "
                f"{counts[-1]:g}, but share each batch. Start them together"
            )
        batch = self.batches(round(float(counts[0])) if counts.size else 0)
        return state, batch if isinstance(batch, tuple) else (batch,), count

    def _column(self, part: Any) -> Any:
        ones = np.ones((self.members, 1))
        return ones * part if part.shape in ((), (1,)) else reshape(part, shape=(self.members, 1))


def ensemble_map(
    loss: Callable[..., Any],
    rule: Rule | Sequence[Rule],
    theta: Tree,
    *,
    batches: Batches | None = None,
) -> EnsembleMap:
    """Return the training map of many members, which may differ in their rules' numbers.

    Parameters
    ----------
    loss : callable
        Takes a tree whose leaves have a leading axis of members to losses of shape (members,).
        With ``batches`` it is called as ``loss(theta, *batch)``.
    rule : Rule or sequence of Rule
        One for all, or one for each member: the same kind with other numbers, as in
        ``[GradientDescent(eta) for eta in etas]``.
    theta : tree of arrays
        Initial parameters, each leaf of shape (members, ...): from ``MLP.init(ensemble=(400,))``
        or ``stack_members``.
    batches : callable, optional
        As for ``training_map``. The members share each batch.

    Returns
    -------
    EnsembleMap
        Hand it to ``simulate_ensemble`` together with its ``initial_state``. It is a ``Map`` on flat
        states, too, whose Jacobian has one block for each member.

    Raises
    ------
    TypeError
        If a rule is none.
    ValueError
        If the leaves do not share a leading axis, the number of rules is neither one nor that of
        the members, or the rules are of different kinds.
    """
    rows, losses = row_loss(loss, theta, "ensemble_map")
    rules: list[Any] = list(rule) if isinstance(rule, list | tuple) else [rule]
    if len(rules) not in (1, len(rows)):
        raise ValueError(
            f"ensemble_map: received {len(rules)} rules for {len(rows)} members. Pass one for all, "
            "or one for each"
        )
    stacked = stack_rules(rules)
    own = rules * len(rows) if len(rules) == 1 else rules
    starts = [each.init(row) for each, row in zip(own, rows, strict=True)]
    whole = starts if batches is None else [(start, np.array(0.0)) for start in starts]
    states = np.stack([ravel(start)[0] for start in whole])
    return EnsembleMap(losses, stacked, states, batches, Layout(whole[0]))


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleGradientFlow:
    """The gradient flow of many members, d theta_i/dt = -grad L(theta_i).

    Attributes
    ----------
    loss : RowLoss
    initial_state : ndarray, shape (members, n)
    """

    loss: RowLoss
    initial_state: np.ndarray

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.initial_state)

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocities, of the shape of ``z``; time does not matter."""
        rows = as_rows(z, self.members, "ensemble_gradient_flow")
        return reshape(-self.loss.value_and_gradient(rows)[1], shape=z.shape)

    def losses(self, z: Any) -> Any:
        """Return the loss of each member, shape (members,)."""
        return self.loss(as_rows(z, self.members, "ensemble_gradient_flow"))

    def parameters(self, z: Any) -> Tree:
        """Return the parameters as the tree that the model takes, with a leading axis."""
        return self.loss.tree(as_rows(z, self.members, "ensemble_gradient_flow"))

    def select(self, kept: np.ndarray) -> EnsembleGradientFlow:
        """Return the flow of the members ``kept``."""
        return EnsembleGradientFlow(self.loss, self.initial_state[kept])


def ensemble_gradient_flow(loss: Callable[[Tree], Any], theta: Tree) -> EnsembleGradientFlow:
    """Return the gradient flow of many members, for ``integrate_ensemble``.

    Parameters
    ----------
    loss, theta
        As for ``ensemble_map``.

    Raises
    ------
    ValueError
        If the leaves do not share a leading axis of members.
    """
    rows, losses = row_loss(loss, theta, "ensemble_gradient_flow")
    return EnsembleGradientFlow(losses, rows)
