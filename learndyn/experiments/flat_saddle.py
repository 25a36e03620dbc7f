"""A fixed point of which the linearised step says nothing: XOR's saddle at zero.

A tanh net with all weights zero and the output bias at the mean of the targets is a fixed point
of descent on half the mean squared error. With the hidden layer h(x) = tanh(x W + b), output
weights v, and targets t around their mean, the loss near it is

    L = L_0 + c^2 / 2 - sum_j v_j E[t h_j] + ... ,   h_j = w_j x + b_j - (w_j x + b_j)^3 / 3 + ...

where c is the shift of the output bias. The first term in v is v_j w_j E[t x]. If the target is
correlated with an input, it makes a saddle with curvature -mu, mu = |E[t x]|, and a deviation
grows by 1 + eta mu each step: the time to leave is ln(1/eps) / ln(1 + eta mu). For XOR both
correlations are zero. The Hessian is {1, 0, .., 0}, the loss is quartic in a deviation of size
eps, its gradient is of order eps^3, and the time to leave grows as eps^-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import tree_map
from ..dynamics import linearise, simulate, spectrum
from ..learning import (
    MLP,
    GradientDescent,
    Layer,
    hessian_operator,
    mean_squared_error,
    standard_normal,
    training_map,
)
from .xor import INPUTS

TARGETS = {"xor": (0.0, 1.0, 1.0, 0.0), "or": (0.0, 1.0, 1.0, 1.0)}
LEFT_BELOW = 0.9  # of the loss at the saddle


@dataclass(frozen=True, slots=True)
class FlatSaddle:
    """Nets that start at a distance eps from the saddle, all in the same direction.

    Attributes
    ----------
    task : {"xor", "or"}
    step_size : float
        eta.
    curvatures : ndarray, shape (n,)
        Eigenvalues of the Hessian at the saddle.
    multipliers : ndarray, shape (n,)
        Of a step of descent there.
    scales : ndarray, shape (nets,)
        eps, descending.
    escape_steps : ndarray, shape (nets,)
        The first step at which the loss is below ``LEFT_BELOW`` of that of the saddle; nan if
        the run was too short.
    """

    task: str
    step_size: float
    curvatures: np.ndarray
    multipliers: np.ndarray
    scales: np.ndarray
    escape_steps: np.ndarray

    @property
    def exponent(self) -> float:
        """d ln(escape time) / d ln(1/eps), between the two smallest scales."""
        return float(np.diff(np.log(self.escape_steps[-2:]))[0] / self._decades)

    @property
    def steps_per_factor_e(self) -> float:
        """Steps that a start nearer by the factor e costs, between the two smallest scales."""
        return float(np.diff(self.escape_steps[-2:])[0] / self._decades)

    @property
    def predicted_steps_per_factor_e(self) -> float:
        """1 / ln(1 + eta mu); inf where no curvature is negative."""
        growth = self.step_size * max(0.0, -float(self.curvatures.min()))
        return 1.0 / float(np.log1p(growth)) if growth > 1e-12 else float("inf")

    @property
    def _decades(self) -> float:
        return float(-np.diff(np.log(self.scales[-2:]))[0])


def run(
    task: str = "xor",
    *,
    hidden: int = 2,
    step_size: float = 0.8,
    scales: Any = (0.4, 0.28, 0.2, 0.14, 0.1, 0.07, 0.05),
    steps: int = 40_000,
    look_every: int = 1,
    seed: int = 2,
) -> FlatSaddle:
    """Start nets beside the saddle at zero, and see when they leave.

    Parameters
    ----------
    task : {"xor", "or"}, optional
    hidden : int, optional
        Number of hidden units.
    step_size : float, optional
        eta, on half the mean squared error.
    scales : sequence of float, optional
        eps: the start is eps times one draw from N(0, 1), the output bias excepted.
    steps : int, optional
        How long to wait at most.
    look_every : int, optional
        Look at the losses every so many steps; the time to leave is rounded up to a multiple.
    seed : int, optional
        Of the direction.

    Raises
    ------
    ValueError
        If the task is unknown.
    """
    if task not in TARGETS:
        raise ValueError(f"flat_saddle: choose the task from {sorted(TARGETS)}, got {task!r}")
    targets = np.array(TARGETS[task])[:, None]
    model = MLP((2, hidden, 1))

    def losses(theta: list[Layer]) -> Any:
        return 0.5 * mean_squared_error(model(theta, INPUTS), targets, axis=(-2, -1))

    direction = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    direction[-1].bias[:] = 0.0
    saddle = tree_map(np.zeros_like, direction)
    saddle[-1].bias[:] = targets.mean()
    rule = GradientDescent(step_size)
    at_rest = training_map(losses, rule, saddle)
    multipliers = spectrum(linearise(at_rest, at_rest.initial_state)).real

    eps = np.asarray(scales, dtype=np.float64)[:, None, None]
    start = [
        Layer(s.weight + eps * d.weight, s.bias + eps * d.bias)
        for s, d in zip(saddle, direction, strict=True)
    ]
    training = training_map(lambda theta: losses(theta).sum(), rule, start)
    level = LEFT_BELOW * float(np.asarray(losses(saddle)))
    escape = np.full(len(eps), np.nan)
    seen = 0

    def all_left(z: np.ndarray) -> bool:
        nonlocal seen
        if seen % look_every:
            seen += 1
            return False
        left = np.asarray(losses(training.parameters(z))) < level
        escape[left & np.isnan(escape)] = seen
        seen += 1
        return bool(left.all())

    simulate(training, training.initial_state, steps, stop_when=all_left, every=steps)
    curvatures = spectrum(hessian_operator(losses, saddle))
    return FlatSaddle(task, step_size, curvatures, multipliers, eps[:, 0, 0], escape)
