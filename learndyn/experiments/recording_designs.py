"""Four ways to remember a computation so that it can be differentiated, built small and measured.

The designs: a node for each *number* (boxes), a *closure* for each operation that holds what to do
on the way back, a *tape* that lists all that happened, and this package's graph: a node for each
operation, which points to its operands only. The first three are reduced to a product, a sum and a
tanh, as far as a law of each needs them. Sources: Wengert (1964) for the tape, Griewank & Walther
(2008) for all of them.
"""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter, grad, tanh

Array = np.ndarray


class Box:
    """One number that remembers its operands; ``made`` counts them all."""

    made = 0

    def __init__(self, value: float, operands: tuple[Box, ...] = ()) -> None:
        self.value, self.operands = value, operands
        Box.made += 1

    def __mul__(self, other: Box) -> Box:
        return Box(self.value * other.value, (self, other))

    def __add__(self, other: Box) -> Box:
        return Box(self.value + other.value, (self, other))


class Closure:
    """A value with the function that sends its gradient to its operands."""

    def __init__(self, value: Array, operands: tuple[Closure, ...] = ()) -> None:
        self.value, self.operands = value, operands
        self.grad = np.zeros_like(value)
        self.back: Callable[[], None] = lambda: None

    def __mul__(self, other: Array | Closure) -> Closure:
        factor = other.value if isinstance(other, Closure) else other
        out = Closure(self.value * factor, (self, other) if isinstance(other, Closure) else (self,))

        def back() -> None:
            self.grad = self.grad + out.grad * factor
            if isinstance(other, Closure):
                other.grad = other.grad + out.grad * self.value

        out.back = back
        return out

    def tanh(self) -> Closure:
        """Return the hyperbolic tangent."""
        out = Closure(np.tanh(self.value), (self,))

        def back() -> None:
            self.grad = self.grad + out.grad * (1 - out.value**2)

        out.back = back
        return out

    def backward(self) -> None:
        """Walk back over everything that this was made from, results before operands."""
        order: list[Closure] = []
        seen: set[int] = set()
        pending = [(self, False)]
        while pending:
            node, done = pending.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                pending.append((node, True))
                pending += [(operand, False) for operand in node.operands]
        self.grad = np.ones_like(self.value)
        for node in reversed(order):
            node.back()


class Taped:
    """A value on a list that all values share."""

    tape: list[tuple[str, Taped, tuple[Taped, ...]]] = []  # noqa: RUF012 - that it is shared is the design

    def __init__(self, value: Array) -> None:
        self.value = value

    def _record(self, name: str, value: Array, *operands: Taped) -> Taped:
        out = Taped(value)
        Taped.tape.append((name, out, operands))
        return out

    def __mul__(self, other: Taped) -> Taped:
        return self._record("multiply", self.value * other.value, self, other)

    def tanh(self) -> Taped:
        """Return the hyperbolic tangent."""
        return self._record("tanh", np.tanh(self.value), self)


def replay(tape: list[tuple[str, Taped, tuple[Taped, ...]]], start: Taped, value: float) -> float:
    """Return what a tape computes from another start: the same operations, in the same order."""
    values = {id(start): np.asarray(value)}
    for name, out, operands in tape:
        given = [values.get(id(operand), operand.value) for operand in operands]
        values[id(out)] = np.tanh(given[0]) if name == "tanh" else given[0] * given[1]
    return float(values[id(tape[-1][1])])


@dataclass(frozen=True, slots=True)
class Design:
    """What one design does with a chain of tanh, and with a buffer that is used again.

    Attributes
    ----------
    name : str
    alive : int
        Values of the chain that are in memory after its last reference was dropped.
    node_bytes : float
        Memory for each node of the chain, its one number included.
    stale : ndarray, shape (2,)
        The gradient of ``sum w b b`` by w, if b was overwritten between the way forward and back.
    second : float or None
        The second derivative of ``x x x`` at 2; None if the design has no way to ask.
    """

    name: str
    alive: int
    node_bytes: float
    stale: Array
    second: float | None


@dataclass(frozen=True, slots=True)
class Widths:
    """Nodes of one layer ``x @ w`` by the width of the layer.

    Attributes
    ----------
    widths, boxes, operations : ndarray of int, shape (n,)
        A node for each number, and a node for each operation.
    batch : int
    """

    widths: Array
    boxes: Array
    operations: Array
    batch: int


