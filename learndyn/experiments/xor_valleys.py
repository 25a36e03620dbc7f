"""Where failed XOR nets sit: examples that share a hidden code, and valleys that lead to infinity.

A net whose hidden layer gives several examples the same code must give them the same answer. Its
mean squared error is then at least the variance of the targets within such groups,

    level = 1/4 sum over groups sum_{i in group} (t_i - mean of the group)^2 :

1/8 if two examples with different targets are merged, 1/6 if three are. tanh merges examples by
saturation only, at infinite weights. Let the answer to an example miss the group's by
a = 2 v e^{-2 z}, z its pre-activation, and let this cost g a. The weights can move z while the
other answers stay; let kappa be the squared length of the gradient of z along these directions.
The gradient flow gives

    dz/dtau = 2 kappa g a,   da/dtau = -4 kappa g a^2,   so   g a = 1 / (4 kappa tau),

and z = 1/2 ln tau + const. Neither g nor v is left in the cost. A pair merged at x_j = 1 moves with
the weight from x_j alone, kappa = 1. A pair merged at x_j = 0 moves with the bias, and the weight
must take back what the bias adds at x_j = 1: kappa = 1/2. With two units the loss is then 2/(4 tau) or
4/(4 tau) above its level. Time tau is the number of steps times the step size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, ImplicitEuler, integrate
from ..learning import MLP, Layer, gradient_flow, mean_squared_error, standard_normal
from .xor import INPUTS, TARGETS, XorResult

LEVELS = (1 / 8, 1 / 6, 1 / 4)
_EDGES = ((0, 1), (0, 2), (1, 3), (2, 3))  # examples that differ in one input


@dataclass(frozen=True, slots=True)
class MergedNets:
    """Which examples each net's hidden layer merges, and the loss that this predicts.

    Attributes
    ----------
    groups : ndarray of int, shape (networks, 4)
        Examples with the same number have the same hidden code.
    levels : ndarray, shape (networks,)
        Variance of the targets within groups: the least loss that the codes allow if equal codes
        get equal answers.
    losses : ndarray, shape (networks,)
        Mean squared error that the net has.
    """

    groups: np.ndarray
    levels: np.ndarray
    losses: np.ndarray

    def count(self, level: float) -> int:
        """Number of nets whose codes predict this level."""
        return int(np.isclose(self.levels, level, rtol=0.0, atol=1e-9).sum())

    def sharing(self, value: int) -> np.ndarray:
        """Which nets are at 1/8 with a pair merged at x_1 or x_2 equal to ``value``, bool."""
        pairs = [(i, j) for i, j in _EDGES if value in INPUTS[i][INPUTS[i] == INPUTS[j]]]
        same = [self.groups[:, i] == self.groups[:, j] for i, j in pairs]
        return np.any(same, axis=0) & np.isclose(self.levels, 1 / 8)


@dataclass(frozen=True, slots=True)
class Valley:
    """One net along its gradient flow.

    Attributes
    ----------
    times : ndarray, shape (records,)
        tau, steps times step size.
    losses : ndarray, shape (records,)
        Mean squared error.
    largest_weights : ndarray, shape (records,)
        The largest size of a hidden weight.
    level : float
        Of 0, 1/8, 1/6, 1/4, the one to which the last loss is nearest.
    """

    times: np.ndarray
    losses: np.ndarray
    largest_weights: np.ndarray
    level: float

    @property
    def excess(self) -> np.ndarray:
        """Loss above the level, shape (records,)."""
        return self.losses - self.level

    @property
    def exponent(self) -> float:
        """d ln(excess) / d ln(tau) over the last decade of time; predicted -1."""
        since = self._last_decade
        return float(np.polyfit(np.log(self.times[since]), np.log(np.abs(self.excess[since])), 1)[0])

    @property
    def scaled_excess(self) -> float:
        """4 tau times the excess at the end; predicted the sum of 1 / kappa."""
        return float(4.0 * self.times[-1] * self.excess[-1])

    @property
    def weight_growth(self) -> float:
        """d |w| / d ln(tau) over the last decade, for the largest weight; predicted 1/2."""
        since = self._last_decade
        return float(np.polyfit(np.log(self.times[since]), self.largest_weights[since], 1)[0])

    @property
    def _last_decade(self) -> np.ndarray:
        return self.times >= 0.0999 * self.times[-1]


def merged_level(groups: Sequence[int]) -> float:
    """Return the least mean squared error on XOR of a net that merges examples.

    Parameters
    ----------
    groups : sequence of 4 int
        Examples with the same number get the same answer.
    """
    numbers = np.asarray(groups)
    within = [TARGETS[numbers == g, 0] for g in np.unique(numbers)]
    return float(sum(np.sum((t - t.mean()) ** 2) for t in within) / len(TARGETS))


def hidden_codes(model: MLP, theta: list[Layer]) -> np.ndarray:
    """Return the hidden activations of the four examples, shape (..., 4, width)."""
    return np.asarray(model.trace(theta, INPUTS).activations[1])


def merged(result: XorResult, *, tolerance: float = 0.05) -> MergedNets:
    """Find the examples whose hidden codes agree, for each net.

    Parameters
    ----------
    result : XorResult
    tolerance : float, optional
        Two codes count as equal if no unit differs by more.

    Returns
    -------
    MergedNets
    """
    codes = hidden_codes(result.model, result.theta)
    distance = np.abs(codes[:, :, None] - codes[:, None]).max(axis=-1)
    # The smallest index among the equals; twice, since equality within a tolerance has chains.
    groups = (distance < tolerance).argmax(axis=-1)
    groups = np.take_along_axis(groups, groups, axis=-1)
    levels = np.array([merged_level(g) for g in groups])
    return MergedNets(groups, levels, result.losses[-1])


def follow(
    model: MLP,
    theta: list[Layer],
    *,
    start: float = 1000.0,
    end: float = 1e5,
    per_decade: int = 10,
    substeps: int = 2,
) -> Valley:
    """Follow the gradient flow of one net from a late time to a far later one.

    The steps of implicit Euler are parts of the time itself, since the valley flattens as 1/tau:
    an explicit method would be held back by the fast modes across the valley. Where a net leaves
    its valley such a step is too long, Newton's method gives up, and an explicit method takes over.

    Parameters
    ----------
    model, theta
        A net with two inputs and its parameters at time ``start``.
    start, end : float, optional
        Times tau.
    per_decade : int, optional
        Records for each factor of ten.
    substeps : int, optional
        Steps of the method between two records.

    Returns
    -------
    Valley
    """
    flow = gradient_flow(lambda theta: mean_squared_error(model(theta, INPUTS), TARGETS), theta)
    times = np.geomspace(start, end, round(per_decade * np.log10(end / start)) + 1)
    states = [flow.initial_state]
    for t0, t1 in pairwise(times):
        states.append(_advance(flow, states[-1], t0, t1, substeps))
    losses = np.array([float(flow.loss(z)) for z in states])
    weights = np.array([np.abs(flow.parameters(z)[0].weight).max() for z in states])
    level = min((0.0, *LEVELS), key=lambda level: abs(level - losses[-1]))
    return Valley(times, losses, weights, level)


def _advance(flow: Any, z: np.ndarray, t0: float, t1: float, substeps: int) -> np.ndarray:
    """Return the state at t1 of the flow from z at t0."""
    for method in (ImplicitEuler((t1 - t0) / substeps, tolerance=1e-8), DormandPrince()):
        run = integrate(flow, z, [t0, t1], method=method, progress=False)
        if not run.stopped:
            return run.final_state
    raise RuntimeError(f"xor_valleys: {run.stopped}")


def one_unit(*, end: float = 1e4, seed: int = 0, **options: Any) -> Valley:
    """Follow a net with one hidden unit, which is what two identical units amount to.

    A unit answers monotonically along one direction. The best monotone answers to XOR merge three
    examples: the infimum is 1/6, and no finite weights attain it.

    Parameters
    ----------
    end : float, optional
        The last time tau.
    seed : int, optional
        Of the initial weights, from N(0, 1).
    **options
        Of ``follow``.
    """
    model = MLP((2, 1, 1))
    theta = model.init(np.random.default_rng(seed), initialiser=standard_normal)
    flow = gradient_flow(lambda theta: mean_squared_error(model(theta, INPUTS), TARGETS), theta)
    early = integrate(flow, flow.initial_state, [0.0, 100.0], method=DormandPrince(), progress=False)
    return follow(model, flow.parameters(early.final_state), start=100.0, end=end, **options)
