"""Training is a map: parameters and the rule's memory in, the same after one step out.

    z = (theta, memory of the rule [, step count])   ->   F(z)

One step takes the gradient of the loss at theta and hands it to the rule. All that the rule
remembers is in z, so the Jacobian of F is that of the *whole* training process. With minibatches
the loss changes from step to step; then the step count is the last number of z, and F depends on
z alone, as a map must.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..autodiff import Tensor, reshape, value_and_grad
from ..autodiff.run import pull_back_run, record_run, spend_run
from ..autodiff.tree import Tree, leaves, rebuild
from ..dynamics.state import flatten, ravel
from .rules import Rule

_FLOAT64 = np.dtype(np.float64)
_ONE = np.float64(1.0)
Batches = Callable[[int], Any]


class Layout:
    """Where each leaf of a tree lies in a flat vector. An array is cut without any operation."""

    __slots__ = ("build", "places", "size")

    def __init__(self, tree: Tree) -> None:
        self.places: list[tuple[int, int, tuple[int, ...]]] = []
        end = 0
        for leaf in leaves(tree):
            shape = leaf.shape if isinstance(leaf, Tensor) else np.shape(leaf)
            start, end = end, end + math.prod(shape)
            self.places.append((start, end, shape))
        self.size = end
        self.build = _builder(tree)

    def cut(self, z: Any) -> list[Any]:
        """Return the leaves, as parts of ``z``, shape (size,), array or Tensor."""
        recorded = isinstance(z, Tensor)
        parts = [(z[start:end], shape) for start, end, shape in self.places]
        return [reshape(part, shape=s) if recorded else part.reshape(s) for part, s in parts]

    def __call__(self, z: Any) -> Tree:
        """Return the tree whose leaves are parts of ``z``."""
        return self.build(self.cut(z))


def _builder(tree: Tree) -> Callable[[Any], Tree]:
    """The function from leaves to a tree of this structure, looked at once and not in each step."""
    if not isinstance(tree, list | tuple) or not tree:
        return partial(rebuild, tree)
    make = list if isinstance(tree, list) else getattr(type(tree), "_make", tuple)
    if not any(isinstance(branch, list | tuple | dict) or branch is None for branch in tree):
        return make
    ends = np.cumsum([len(leaves(branch)) for branch in tree]).tolist()
    spans = list(zip(map(_builder, tree), [0, *ends[:-1]], ends, strict=True))
    return lambda parts: make([build(parts[start:end]) for build, start, end in spans])


@dataclass(frozen=True, slots=True, eq=False)
class TrainingMap:
    """One training step as a dynamical system z -> F(z) on the rule's whole state.

    Attributes
    ----------
    loss : callable
        Takes the tree of parameters, and the arrays of a batch if there are batches, to a
        tensor with one element.
    rule : Rule
    initial_state : ndarray, shape (m,)
        The flat state before the first step. The first n numbers are the parameters.
    batches : callable or None
        Takes the number of a step to the batch of that step.
    """

    loss: Callable[..., Any]
    rule: Rule
    initial_state: np.ndarray
    batches: Batches | None
    _state: Layout
    _theta: Layout

    def __call__(self, z: Any) -> Any:
        """Return the state after one step from state ``z``, shape (m,).

        Raises
        ------
        ValueError
            If ``z`` has another size than the states of this rule on this model.
        """
        return self.advance(z)[0]

    def advance(self, z: Any) -> tuple[Any, Any, Any]:
        """Return the state after one step, (m,), and the loss, (), and gradient, (n,), before it."""
        state, batch, count = self._parts(z)
        value, gradient = self._slope(state.theta, batch)
        after = self.rule.step(state, gradient)
        return _flat(after if count is None else (after, count + 1.0)), value, gradient

    def value_and_gradient(self, z: Any) -> tuple[Any, Any]:
        """Return the loss, (), and its gradient, (n,), in state ``z``, on the batch of its step."""
        state, batch, _ = self._parts(z)
        return self._slope(state.theta, batch)

    def state(self, z: Any) -> Any:
        """Return the rule's state in ``z``, a named tuple of flat vectors."""
        return self._parts(z, with_batch=False)[0]

    def parameters(self, z: Any) -> Tree:
        """Return the parameters in state ``z`` as the tree that the model takes."""
        return self._theta(self.state(z).theta)

    def _slope(self, theta: Any, batch: tuple[Any, ...]) -> tuple[Any, Any]:
        """Loss and gradient at flat parameters, (n,)."""
        if type(theta) is np.ndarray:
            # As value_and_grad, but the tree is built once, of tensors, and no gradient is copied.
            build, loss = self._theta.build, self.loss
            run = record_run(lambda *parts: loss(build(parts), *batch), tuple(self._theta.cut(theta)), "grad")
            if run.nodes and run.value.size == 1:
                one = np.ones(run.value.shape) if run.value.shape else _ONE
                if run.record:  # the loss depends on a parameter that is not in the state
                    return run.value, flatten(pull_back_run(run, Tensor(one)))
                value = run.value.numpy()
                return value, np.concatenate(spend_run(run, one), axis=None)
        value, slope = value_and_grad(self.loss)(self._theta(theta), *batch)  # also says what is wrong
        return value, _flat(slope)

    def _parts(self, z: Any, with_batch: bool = True) -> tuple[Any, tuple[Any, ...], Any]:
        """The rule's state, the arrays of the batch, and the step count (None without batches)."""
        if z.shape != self.initial_state.shape:
            raise ValueError(
                f"training_map: received a state of shape {z.shape}, but {type(self.rule).__name__} "
                f"on {self._theta.size} parameters has states of shape {self.initial_state.shape}. "
                "A state belongs to the rule and the model that it was made for"
            )
        if self.batches is None:
            return self._state(z), (), None
        state, count = self._state(z)
        if not with_batch:
            return state, (), count
        step = float(count)
        # Rounded, so that a finite difference in the count stays in its batch; a step that is no
        # number has no batch, and the first one serves: the state is lost anyhow.
        batch = self.batches(round(step) if math.isfinite(step) else 0)
        return state, batch if isinstance(batch, tuple) else (batch,), count


