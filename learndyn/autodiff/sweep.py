"""The two sweeps over a recorded graph: cotangents go back, tangents go forward.

With y = f_n(... f_2(f_1(x))) and Jacobians J_i, the backward sweep computes

    x* = J_1^T (J_2^T (... (J_n^T y*)))

from the result to the operands, and the forward sweep dy = J_n (... (J_2 (J_1 dx))) the
other way. Operands are created before results, so the creation number sorts the graph and
each node is visited once; there is no recursion, and a chain may be as long as memory lasts.

References
----------
Linnainmaa, S. (1976). Taylor expansion of the accumulated rounding error. BIT 16, 146-160.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from .anomaly import refuse_nonfinite_cotangent
from .recording import INSPECTED, _mode
from .rules.shape import broadcast_to, sum_to
from .tensor import Tensor

_creation = attrgetter("_order")


def graph_below(y: Tensor, sources: tuple[Tensor, ...] = ()) -> list[Tensor]:
    """Return the tracked tensors that ``y`` was made from, newest first, ``y`` included.

    The walk does not look behind a source.
    """
    # A tensor is hashed by identity, so sets and dicts of tensors are sets of objects.
    stop = frozenset(sources)
    seen = {y}
    found = [y]
    for node in found:  # which grows meanwhile
        if stop and node in stop:
            continue
        for parent in node._parents:
            if parent is not None and parent not in seen:
                seen.add(parent)
                found.append(parent)
    found.sort(key=_creation, reverse=True)
    return found


def between(newest_first: list[Tensor], sources: tuple[Tensor, ...]) -> set[Tensor]:
    """Return those nodes of a graph that depend on a source, sources included."""
    needed = set(sources)
    for node in reversed(newest_first):
        if not needed.isdisjoint(node._parents):
            needed.add(node)
    return needed


def reverse_sweep(
    newest_first: list[Tensor],
    cotangent: Any,
    *,
    ends: frozenset[Tensor] = frozenset(),
    needed: set[Tensor] | None = None,
    record: bool = False,
    spend: bool = False,
) -> dict[Tensor, Any]:
    """Send a cotangent of the first node back; return those of the leaves and ends.

    Parameters
    ----------
    newest_first : list of Tensor
        From ``graph_below``.
    cotangent : array or Tensor
        Of the first node's shape.
    ends : set of Tensor, optional
        The sources: the sweep stops there, as at a leaf.
    needed : set of Tensor, optional
        The nodes to visit, from ``between``; all by default.
    record : bool, optional
        True feeds tensors to the rules, so that the result can be differentiated again.
    spend : bool, optional
        True empties ``newest_first`` on the way: a graph that nobody else holds is freed while
        the sweep goes, and its memory serves the cotangents.
    """
    if record or needed is not None or _mode.recording is INSPECTED:
        return _careful_sweep(newest_first, cotangent, ends, needed, record)
    if not spend:
        newest_first = newest_first[:]
    return _fast_sweep(newest_first, cotangent, ends)


def _fast_sweep(
    newest_first: list[Tensor], cotangent: Any, ends: frozenset[Tensor]
) -> dict[Tensor, Any]:
    """The first-order sweep: arrays only, every node, lines repeated for the sake of speed."""
    cotangents = {newest_first[0]: cotangent}
    known, take = cotangents.get, cotangents.pop
    ours: set[Tensor] = set()  # their cotangent is a sum made here, so it is added to in place
    parent: Any  # never a constant: such a node would not have been recorded
    newest_first.reverse()
    while newest_first:
        node = newest_first.pop()
        op = node._op
        if op is None or (ends and node in ends):
            continue
        g = take(node, None)
        if g is None:
            continue
        parents, values, params = node._parents, node._values, node._params
        if len(parents) == 1:
            parent = parents[0]
            if params:
                c = op.vjp[0](g, node._data, values[0], **params)
                if c.shape != (shape := parent._data.shape):  # broadcast by a parameter
                    c = _sum_to(c, shape)
            else:  # an only operand is not broadcast
                c = op.vjp[0](g, node._data, values[0])
            before = known(parent)
            cotangents[parent] = c if before is None else _sum(before, c, parent, ours)
        elif len(parents) == 2 and not params:
            (a, b), (u, v) = parents, values
            if a is not None:
                c = op.vjp[0](g, node._data, u, v)
                if c.shape != (shape := a._data.shape):
                    c = _sum_to(c, shape)
                before = known(a)
                cotangents[a] = c if before is None else _sum(before, c, a, ours)
            if b is not None:
                c = op.vjp[1](g, node._data, u, v)
                if c.shape != (shape := b._data.shape):
                    c = _sum_to(c, shape)
                before = known(b)
                cotangents[b] = c if before is None else _sum(before, c, b, ours)
        else:
            y = node._data
            for parent, rule in zip(parents, op.vjp):  # noqa: B905 - one rule may serve any number
                if parent is not None:
                    c = rule(g, y, *values, **params) if params else rule(g, y, *values)
                    if c.shape != (shape := parent._data.shape):
                        c = _sum_to(c, shape)
                    before = known(parent)
                    cotangents[parent] = c if before is None else _sum(before, c, parent, ours)
    return cotangents


def _sum_to(c: Any, shape: tuple[int, ...]) -> Any:
    """Sum an array to a shape that broadcasts to its own.

    A bias needs the sum over a batch. A product with ones would take half the time, but BLAS
    may round equal columns differently, and identical units must stay identical.
    """
    if c.ndim == 2 and shape == c.shape[1:]:
        return np.add.reduce(c, 0)
    return sum_to(c, shape=shape)


def _sum(before: Any, c: Any, parent: Tensor, ours: set[Tensor]) -> Any:
    """Add to a cotangent: in a new array the first time, since a rule may pass on its ``g``."""
    if parent in ours:
        before += c  # a NumPy scalar cannot change, and gives a new one
        return before
    ours.add(parent)
    return before + c


def _careful_sweep(
    newest_first: list[Tensor],
    cotangent: Any,
    ends: frozenset[Tensor],
    needed: set[Tensor] | None,
    record: bool,
) -> dict[Tensor, Any]:
    """The sweep that can record, leave nodes out, and inspect each cotangent."""
    cotangents = {newest_first[0]: cotangent}
    inspect = _mode.recording is INSPECTED
    for node in newest_first:
        op = node._op
        if op is None or node in ends or node not in cotangents:
            continue
        g = cotangents.pop(node)
        y, operands = (node, _recorded_operands(node)) if record else (node._data, node._values)
        params = node._params
        for place, parent in enumerate(node._parents):
            if parent is None or (needed is not None and parent not in needed):
                continue
            rule = op.vjp[place]
            c = rule(g, y, *operands, **params) if params else rule(g, y, *operands)
            if c.shape != parent._data.shape:
                c = sum_to(c, shape=parent._data.shape)
            if inspect:
                refuse_nonfinite_cotangent(node, place, c)
            known = cotangents.get(parent)
            cotangents[parent] = c if known is None else known + c
    return cotangents


def forward_sweep(
    newest_first: list[Tensor], tangents: dict[Tensor, Any], *, record: bool = False
) -> Any | None:
    """Send tangents of sources forward; return that of the first node, or None for 0."""
    tangents = dict(tangents)
    for node in reversed(newest_first):
        if node in tangents or node._op is None:
            continue
        y, operands = (node, _recorded_operands(node)) if record else (node._data, node._values)
        total = None
        for place, parent in enumerate(node._parents):
            if parent is None or parent not in tangents:
                continue
            t = node._op.jvp[place](tangents[parent], y, *operands, **node._params)
            if t.shape != node._data.shape:
                t = broadcast_to(t, shape=node._data.shape)
            total = t if total is None else total + t
        if total is not None:
            tangents[node] = total
    return tangents.get(newest_first[0])


def _recorded_operands(node: Tensor) -> list[Any]:
    """The operands as tensors, so that rules record; constants stay as they are."""
    operands = []
    for value, parent in zip(node._values, node._parents, strict=True):
        if parent is not None and parent._data is not value:
            raise RuntimeError(
                f"{node._op.name if node._op else 'leaf'}: a parameter of shape {parent.shape} was "
                "given new data after it was used, so a second derivative through it is not "
                "defined. Differentiate before you update the parameter"
            )
        operands.append(value if parent is None else parent)
    return operands
