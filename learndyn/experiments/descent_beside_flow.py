r"""Descent, gradient flow and the modified flow in a valley, from one start and at the same times.

On L = sum_i lambda_i theta_i^2 / 2 a step of descent multiplies mode i by 1 - eta lambda_i. In the same time eta

    gradient flow     multiplies it by  exp(-eta lambda_i),
    the modified flow               by  exp(-eta lambda_i (1 + eta lambda_i / 2)),

so over a fixed time descent is at a distance of order 1 in eta from the first and of order 2 from the second (Barrett
and Dherin, 2021). From eta lambda_i = 1 on the multiplier of descent is not positive, and no flow on a line has such a
one; beyond 2 descent diverges.

References
----------
Barrett, D. and Dherin, B. (2021). Implicit gradient regularization. ICLR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import autodiff as ad
from ..dynamics import DormandPrince, integrate, simulate
from ..learning import GradientDescent, GradientFlow, ModifiedFlow, gradient_flow, modified_flow, training_map

__all__ = ["DescentBesideFlow", "run"]


@dataclass(frozen=True, slots=True)
class DescentBesideFlow:
    """What descent and both flows did with each step size.

    Attributes
    ----------
    curvatures : ndarray, shape (2,)
        lambda.
    start : ndarray, shape (2,)
    duration : float
        T.
    step_sizes : ndarray, shape (m,)
        eta.
    points : tuple of ndarray, each (steps + 1, 2)
        Descent at the times 0, eta, 2 eta, ..., the last one not after T.
    times : ndarray, shape (records,)
        Of the paths, from 0 to T.
    flow : ndarray, shape (records, 2)
        The path of gradient flow.
    modified : ndarray, shape (m, records, 2)
        The path of the modified flow of each step size.
    errors : ndarray, shape (2, m)
        The largest distance, over the steps, of descent from each flow at the same time.
    orders : ndarray, shape (2, m)
        The power of eta between each step size and its half: log2 of the ratio of the errors.
    worst : ndarray of int, shape (m,)
        The step at which descent is farthest from gradient flow.
    worst_flow : ndarray, shape (m, 2)
        Where gradient flow is at the time of that step.
    """

    curvatures: np.ndarray
    start: np.ndarray
    duration: float
    step_sizes: np.ndarray
    points: tuple[np.ndarray, ...]
    times: np.ndarray
    flow: np.ndarray
    modified: np.ndarray
    errors: np.ndarray
    orders: np.ndarray
    worst: np.ndarray
    worst_flow: np.ndarray

    @property
    def products(self) -> np.ndarray:
        """Eta times the largest curvature, shape (m,)."""
        products: np.ndarray = self.step_sizes * self.curvatures.max()
        return products


def run(
    step_sizes: Sequence[float],
    *,
    curvatures: Sequence[float] = (0.5, 2.0),
    start: Sequence[float] = (1.0, 1.0),
    duration: float = 4.0,
    records: int = 41,
) -> DescentBesideFlow:
    """Follow descent with each step size, gradient flow, and the modified flow of each step size.

    Parameters
    ----------
    step_sizes : sequence of float
        eta, positive and at most the duration.
    curvatures, start : sequence of float, optional
        Two of each.
    duration : float, optional
        T.
    records : int, optional
        Points on the path of a flow.

    Returns
    -------
    DescentBesideFlow

    Raises
    ------
    ValueError
        If a step size is not positive or longer than the duration, or there are not two curvatures and two coordinates.
    """
    etas, lam, theta = (np.array(values, dtype=float) for values in (step_sizes, curvatures, start))
    if etas.ndim != 1 or not etas.size or not np.all((etas > 0.0) & (etas <= duration)):
        raise ValueError(
            f"descent_beside_flow: step sizes must lie in (0, {duration}], received {list(step_sizes)!r}"
        )
    if lam.shape != (2,) or theta.shape != (2,):
        raise ValueError(
            f"descent_beside_flow: needs two curvatures and a start with two coordinates, received shapes {lam.shape} "
            f"and {theta.shape}"
        )

    def loss(theta: Any) -> Any:
        return 0.5 * ad.sum(lam * theta**2)

    def descend(eta: float) -> tuple[np.ndarray, np.ndarray]:
        training = training_map(loss, GradientDescent(eta), theta)
        record = simulate(training, theta, int(np.floor(duration / eta + 1e-9)))
        return eta * record.times, record.states

    plain = gradient_flow(loss, theta)
    times = np.linspace(0.0, duration, records)
    points, modified, errors, worst, worst_flow = [], [], [], [], []
    for eta in etas:
        both = []
        for step in (float(eta), float(eta) / 2.0):
            at, states = descend(step)
            bent = modified_flow(loss, theta, step)
            on_plain, on_bent = _along(plain, at), _along(bent, at)
            both.append([np.linalg.norm(states - on, axis=1).max() for on in (on_plain, on_bent)])
            if step == eta:
                farthest = int(np.argmax(np.linalg.norm(states - on_plain, axis=1)))
                points.append(states)
                modified.append(_along(bent, times))
                worst.append(farthest)
                worst_flow.append(on_plain[farthest])
        errors.append(both)
    apart = np.array(errors)
    return DescentBesideFlow(
        lam, theta, duration, etas, tuple(points), times, _along(plain, times), np.array(modified),
        apart[:, 0].T, np.log2(apart[:, 0] / apart[:, 1]).T, np.array(worst), np.array(worst_flow),
    )  # fmt: skip


def _along(flow: GradientFlow | ModifiedFlow, times: np.ndarray) -> np.ndarray:
    method = DormandPrince(rtol=1e-6, atol=1e-8)
    states: np.ndarray = integrate(flow, flow.initial_state, times, method=method).states
    return states
