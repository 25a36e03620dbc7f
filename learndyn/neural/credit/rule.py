"""The one interface of all credit rules, and the checks that they share.

Credit assignment asks by how much each weight should change, given what the outputs did. A rule
answers with a proposal; it never applies it. So any rule can be put to any optimiser, compared
with the gradient, or run as a dynamical system (``credit_map``, ``credit_flow``).

Symbols in all files of this folder: layer l takes x_{l-1} to x_l = phi_l(h_l), h_l = x_{l-1} W_l + b_l,
rows are examples; l = L is the output; delta_l is the derivative of the mean loss by h_l, or what a
rule puts in its place; B is the number of examples in a batch; a dash marks a transpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...autodiff import Tensor
from ...autodiff.tree import Tree, leaves
from ...learning import MLP, Layer
from .needs import Cost, Needs


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What a rule would change, for one batch.

    Attributes
    ----------
    update : list of Layer
        A tree like theta: the change of the parameters per unit of step size. Parameters follow
        it, theta' = theta + eta update; for exact backpropagation it is minus the gradient.
    state : tree
        The rule's state after this batch.
    cost : Cost
    """

    update: list[Layer]
    state: Tree
    cost: Cost


class CreditRule(Protocol):
    """Proposes updates of an ``MLP``. The contract, to which every rule of this folder holds:

    - ``needs`` says, as data, what the rule asks for that a synapse does not have.
    - ``init(model, rng)`` returns the rule's own state before the first batch: a tree of arrays
      (feedback weights, running averages), ``()`` if it has none. All that a rule carries from batch
      to batch is in it.
    - ``propose(model, theta, x, y, state, rng)`` returns a ``Proposal`` for inputs x of shape
      (batch, widths[0]) and targets y, one row for each input. It changes none of its arguments. The
      credit of a batch is the *mean* of the credits of its examples. All randomness comes from
      ``rng``, a ``numpy.random.Generator``; a rule without ``needs.noise`` ignores it, and None will do.
    - ``objective(model, theta, x, y)`` returns the number that the rule means to make small, a Tensor
      where theta is one; and ``gradient(model, theta, x, y)`` its exact gradient, a tree like theta.
      An angle between update and gradient is taken with minus this gradient. Rules that share a loss
      share the objective; networks that settle, or fire at random, have one of their own.
    - Rules that only pass signals forward and back work on Tensors, so that ``linearise`` finds the
      Jacobian of learning. Rules that solve for an equilibrium want arrays, and say so.
    """

    @property
    def needs(self) -> Needs: ...

    def init(self, model: MLP, rng: np.random.Generator | None) -> Tree: ...

    def propose(
        self,
        model: MLP,
        theta: list[Layer],
        x: Any,
        y: Any,
        state: Tree,
        rng: np.random.Generator | None,
    ) -> Proposal: ...

    def objective(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> Any: ...

    def gradient(self, model: MLP, theta: list[Layer], x: Any, y: Any) -> list[Layer]: ...


def check_rule(rule: Any, caller: str) -> None:
    """Refuse what is not a rule, as a class in the place of its instance.

    Raises
    ------
    TypeError
    """
    methods = ("init", "propose", "objective", "gradient")
    if isinstance(rule, type) or not all(hasattr(rule, name) for name in methods):
        given = rule.__name__ if isinstance(rule, type) else type(rule).__name__
        raise TypeError(f"{caller}: {given} is no credit rule. Pass an instance, such as Backprop()")


def check_batch(rule: object, theta: list[Layer], x: Any, y: Any) -> tuple[Any, Any]:
    """Return inputs and targets as arrays: one net, one batch, one target for each input.

    Raises
    ------
    ValueError
    """
    name = type(rule).__name__
    x = x if hasattr(x, "shape") else np.asarray(x, dtype=np.float64)
    y = y if y is None or hasattr(y, "shape") else np.asarray(y)
    if len(x.shape) != 2 or not x.shape[0]:
        raise ValueError(f"{name}: the inputs have shape {x.shape}. Pass one batch, shape (batch, features)")
    if y is not None and (not y.shape or y.shape[0] != x.shape[0]):
        raise ValueError(
            f"{name}: {x.shape[0]} inputs came with targets of shape {y.shape}. Pass one row of "
            "targets for each input"
        )
    for i, layer in enumerate(theta):
        if len(layer.weight.shape) != 2:
            raise ValueError(
                f"{name}: the weight of layer {i} has shape {layer.weight.shape}. A rule takes one "
                "net at a time: pass parameters without ensemble axes"
            )
    return x, y


def check_noise(rule: object, rng: Any) -> np.random.Generator:
    """Return the generator, or say that the rule cannot do without one.

    Raises
    ------
    TypeError
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{type(rule).__name__}: needs a random generator, got {type(rng).__name__}. Pass "
            "rng=numpy.random.default_rng(seed)"
        )
    return rng


def check_arrays(rule: object, *trees: Tree) -> None:
    """Refuse Tensors where activities are solved for: the solution carries no derivative.

    Raises
    ------
    TypeError
    """
    if any(isinstance(leaf, Tensor) for tree in trees for leaf in leaves(tree)):
        raise TypeError(
            f"{type(rule).__name__}: received Tensors, but the activities are solved for, which "
            "records no derivative. Pass arrays"
        )
