"""XOR with a budget: nets of several widths train together, and a net that has finished leaves.

Nets of one ensemble do not feel each other, so a net that is solved can go without a change to the
rest; so can one that is at rest. What is left are the nets for which the budget of steps matters.

Widths are stacked by padding: a unit whose incoming and outgoing weights and bias are zero has
activation 0 (for tanh and the rectifier) and gradient 0, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dynamics import simulate
from ..learning import MLP, GradientDescent, Layer, mean_squared_error, standard_normal, training_map
from .xor import INPUTS, SOLVED_BELOW, TARGETS, XorResult

AT_REST = 1e-12  # a loss that changes by less between two records is taken as constant


def run(
    widths: Sequence[int],
    *,
    networks: int = 400,
    steps: int = 10_000,
    step_size: float = 0.1,
    activation: str = "tanh",
    seed: int = 0,
    every: int = 100,
) -> list[XorResult]:
    """Train nets of each width as ``xor.run`` does, and stop each when it is solved or at rest.

    Parameters
    ----------
    widths : sequence of int
        Numbers of hidden units.
    networks, steps, step_size, seed : optional
        As in ``xor.run``; the same seed draws the same nets.
    activation : {"tanh", "relu"}, optional
        One that is 0 at 0.
    every : int, optional
        Record the losses, and let nets leave, every so many steps.

    Returns
    -------
    list of XorResult
        One for each width. From the record at which a net left, its loss and parameters stay.

    Raises
    ------
    ValueError
        If the activation is not 0 at 0, or ``every`` does not divide ``steps``.
    """
    if activation not in ("tanh", "relu"):
        raise ValueError(f"xor_budget: activation must be 'tanh' or 'relu', got {activation!r}")
    if steps % every:
        raise ValueError(f"xor_budget: every must divide steps, got every={every}, steps={steps}")
    widest = max(widths)
    model = MLP((2, widest, 1), activation)
    theta = _stack([_padded(_draw(width, networks, seed), widest) for width in widths])

    def losses(theta: list[Layer]) -> Any:
        return mean_squared_error(model(theta, INPUTS), TARGETS, axis=(-2, -1))

    def total(theta: list[Layer]) -> Any:
        return losses(theta).sum()

    rule = GradientDescent(step_size)
    record = np.empty((steps // every + 1, networks * len(widths)))
    record[0] = losses(theta)
    busy = np.arange(record.shape[1])
    for row in range(1, len(record)):
        record[row] = record[row - 1]
        active = [Layer(layer.weight[busy], layer.bias[busy]) for layer in theta]
        training = training_map(total, rule, active)
        start = training.initial_state
        chunk = simulate(training, start, every, every=every, nonfinite="record", progress=False)
        after = training.parameters(chunk.final_state)
        for layer, new in zip(theta, after, strict=True):
            layer.weight[busy], layer.bias[busy] = new.weight, new.bias
        record[row, busy] = losses(after)
        unsettled = ~(np.abs(record[row, busy] - record[row - 1, busy]) < AT_REST)
        busy = busy[(record[row, busy] >= SOLVED_BELOW) & unsettled]
        if not busy.size:
            record[row + 1 :] = record[row]
            break
    times = np.arange(0.0, steps + 1.0, every)
    return [
        XorResult(
            MLP((2, width, 1), activation),
            times,
            record[:, i * networks : (i + 1) * networks],
            _cut(theta, slice(i * networks, (i + 1) * networks), width),
        )
        for i, width in enumerate(widths)
    ]


def _draw(width: int, networks: int, seed: int) -> list[Layer]:
    rng = np.random.default_rng(seed)
    return MLP((2, width, 1)).init(rng, ensemble=(networks,), initialiser=standard_normal)


def _padded(theta: list[Layer], width: int) -> list[Layer]:
    """Return the nets with idle units up to ``width``."""
    hidden, output = theta
    idle = width - output.weight.shape[-2]
    columns, rows = ((0, 0), (0, 0), (0, idle)), ((0, 0), (0, idle), (0, 0))
    return [
        Layer(np.pad(hidden.weight, columns), np.pad(hidden.bias, columns)),
        Layer(np.pad(output.weight, rows), output.bias),
    ]


def _cut(theta: list[Layer], nets: slice, width: int) -> list[Layer]:
    """Return some of the nets without their idle units."""
    hidden, output = theta
    return [
        Layer(hidden.weight[nets, :, :width], hidden.bias[nets, :, :width]),
        Layer(output.weight[nets, :width], output.bias[nets]),
    ]


def _stack(ensembles: list[list[Layer]]) -> list[Layer]:
    return [
        Layer(
            np.concatenate([layer.weight for layer in layers]),
            np.concatenate([layer.bias for layer in layers]),
        )
        for layers in zip(*ensembles, strict=True)
    ]
