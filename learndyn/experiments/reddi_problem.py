"""A convex problem on which Adam goes to the worst point, and AMSGrad to the best.

On x in [-1, 1] the loss of step t is C x at every third step and -x else. The sum over three steps
is (C - 2) x, so for C > 2 the best point is -1. With beta1 = 0 and beta2 = 1 / (1 + C^2) the second
moment repeats with period three, v1 -> v2 -> v3 after the gradients C, -1, -1, and three steps move

    Adam     eta (-C / sqrt(v1) + 1 / sqrt(v2) + 1 / sqrt(v3))   > 0
    AMSGrad  eta (2 - C) / sqrt(v1)                              < 0

since the large gradient is divided by a second moment that has just taken it in, and the small ones
by one that has forgotten it. AMSGrad divides by the largest, v1, at each step.

References
----------
Reddi, S. J., Kale, S. and Kumar, S. (2018). On the convergence of Adam and beyond. ICLR, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import Map, ravel, simulate
from ..learning import Adam, AMSGrad


@dataclass(frozen=True, slots=True)
class ReddiProblem:
    """Both rules on the same gradients.

    Attributes
    ----------
    steep : float
        C, the gradient of every third step.
    steps : ndarray, shape (records,)
    adam, amsgrad : ndarray, shape (records,)
        x.
    predicted_drift, measured_drift : dict of str to float
        Displacement in three steps over eta, with a constant eta and no ends, by "Adam" and
        "AMSGrad".
    """

    steep: float
    steps: np.ndarray
    adam: np.ndarray
    amsgrad: np.ndarray
    predicted_drift: dict[str, float]
    measured_drift: dict[str, float]


def run(
    *, steep: float = 3.0, steps: int = 30_000, step_size: float = 0.05, every: int = 30
) -> ReddiProblem:
    """Run both rules from 0 with the step size ``step_size`` / sqrt(t), kept inside [-1, 1]."""
    paths, drifts = [], {}
    for name, rule in _rules(steep, step_size).items():
        free = simulate(_map(rule, steep), _start(rule), 60).states[:, 0]
        drifts[name] = float((free[-1] - free[-4]) / step_size)
        paths.append(simulate(_map(rule, steep, fading=True), _start(rule), steps, every=every))
    times, (adam, amsgrad) = paths[0].times, (path.states[:, 0] for path in paths)
    return ReddiProblem(steep, times, adam, amsgrad, predicted_drift(steep), drifts)


def predicted_drift(steep: float) -> dict[str, float]:
    """Return the displacement in three steps over eta, in closed form."""
    kept = 1.0 / (1.0 + steep**2)
    new = 1.0 - kept
    # v1 = kept^3 v1 + kept^2 new + kept new + new C^2, the mean before the first zero forgotten.
    v1 = (kept**2 * new + kept * new + new * steep**2) / (1.0 - kept**3)
    v2 = kept * v1 + new
    v3 = kept * v2 + new
    return {
        "Adam": float(-steep / np.sqrt(v1) + 1.0 / np.sqrt(v2) + 1.0 / np.sqrt(v3)),
        "AMSGrad": float((2.0 - steep) / np.sqrt(v1)),
    }


def _rules(steep: float, step_size: float) -> dict[str, Adam | AMSGrad]:
    kept = 1.0 / (1.0 + steep**2)
    return {
        "Adam": Adam(step_size, 0.0, kept, 1e-12, bias_correction=False),
        "AMSGrad": AMSGrad(step_size, 0.0, kept, 1e-12),
    }


def _start(rule: Adam | AMSGrad) -> np.ndarray:
    return ravel(rule.init(np.zeros(1)))[0]


def _map(rule: Adam | AMSGrad, steep: float, *, fading: bool = False) -> Map:
    """One step; with a ``fading`` step size x is put back into [-1, 1].

    The gradient needs no engine: it depends on the step count alone, the last number of the state.
    """
    kind: Any = type(rule.init(np.zeros(1)))

    def step(z: np.ndarray) -> np.ndarray:
        t = z[-1]
        state = kind(*(z[k : k + 1] for k in range(len(z) - 1)), t)
        slope = np.array([steep if t % 3 == 0 else -1.0])
        after = rule.step(state, slope, factor=(t + 1.0) ** -0.5 if fading else 1.0)
        flat = np.concatenate(after, axis=None)
        if fading:
            flat[0] = min(max(flat[0], -1.0), 1.0)
        return flat

    return step
