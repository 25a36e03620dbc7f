"""Adam on a parabola does not come to rest: a cycle of two, or bursts around one.

On lambda w^2 / 2, with epsilon = 0 and the count so large that both corrections are 1, Adam has the
cycle w, -w, w, ... The gradient is g = lambda w with alternating sign, so v = g^2 at each step,
and m = a g with a = (1 - beta1) / (1 + beta1). A step of 2 w then needs

    2 w = eta a,   so   w = eta (1 - beta1) / (2 (1 + beta1)),   eta lambda / sqrt(v) = 2 / a,

the frozen limit, for every lambda (Bock and Weiss, 2019). Near the cycle, in the frame that turns w
over at each step, a multiplier m = 1 + nu solves, with d = 1 - beta2,

    nu = 2 beta1 nu / (1 + beta1 + nu) - 2 d (1 + nu) / (nu + d) .

At beta1 = 0 this is m^2 - (2 - 3 d) m + beta2 = 0: a complex pair with |m|^2 = beta2. For small d
and any beta1 it has a pair with

    arg m ~ sqrt(2 d / a),   |m|^2 ~ 1 + d [4 beta1 / (1 - beta1)^2 - 1],

which leaves the unit circle at beta1 = 3 - 2 sqrt(2).

References
----------
Bock, S. and Weiss, M. (2019). Non-convergence and limit cycles in the Adam optimizer. ICANN.
Cohen, J. M. et al. (2022). Adaptive gradient methods at the edge of stability. arXiv:2207.14484.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dynamics import linearise, simulate, spectrum
from ..learning import Adam, TrainingMap, stability_limit, training_map

# So small that it does not matter beside sqrt(v), and so large a count that both corrections are 1.
_EPSILON, _LATE = 1e-300, 1e9
EDGE = 3.0 - 2.0 * np.sqrt(2.0)
"""The beta1 beyond which the cycle repels, as beta2 -> 1."""


@dataclass(frozen=True, slots=True)
class AdamCycle:
    """The cycle of two of Adam on a parabola, and what happens near it.

    Attributes
    ----------
    rule : Adam
    curvature : float
        lambda.
    amplitude : float
        w of the cycle w, -w, predicted.
    defect : float
        How far two steps move the predicted state (w, m, v), relative to each of its parts.
    product : float
        eta lambda / sqrt(v) on the cycle, measured after two steps.
    multiplier : complex
        Of one step, the one of largest magnitude with Im > 0 or real, that of the count left out.
    """

    rule: Adam
    curvature: float
    amplitude: float
    defect: float
    product: float
    multiplier: complex

    @property
    def predicted_multiplier(self) -> float:
        """Size of the multiplier for small 1 - beta2; sqrt(beta2), exactly, at beta1 = 0."""
        b1, b2 = self.rule.beta1, self.rule.beta2
        return float(np.sqrt(1.0 + (1.0 - b2) * (4.0 * b1 / (1.0 - b1) ** 2 - 1.0)))


def cycle(
    beta1: float, *, beta2: float = 0.999, step_size: float = 0.05, curvature: float = 3.0
) -> AdamCycle:
    """Put Adam on its predicted cycle and linearise there."""
    rule = Adam(step_size, beta1, beta2, _EPSILON)
    share = (1.0 - beta1) / (1.0 + beta1)
    w = step_size * share / 2.0
    # Before the step that starts at w > 0 the first moment is that of -w.
    z = np.array([w, -share * curvature * w, (curvature * w) ** 2, _LATE])
    training = parabola(rule, curvature, w)
    turn = np.array([-1.0, -1.0, 1.0, 1.0])
    values = spectrum(linearise(lambda z: turn * training(z), z).to_matrix()[:3, :3])
    after = training(training(z))
    return AdamCycle(
        rule,
        curvature,
        w,
        float(np.max(np.abs(after[:3] / z[:3] - 1.0))),
        step_size * curvature / float(np.sqrt(after[2])),
        complex(values[0]),
    )


@dataclass(frozen=True, slots=True)
class AdamOnParabola:
    """A run of Adam on a parabola.

    Attributes
    ----------
    rule : Adam
    limit : float
        (2 + 2 beta1) / (1 - beta1), that of the frozen rule.
    steps : ndarray, shape (records,)
    positions : ndarray, shape (records,)
        w.
    products : ndarray, shape (records,)
        eta lambda / P, the curvature as Adam sees it: P is the preconditioner of the step that
        led to the record.
    """

    rule: Adam
    limit: float
    steps: np.ndarray
    positions: np.ndarray
    products: np.ndarray

    def settled(self, discard: int) -> np.ndarray:
        """Return the products after the first ``discard`` steps."""
        return self.products[self.steps >= discard]


def run(
    beta1: float,
    *,
    beta2: float = 0.999,
    step_size: float = 0.05,
    curvature: float = 3.0,
    start: float = 0.03,
    steps: int = 8000,
) -> AdamOnParabola:
    """Run Adam on lambda w^2 / 2 from ``start``."""
    rule = Adam(step_size, beta1, beta2, 1e-12)
    training = parabola(rule, curvature, start)
    record = simulate(training, training.initial_state, steps)
    # Row k of the states is the state after step k; before the first step there is no P.
    position, _, second, count = record.states[1:].T
    seen = rule.preconditioner(rule.init(position)._replace(second_moment=second, steps=count))
    return AdamOnParabola(
        rule, stability_limit(rule), record.times[1:], position, step_size * curvature / seen
    )


def parabola(rule: Adam, curvature: float, start: float) -> TrainingMap:
    """Return Adam's training map on lambda w^2 / 2; its state is (w, m, v, t)."""

    def loss(w: Any) -> Any:
        return 0.5 * curvature * (w * w).sum()

    return training_map(loss, rule, np.array([start]))
