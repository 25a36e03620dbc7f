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

from .anomaly import refuse_nonfinite_cotangent
from .recording import INSPECTED, _mode
from .rules.shape import broadcast_to, sum_to
from .tensor import Tensor

_creation = attrgetter("_order")


def graph_below(y: Tensor, sources: tuple[Tensor, ...] = ()) -> list[Tensor]:
    """Return the tracked tensors that ``y`` was made from, newest first, ``y`` included.

    The walk does not look behind a source.
    """
    stop = {id(source) for source in sources}
    seen = {id(y)}
    found, stack = [], [y]
    while stack:
        node = stack.pop()
        found.append(node)
        if id(node) in stop:
            continue
        for parent in node._parents:
            if parent is not None and id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    found.sort(key=_creation, reverse=True)
    return found


def between(newest_first: list[Tensor], sources: tuple[Tensor, ...]) -> set[int]:
    """Return the ids of those nodes of a graph that depend on a source, sources included."""
    needed = {id(source) for source in sources}
    for node in reversed(newest_first):
        if any(id(parent) in needed for parent in node._parents if parent is not None):
            needed.add(id(node))
    return needed


def reverse_sweep(
    newest_first: list[Tensor],
    cotangent: Any,
    *,
    ends: frozenset[int] = frozenset(),
    needed: set[int] | None = None,
    record: bool = False,
) -> dict[int, Any]:
    """Send a cotangent of the first node back; return those of the leaves and ends, by id.

    Parameters
    ----------
    newest_first : list of Tensor
        From ``graph_below``.
    cotangent : array or Tensor
        Of the first node's shape.
    ends : set of int, optional
        Ids of the sources: the sweep stops there, as at a leaf.
    needed : set of int, optional
        Ids of the nodes to visit, from ``between``; all by default.
    record : bool, optional
        True feeds tensors to the rules, so that the result can be differentiated again.
    """
    cotangents = {id(newest_first[0]): cotangent}
    inspect = _mode.recording is INSPECTED
    for node in newest_first:
        op = node._op
        if op is None or id(node) in ends or id(node) not in cotangents:
            continue
        g = cotangents.pop(id(node))
        y, operands = (node, _recorded_operands(node)) if record else (node._data, node._values)
        params = node._params
        for place, parent in enumerate(node._parents):
            if parent is None:
                continue
            key = id(parent)
            if needed is not None and key not in needed:
                continue
            rule = op.vjp[place]
            c = rule(g, y, *operands, **params) if params else rule(g, y, *operands)
            if c.shape != parent._data.shape:
                c = sum_to(c, shape=parent._data.shape)
            if inspect:
                refuse_nonfinite_cotangent(node, place, c)
            known = cotangents.get(key)
            cotangents[key] = c if known is None else known + c
    return cotangents


def forward_sweep(
    newest_first: list[Tensor], tangents: dict[int, Any], *, record: bool = False
) -> Any | None:
    """Send tangents of sources, by id, forward; return that of the first node, or None for 0."""
    tangents = dict(tangents)
    for node in reversed(newest_first):
        if id(node) in tangents or node._op is None:
            continue
        y, operands = (node, _recorded_operands(node)) if record else (node._data, node._values)
        total = None
        for place, parent in enumerate(node._parents):
            if parent is None or id(parent) not in tangents:
                continue
            t = node._op.jvp[place](tangents[id(parent)], y, *operands, **node._params)
            if t.shape != node._data.shape:
                t = broadcast_to(t, shape=node._data.shape)
            total = t if total is None else total + t
        if total is not None:
            tangents[id(node)] = total
    return tangents.get(id(newest_first[0]))


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
