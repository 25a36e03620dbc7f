"""Fixed points of training, and the multipliers of one step near them: two weights in a row.

    L(a, b) = (a b - 1)^2 / 2 + gamma (a^2 + b^2) / 2

The net y = a b x is asked for y = x, with weight decay gamma. Descent with step size eta has the
fixed points 0 and +-(s, s) with s^2 = 1 - gamma. There the Hessian has the eigenvalues

    at +-(s, s)   2 - 2 gamma (across the valley)   and   2 gamma (along it)
    at 0          gamma + 1                         and   gamma - 1

and each multiplier of the step is 1 - eta lambda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import fixed_point, linearise, simulate, spectrum
from ..learning import GradientDescent, TrainingMap, training_map


@dataclass(frozen=True, slots=True)
class LinearisedStep:
    """The multipliers of descent at its fixed points, predicted, measured, and seen in runs.

    Attributes
    ----------
    step_size, decay : float
        eta and gamma.
    minimum, saddle : ndarray, shape (2,)
        The fixed points that Newton's method found.
    predicted, measured : dict of str to ndarray, shape (2,)
        The multipliers at "minimum" and "saddle", larger magnitude first.
    steps : ndarray, shape (records,)
    deviations : ndarray, shape (2, records)
        Distance from the minimum of two runs, one started along each eigenvector: first across
        the valley, then along it.
    run_multipliers : ndarray, shape (2,)
        The signed factor of the last step of each run.
    """

    step_size: float
    decay: float
    minimum: np.ndarray
    saddle: np.ndarray
    predicted: dict[str, np.ndarray]
    measured: dict[str, np.ndarray]
    steps: np.ndarray
    deviations: np.ndarray
    run_multipliers: np.ndarray


def loss(theta: Any, decay: float) -> Any:
    """Return L at theta = (a, b), shape (2,)."""
    return 0.5 * (theta[0] * theta[1] - 1.0) ** 2 + 0.5 * decay * (theta * theta).sum()


def descent(step_size: float, decay: float) -> TrainingMap:
    """Return one step of gradient descent on L as a map."""
    return training_map(
        lambda theta: loss(theta, decay), GradientDescent(step_size), np.array([1.2, 0.7])
    )


def run(
    *, step_size: float = 0.8, decay: float = 0.1, start: float = 1e-3, steps: int = 25
) -> LinearisedStep:
    """Linearise descent at its fixed points, and start runs a little beside the minimum.

    Parameters
    ----------
    step_size, decay : float, optional
        eta and gamma, 0 < gamma < 1: without decay the minimum is a curve.
    start : float, optional
        Initial distance of the runs from the minimum.
    steps : int, optional
        Of each run.
    """
    step = descent(step_size, decay)
    minimum = fixed_point(step, step.initial_state, tolerance=1e-15).state
    saddle = fixed_point(step, np.array([0.1, -0.05]), tolerance=1e-15).state
    curvatures = {
        "minimum": np.array([2.0 - 2.0 * decay, 2.0 * decay]),
        "saddle": np.array([decay + 1.0, decay - 1.0]),
    }
    predicted = {name: _by_size(1.0 - step_size * c) for name, c in curvatures.items()}
    measured = {
        name: spectrum(linearise(step, point)).real
        for name, point in (("minimum", minimum), ("saddle", saddle))
    }
    axes = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2.0)
    runs = [simulate(step, minimum + start * axis, steps) for axis in axes]
    along = np.stack([(r.states - minimum) @ axis for r, axis in zip(runs, axes, strict=True)])
    return LinearisedStep(
        step_size,
        decay,
        minimum,
        saddle,
        predicted,
        measured,
        runs[0].times,
        np.abs(along),
        along[:, -1] / along[:, -2],
    )


def _by_size(values: np.ndarray) -> np.ndarray:
    return values[np.argsort(-np.abs(values), kind="stable")]
