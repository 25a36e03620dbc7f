"""How fast a mode of a quadratic decays: under descent, and under the flows that stand for it.

Descent multiplies a mode of curvature lambda by 1 - eta lambda a step. A flow that passes
through the iterates decays at the rate

    -log(1 - eta lambda) / eta = lambda (1 + eta lambda/2 + (eta lambda)^2/3 + ...).

Gradient flow keeps the first term, the flow of the modified loss two, the next flow three. At
eta lambda = 1 the mode is gone in one step, and beyond it the multiplier is negative: then no
flow on the line passes through the iterates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import integrate, simulate
from ..learning import (
    GradientDescent,
    exact_rate,
    gradient_flow,
    modified_flow,
    training_map,
    truncated_rate,
)

ORDERS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class ModeRates:
    """Measured and predicted decay of one mode in the time eta of one step.

    All rates are in units of 1/eta.

    Attributes
    ----------
    relative_steps : ndarray, shape (n,)
        eta lambda.
    multipliers : ndarray, shape (n,)
        Measured factor of one step of descent.
    flow_rates : ndarray, shape (3, n)
        Measured rates of gradient flow and of the modified flows of order 1 and 2.
    """

    relative_steps: np.ndarray
    multipliers: np.ndarray
    flow_rates: np.ndarray

    @property
    def descent_rates(self) -> np.ndarray:
        """Rate that the measured multiplier asks for, shape (n,): nan where it is negative."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return -np.log(self.multipliers)

    @property
    def predicted_descent(self) -> np.ndarray:
        """-log(1 - eta lambda), shape (n,)."""
        return exact_rate(1.0, self.relative_steps)

    @property
    def predicted_flows(self) -> np.ndarray:
        """The series cut after the orders 0, 1, 2, shape (3, n)."""
        return np.stack([truncated_rate(1.0, self.relative_steps, order=k) for k in ORDERS])


def run(relative_steps: Any) -> ModeRates:
    """Measure the decay of one mode for each value of eta lambda in ``relative_steps``.

    Parameters
    ----------
    relative_steps : array_like, shape (n,)
        Positive. The curvature is 1, so eta lambda is the step size.
    """
    relative_steps = np.asarray(relative_steps, dtype=np.float64)
    start = np.ones(1)
    multipliers, rates = [], []
    for eta in relative_steps.tolist():
        training = training_map(_parabola, GradientDescent(eta), start)
        multipliers.append(simulate(training, training.initial_state, 1).final_state[0])
        gradient = gradient_flow(_parabola, start)
        modified = [modified_flow(_parabola, start, eta, order=order) for order in ORDERS[1:]]
        rates.append([_rate(flow, eta) for flow in (gradient, *modified)])
    return ModeRates(relative_steps, np.array(multipliers), np.array(rates).T)


def _parabola(theta: Any) -> Any:
    return 0.5 * (theta * theta).sum()


def _rate(flow: Any, eta: float) -> float:
    """-log of what the flow leaves of the mode after the time eta."""
    return -float(np.log(integrate(flow, flow.initial_state, [0.0, eta]).final_state[0]))
