r"""Cause: the curvatures are so different that the slow modes do not finish.

On the quadratic model at the end of the run, mode i holds the loss g_i^2 / (2 lambda_i), of which
N steps leave |mu_i|^(2N), mu_i the largest multiplier of the rule at that curvature
(``multipliers``; Goh, 2017, Why momentum really works, Distill). Adaptive rules see
P^-1/2 H P^-1/2, and a slow mode of theirs leaves exp(-2 N eta lambda_i). Modes come from Lanczos
started at the gradient, which sees all those that it has a part in (Golub and Welsch, 1969).

Bad conditioning is named if the run was stable, if the modes that curve up hold at least a fifth of
what is left to learn, and if they need, to win all that the model can, five times as many steps as
the run had with its own step size, and more than it had with 0.9 of the largest stable one. A run
that a longer step would finish is not badly conditioned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...dynamics.lanczos import lanczos
from ...dynamics.linearise import LinearOperator
from ..curvature import gradient_and_hessian
from ..gradient_flow import flat_loss
from ..rules import BareRule
from ..sharpness import sharpness
from ..stability_limits import bare_rule, multipliers, preconditioner, stability_limit
from .case import NAMED, Case
from .refit import refit
from .report import Cause, Finding

_STEPS = 100  # Lanczos steps
_CONDITION = 100.0  # a condition number that no run of a hundred steps would notice
_LONGER = 5.0  # a run that needs less than five times its length is short, not ill
_DOWN = 0.1  # share of the squared gradient that may lie along modes that curve down


@dataclass(frozen=True, slots=True)
class SlowModes:
    """What the quadratic model at a point says of the steps that are left.

    Attributes
    ----------
    largest : float
        lambda_max, preconditioned for adaptive rules.
    slow : float
        The curvature of the mode that holds most of the loss that can be won.
    holds : float
        The loss that all modes with positive curvature hold.
    steps : float
        Predicted steps to the goal, or to the least loss of the model if that is higher; inf if
        these modes do not hold so much.
    fewest : float
        The same with 0.9 of the largest stable step.
    downward : float
        Share of the squared gradient along modes that do not curve up.
    """

    largest: float
    slow: float
    holds: float
    steps: float
    fewest: float
    downward: float


def conditioning(case: Case) -> Finding | None:
    """Return the finding that slow modes hold the run up, or None."""
    modes = slow_modes(case) if np.isfinite(case.final) else None
    if modes is None or modes.downward > _DOWN or modes.holds < NAMED * (case.final - case.goal):
        return None
    length, condition = int(case.run.times[-1]), modes.largest / modes.slow
    slow = _LONGER * length <= modes.steps < np.inf and modes.fewest >= length
    if condition < _CONDITION or not slow:
        return None
    loss = refit(case.loss, case.parameters(-1), goal=case.goal).loss
    explained = case.explained(loss)
    if not case.names(loss):
        return None
    return Finding(
        Cause.CONDITIONING, explained,
        (
            ("lambda_max, slow mode", f"{modes.largest:.3g}, {modes.slow:.3g}"),
            ("condition number", f"{condition:.3g}"),
            ("loss that slow modes hold", f"{modes.holds:.3g} of {case.final:.3g}"),
            ("steps to the goal", f"about {modes.steps:.2g}"),
            ("with the longest stable step", f"about {modes.fewest:.2g}"),
            ("loss with rescaled curvature", f"{loss:.3g} (quasi-Newton from the end)"),
        ),
        "bring the inputs to one scale, or use a rule that rescales the curvature",
        {
            "condition": condition, "largest": modes.largest, "slow": modes.slow,
            "steps": modes.steps, "fewest": modes.fewest, "loss": loss,
        },
    )  # fmt: skip


def slow_modes(case: Case) -> SlowModes | None:
    """Measure the modes at the end of a run; None where there is no gradient or no known limit."""
    rule, theta = bare_rule(case.rule), case.parameters(-1)
    z, flat = flat_loss(case.loss, theta)
    gradient, hessian = gradient_and_hessian(flat, z)
    p = np.asarray(preconditioner(case.rule, case.training.state(case.states[-1])))
    if not (np.isfinite(p).all() and (p > 0).all() and np.linalg.norm(gradient) > 0):
        return None
    root = np.sqrt(p)
    scaled = LinearOperator(z.size, lambda v: hessian(v / root) / root, symmetric=True)
    g = gradient / root
    try:
        limit = stability_limit(case.rule)
        values, weights = lanczos(scaled, g, min(z.size, _STEPS)).quadrature()
        largest = sharpness(
            case.loss, theta, rule=case.rule, state=case.training.state(case.states[-1]),
            tolerance=1e-3, max_products=200,
        ).value  # fmt: skip
    except (TypeError, ValueError):
        return None
    up = values > 1e-12 * np.abs(values).max()
    if not up.any() or largest <= 0.0:
        return None
    held = weights[up] * (g @ g) / (2.0 * values[up])
    rates = _rates(rule, values[up], held)
    steps = _until(held, rates, case.final - max(case.goal, case.attainable))
    longest = 0.9 * limit / largest
    slow = float(values[up][np.argmax(held)])
    return SlowModes(
        largest, slow, float(held.sum()), steps, steps * rule.step_size / longest,
        float(weights[~up].sum()),
    )  # fmt: skip


def _rates(rule: BareRule, curvatures: np.ndarray, held: np.ndarray) -> np.ndarray:
    """-2 ln |mu| of each mode that counts: what a step takes off the logarithm of its loss."""
    if hasattr(rule, "preconditioner"):
        return 2.0 * rule.step_size * curvatures
    rates = np.zeros(len(curvatures))
    for i in np.flatnonzero(held > 1e-6 * held.sum()):
        growth = abs(multipliers(rule, float(curvatures[i]))[0])
        rates[i] = -2.0 * math.log(min(max(growth, 1e-300), 1.0))
    return rates


def _until(held: np.ndarray, rates: np.ndarray, wanted: float) -> float:
    """Steps until the modes have given up the loss ``wanted``."""
    if held.sum() <= wanted:
        return np.inf
    high = 1.0
    while np.sum(held * -np.expm1(-rates * high)) < wanted:
        high *= 2.0
        if high > 1e30:
            return np.inf
    low = 0.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if np.sum(held * -np.expm1(-rates * middle)) < wanted:
            low = middle
        else:
            high = middle
    return high
