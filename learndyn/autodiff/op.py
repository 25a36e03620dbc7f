"""Operations that know their derivative: one row, both modes, any order.

A *rule* is a function ``rule(g, y, *operands, **params)``. It takes what flows (``g``), the
result ``y`` and the operands, and says what flows on. It is written with operations that
accept arrays and tensors alike. Fed with arrays it computes a derivative; fed with tensors
it records one, and so gives the second derivative, and the third.

Each kind of operation needs one line:

``elementwise``
    The Jacobian is diagonal, hence its own adjoint: a single rule per operand serves the
    reverse mode (``g`` is the cotangent of ``y``) and the forward mode (``g`` is the
    tangent of the operand).
``linear``
    Forward mode is the operation itself; reverse mode is its adjoint, and
    <v, A u> = <A* v, u> for all u, v.
``bilinear``
    Linear in each of two operands while the other is held.
``operation``
    Anything else: both rules are given. One rule may serve any number of operands.

References
----------
Griewank, A. and Walther, A. (2008). Evaluating Derivatives, 2nd ed., SIAM.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from .anomaly import refuse_nonfinite_value
from .recording import _mode
from .tensor import Tensor, _constant

Rule = Callable[..., Any]

BROADCAST_HINT = "Shapes must broadcast: from the last axis on, lengths are equal or one is 1"
_DEFAULT_HINT = "Check the shapes and the keyword arguments"

_ERRORS = (ValueError, TypeError, IndexError, np.linalg.LinAlgError)
_PLAIN = frozenset({float, int, bool, np.float64, np.float32})
_new_tensor = Tensor.__new__
_next_order = count(1).__next__
_NO_PARAMS: dict[str, Any] = {}  # one for all nodes that have none; nobody writes to it


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """What is known about an operation. The function that applies it has this as ``.op``.

    Attributes
    ----------
    name : str
        Shown in errors and in pictures of the graph.
    forward : callable
        ``forward(*arrays, **params) -> array``, plain NumPy.
    vjp : sequence of callables
        For each operand, ``rule(g, y, *operands, **params)``: from the cotangent ``g`` of the
        result to the cotangent of the operand. A broadcast operand may get the
        cotangent of its broadcast shape; the sweep sums it back.
    jvp : sequence of callables
        For each operand, the same signature: from the tangent ``g`` of the operand to its
        contribution to the tangent of the result.
    kind : str
        "elementwise", "linear", "bilinear" or "general".
    domains : tuple of str
        For each operand, where the operation is smooth: "real", "nonzero", "positive", ...
    hint : str
        What to do about an error, appended to the message.
    reads : bool
        False if the rules read shapes only: then constant operands need no private copy.
    """

    name: str
    forward: Callable[..., Any]
    vjp: Sequence[Rule]
    jvp: Sequence[Rule]
    kind: str = "general"
    domains: tuple[str, ...] = ()
    hint: str = _DEFAULT_HINT
    reads: bool = True

    def explained(self, error: Exception, values: Sequence[Any], params: dict[str, Any]) -> Exception:
        """The same kind of error, naming the operation, what it received and what to do."""
        shapes = " and ".join(str(np.shape(value)) for value in values)
        given = "".join(f", {key}={value!r}" for key, value in params.items())
        message = f"{self.name}: received shape {shapes}{given}. {self.hint}. (NumPy: {error})"
        if isinstance(error, np.linalg.LinAlgError):
            return np.linalg.LinAlgError(message)
        for kind in (IndexError, TypeError):
            if isinstance(error, kind) and not isinstance(error, ValueError):
                return kind(message)
        return ValueError(message)

    def plain_array(self, operand: Any) -> Any:
        """Check an operand that is neither a tensor nor a plain number."""
        try:
            array = np.asarray(operand)
        except ValueError as error:
            raise ValueError(f"{self.name}: an operand is no array ({error})") from error
        if array.dtype.kind not in "fiub":
            raise TypeError(
                f"{self.name}: received an operand of type {type(operand).__name__} and dtype "
                f"{array.dtype}. Pass real numbers, an array of them, or a Tensor"
            )
        return operand if isinstance(operand, np.ndarray | np.generic) else array


class _EveryOperand(Sequence[Rule]):
    """One rule for any number of operands; it gets the operand's place as first argument."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __getitem__(self, place: Any) -> Rule:  # type: ignore[override]
        return partial(self.rule, place)

    def __len__(self) -> int:
        raise TypeError("an operation on any number of operands has no number of rules")


