"""What descent does when gradients are added up and never set to zero.

With L(theta) = lambda theta^2 / 2 and a gradient g that accumulates,

    g(t+1) = g(t) + lambda theta(t)
    theta(t+1) = theta(t) - eta g(t+1),

so z = (theta, g) moves by the matrix M = [[1 - eta lambda, -eta], [lambda, 1]]. Its determinant
is 1 and its trace 2 - eta lambda: for 0 < eta lambda < 4 the eigenvalues are exp(+- i omega) with
cos omega = 1 - eta lambda / 2, and lambda theta^2 + eta g^2 + eta lambda theta g is conserved. It is
heavy ball (Polyak, 1964) without friction: the symplectic Euler method for an oscillator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter
from ..dynamics import simulate


@dataclass(frozen=True, slots=True)
class AccumulatedGradients:
    """One run with the gradient replaced at each step, and one with it accumulated.

    Attributes
    ----------
    curvature, step_size : float
        lambda and eta.
    steps : ndarray, shape (records,)
    replaced : ndarray, shape (records,)
        theta of plain gradient descent.
    accumulated : ndarray, shape (records, 2)
        theta and g of descent with accumulated gradients.
    """

    curvature: float
    step_size: float
    steps: np.ndarray
    replaced: np.ndarray
    accumulated: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """The predicted matrix of one step on (theta, g), shape (2, 2)."""
        return np.array(
            [[1.0 - self.step_size * self.curvature, -self.step_size], [self.curvature, 1.0]]
        )

    @property
    def predicted_period(self) -> float:
        """2 pi / arccos(1 - eta lambda / 2) steps; NaN from eta lambda = 4 on."""
        cosine = 1.0 - 0.5 * self.step_size * self.curvature
        return float(2.0 * np.pi / np.arccos(cosine)) if abs(cosine) < 1.0 else float("nan")

    @property
    def measured_period(self) -> float:
        """Mean distance of the upward zero crossings of theta, interpolated linearly."""
        theta = self.accumulated[:, 0]
        before = np.flatnonzero((theta[:-1] < 0.0) & (theta[1:] >= 0.0))
        if before.size < 2:
            return float("nan")
        crossings = before + theta[before] / (theta[before] - theta[before + 1])
        return float((crossings[-1] - crossings[0]) / (before.size - 1))

    @property
    def energy(self) -> np.ndarray:
        """lambda theta^2 + eta g^2 + eta lambda theta g at each step, shape (records,)."""
        theta, g = self.accumulated.T
        return (
            self.curvature * theta**2
            + self.step_size * g**2
            + self.step_size * self.curvature * theta * g
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of descent on a parabola, by ``Parameter.backward``, on the state (theta, g).

    Attributes
    ----------
    curvature, step_size : float
    accumulate : bool
        True adds the new gradient to g; False replaces g by it.
    """

    curvature: float
    step_size: float
    accumulate: bool

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return the state after one step, shape (2,)."""
        theta: Any = Parameter(z[0])
        loss = 0.5 * self.curvature * theta * theta
        loss.backward()
        g = z[1] + theta.grad if self.accumulate else theta.grad
        return np.array([theta.data - self.step_size * g, g])


def run(
    relative_step: float = 0.2, *, curvature: float = 1.0, start: float = 1.0, steps: int = 60
) -> AccumulatedGradients:
    """Descend from ``start`` with eta lambda = ``relative_step``, both ways."""
    step_size = relative_step / curvature
    with np.errstate(over="ignore", invalid="ignore"):  # a run that explodes is a result
        replaced, accumulated = (
            simulate(Step(curvature, step_size, accumulate), np.array([start, 0.0]), steps)
            for accumulate in (False, True)
        )
    return AccumulatedGradients(
        curvature, step_size, replaced.times, replaced.states[:, 0], accumulated.states
    )


@dataclass(frozen=True, slots=True)
class Periods:
    """The period of the swings for several values of eta lambda.

    Attributes
    ----------
    relative_steps, measured : ndarray, shape (runs,)
        eta lambda, and the measured period.
    fine, predicted : ndarray, shape (points,)
        The predicted curve over the same range.
    """

    relative_steps: np.ndarray
    measured: np.ndarray
    fine: np.ndarray
    predicted: np.ndarray


def periods(
    relative_steps: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 3.9),
    *,
    steps: int = 2000,
) -> Periods:
    """Measure the period for each eta lambda, all in (0, 4)."""
    measured = [run(relative, steps=steps).measured_period for relative in relative_steps]
    fine = np.linspace(min(relative_steps), max(relative_steps), 200)
    predicted = 2.0 * np.pi / np.arccos(1.0 - 0.5 * fine)
    return Periods(np.array(relative_steps), np.array(measured), fine, predicted)
