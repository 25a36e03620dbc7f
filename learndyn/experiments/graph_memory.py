"""How much a recorded net remembers: bytes kept between the forward and the backward pass.

The record keeps what each operation received and what it gave, each array once. For a
multilayer perceptron with P parameters, widths w_0, ..., w_L and a mean squared error over B
examples, in numbers of 8 bytes,

    P + B (w_0 + w_L)            parameters, inputs and targets
      + 2 B (w_1 + ... + w_{L-1})  affine map and activation of each hidden layer
      + 2 B w_L + 1                affine map, difference; the mean square.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..autodiff import Parameter
from ..autodiff.graph import Graph
from ..autodiff.tree import tree_map
from ..learning import MLP, mean_squared_error


@dataclass(frozen=True, slots=True)
class NetRecord:
    """The record of one loss.

    Attributes
    ----------
    widths : tuple of int
    batch : int
        B, the number of examples.
    nodes : int
        Of the recorded graph, parameters included.
    nbytes : int
        Bytes of all arrays that the graph keeps.
    """

    widths: tuple[int, ...]
    batch: int
    nodes: int
    nbytes: int

    @property
    def predicted_nodes(self) -> int:
        """4 L + 1: two parameters, an affine map and an activation per layer; the loss."""
        # The last layer has no activation; the loss adds a difference and a mean square.
        return 4 * (len(self.widths) - 1) + 1

    @property
    def parameters(self) -> int:
        """P, the number of weights and biases."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    @property
    def predicted_bytes(self) -> int:
        """The formula of the module."""
        first, *hidden, last = self.widths
        numbers = self.parameters + self.batch * (first + 2 * sum(hidden) + 3 * last) + 1
        return 8 * numbers


def run(widths: tuple[int, ...] = (2, 8, 1), batch: int = 4, *, seed: int = 0) -> NetRecord:
    """Record the loss of a net with random parameters on random data, and measure the record.

    Parameters
    ----------
    widths : tuple of int, optional
        Two or more, inputs first.
    batch : int, optional
    seed : int, optional
        Of parameters and data; the sizes do not depend on it.
    """
    rng = np.random.default_rng(seed)
    model = MLP(widths)
    theta = tree_map(Parameter, model.init(rng))
    x, t = rng.standard_normal((batch, widths[0])), rng.standard_normal((batch, widths[-1]))
    graph = Graph.of(mean_squared_error(model(theta, x), t))
    return NetRecord(tuple(widths), batch, len(graph), graph.nbytes)
