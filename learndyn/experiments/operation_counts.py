"""How much arithmetic a recorded computation did, counted from its graph.

The backward pass of the engine is a computation like any other: fed with tensors it records
itself. So its cost can be read from a graph, without a clock: the same on every machine.

What counts as one operation:

    matmul                multiply-adds, size of the result times the length that is summed over
    affine                those of its product, and the size of the result for the bias
    sum, mean, sum_to     size of the operand; twice that for mean_square
    elementwise           size of the result; three times that for tanh_slope, g - g y y
    reshape, transpose, broadcast_to, ...    nothing: they move or repeat numbers
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..autodiff import TABLE, Tensor
from ..autodiff.graph import Graph, Node

_SUMS = {"sum": 1, "mean": 1, "sum_to": 1, "mean_square": 2}
_ELEMENTWISE = {"tanh_slope": 3}
_MOVES = frozenset(
    {
        *("identity", "constant", "reshape", "transpose", "swapaxes", "expand_dims", "squeeze"),
        *("broadcast_to", "getitem", "scatter", "concatenate", "stack"),
    }
)


@dataclass(frozen=True, slots=True)
class Operations:
    """Numbers of operations, by what they do.

    Attributes
    ----------
    products : int
        Multiply-adds in products of matrices.
    others : int
        Elementwise operations and sums.
    """

    products: int
    others: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.products + self.others

    def __add__(self, other: Operations) -> Operations:
        return Operations(self.products + other.products, self.others + other.others)

    def __sub__(self, earlier: Operations) -> Operations:
        return Operations(self.products - earlier.products, self.others - earlier.others)


def count(*results: Tensor) -> Operations:
    """Count what was done to compute tensors, shared parts once.

    Constants are not recorded, and so not counted: make whatever should count depend on a
    ``Parameter``, the cotangent at the start of a sweep included.

    Raises
    ------
    ValueError
        If the graph holds an operation without a cost.
    """
    products = others = 0
    for node in Graph.of(*results):
        if node.is_leaf or node.label in _MOVES:
            continue
        if node.label in ("matmul", "affine"):
            products += math.prod(node.shape) * node.operands[0].shape[-1]
        if node.label != "matmul":
            others += _others(node)
    return Operations(products, others)


def count_after(earlier: Tensor, *results: Any) -> Operations:
    """Count what was done to compute tensors from a run that had ``earlier`` as its result.

    What ``earlier`` needed itself is left out.
    """
    return count(earlier, *results) - count(earlier)


def _others(node: Node) -> int:
    if node.label in _SUMS:
        return _SUMS[node.label] * math.prod(node.operands[0].shape)
    if node.label == "affine":
        return math.prod(node.shape)
    row = TABLE.get(node.label)
    if row is None or row.op.kind != "elementwise":  # type: ignore[attr-defined]
        raise ValueError(f"operation_counts: no cost is known for {node.label}. Add it to the lists")
    return _ELEMENTWISE.get(node.label, 1) * math.prod(node.shape)
