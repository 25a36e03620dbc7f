r"""Two gradients of a circuit's trajectory, and a third that fails.

1. Through time: reverse mode through all steps of Euler's method. It is the gradient of what was
   computed, to rounding.
2. The continuous adjoint: the gradient of the exact flow. The two differ by O(dt).
3. The same adjoint with the state integrated backwards along with it. A leak e^{-T} is e^{+T}
   backwards: errors grow as e^{-lambda T}, lambda the smallest Lyapunov exponent of the circuit.

The circuit has an input of period 4 tau, so that it never rests.

References
----------
Chen, R. T. Q., Rubanova, Y., Bettencourt, J. and Duvenaud, D. (2018). Neural ordinary differential
equations. NeurIPS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..autodiff import grad
from ..autodiff.tree import Tree
from ..dynamics import RK4, DormandPrince, Euler, flow_map, lyapunov_exponents, ravel
from ..neural.rate import ContinuousTimeRNN, TrajectoryLoss, adjoint_gradient, unrolled_loss

_PERIOD = 4.0  # of the input, in units of tau
_TIGHT = DormandPrince(rtol=1e-7, atol=1e-9)


@dataclass(frozen=True, slots=True)
class GradientGap:
    """The distance of the gradient through time from the continuous adjoint.

    Attributes
    ----------
    step_sizes : ndarray, shape (k,)
        In units of tau.
    gaps : ndarray, shape (k,)
        Relative to the length of the adjoint's gradient.
    """

    step_sizes: np.ndarray
    gaps: np.ndarray

    @property
    def order(self) -> float:
        """The slope of ln gap against ln step."""
        return float(np.polyfit(np.log(self.step_sizes), np.log(self.gaps), 1)[0])


def problem(duration: float, *, n: int = 6, seed: int = 0) -> TrajectoryLoss:
    """Return the task: under an input sin(2 pi t / 4), neuron 0 has to follow its cosine."""
    rng = np.random.default_rng(seed)
    start, into = rng.standard_normal(n), rng.standard_normal((n, 1))
    omega = 2.0 * np.pi / _PERIOD

    def family(theta: Tree) -> ContinuousTimeRNN:
        return ContinuousTimeRNN(
            theta["weight"],
            bias=theta["bias"],
            input_weight=into,
            drive=lambda t: np.array([np.sin(omega * t)]),
        )

    return TrajectoryLoss(
        family=family,
        z0=start,
        duration=duration,
        terminal=lambda z: (z * z).sum(),
        running=lambda t, z: (z[0] - np.cos(omega * t)) ** 2,
    )


def constants(*, n: int = 6, gain: float = 1.2, seed: int = 0) -> Tree:
    """Return weights from N(0, gain^2 / n) and small biases."""
    rng = np.random.default_rng(seed + 1)
    weight = gain / np.sqrt(n) * rng.standard_normal((n, n))
    return {"weight": weight, "bias": 0.2 * rng.standard_normal(n)}


def run(
    step_sizes: Sequence[float] = (0.1, 0.05, 0.025, 0.0125),
    *,
    duration: float = 3.0,
    seed: int = 1,
) -> GradientGap:
    """Compare both gradients for several steps.

    Parameters
    ----------
    step_sizes : sequence of float, optional
        Of Euler's method, in units of tau.
    duration : float, optional
    seed : int, optional

    Returns
    -------
    GradientGap
    """
    task, theta = problem(duration, seed=seed), constants(seed=seed)
    exact = ravel(adjoint_gradient(task, theta).gradient)[0]
    gaps = [
        np.linalg.norm(ravel(grad(unrolled_loss(task, method=Euler(h)))(theta))[0] - exact)
        for h in step_sizes
    ]
    return GradientGap(np.array(step_sizes), np.array(gaps) / np.linalg.norm(exact))


@dataclass(frozen=True, slots=True)
class WaysBack:
    """Errors of the adjoint with two ways to have the state, for several durations.

    Attributes
    ----------
    durations : ndarray, shape (k,)
        T, in units of tau.
    checkpointed, reversed : ndarray, shape (k,)
        Error of the gradient, relative to its length; inf where the way back ended early.
    start_errors : ndarray, shape (k,)
        Distance from z0 of the state that the reversed way back arrived at.
    exponent : float
        The smallest Lyapunov exponent of the circuit, per tau.
    """

    durations: np.ndarray
    checkpointed: np.ndarray
    reversed: np.ndarray
    start_errors: np.ndarray
    exponent: float

    @property
    def growth(self) -> float:
        """The slope of ln of the start errors against T, per tau."""
        return float(np.polyfit(self.durations, np.log(self.start_errors), 1)[0])


def ways_back(
    durations: Sequence[float] = (5.0, 12.5, 20.0),
    *,
    gain: float = 0.4,
    step_size: float = 0.1,
    seed: int = 1,
) -> WaysBack:
    """Compare the adjoint's two ways back with backpropagation through steps of RK4.

    Parameters
    ----------
    durations : sequence of float, optional
    gain : float, optional
        Of the weights: well below 1, so that the circuit forgets.
    step_size : float, optional
        Of RK4.
    seed : int, optional

    Returns
    -------
    WaysBack
    """
    theta = constants(gain=gain, seed=seed)
    kept, lost, starts = [], [], []
    for duration in durations:
        task = problem(duration, seed=seed)
        exact = ravel(grad(unrolled_loss(task, method=RK4(step_size)))(theta))[0]
        length = float(np.linalg.norm(exact))
        checkpointed = adjoint_gradient(task, theta, method=_TIGHT)
        backwards = adjoint_gradient(task, theta, states="reversed", method=_TIGHT)
        kept.append(np.linalg.norm(ravel(checkpointed.gradient)[0] - exact) / length)
        error = np.linalg.norm(ravel(backwards.gradient)[0] - exact) / length
        lost.append(error if backwards.stopped is None else np.inf)
        starts.append(backwards.start_error)
    return WaysBack(
        np.array(durations),
        np.array(kept),
        np.array(lost),
        np.array(starts),
        _smallest_exponent(theta, seed),
    )


def _smallest_exponent(theta: Tree, seed: int) -> float:
    """From the map of one period of the input, which has no time in it."""
    task = problem(_PERIOD, seed=seed)
    period_map = flow_map(task.family(theta), _PERIOD, method=RK4(0.1))
    found = lyapunov_exponents(period_map, task.z0, 12, burn_in=4, dt=_PERIOD)
    return float(found.exponents.min())