def elementwise(
    name: str,
    forward: Callable[..., Any],
    *rules: Rule,
    domains: tuple[str, ...] = (),
    doc: str = "",
    reads: bool = True,
) -> Callable[..., Any]:
    """Make an operation that acts on each element, with one rule per operand."""
    domains = domains or ("real",) * len(rules)
    op = Op(name, forward, rules, rules, "elementwise", domains, BROADCAST_HINT, reads)
    return _function(op, doc)


def linear(
    name: str, forward: Callable[..., Any], adjoint: Rule, *, hint: str = _DEFAULT_HINT, doc: str = ""
) -> Callable[..., Any]:
    """Make a linear operation of one operand from its adjoint."""

    def tangent(t: Any, y: Any, x: Any, **params: Any) -> Any:
        return function(t, **params)

    op = Op(name, forward, (adjoint,), (tangent,), "linear", ("real",), hint, reads=False)
    function = _function(op, doc)
    return function


def bilinear(
    name: str,
    forward: Callable[..., Any],
    adjoint0: Rule,
    adjoint1: Rule,
    *,
    hint: str = _DEFAULT_HINT,
    doc: str = "",
) -> Callable[..., Any]:
    """Make an operation that is linear in each of two operands, from both adjoints."""

    def tangent0(t: Any, y: Any, a: Any, b: Any, **params: Any) -> Any:
        return function(t, b, **params)

    def tangent1(t: Any, y: Any, a: Any, b: Any, **params: Any) -> Any:
        return function(a, t, **params)

    rules, tangents = (adjoint0, adjoint1), (tangent0, tangent1)
    function = _function(Op(name, forward, rules, tangents, "bilinear", ("real",) * 2, hint), doc)
    return function


def operation(
    name: str,
    forward: Callable[..., Any],
    *,
    vjp: Rule | tuple[Rule, ...],
    jvp: Rule | tuple[Rule, ...],
    domains: tuple[str, ...] = (),
    hint: str = _DEFAULT_HINT,
    doc: str = "",
    reads: bool = True,
) -> Callable[..., Any]:
    """Make an operation from its rules for reverse and forward mode.

    Parameters
    ----------
    vjp, jvp : tuple of callables, or callable
        A tuple has a rule for each operand. A single rule serves any number of operands and
        gets the operand's place first: ``rule(place, g, y, *operands, **params)``.
    """
    backward, forward_rules = (
        rules if isinstance(rules, tuple) else _EveryOperand(rules) for rules in (vjp, jvp)
    )
    op = Op(name, forward, backward, forward_rules, "general", domains, hint, reads)
    return _function(op, doc)


def _function(op: Op, doc: str) -> Callable[..., Any]:
    """The function that applies an operation to arrays (gives an array) or tensors (a tensor)."""
    arity = len(op.vjp) if isinstance(op.vjp, tuple) else 0
    apply = {1: _apply_to_one, 2: _apply_to_two, 3: _apply_to_three}.get(arity, _apply_to_any)(op)
    apply.__name__ = apply.__qualname__ = op.name
    apply.__doc__ = doc or None
    # As namedtuple does: a row belongs to the module that wrote it, not to this one.
    apply.__module__ = sys._getframe(2).f_globals.get("__name__", __name__)
    apply.op = op  # type: ignore[attr-defined]
    return apply


# The makers below repeat a few lines on purpose: this is the path of every operation,
# where a call, a loop or a tuple more costs as much as a small array's arithmetic.


def _apply_to_one(op: Op) -> Callable[..., Any]:
    forward = op.forward

    def apply(x: Any, **params: Any) -> Any:
        if isinstance(x, Tensor):
            value, tensor = x._data, True
        elif type(x) is np.ndarray and x.dtype.kind == "f":
            value, tensor = x, False
        else:
            return _apply(op, (x,), params)
        try:
            y = forward(value, **params) if params else forward(value)
        except _ERRORS as error:
            raise op.explained(error, (value,), params) from error
        if not tensor:
            return y
        mode = _mode.recording
        if not (x._tracked and mode):
            return _constant(y)
        node = _new_tensor(Tensor)
        node._data = y
        node._tracked = True
        node._op = op
        node._params = params or _NO_PARAMS
        node._values = (value,)
        node._parents = (x,)
        node._order = _next_order()
        if mode is not True:
            refuse_nonfinite_value(node)
        return node

    return apply


