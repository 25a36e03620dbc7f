"""Learning by a credit rule in continuous time, d theta/dt = update(theta), and what it conserves.

For exact backpropagation it is gradient flow. In a deep *linear* net without biases, under feedback
alignment with feedback weights F_{l+1} of shape (n_{l+1}, n_l), the deltas obey delta_l = delta_{l+1}
F_{l+1}, so

    d(W_{l+1} F_{l+1})/dt = -x_l' delta_{l+1} F_{l+1} = -W_l' x_{l-1}' delta_l = W_l' dW_l/dt

and, added to its transpose, for each hidden layer l,

    Q_l = W_{l+1} F_{l+1} + (W_{l+1} F_{l+1})' - W_l' W_l     does not change.

From small weights W_{l+1} F_{l+1} has to become, in its symmetric part, the positive W_l' W_l / 2: that is
the alignment (Lillicrap et al., 2016, supplementary proof 1, for one hidden layer). Descent keeps Q_l up to
a drift of order eta. Where F_{l+1} = W_{l+1}' moves along, backpropagation keeps
W_{l+1} W_{l+1}' - W_l' W_l instead (``learndyn.learning.balance``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...autodiff import Tensor
from ...autodiff.tree import Tree
from ...dynamics.state import flatten, ravel
from ...learning import MLP, Layer
from ...learning.training import Layout
from .rule import CreditRule, check_rule


@dataclass(frozen=True, slots=True, eq=False)
class CreditFlow:
    """The flow d theta/dt = update on the flat vector of parameters.

    Attributes
    ----------
    rule : CreditRule
    model : MLP
    x, y : arrays
        Inputs (batch, n_0) and targets.
    credit_state : tree
        What the rule remembers; the flow leaves it as it is.
    initial_state : ndarray, shape (n,)
    """

    rule: CreditRule
    model: MLP
    x: Any
    y: Any
    credit_state: Tree
    initial_state: np.ndarray
    _theta: Layout

    def __call__(self, t: float, z: Any) -> Any:
        """Return the velocity at parameters ``z``, shape (n,); time does not matter."""
        theta = self.parameters(z)
        proposal = self.rule.propose(self.model, theta, self.x, self.y, self.credit_state, None)
        return flatten(proposal.update)

    def parameters(self, z: Any) -> list[Layer]:
        """Return theta in state ``z``."""
        theta: list[Layer] = self._theta(z)
        return theta

    def objective(self, z: Any) -> Any:
        """Return the rule's objective in state ``z``."""
        return self.rule.objective(self.model, self.parameters(z), self.x, self.y)


def credit_flow(
    rule: CreditRule,
    model: MLP,
    theta: list[Layer],
    x: Any,
    y: Any,
    *,
    credit_state: Tree = (),
) -> CreditFlow:
    """Return the flow that a rule without noise makes of the parameters.

    Parameters
    ----------
    rule : CreditRule
    model : MLP
    theta : list of Layer
        Initial parameters.
    x, y : arrays
        Inputs (batch, n_0) and targets.
    credit_state : tree, optional
        What the rule remembers, from ``rule.init``: the feedback weights, for example.

    Returns
    -------
    CreditFlow
        Hand it to ``integrate`` together with its ``initial_state``.

    Raises
    ------
    TypeError
        If the rule is none.
    ValueError
        If the rule is a noisy one: it has no velocity.
    """
    check_rule(rule, "credit_flow")
    if rule.needs.noise:
        raise ValueError(
            f"credit_flow: {type(rule).__name__} draws noise in every update, so it has no velocity. "
            "Use credit_map"
        )
    return CreditFlow(rule, model, x, y, credit_state, ravel(theta)[0], Layout(theta))


def feedback_balance(theta: list[Layer], feedback: Sequence[Any]) -> list[Any]:
    """Return Q_l = W_{l+1} F_{l+1} + (W_{l+1} F_{l+1})' - W_l' W_l for each hidden layer.

    Parameters
    ----------
    theta : list of Layer
        Of a deep linear net without biases.
    feedback : sequence of arrays, shapes (n_{l+1}, n_l)
        The state of ``FeedbackAlignment``.

    Returns
    -------
    list of array or Tensor, shapes (n_l, n_l)
        Constant along ``credit_flow(FeedbackAlignment(), ...)``.

    Raises
    ------
    ValueError
        If there is no feedback matrix for each pair of layers, or there are biases.
    """
    if len(feedback) != len(theta) - 1 or any(layer.bias is not None for layer in theta):
        raise ValueError(
            f"feedback_balance: got {len(theta)} layers and {len(feedback)} feedback matrices. It holds for "
            "deep linear nets without biases, with one matrix for each pair of layers"
        )
    balances = []
    for (below, above), f in zip(pairwise(theta), feedback, strict=True):
        loop = above.weight @ f
        balances.append(loop + _transposed(loop) - _transposed(below.weight) @ below.weight)
    return balances


def _transposed(matrix: Any) -> Any:
    array: Any = matrix if isinstance(matrix, Tensor) else np.asarray(matrix)
    return array.T