def training_map(
    loss: Callable[..., Any], rule: Rule, theta: Tree, *, batches: Batches | None = None
) -> TrainingMap:
    """Return the map that one step of ``rule`` makes of the state.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element. With ``batches`` it is called as
        ``loss(theta, *batch)``.
    rule : Rule
        For example ``GradientDescent(step_size=0.1)``.
    theta : tree of arrays
        Initial parameters.
    batches : callable, optional
        Takes a step number 0, 1, 2, ... to a tuple of arrays, such as ``Minibatches``. It must be
        a pure function. The step count then joins the state, as its last number.

    Returns
    -------
    TrainingMap
        Hand it to ``simulate`` together with its ``initial_state``.

    Raises
    ------
    TypeError
        If the rule has no ``init`` and ``step``, as a class in the place of its instance has not.
    ValueError
        If the tree has no leaves.
    """
    if isinstance(rule, type) or not (hasattr(rule, "init") and hasattr(rule, "step")):
        given = rule.__name__ if isinstance(rule, type) else type(rule).__name__
        raise TypeError(
            f"training_map: {given} is no update rule. Pass an instance, such as GradientDescent(0.1)"
        )
    start = rule.init(ravel(theta)[0])
    whole = start if batches is None else (start, np.array(0.0))
    initial_state = ravel(whole)[0]
    return TrainingMap(loss, rule, initial_state, batches, Layout(whole), Layout(theta))


def _flat(tree: Tree) -> Any:
    """All elements of a tree as one float64 vector; without any operation if all are arrays."""
    parts = leaves(tree)
    for part in parts:
        if isinstance(part, Tensor):
            return flatten(tree)
    vector = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=None)
    return vector if vector.dtype is _FLOAT64 else vector.astype(np.float64)
