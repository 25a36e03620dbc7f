"""When gradient flow and gradient descent part for good.

A tanh net learns a Chebyshev polynomial. Its sharpness S, the largest eigenvalue of the Hessian,
rises along gradient flow. While S < 2/eta descent stays at a distance O(eta). Beyond it the
sharpest direction is unstable for descent: an oscillation along it is multiplied by 1 - eta S a
step, so its size a obeys

    ln a(t) = ln a(t_c) + (1/eta) int_{t_c}^t ln(eta S - 1) dt',

with t_c the crossing, until it is large enough to be felt. Until then descent follows the flow,
whose S predicts the delay. Nothing but rounding excites the oscillation at t_c: it begins
near the spacing of numbers, unless it is given a kick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import DormandPrince, integrate, simulate
from ..learning import (
    GradientDescent,
    SharpnessObservable,
    TrainingMap,
    gradient_flow,
    sharpness,
    training_map,
    xavier_normal,
)
from .edge_of_stability import problem
from .stiff_steps import STAGES, stability_interval

ROUNDING = 2.0**-53  # half the spacing of numbers near 1, the size that rounding errors have
PARTED = 0.05  # a distance well above the O(eta) of the runs here


def chebyshev_net(seed: int = 0) -> tuple[Callable[[Tree], Any], Tree]:
    """The Chebyshev polynomial of degree 4, learned by a tanh net 1-20-20-1: loss and start."""
    return problem(4, seed, initialiser=xavier_normal)


@dataclass(frozen=True, slots=True)
class DescentCourse:
    """One run of descent beside the flow.

    Attributes
    ----------
    step_size : float
        eta.
    kick : float
        Size of the kick along the sharpest direction at the crossing; 0 for none.
    crossing : float
        Time t_c at which the *flow's* sharpness passes 2/eta.
    predicted : float
        Time at which an oscillation that begins at t_c with the size of the kick (of rounding
        without one) has grown to ``PARTED``.
    measured : float
        First recorded time at which the distance is above ``PARTED``; inf if never.
    distances : ndarray, shape (records,)
        Distance from the flow at the same time.
    losses, sharpness : ndarray, shape (coarse records,)
        Along descent.
    """

    step_size: float
    kick: float
    crossing: float
    predicted: float
    measured: float
    distances: np.ndarray
    losses: np.ndarray
    sharpness: np.ndarray


@dataclass(frozen=True, slots=True)
class Parting:
    """Gradient flow and several runs of descent from the same start.

    Attributes
    ----------
    times : ndarray, shape (records,)
    coarse_times : ndarray, shape (coarse records,)
        Where loss and sharpness are measured.
    flow_losses, flow_sharpness : ndarray, shape (coarse records,)
    flow_steps : float
        Steps that Dormand-Prince tried to follow the flow.
    courses : tuple of DescentCourse
    """

    times: np.ndarray
    coarse_times: np.ndarray
    flow_losses: np.ndarray
    flow_sharpness: np.ndarray
    flow_steps: float
    courses: tuple[DescentCourse, ...]

    @property
    def stiff_steps(self) -> float:
        """Steps that stability asks of Dormand-Prince: the integral of S over its interval."""
        return float(np.trapezoid(self.flow_sharpness, self.coarse_times) / stability_interval())

    def early_distance(self, course: DescentCourse) -> float:
        """Largest distance between descent and flow before the crossing."""
        return float(np.max(course.distances[self.times <= course.crossing]))


def run(
    settings: tuple[tuple[float, float], ...] = ((0.1, 0.0), (0.05, 0.0), (0.1, 1e-10), (0.1, 1e-5)),
    *,
    duration: float = 120.0,
    spacing: float = 0.2,
    coarse: int = 10,
    seed: int = 0,
) -> Parting:
    """Follow the flow once, and descent for each setting.

    Parameters
    ----------
    settings : tuple of (float, float), optional
        Step size eta, which must divide ``spacing``, and kick.
    duration : float, optional
    spacing : float, optional
        Time between two records.
    coarse : int, optional
        Measure loss and sharpness at each so many records.
    seed : int, optional
        Of the initial weights.

    Raises
    ------
    ValueError
        If the flow's sharpness does not pass 2/eta within the duration.
    """
    loss, theta = chebyshev_net(seed)
    flow = gradient_flow(loss, theta)
    times = spacing * np.arange(round(duration / spacing) + 1)
    method = DormandPrince(rtol=1e-6, atol=1e-8)
    course = integrate(flow, flow.initial_state, times, method=method)
    states = course.states
    sharp = SharpnessObservable(loss, flow.parameters, tolerance=1e-3)
    flow_sharpness = np.array([sharp(z) for z in states[::coarse]])
    courses = tuple(
        _course(loss, theta, eta, kick, times, states, coarse, flow_sharpness)
        for eta, kick in settings
    )
    return Parting(
        times, times[::coarse], np.array([flow.loss(z) for z in states[::coarse]]),
        flow_sharpness, course.evaluations / STAGES, courses,
    )  # fmt: skip


def predict(
    times: np.ndarray, flow_sharpness: np.ndarray, step_size: float, size: float
) -> tuple[float, float]:
    """Return when the flow's sharpness passes 2/eta, and when descent should leave the flow.

    Parameters
    ----------
    times, flow_sharpness : ndarray, shape (n,)
    step_size : float
        eta.
    size : float
        Of the oscillation at the crossing.

    Returns
    -------
    crossing, parting : float
        In units of time, whole steps. ``parting`` is inf if the oscillation stays below
        ``PARTED``.

    Raises
    ------
    ValueError
        If the sharpness does not pass 2/eta.
    """
    steps = np.arange(0.0, times[-1] + 0.5 * step_size, step_size)
    growth = step_size * np.interp(steps, times, flow_sharpness) - 1.0
    if not growth[-1] > 1.0:
        raise ValueError(
            f"parting: the sharpness of the flow ends at {(1 + growth[-1]) / step_size:.3g}, below "
            f"2/eta = {2 / step_size:.3g}. Use a longer duration or a larger step size"
        )
    first = int(np.flatnonzero(growth <= 1.0)[-1]) + 1
    gain = np.cumsum(np.log(growth[first:]))
    late = np.flatnonzero(gain >= np.log(PARTED / size))
    return float(steps[first]), float(steps[first + late[0]]) if late.size else np.inf


def _course(
    loss: Any, theta: Tree, eta: float, kick: float, times: np.ndarray, flow_states: np.ndarray,
    coarse: int, flow_sharpness: np.ndarray,
) -> DescentCourse:  # fmt: skip
    crossing, predicted = predict(times[::coarse], flow_sharpness, eta, kick or ROUNDING)
    training = training_map(loss, GradientDescent(eta), theta)
    states = _descend(training, round(crossing / eta), round(times[-1] / eta), kick)
    states = states[:: round((times[1] - times[0]) / eta)]
    distances = np.linalg.norm(states - flow_states, axis=1)
    apart = np.flatnonzero((distances > PARTED) & (times > crossing))
    sharp = SharpnessObservable.along(training, tolerance=1e-3)
    return DescentCourse(
        eta, kick, crossing, predicted,
        float(times[apart[0]]) if apart.size else np.inf,
        distances,
        np.array([loss(training.parameters(z)) for z in states[::coarse]]),
        np.array([sharp(z) for z in states[::coarse]]),
    )  # fmt: skip


def _descend(training: TrainingMap, first: int, steps: int, kick: float) -> np.ndarray:
    """All states of descent, with a kick along the sharpest direction at step ``first``."""
    if not kick:
        return simulate(training, training.initial_state, steps).states
    before = simulate(training, training.initial_state, first).states
    z = before[-1]
    sharpest = sharpness(training.loss, training.parameters(z)).vector
    after = simulate(training, z + kick * sharpest, steps - first).states
    return np.concatenate([before[:-1], after])
