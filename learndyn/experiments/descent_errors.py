"""The error of descent against three flows, after the same time.

Descent with step size eta is Euler's method. At a fixed time t = k eta its distance is of order

    1   from gradient flow,
    2   from the flow of the modified loss L + eta/4 |grad L|^2,
    3   from the flow with the next term

(Hairer, Lubich and Wanner, 2006, IX; Barrett and Dherin, 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import DormandPrince, integrate, simulate
from ..learning import (
    MLP,
    GradientDescent,
    gradient_flow,
    mean_squared_error,
    modified_flow,
    training_map,
)


def sine_net(seed: int = 0) -> tuple[Callable[[Tree], Any], Tree]:
    """Ten points of sin(x1 + x2), learned by a tanh net 2-6-1: its loss and its start."""
    rng = np.random.default_rng(seed)
    model = MLP((2, 6, 1))
    x = rng.standard_normal((10, 2))
    y = np.sin(x[:, :1] + x[:, 1:])
    return lambda theta: mean_squared_error(model(theta, x), y), model.init(rng)


@dataclass(frozen=True, slots=True)
class DescentErrors:
    """Distances of descent from each flow.

    Attributes
    ----------
    duration : float
        The time T = k eta of the comparison.
    step_sizes : ndarray, shape (m,)
        eta, decreasing.
    errors : ndarray, shape (3, m)
        Distance from gradient flow and from the modified flows of order 1 and 2.
    extrapolated : ndarray, shape (m - 1,)
        Distance from gradient flow of 2 theta(eta') - theta(eta), with eta' the next step size
        after eta; of order 2 if eta' = eta/2 (Richardson, 1911).
    """

    duration: float
    step_sizes: np.ndarray
    errors: np.ndarray
    extrapolated: np.ndarray

    @property
    def orders(self) -> np.ndarray:
        """Measured power of eta between the two smallest step sizes, shape (3,)."""
        ratio = np.log(self.errors[:, -2] / self.errors[:, -1])
        return ratio / np.log(self.step_sizes[-2] / self.step_sizes[-1])


def run(
    loss: Callable[[Tree], Any],
    theta: Tree,
    *,
    duration: float = 4.0,
    step_counts: tuple[int, ...] = (20, 40, 80, 160),
) -> DescentErrors:
    """Compare descent with the three flows at the time ``duration``.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element.
    theta : tree of arrays
        Where all start.
    duration : float, optional
        T.
    step_counts : tuple of int, optional
        Increasing. The step size is T / steps.
    """
    ends, errors = [], []
    for steps in step_counts:
        eta = duration / steps
        training = training_map(loss, GradientDescent(eta), theta)
        ends.append(simulate(training, training.initial_state, steps).final_state)
        errors.append(
            [
                np.linalg.norm(ends[-1] - _end(modified_flow(loss, theta, eta, order=order), duration))
                for order in (1, 2)
            ]
        )
    limit = _end(gradient_flow(loss, theta), duration)
    plain = [np.linalg.norm(end - limit) for end in ends]
    twice = [
        np.linalg.norm(2.0 * fine - coarse - limit)
        for coarse, fine in zip(ends[:-1], ends[1:], strict=True)
    ]
    return DescentErrors(
        duration,
        duration / np.array(step_counts),
        np.vstack([plain, np.array(errors).T]),
        np.array(twice),
    )


def _end(flow: Any, duration: float) -> np.ndarray:
    method = DormandPrince(rtol=1e-7, atol=1e-9)
    return integrate(flow, flow.initial_state, [0.0, duration], method=method).final_state
