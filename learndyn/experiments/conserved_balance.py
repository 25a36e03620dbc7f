"""The quantity that gradient flow conserves in a deep linear net, and how descent breaks it.

The map W_2 W_1 does not change under W_1 -> A W_1, W_2 -> W_2 A^-1. So the gradients satisfy
G_1 W_1' = W_2' G_2, and gradient flow conserves D = W_1 W_1' - W_2' W_2. A step of descent adds
exactly eta^2 (G_1 G_1' - G_2' G_2). Over a fixed time there are T/eta steps, so the drift is

    eta * integral of (G_1 G_1' - G_2' G_2) dt along the flow,   up to O(eta^2).

References
----------
Arora, S., Cohen, N. and Hazan, E. (2018). On the optimization of deep networks. ICML.
Du, S., Hu, W. and Lee, J. (2018). Algorithmic regularization in learning deep homogeneous
models: layers are automatically balanced. NeurIPS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, integrate, simulate
from ..learning import (
    GradientDescent,
    balance,
    balance_drift,
    deep_linear_loss,
    gradient_flow,
    training_map,
)
from .random_stages import random_weights


@dataclass(frozen=True, slots=True)
class ConservedBalance:
    """Drift of D = W_1 W_1' - W_2' W_2 over a fixed time.

    Attributes
    ----------
    time : float
        T.
    size : float
        Frobenius norm of D at the start.
    distance : float
        How far the weights move along the flow, the norm of theta(T) - theta(0).
    flow_drift : float
        Largest entry of D(t) - D(0) along the integrated flow.
    step_sizes : ndarray, shape (runs,)
        eta, decreasing.
    drifts : ndarray, shape (runs,)
        Frobenius norm of D(T) - D(0) by descent.
    step_error : float
        Largest entry, over all steps of all runs, of the change of D less the predicted
        eta^2 (G_1 G_1' - G_2' G_2).
    rate : float
        Frobenius norm of the integral of G_1 G_1' - G_2' G_2 along the flow.
    """

    time: float
    size: float
    distance: float
    flow_drift: float
    step_sizes: np.ndarray
    drifts: np.ndarray
    step_error: float
    rate: float

    @property
    def predicted(self) -> np.ndarray:
        """The drift to first order, eta times the rate, shape (runs,)."""
        return self.step_sizes * self.rate

    @property
    def order(self) -> float:
        """Measured power of eta, from the two smallest step sizes."""
        (e1, e2), (d1, d2) = self.step_sizes[-2:], self.drifts[-2:]
        return float(np.log(d1 / d2) / np.log(e1 / e2))


def run(
    *,
    time: float = 2.0,
    steps: Sequence[int] = (25, 50, 100, 200, 400, 800),
    hidden: int = 5,
    seed: int = 2,
    method: Any = DormandPrince(rtol=1e-11, atol=1e-13),  # noqa: B008 - frozen
) -> ConservedBalance:
    """Follow the flow and descend from one random start over the same time.

    Parameters
    ----------
    time : float, optional
        T.
    steps : sequence of int, optional
        How many steps descent makes in it, increasing: eta = T / steps.
    hidden : int, optional
        Hidden units of the net of 3 inputs and 4 outputs.
    seed : int, optional
        Of the weights, N(0, 1/4); the target is drawn as N(0, 1) from seed 0.
    method : optional
        Integrator.

    Returns
    -------
    ConservedBalance
    """
    target = np.random.default_rng(0).standard_normal((4, 3))
    weights = random_weights(3, hidden, 4, scale=0.5, seed=seed)
    loss = deep_linear_loss(target)
    start = balance(weights)[0]

    flow = gradient_flow(loss, weights)
    times = np.linspace(0.0, time, 201)
    path = integrate(flow, flow.initial_state, times, method=method)
    kept = np.array([balance(flow.parameters(z))[0] for z in path.states])
    slopes = [flow.parameters(flow(t, z)) for t, z in zip(path.times, path.states, strict=True)]
    rates = np.array([balance_drift(slope, 1.0)[0] for slope in slopes])

    drifts, errors = [], []
    for count in steps:
        training = training_map(loss, GradientDescent(time / count), weights)
        states = simulate(training, training.initial_state, count).states
        balances = np.array([balance(training.parameters(z))[0] for z in states])
        added = np.array([_added(training, z) for z in states[:-1]])
        drifts.append(np.linalg.norm(balances[-1] - start))
        errors.append(np.max(np.abs(np.diff(balances, axis=0) - added)))
    return ConservedBalance(
        time,
        float(np.linalg.norm(start)),
        float(np.linalg.norm(path.final_state - path.states[0])),
        float(np.max(np.abs(kept - start))),
        time / np.array(steps),
        np.array(drifts),
        float(max(errors)),
        float(np.linalg.norm(_simpson(rates, times[1] - times[0]))),
    )


def _added(training: Any, z: np.ndarray) -> np.ndarray:
    """What a step of descent from state ``z`` should add to D."""
    gradient = training.value_and_gradient(z)[1]
    # The state of plain descent is the parameters, so a gradient unravels as a state does.
    return balance_drift(training.parameters(gradient), training.rule.step_size)[0]


def _simpson(values: np.ndarray, spacing: float) -> np.ndarray:
    """Integral over axis 0 of an odd number of values, by Simpson's rule."""
    ends, odd, even = values[0] + values[-1], values[1:-1:2], values[2:-1:2]
    return spacing / 3.0 * (ends + 4.0 * odd.sum(axis=0) + 2.0 * even.sum(axis=0))
