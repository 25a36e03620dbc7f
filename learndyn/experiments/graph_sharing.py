"""A value that is used twice is differentiated once: nodes, paths and rules of a doubling chain.

x_0 = x and x_{k+1} = x_k + x_k. After d doublings the graph has d + 1 nodes and 2 d edges, yet
2^d paths lead from the result to x. The derivative is the sum over all paths of the product of
the local derivatives (Bauer, 1974). Here each of these is 1, so the derivative *counts* the paths.

    sweep     adds up what reaches a node, then hands it on:    2 d rules
    walk      follows each path by itself:                      2^(d+1) - 2 rules

References
----------
Bauer, F. L. (1974). Computational graphs and rounding error. SIAM J. Numer. Anal. 11, 87-96.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter, add, elementwise
from ..autodiff.graph import Graph


@dataclass(frozen=True, slots=True)
class Sharing:
    """What doubling chains of several depths cost to differentiate.

    Attributes
    ----------
    depths : ndarray of int, shape (n,)
        d, the number of doublings.
    nodes : ndarray of int, shape (n,)
        Of the recorded graph.
    rules : ndarray of int, shape (n,)
        Rule applications that the engine's backward sweep made.
    slopes : ndarray, shape (n,)
        The derivative: the number of paths.
    walk_depths, walk_rules, walk_paths : ndarray of int, shape (k,)
        The same for a walk along each path, for depths where it ends.
    """

    depths: np.ndarray
    nodes: np.ndarray
    rules: np.ndarray
    slopes: np.ndarray
    walk_depths: np.ndarray
    walk_rules: np.ndarray
    walk_paths: np.ndarray

    @property
    def predicted_nodes(self) -> np.ndarray:
        """d + 1."""
        return self.depths + 1

    @property
    def predicted_rules(self) -> np.ndarray:
        """2 d: one for each edge."""
        return 2 * self.depths

    @property
    def predicted_paths(self) -> np.ndarray:
        """2^d, as floats."""
        return 2.0**self.depths

    @property
    def predicted_walk_rules(self) -> np.ndarray:
        """2^(d+1) - 2, as floats, for all depths."""
        return 2.0 ** (self.depths + 1) - 2


def run(depths: Sequence[int] = tuple(range(1, 41)), *, walk_up_to: int = 12) -> Sharing:
    """Differentiate doubling chains and count.

    Parameters
    ----------
    depths : sequence of int, optional
        Numbers of doublings, each at least 1.
    walk_up_to : int, optional
        Deepest chain whose paths are walked one by one.

    Raises
    ------
    ValueError
        If a depth is less than 1.
    """
    if min(depths) < 1:
        raise ValueError(f"graph_sharing: each depth must be at least 1, got {min(depths)}")
    chains = [_differentiate(depth) for depth in depths]
    walked = [depth for depth in depths if depth <= walk_up_to]
    walks = [_walk(Graph.of(_doubled(Parameter(1.0), depth, add)), depth) for depth in walked]
    nodes, rules, slopes = (np.array(column) for column in zip(*chains, strict=True))
    return Sharing(
        np.array(depths),
        nodes,
        rules,
        slopes,
        np.array(walked),
        np.array([applied for applied, _ in walks]),
        np.array([paths for _, paths in walks]),
    )


def _doubled(x: Any, depth: int, plus: Callable[[Any, Any], Any]) -> Any:
    for _ in range(depth):
        x = plus(x, x)
    return x


def _differentiate(depth: int) -> tuple[int, int, float]:
    """Nodes, rule applications and derivative of one chain, by the engine."""
    applied = 0

    def rule(g: Any, y: Any, a: Any, b: Any) -> Any:
        nonlocal applied
        applied += 1
        return g

    x = Parameter(1.0)
    y = _doubled(x, depth, elementwise("counted_add", np.add, rule, rule))
    y.backward()
    return len(Graph.of(y)), applied, float(x.grad)


def _walk(graph: Graph, index: int) -> tuple[int, int]:
    """Rules applied and paths found below one node, along each path by itself."""
    node = graph[index]
    if node.is_leaf:
        return 0, 1
    below = [_walk(graph, parent) for parent in node.parents]
    return len(below) + sum(rules for rules, _ in below), sum(paths for _, paths in below)