def _apply_to_two(op: Op) -> Callable[..., Any]:
    forward = op.forward

    def apply(a: Any, b: Any, **params: Any) -> Any:
        left, right = isinstance(a, Tensor), isinstance(b, Tensor)
        if not (left or _is_plain(a)) or not (right or _is_plain(b)):
            return _apply(op, (a, b), params)
        u, v = a._data if left else a, b._data if right else b
        try:
            y = forward(u, v, **params) if params else forward(u, v)
        except _ERRORS as error:
            raise op.explained(error, (u, v), params) from error
        if not (left or right):
            return y
        left, right = left and a._tracked, right and b._tracked
        mode = _mode.recording
        if not ((left or right) and mode):
            return _constant(y)
        node = _new_tensor(Tensor)
        node._data = y
        node._tracked = True
        node._op = op
        node._params = params or _NO_PARAMS
        if op.reads:  # a constant array may be overwritten by its owner
            u = u.copy() if type(a) is np.ndarray else u
            v = v.copy() if type(b) is np.ndarray else v
        node._values = (u, v)
        node._parents = (a if left else None, b if right else None)
        node._order = _next_order()
        if mode is not True:
            refuse_nonfinite_value(node)
        return node

    return apply


def _apply_to_three(op: Op) -> Callable[..., Any]:
    forward = op.forward

    def apply(a: Any, b: Any, c: Any, **params: Any) -> Any:
        one, two, three = isinstance(a, Tensor), isinstance(b, Tensor), isinstance(c, Tensor)
        if not (one or _is_plain(a)) or not (two or _is_plain(b)) or not (three or _is_plain(c)):
            return _apply(op, (a, b, c), params)
        u, v, w = a._data if one else a, b._data if two else b, c._data if three else c
        try:
            y = forward(u, v, w, **params) if params else forward(u, v, w)
        except _ERRORS as error:
            raise op.explained(error, (u, v, w), params) from error
        if not (one or two or three):
            return y
        one, two, three = one and a._tracked, two and b._tracked, three and c._tracked
        mode = _mode.recording
        if not ((one or two or three) and mode):
            return _constant(y)
        node = _new_tensor(Tensor)
        node._data = y
        node._tracked = True
        node._op = op
        node._params = params or _NO_PARAMS
        if op.reads:
            u = u.copy() if type(a) is np.ndarray else u
            v = v.copy() if type(b) is np.ndarray else v
            w = w.copy() if type(c) is np.ndarray else w
        node._values = (u, v, w)
        node._parents = (a if one else None, b if two else None, c if three else None)
        node._order = _next_order()
        if mode is not True:
            refuse_nonfinite_value(node)
        return node

    return apply


def _is_plain(x: Any) -> bool:
    """True for the constants that need no check: plain numbers and arrays of floats."""
    kind = type(x)
    return kind in _PLAIN or (kind is np.ndarray and x.dtype.kind == "f")


def _apply_to_any(op: Op) -> Callable[..., Any]:
    def apply(*operands: Any, **params: Any) -> Any:
        return _apply(op, operands, params)

    return apply


def _apply(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> Any:
    """Apply an operation to any mixture of tensors, arrays and numbers."""
    any_tensor = tracked = False
    values = []
    for operand in operands:
        if isinstance(operand, Tensor):
            any_tensor = True
            tracked = tracked or operand._tracked
            values.append(operand._data)
        elif type(operand) in _PLAIN:
            values.append(operand)
        else:
            values.append(op.plain_array(operand))
    try:
        y = op.forward(*values, **params)
    except _ERRORS as error:
        raise op.explained(error, values, params) from error
    mode = _mode.recording
    if not (tracked and mode):
        return _constant(y) if any_tensor else y
    node = _constant(y)
    node._tracked = True
    node._op = op
    node._params = params or _NO_PARAMS
    node._parents = tuple(x if isinstance(x, Tensor) and x._tracked else None for x in operands)
    node._values = _kept(op, operands, values)
    node._order = _next_order()
    if mode is not True:
        refuse_nonfinite_value(node)
    return node


def _kept(op: Op, operands: Sequence[Any], values: list[Any]) -> tuple[Any, ...]:
    """The operand values that the rules will read.

    The caller may overwrite a constant array before the backward pass, so a constant that a
    rule reads is copied.
    """
    if not op.reads:
        return tuple(values)
    return tuple(
        operand.copy() if isinstance(operand, np.ndarray) else value
        for operand, value in zip(operands, values, strict=True)
    )
