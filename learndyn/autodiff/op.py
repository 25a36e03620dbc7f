"""Operations that know their derivative: one row, both modes, any order.

A *rule* is a function ``rule(g, y, *operands, **params)``. It takes what flows (``g``), the
result ``y`` and the operands, and says what flows on. It is written with operations that
accept arrays and tensors alike. Fed with arrays it computes a derivative; fed with tensors
it records one, and so gives the second derivative, and the third.

Three kinds of operation need one line each:

``elementwise``
    The Jacobian is diagonal, hence its own adjoint: a single rule per operand serves the
    reverse mode (``g`` is the cotangent of ``y``) and the forward mode (``g`` is the
    tangent of the operand).
``linear``
    Forward mode is the operation itself; reverse mode is its adjoint, and
    <v, A u> = <A* v, u> for all u, v.
``bilinear``
    Linear in each of two operands while the other is held.

References
----------
Griewank, A. and Walther, A. (2008). Evaluating Derivatives, 2nd ed., SIAM.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from .recording import _mode
from .tensor import Tensor, _constant

Rule = Callable[..., Any]

BROADCAST_HINT = "Shapes must broadcast: from the last axis on, lengths are equal or one is 1"
_DEFAULT_HINT = "Check the shapes and the keyword arguments"

_next_order = count(1).__next__
_PLAIN = frozenset({float, int, np.float64, np.float32})


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """An operation on arrays with its derivative rules.

    Parameters
    ----------
    name : str
        Shown in errors and in pictures of the graph.
    forward : callable
        ``forward(*arrays, **params) -> array``, plain NumPy.
    vjp : tuple of callables
        For each operand, ``rule(g, y, *operands, **params)``: from the cotangent ``g`` of the
        result to the cotangent of the operand. A broadcast operand may get the
        cotangent of its broadcast shape; the sweep sums it back.
    jvp : tuple of callables
        For each operand, the same signature: from the tangent ``g`` of the operand to its
        contribution to the tangent of the result.
    kind : str
        "elementwise", "linear", "bilinear" or "general".
    domains : tuple of str
        For each operand, where the operation is smooth: "real", "nonzero" or "positive".
    hint : str
        What to do about an error, appended to the message.
    """

    name: str
    forward: Callable[..., Any]
    vjp: tuple[Rule, ...]
    jvp: tuple[Rule, ...]
    kind: str = "general"
    domains: tuple[str, ...] = ()
    hint: str = _DEFAULT_HINT

    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Apply to arrays (gives an array) or to any tensor (gives a tensor)."""
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
                values.append(self._plain_array(operand))
        try:
            y = self.forward(*values, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise self._explained(error, values, params) from error
        if tracked and _mode.recording:
            return self._record(y, operands, values, params)
        return _constant(y) if any_tensor else y

    def _record(self, y: Any, operands: Any, values: list[Any], params: dict[str, Any]) -> Tensor:
        """Make the result a node of the graph."""
        parents = []
        for i, operand in enumerate(operands):
            if isinstance(operand, Tensor) and operand._tracked:
                parents.append(operand)
                continue
            parents.append(None)
            # The caller may overwrite a constant array before the backward pass. A rule
            # that is linear in its operand never reads it; any other needs a copy.
            if isinstance(operand, np.ndarray) and self.kind != "linear":
                values[i] = operand.copy()
        node = _constant(y)
        node._tracked = True
        node._op = self
        node._params = params
        node._values = tuple(values)
        node._parents = tuple(parents)
        node._order = _next_order()
        return node

    def _plain_array(self, operand: Any) -> Any:
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

    def _explained(self, error: Exception, values: list[Any], params: dict[str, Any]) -> Exception:
        """The same kind of error, naming the operation, what it received and what to do."""
        shapes = " and ".join(str(np.shape(value)) for value in values)
        given = "".join(f", {key}={value!r}" for key, value in params.items())
        message = f"{self.name}: received shape {shapes}{given}. {self.hint}. (NumPy: {error})"
        for kind in (IndexError, TypeError):
            if isinstance(error, kind) and not isinstance(error, ValueError):
                return kind(message)
        return ValueError(message)


def elementwise(
    name: str, forward: Callable[..., Any], *rules: Rule, domains: tuple[str, ...] = ()
) -> Op:
    """Make an operation that acts on each element, with one rule per operand."""
    domains = domains or ("real",) * len(rules)
    return Op(name, forward, rules, rules, "elementwise", domains, BROADCAST_HINT)


def linear(name: str, forward: Callable[..., Any], adjoint: Rule, *, hint: str = "") -> Op:
    """Make a linear operation of one operand from its adjoint."""

    def tangent(t: Any, y: Any, x: Any, **params: Any) -> Any:
        return op(t, **params)

    op = Op(name, forward, (adjoint,), (tangent,), "linear", ("real",), hint or _DEFAULT_HINT)
    return op


def bilinear(
    name: str, forward: Callable[..., Any], adjoint0: Rule, adjoint1: Rule, *, hint: str = ""
) -> Op:
    """Make an operation that is linear in each of two operands, from both adjoints."""

    def tangent0(t: Any, y: Any, a: Any, b: Any, **params: Any) -> Any:
        return op(t, b, **params)

    def tangent1(t: Any, y: Any, a: Any, b: Any, **params: Any) -> Any:
        return op(a, t, **params)

    op = Op(
        name,
        forward,
        (adjoint0, adjoint1),
        (tangent0, tangent1),
        "bilinear",
        ("real", "real"),
        hint or _DEFAULT_HINT,
    )
    return op
