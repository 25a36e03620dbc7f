"""What a stiff mode costs: the steps of an explicit method against those of an implicit one.

Gradient flow of a quadratic with the curvatures lambda and 1, from (1, 1). The fast mode is
gone after a few 1/lambda. An explicit method must still keep h lambda below the end of its
stability interval; an implicit one need not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import DormandPrince, ImplicitEuler, integrate
from ..learning import gradient_flow

STAGES = 6  # new evaluations of the flow in each step of Dormand-Prince


def _quadratic(curvatures: np.ndarray) -> Callable[[Any], Any]:
    return lambda theta: 0.5 * (curvatures * theta * theta).sum()


def stability_interval() -> float:
    """x at which a step of Dormand-Prince on z' = -z, of length x, no longer shrinks z.

    The zero of ``|R(-x)| - 1`` for the polynomial R that the step multiplies by, by bisection.
    """
    method, one = DormandPrince(), np.ones(1)
    low, high = 3.0, 4.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        shrinks = abs(method.step(lambda t, z: -z, 0.0, one, middle)[0]) < 1.0
        low, high = (middle, high) if shrinks else (low, middle)
    return low


@dataclass(frozen=True, slots=True)
class StiffSteps:
    """Steps of both methods up to the same time.

    Attributes
    ----------
    duration : float
        T.
    curvatures : ndarray, shape (m,)
        lambda of the fast mode.
    explicit : ndarray, shape (m,)
        Steps that Dormand-Prince tried.
    explicit_errors : ndarray, shape (m,)
        Its error in the slow mode at the end.
    implicit : int
        Steps of implicit Euler, the same for all curvatures.
    implicit_errors : ndarray, shape (m,)
        Its error in the slow mode at the end.
    fast_modes : ndarray, shape (m,)
        Largest size of the fast mode under implicit Euler after its first step.
    """

    duration: float
    curvatures: np.ndarray
    explicit: np.ndarray
    explicit_errors: np.ndarray
    implicit: int
    implicit_errors: np.ndarray
    fast_modes: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """T lambda over the length of the stability interval, shape (m,)."""
        return self.duration * self.curvatures / stability_interval()


def run(
    curvatures: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
    *,
    duration: float = 5.0,
    implicit: int = 50,
) -> StiffSteps:
    """Follow gradient flow with both methods for each curvature of the fast mode.

    Parameters
    ----------
    curvatures : tuple of float, optional
        lambda.
    duration : float, optional
        T.
    implicit : int, optional
        Steps for implicit Euler.
    """
    start, slow = np.ones(2), np.exp(-duration)
    counts, errors, implicit_errors, fast = [], [], [], []
    for curvature in curvatures:
        scale = np.array([curvature, 1.0])
        flow = gradient_flow(_quadratic(scale), start)
        tried = integrate(flow, start, [0.0, duration])
        counts.append(tried.evaluations / STAGES)
        errors.append(abs(tried.final_state[1] - slow))
        times = np.linspace(0.0, duration, implicit + 1)
        course: Any = integrate(flow, start, times, method=ImplicitEuler(duration / implicit))
        implicit_errors.append(abs(course.final_state[1] - slow))
        fast.append(np.max(np.abs(course.states[1:, 0])))
    return StiffSteps(
        duration, np.array(curvatures), np.array(counts), np.array(errors), implicit,
        np.array(implicit_errors), np.array(fast),
    )  # fmt: skip