def run(*, length: int = 1000) -> tuple[Design, ...]:
    """Measure closures, the tape and the graph.

    Parameters
    ----------
    length : int
        Nodes of the chain.

    Returns
    -------
    tuple of Design
        Closures, tape, graph.

    Raises
    ------
    ValueError
        If the chain has no node.
    """
    if length < 1:
        raise ValueError(f"recording_designs: received length {length}. A chain has at least one node")
    starts: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "closures": (lambda: Closure(np.array(0.5)), Closure.tanh),
        "tape": (lambda: Taped(np.array(0.5)), Taped.tanh),
        "graph": (lambda: Parameter(0.5), tanh),
    }
    cube = grad(grad(lambda x: x * x * x))
    asked: dict[str, tuple[Array, float | None]] = {
        "closures": (_stale_closure(), None),
        "tape": (_stale_tape(), None),
        "graph": (_stale_graph(), float(cube(2.0))),
    }
    with _no_collector():
        return tuple(
            Design(name, _alive(length, *start), _bytes(length, *start), *asked[name])
            for name, start in starts.items()
        )


def widths(sizes: tuple[int, ...] = (1, 2, 4, 8, 16, 32), *, batch: int = 4) -> Widths:
    """Count the nodes of a product of matrices, ``batch`` rows times a square matrix of each size.

    Parameters
    ----------
    sizes : tuple of int
    batch : int
    """
    boxes = []
    for size in sizes:
        rows = [[Box(1.0) for _ in range(size)] for _ in range(batch)]
        columns = [[Box(1.0) for _ in range(size)] for _ in range(size)]
        before = Box.made
        for row in rows:
            for column in columns:
                total = row[0] * column[0]
                for left, right in zip(row[1:], column[1:], strict=True):
                    total = total + left * right
        boxes.append(Box.made - before)
    return Widths(np.array(sizes), np.array(boxes), np.ones(len(sizes), dtype=int), batch)


def branch_replayed(value: float, *, recorded_at: float) -> tuple[float, float]:
    """Return ``x x if x > 0 else tanh x``, computed afresh, and from a tape recorded elsewhere."""

    def program(x: Taped) -> Taped:
        return x * x if x.value > 0 else x.tanh()

    with _own_tape() as tape:
        start = Taped(np.asarray(recorded_at))
        program(start)
        recorded = list(tape)
        again = replay(recorded, start, value)
        return float(program(Taped(np.asarray(value))).value), again


@contextmanager
def _own_tape() -> Iterator[list[Any]]:
    """Give the values inside a new tape, and leave no trace of it."""
    before, Taped.tape = Taped.tape, []
    try:
        yield Taped.tape
    finally:
        Taped.tape = before


@contextmanager
def _no_collector() -> Iterator[None]:
    """Switch the cyclic collector off: what is freed now is freed because nobody refers to it.

    Cycles that are left behind are freed at the end, and what stood before is not searched for them.
    """
    was = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if was:
            gc.enable()


def _alive(length: int, start: Callable[[], Any], step: Callable[[Any], Any]) -> int:
    with _own_tape():
        references = []
        value = start()
        for _ in range(length):
            value = step(value)
            references.append(weakref.ref(value))
        del value
        return sum(reference() is not None for reference in references)


def _bytes(length: int, start: Callable[[], Any], step: Callable[[Any], Any]) -> float:
    with _own_tape():
        gc.collect()  # which also empties the lists of free objects: what comes from one would not be counted
        value = start()
        tracing = tracemalloc.is_tracing()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(length):
            value = step(value)
        after, _ = tracemalloc.get_traced_memory()
        if not tracing:
            tracemalloc.stop()
        return (after - before) / length


def _stale_closure() -> Array:
    w, buffer = Closure(np.array([3.0, 4.0])), np.array([1.0, 2.0])
    loss = w * buffer * buffer
    buffer[:] = 100.0
    loss.backward()
    return w.grad


def _stale_tape() -> Array:
    buffer = np.array([1.0, 2.0])
    with _own_tape() as tape:
        w, b = Taped(np.array([3.0, 4.0])), Taped(buffer)
        gradients = {id(w * b * b): np.ones(2)}
        buffer[:] = 100.0
        for _, out, (left, right) in reversed(tape):
            flowing = gradients.pop(id(out))
            for operand, other in ((left, right), (right, left)):
                gradients[id(operand)] = gradients.get(id(operand), 0.0) + flowing * other.value
        return gradients[id(w)]


def _stale_graph() -> Array:
    w, buffer = Parameter([3.0, 4.0]), np.array([1.0, 2.0])
    loss: Any = (w * buffer * buffer).sum()
    buffer[:] = 100.0
    loss.backward()
    return np.array(w.grad)
