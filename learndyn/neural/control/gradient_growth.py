"""Chaos limits gradients: how the gradient of a final state grows with the horizon.

    g(T) = dL(z(T)) / dz(0) = (dz(T)/dz(0))' grad L,     |g(T)| ~ exp(lambda_1 T)

lambda_1 is the largest Lyapunov exponent of the flow. Where it is positive, descent through a long
simulation sees slopes that say nothing about the loss at any useful distance: a step of size eta must be
smaller than about exp(-lambda_1 T).

References
----------
Metz, L., Freeman, C. D., Schoenholz, S. S. and Kachman, T. (2021). Gradients are not all you need.
Suh, H. J. T., Simchowitz, M., Zhang, K. and Tedrake, R. (2022). Do differentiable simulators give
better policy gradients? ICML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import grad
from ...dynamics import Flow, flow_map
from ...dynamics.flow import OneStepMethod


@dataclass(frozen=True, slots=True)
class GradientGrowth:
    """Sizes of gradients through longer and longer simulations.

    Attributes
    ----------
    horizons : ndarray, shape (h,)
        T, s.
    log_norms : ndarray, shape (h, members)
        ln |g(T)| for each initial state.
    """

    horizons: np.ndarray
    log_norms: np.ndarray

    @property
    def rate(self) -> float:
        """Slope of the mean of ln |g| against T, 1/s, by least squares."""
        return float(np.polyfit(self.horizons, self.log_norms.mean(axis=1), 1)[0])


def measure_gradient_growth(
    flow: Flow,
    states: Any,
    horizons: Any,
    *,
    method: OneStepMethod,
    rng: int | np.random.Generator = 0,
) -> GradientGrowth:
    """Differentiate final states with respect to initial ones, backwards through the integrator.

    The loss is the product of the final state with a random unit vector, another for each initial
    state; all initial states run side by side.

    Parameters
    ----------
    flow : Flow
        Accepts a batch: states of shape (n, members).
    states : array_like, shape (n, members)
        Initial states.
    horizons : array_like, shape (h,)
        T, s, increasing and positive, at least two.
    method : Euler, Heun or RK4
    rng : int or numpy.random.Generator, optional
        For the vectors.

    Returns
    -------
    GradientGrowth

    Raises
    ------
    ValueError
        If the states are no matrix, or the horizons are not positive and increasing.
    """
    z0 = np.array(states, dtype=np.float64)
    times = np.array(horizons, dtype=np.float64)
    if z0.ndim != 2:
        raise ValueError(f"measure_gradient_growth: needs states of shape (n, members), got shape {z0.shape}")
    if times.ndim != 1 or times.size < 2 or not (times[0] > 0 and (np.diff(times) > 0).all()):
        raise ValueError(
            f"measure_gradient_growth: needs two or more positive, increasing horizons, got {horizons}"
        )
    along = np.random.default_rng(rng).standard_normal(z0.shape)
    along /= np.linalg.norm(along, axis=0)
    rows = []
    for horizon in times.tolist():
        final = flow_map(flow, horizon, method=method)
        gradient = grad(lambda z, final=final: (along * final(z)).sum())(z0)
        rows.append(np.log(np.linalg.norm(gradient, axis=0)))
    return GradientGrowth(times, np.stack(rows))
