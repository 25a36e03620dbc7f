"""The recorded graph as an object: walk it, count it, name its nodes, print it.

A tensor y = f_n(... f_2(f_1(x))) remembers how it was made. ``Graph.of(y)`` writes that
memory down once: one ``Node`` for each tensor, operands before results, and one ``Operand``
for each edge. With ``gradients=True`` each edge also carries the cotangent that the rule of
its operation sends back along it. What reaches a node is the sum over its edges,

    x* = sum over uses i of (dy_i/dx)^T y_i*,

which is the multivariate chain rule (Bauer, 1974). The snapshot holds numbers and text, no
tensor, so it keeps no graph alive.

References
----------
Bauer, F. L. (1974). Computational graphs and rounding error. SIAM J. Numer. Anal. 11, 87-96.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .graph_text import GivenNames, indented_text, short_params
from .rules.shape import sum_to
from .sweep import graph_below
from .tensor import Array, Parameter, Tensor

# Elements up to which the value of a cotangent is kept beside its norm.
SMALL = 16


@dataclass(frozen=True, slots=True, eq=False)
class Cotangent:
    """What flows back: along an edge, or into a node from all its edges together.

    Attributes
    ----------
    norm : float
        Euclidean norm of all elements.
    value : ndarray or None
        Read-only; None if there are more than 16 elements.
    """

    norm: float
    value: Array | None

    def __str__(self) -> str:
        """The number itself if it is one, else its norm between bars."""
        if self.value is not None and self.value.ndim == 0:
            return f"{self.value:.3g}"
        return f"\N{DOUBLE VERTICAL LINE}{self.norm:.3g}\N{DOUBLE VERTICAL LINE}"


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """One edge: an operand of an operation.

    Attributes
    ----------
    source : int or None
        Index of the node that it comes from; None for a constant.
    name : str
        Given name of a constant; "" otherwise.
    shape, dtype
        Of the operand.
    value : float or None
        The number, if the operand is 0-d.
    cotangent : Cotangent or None
        What the operation sends back along this edge, in the operand's own shape.
    """

    source: int | None
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    value: float | None
    cotangent: Cotangent | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One tensor of a recorded graph.

    Attributes
    ----------
    index : int
        Its place in the graph; operands have smaller ones.
    kind : {"operation", "parameter", "leaf", "constant"}
        A leaf is a tracked tensor that is not a ``Parameter``. Only a result that was not
        recorded is a constant node; other constants are operands.
    label : str
        Name of the operation, or the kind.
    name : str
        Given name, or that of the parameter; "" if there is none.
    shape, dtype
        Of the value.
    value : float or None
        The number, if the node is 0-d, as its first use saw it.
    params : str
        Keyword parameters in short form, without those that are None or False.
    operands : tuple of Operand
    cotangent : Cotangent or None
        The derivative of the results with respect to this node.
    """

    index: int
    kind: str
    label: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    value: float | None
    params: str
    operands: tuple[Operand, ...]
    cotangent: Cotangent | None = None

    @property
    def parents(self) -> tuple[int, ...]:
        """Indices of the operands that are nodes, in order; one used twice is there twice."""
        return tuple(operand.source for operand in self.operands if operand.source is not None)

    @property
    def is_leaf(self) -> bool:
        """True if no recorded operation made this node."""
        return self.kind != "operation"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Graph:
    """A frozen picture of what was recorded below one tensor, or below several.

    Make one with ``Graph.of``. It can be iterated (operands before results, in the order of
    creation, a leaf just before its first use) and indexed; its length is the number of nodes,
    and ``str`` of it is the indented text.

    Attributes
    ----------
    nodes : tuple of Node
    results : tuple of int
        Indices of the tensors that it was made from.
    nbytes : int
        Bytes of the arrays that the record keeps: results, operands, and array parameters such
        as an index. A buffer is counted once, however many views share it; Python numbers are
        not counted.
    """

    nodes: tuple[Node, ...]
    results: tuple[int, ...]
    nbytes: int

    @classmethod
    def of(
        cls,
        *results: Tensor,
        names: Mapping[str, Any] | None = None,
        gradients: bool = False,
    ) -> Graph:
        """Write down the graph below one tensor or several.

        Parameters
        ----------
        *results : Tensor
            One that was not recorded gives a single node.
        names : mapping from str to Tensor, array or number, optional
            Names for this graph only, such as ``{"hidden": h, "x": x}``: a tensor is transient
            and has no name of its own, and one page may call it otherwise than another. A
            tensor of the graph is found by identity. Anything else names the constant operands
            that are equal to it, since the record holds a copy. The first name that fits wins,
            before a parameter's own.
        gradients : bool, optional
            True differentiates the sum of the results, and notes what flows along each edge.

        Raises
        ------
        TypeError
            If a result is no Tensor.
        ValueError
            If a name fits nothing in the graph; if gradients are wanted of a result that has
            more than one element, or that depends on no parameter.
        """
        _check_results(results, gradients)
        tensors = _in_order(results)
        places = {id(tensor): i for i, tensor in enumerate(tensors)}
        find = GivenNames(names or {}, places)
        nodes = tuple(_nodes(tensors, places, find))
        find.refuse_unused()
        if gradients:
            nodes = _with_cotangents(nodes, tensors, places, results)
        return cls(nodes, tuple(places[id(y)] for y in results), _bytes_held(tensors))

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]

    def __repr__(self) -> str:
        made = " and ".join(f"{self.nodes[i].label} {self.nodes[i].shape}" for i in self.results)
        return f"<Graph of {made}: {len(self)} nodes, {len(self.edges)} edges, depth {self.depth}>"

    def __str__(self) -> str:
        return self.text()

    @property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """All edges as (operand's index, result's index, place among the operands)."""
        return tuple(
            (operand.source, node.index, place)
            for node in self.nodes
            for place, operand in enumerate(node.operands)
            if operand.source is not None
        )

    @property
    def counts(self) -> dict[str, int]:
        """How often each label occurs: the most frequent first, then by name."""
        found = Counter(node.label for node in self.nodes)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def depth(self) -> int:
        """Operations on the longest path from a leaf to a result."""
        depths: list[int] = []
        for node in self.nodes:
            depths.append(0 if node.is_leaf else 1 + max(depths[i] for i in node.parents))
        return max(depths)

    def text(self, *, max_nodes: int = 60) -> str:
        """Return the graph as indented text, the result first and its operands under it.

        Parameters
        ----------
        max_nodes : int, optional
            The text ends after so many nodes with a line that says how many are left out.

        Raises
        ------
        ValueError
            If ``max_nodes`` is less than one.
        """
        return indented_text(self, max_nodes)


