"""One evaluation of a function on fresh recorded copies of its inputs, and the way back.

Every transform is made of these: run the function, find the graph between the copies and the
value, send cotangents back. Copies made by nested runs are different nodes, so a perturbation
of the inner variable is never taken for one of the outer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .op import linear, operation
from .recording import _mode, enable_grad
from .sweep import between, graph_below, reverse_sweep
from .tensor import Tensor, _constant, as_float_array
from .tree import Tree, leaves, rebuild

_NUMBERS = (np.ndarray, np.generic, float, int)

identity = linear("identity", lambda x: x, lambda g, y, x: g)

# A constant that counts as a function of x, with derivative zero. It keeps the gradient of a
# linear function connected to its argument, so that it can be differentiated once more.
_constant_in = operation(
    "constant",
    lambda c, x: c,
    vjp=(lambda g, y, c, x: g, lambda g, y, c, x: np.zeros(x.shape, x.dtype)),
    jvp=(lambda g, y, c, x: g, lambda g, y, c, x: np.zeros(y.shape, y.dtype)),
    reads=False,
)


@dataclass(slots=True)
class Run:
    """One evaluation of a function, with the graph that it left.

    ``spend_run`` empties it; else nothing changes it.
    """

    value: Any  # what f returned
    inputs: list[Any]  # leaf by leaf, as they were given
    sources: tuple[Tensor, ...]  # their fresh copies
    nodes: list[Tensor]  # newest first; empty if the value does not depend on a source
    others: bool  # True if the graph also reaches tensors that f closed over
    record: bool  # True if the derivative must itself be differentiable
    ends: frozenset[Tensor]  # sources that have a graph of their own behind them


def record_run(f: Callable[..., Any], primals: tuple[Tree, ...], caller: str) -> Run:
    """Evaluate ``f`` on fresh sources and find the graph between them and the value."""
    outer = bool(_mode.recording)
    inputs = leaves(primals)
    if outer:
        sources = tuple([_source(leaf, True, caller) for leaf in inputs])
        value = f(*rebuild(primals, sources))
    else:
        with enable_grad():
            sources = tuple([_source(leaf, False, caller) for leaf in inputs])
            value = f(*rebuild(primals, sources))
    tensor = isinstance(value, Tensor)
    if not (tensor or isinstance(value, _NUMBERS)):
        raise TypeError(
            f"{caller}: the function returned {type(value).__name__}. Return one Tensor"
        )
    # Fresh leaves end a walk by themselves; a copy of a tracked input has its input behind it.
    inner = tuple([source for source in sources if source._op is not None])
    nodes = graph_below(value, inner) if tensor else []
    ends = set(sources)
    others = False
    for node in reversed(nodes):
        if node._op is None and node not in ends and node._tracked:
            others = True
            break
        if node._order:  # leaves come last
            break
    connected = not ends.isdisjoint(nodes)
    for source in sources:
        # The run is over: to whoever sees this graph from outside, a fresh leaf is a constant.
        source._tracked = source._op is not None
    record = outer and (others or bool(inner))
    return Run(value, inputs, sources, nodes if connected else [], others, record, frozenset(inner))


def _source(leaf: Any, outer: bool, caller: str) -> Tensor:
    """A fresh node with the value of an input: connected to it where it is tracked."""
    if isinstance(leaf, Tensor):
        if leaf._tracked and outer:
            node: Tensor = identity(leaf)
            return node
        source = _constant(leaf._data)
    else:
        source = _constant(as_float_array(leaf, caller))
    source._tracked = True
    return source


def spend_run(run: Run, seed: Any) -> list[Any]:
    """As ``pull_back_run`` with a plain seed, for the last time: the run is freed on the way."""
    run.value = None
    return pull_back_run(run, seed, spend=True)


def pull_back_run(run: Run, seed: Any, *, spend: bool = False) -> list[Any]:
    """Cotangents of the sources; zero for a source that the value does not depend on."""
    record = run.record or isinstance(seed, Tensor)
    found: dict[Tensor, Any] = {}
    if run.nodes:
        needed = between(run.nodes, run.sources) if run.others else None
        found = reverse_sweep(
            run.nodes, seed, ends=run.ends, needed=needed, record=record, spend=spend
        )
    gradients = []
    for source in run.sources:
        gradient = found.get(source)
        if gradient is None:
            gradient = np.zeros_like(source._data)
        if record and not (isinstance(gradient, Tensor) and gradient.requires_grad):
            gradient = _constant_in(gradient, source)
        gradients.append(gradient)
    return gradients
