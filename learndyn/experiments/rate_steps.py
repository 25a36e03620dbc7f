r"""What a step of Euler's method makes of a neuron, and of two populations.

Euler's map z + h f(z) has the fixed points of the flow, and at each of them the multipliers
1 + h lambda. A stable mode of the flow, Re lambda < 0, is stable under the map if

    |1 + h lambda| < 1,    that is    h < -2 Re lambda / |lambda|^2

For the leak, lambda = -1/tau, this is h < 2 tau: the step-size limit of descent with the
curvature 1/tau. For a mode that turns it is far less: the map adds h |lambda|^2 / 2 to its rate.
So with a step h the pair seems to oscillate wherever 2 Re lambda + h |lambda|^2 > 0.

References
----------
Hairer, E. and Wanner, G. (1996). Solving Ordinary Differential Equations II, 2nd ed., Springer,
section IV.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import (
    RK4,
    Euler,
    Flow,
    equilibrium,
    flow_map,
    integrate,
    linearise,
    spectral_radius,
    spectrum,
)
from ..dynamics.events import find_root
from ..neural.rate import LeakyIntegrator, WilsonCowan
from .rate_hopf import equilibria


@dataclass(frozen=True, slots=True)
class StepLimit:
    """The longest step of Euler's method that leaves an equilibrium stable.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n,), complex
        Of the flow's Jacobian, per tau.
    predicted : float
        Smallest -2 Re lambda / |lambda|^2.
    measured : float
        Where the spectral radius of the step's own Jacobian is 1.
    """

    eigenvalues: np.ndarray
    predicted: float
    measured: float


def step_limit(flow: Flow, start: Any) -> StepLimit:
    """Find the step at which a stable equilibrium of a flow loses its stability under Euler.

    Parameters
    ----------
    flow : Flow
        Autonomous.
    start : array_like, shape (n,)
        Near the equilibrium.

    Returns
    -------
    StepLimit

    Raises
    ------
    ValueError
        If the flow itself is not stable there.
    """
    rest = equilibrium(flow, start).state
    values = spectrum(linearise(flow, rest, t=0.0).to_matrix())
    if (values.real >= 0.0).any():
        raise ValueError(
            f"step_limit: the flow is not stable at {rest}, its eigenvalues are {values}. "
            "No step makes an unstable mode stable"
        )
    predicted = float((-2.0 * values.real / np.abs(values) ** 2).min())

    def excess(h: float) -> float:
        return spectral_radius(linearise(flow_map(flow, h, method=Euler(h)), rest)) - 1.0

    low, high = 0.5 * predicted, 2.0 * predicted
    return StepLimit(values, predicted, find_root(excess, low, high, excess(low), excess(high)))


def leak_limit(tau: float = 1.0) -> StepLimit:
    """Return the limit of one leaky integrator."""
    return step_limit(LeakyIntegrator(tau=tau, drive=1.0), [0.0])


def pair_limit(P: float = 2.5) -> StepLimit:
    """Return the limit of the pair at an input at which it rests."""
    return step_limit(WilsonCowan(P=P), [0.29, 0.28])


@dataclass(frozen=True, slots=True)
class FalseOscillation:
    """The pair at an input at which it rests, computed in three ways.

    Attributes
    ----------
    P, step_size : float
    times : ndarray, shape (records,)
        In units of tau.
    euler, rk4, exact : ndarray, shape (records,)
        E. ``exact`` is by Dormand-Prince, the other two use the step size.
    """

    P: float
    step_size: float
    times: np.ndarray
    euler: np.ndarray
    rk4: np.ndarray
    exact: np.ndarray

    def late_swing(self, activity: np.ndarray) -> float:
        """Largest minus smallest E in the last quarter."""
        return float(np.ptp(activity[3 * len(activity) // 4 :]))


def false_oscillation(
    P: float = 2.5, *, step_size: float = 0.1, duration: float = 30.0
) -> FalseOscillation:
    """Run the pair with long steps of two methods, and exactly.

    Parameters
    ----------
    P : float, optional
    step_size : float, optional
        In units of tau.
    duration : float, optional

    Returns
    -------
    FalseOscillation
    """
    pair = WilsonCowan(P=P)
    times = np.linspace(0.0, duration, round(duration / step_size) + 1)
    start = equilibrium(pair, [0.29, 0.28]).state + np.array([0.03, 0.0])
    euler, rk4 = (
        integrate(pair, start, times, method=method(step_size)).states[:, 0]
        for method in (Euler, RK4)
    )
    return FalseOscillation(
        P, step_size, times, euler, rk4, integrate(pair, start, times).states[:, 0]
    )


def false_end(step_size: float) -> float:
    """Return the P up to which Euler's map oscillates: where |1 + h lambda| = 1.

    Parameters
    ----------
    step_size : float
        h, in units of tau; 0 for the flow.
    """
    curve = equilibria(np.linspace(0.2, 0.4, 60).tolist())
    excess = 2.0 * curve.rates.real + step_size * np.abs(curve.rates) ** 2
    k = int(np.flatnonzero((excess[:-1] > 0.0) & (excess[1:] <= 0.0))[-1])
    share = excess[k] / (excess[k] - excess[k + 1])
    return float(curve.P[k] + share * (curve.P[k + 1] - curve.P[k]))


def euler_oscillates(inputs: Sequence[float], *, step_size: float, steps: int = 3000) -> list[bool]:
    """Say for each input whether a small deviation grows under Euler's map.

    Parameters
    ----------
    inputs : sequence of float
        P.
    step_size : float
    steps : int, optional

    Returns
    -------
    list of bool
    """
    grown = []
    for P in inputs:
        pair = WilsonCowan(P=P)
        rest = equilibrium(pair, [0.29, 0.28]).state
        start = rest + np.array([1e-4, 0.0])
        ends = integrate(pair, start, [0.0, steps * step_size], method=Euler(step_size)).states
        grown.append(bool(np.linalg.norm(ends[-1] - rest) > 1e-4))
    return grown