def _check_results(results: Sequence[Any], gradients: bool) -> None:
    if not results:
        raise TypeError("Graph.of: received no tensor. Pass the result of a computation")
    for y in results:
        if not isinstance(y, Tensor):
            raise TypeError(
                f"Graph.of: received {type(y).__name__}. Pass the Tensor that operations on a "
                "Parameter gave; several tensors are passed one by one"
            )
        if gradients and not y.requires_grad:
            raise ValueError(
                f"Graph.of: this tensor of shape {y.shape} was not computed from a Parameter, so "
                "it has no gradients. Record it outside no_grad, or leave gradients=True out"
            )
        if gradients and y.size != 1:
            raise ValueError(
                f"Graph.of: gradients need a result with one element, got shape {y.shape}. "
                "Reduce it with .sum() or .mean()"
            )


def _in_order(results: Sequence[Tensor]) -> list[Tensor]:
    """Operations by creation number; leaves, which have none, just before their first use."""
    found = {id(node): node for y in results for node in graph_below(y)}
    made = sorted((node for node in found.values() if node._op is not None), key=lambda n: n._order)
    ordered: dict[int, Tensor] = {}
    for node in made:
        for parent in node._parents:
            if parent is not None:
                ordered.setdefault(id(parent), parent)
        ordered[id(node)] = node
    for y in results:
        ordered.setdefault(id(y), y)
    return list(ordered.values())


