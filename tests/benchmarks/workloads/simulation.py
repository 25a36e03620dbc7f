"""What ``simulate`` adds to the gradient: descent on XOR, as a bare loop and as a map.

    theta <- theta - eta grad L(theta),   MLP 2-8-1 tanh, squared error, batch 4

The bare loop is what one writes without a notion of state: the gradient of the tree of parameters,
and new parameters leaf by leaf. The other side runs the training map, which keeps the state as
one vector, and records every state. A step here is a run of ``STEPS`` steps of descent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from learndyn import GradientDescent, simulate, training_map, value_and_grad

from .network import Arrays, initial, squared_error, xor_data
from .pair import Pair, Step, Workload

STEP_SIZE, STEPS, WIDTHS = 0.05, 200, (2, 8, 1)


def bare(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """Gradient and update on the tree, nothing recorded."""
    value_and_slope = value_and_grad(lambda theta: squared_error(theta, x, t))

    def run() -> tuple[Any, ...]:
        nonlocal theta
        for _ in range(STEPS):
            _, slope = value_and_slope(theta)
            theta = [p - STEP_SIZE * g for p, g in zip(theta, slope, strict=True)]
        return (np.concatenate([p.ravel() for p in theta]),)

    return run


def simulated(theta: Arrays, x: np.ndarray, t: np.ndarray) -> Step:
    """The same steps by ``simulate``."""
    training = training_map(
        lambda theta: squared_error(theta, x, t), GradientDescent(STEP_SIZE), theta
    )
    z = training.initial_state

    def run() -> tuple[Any, ...]:
        nonlocal z
        z = simulate(training, z, STEPS, progress=False).final_state
        return (z,)

    return run


def make() -> Pair:
    """Both ways from the same parameters."""
    theta, (x, t) = initial(WIDTHS), xor_data()
    return Pair(bare(theta, x, t), simulated(theta, x, t))


WORKLOAD = Workload("simulate", f"XOR: {STEPS} steps of descent, MLP 2-8-1, batch 4", make)
