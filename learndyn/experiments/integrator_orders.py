"""The order of a method, measured: how fast its error falls with its step.

A method of order p makes an error proportional to h^p at a fixed time. It is measured on two
flows without friction: predators and prey,

    x' = x (2/3 - 4/3 y),   y' = y (x - 1),

and a pendulum that swings 1.5 radian to each side. Dormand-Prince is used with fixed steps of
its fifth-order formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import sin, stack
from ..dynamics import RK4, DormandPrince, Euler, Heun, ImplicitEuler, integrate

# name, method from its step size, order, step counts on predators and prey
METHODS: tuple[tuple[str, Callable[[float], Any], int, tuple[int, ...]], ...] = (
    ("Euler", Euler, 1, (300, 600, 1200)),
    ("implicit Euler", ImplicitEuler, 1, (150, 300, 600)),
    ("Heun", Heun, 2, (60, 120, 240, 480)),
    ("RK4", RK4, 4, (30, 60, 120, 240)),
    ("Dormand-Prince", lambda h: DormandPrince(), 5, (15, 30, 60, 120)),
)


def predators_and_prey(t: float, z: Any) -> Any:
    """The flow of Lotka (1925) and Volterra (1926)."""
    x, y = z[0], z[1]
    return stack([x * (2 / 3 - 4 / 3 * y), y * (x - 1.0)])


def pendulum(t: float, z: Any) -> Any:
    """Angle and angular velocity."""
    return stack([z[1], -sin(z[0])])


@dataclass(frozen=True, slots=True)
class MethodErrors:
    """Errors of one method at the end of the run.

    Attributes
    ----------
    name : str
    expected : int
        The order that its formula has.
    step_sizes, errors : ndarray, shape (m,)
    """

    name: str
    expected: int
    step_sizes: np.ndarray
    errors: np.ndarray

    @property
    def order(self) -> float:
        """Slope of log error against log step size."""
        return float(np.polyfit(np.log(self.step_sizes), np.log(self.errors), 1)[0])


def run(
    flow: Callable[[float, Any], Any] = predators_and_prey,
    start: tuple[float, ...] = (1.2, 0.9),
    duration: float = 6.0,
    *,
    names: tuple[str, ...] | None = None,
    step_counts: tuple[int, ...] | None = None,
) -> tuple[MethodErrors, ...]:
    """Measure the errors of each method on one flow, against a run of high accuracy.

    Parameters
    ----------
    flow : Flow, optional
    start : tuple of float, optional
    duration : float, optional
    names : tuple of str, optional
        Which methods; all by default.
    step_counts : tuple of int, optional
        For all of them; by default each has its own.
    """
    z0 = np.array(start)
    method = DormandPrince(rtol=3e-14, atol=1e-14)
    exact = integrate(flow, z0, [0.0, duration], method=method).final_state
    results = []
    for name, make, expected, counts in METHODS:
        if names is None or name in names:
            step_sizes = duration / np.array(step_counts or counts)
            ends = [_walk(make(h), flow, z0, duration, h) for h in step_sizes.tolist()]
            errors = np.array([np.linalg.norm(end - exact) for end in ends])
            results.append(MethodErrors(name, expected, step_sizes, errors))
    return tuple(results)


def _walk(method: Any, flow: Any, z: np.ndarray, duration: float, h: float) -> np.ndarray:
    for i in range(round(duration / h)):
        z = method.step(flow, i * h, z, h)
    return z