def _nodes(tensors: list[Tensor], places: Mapping[int, int], find: GivenNames) -> Iterator[Node]:
    seen = _values_seen(tensors)
    for index, tensor in enumerate(tensors):
        op = tensor._op
        if op is not None:
            kind, label = "operation", op.name
        else:
            tracked = "parameter" if isinstance(tensor, Parameter) else "leaf"
            kind = label = tracked if tensor._tracked else "constant"
        operands = (
            ()
            if op is None
            else tuple(
                _operand(value, parent, places, find)
                for value, parent in zip(tensor._values, tensor._parents, strict=True)
            )
        )
        yield Node(
            index, kind, label, find.of_node(tensor), tensor.shape, tensor.dtype,
            _number(seen[index]), short_params(tensor._params) if op is not None else "", operands,
        )  # fmt: skip


def _values_seen(tensors: list[Tensor]) -> list[Any]:
    """The value of each node as its first use saw it: a parameter may have new data since."""
    seen: dict[int, Any] = {}
    for tensor in tensors:
        if tensor._op is not None:
            for value, parent in zip(tensor._values, tensor._parents, strict=True):
                if parent is not None:
                    seen.setdefault(id(parent), value)
    return [seen.get(id(tensor), tensor._data) for tensor in tensors]


def _operand(
    value: Any, parent: Tensor | None, places: Mapping[int, int], find: GivenNames
) -> Operand:
    array = np.asarray(value)
    source = None if parent is None else places[id(parent)]
    name = find.of_constant(value) if parent is None else ""
    return Operand(source, name, array.shape, array.dtype, _number(value))


def _number(value: Any) -> float | None:
    return float(value) if np.ndim(value) == 0 else None


def _bytes_held(tensors: list[Tensor]) -> int:
    """Bytes of all buffers under results, operands and array parameters, each counted once."""
    buffers: dict[int, int] = {}
    for tensor in tensors:
        held: list[Any] = [tensor._data]
        if tensor._op is not None:
            params = tensor._params.values()
            parts = [
                part
                for value in params
                for part in (value if isinstance(value, tuple) else (value,))
            ]
            held = [tensor._data, *tensor._values, *parts]
        for value in held:
            if isinstance(value, np.ndarray | np.generic):
                while isinstance(getattr(value, "base", None), np.ndarray):
                    value = value.base
                buffers[id(value)] = value.nbytes
    return sum(buffers.values())


# --- gradients --------------------------------------------------------------------------


def _with_cotangents(
    nodes: Sequence[Node],
    tensors: list[Tensor],
    places: Mapping[int, int],
    results: Sequence[Tensor],
) -> tuple[Node, ...]:
    """The reverse sweep once more, with what flows along each edge noted before it is summed."""
    totals: dict[int, Any] = {}
    for y in results:
        seed = np.ones(y.shape, y.dtype)
        totals[places[id(y)]] = totals.get(places[id(y)], 0.0) + seed
    noted = list(nodes)
    for index in reversed(range(len(nodes))):
        node, g = tensors[index], totals.pop(index)
        operands = list(nodes[index].operands)
        for place, parent in enumerate(node._parents):
            if parent is None:
                continue
            rule = node._op.vjp[place]  # type: ignore[union-attr]
            c = rule(g, node._data, *node._values, **node._params)
            if c.shape != parent._data.shape:
                c = sum_to(c, shape=parent._data.shape)
            operands[place] = replace(operands[place], cotangent=_cotangent(c))
            source = places[id(parent)]
            totals[source] = totals[source] + c if source in totals else c
        noted[index] = replace(nodes[index], operands=tuple(operands), cotangent=_cotangent(g))
    return tuple(noted)


def _cotangent(g: Any) -> Cotangent:
    """Norm and value. The largest element is divided out: squares must not overflow."""
    largest = float(np.max(np.abs(g), initial=0.0))
    usable = np.isfinite(largest) and largest > 0.0
    norm = largest * float(np.linalg.norm(np.ravel(g) / largest)) if usable else largest
    value = np.array(g) if np.size(g) <= SMALL else None
    if value is not None:
        value.flags.writeable = False
    return Cotangent(norm, value)
