"""How large a step size may be: limits on a quadratic, in closed form and measured.

On L = lambda theta^2 / 2 a rule with fixed coefficients is a linear map of its state. With
s = eta lambda, its eigenvalues mu solve

    gradient descent   mu = 1 - s
    heavy ball         mu^2 - (1 + beta - s) mu + beta = 0
    Nesterov           mu^2 - (1 + beta)(1 - s) mu + beta (1 - s) = 0
    frozen Adam        mu^2 - (1 + beta1 - (1 - beta1) s) mu + beta1 = 0

and the first to leave the unit circle passes through -1, at

    2,   2 (1 + beta),   (2 + 2 beta) / (1 + 2 beta),   (2 + 2 beta1) / (1 - beta1) .

*Frozen* means that the preconditioner P = sqrt(v) + epsilon is held fixed; lambda is then the
preconditioned curvature lambda / P. RMSProp has the limit 2.

References
----------
Polyak, B. T. (1964). USSR Computational Mathematics and Mathematical Physics 4(5), 1-17.
Lessard, L., Recht, B. and Packard, A. (2016). Analysis and design of optimization algorithms via
integral quadratic constraints. SIAM Journal on Optimization 26, 57-95.
Cohen, J. M. et al. (2021). Gradient descent on neural networks typically occurs at the edge of
stability. ICLR. Cohen, J. M. et al. (2022). arXiv:2207.14484.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..autodiff import jacobian
from .rules import Adam, AdamW, AMSGrad, BareRule, GradientDescent, HeavyBall, Nesterov, RMSProp, Rule
from .training import training_map


def stability_limit(rule: Rule) -> float:
    """Return the largest eta lambda for which a rule is stable on a quadratic.

    Parameters
    ----------
    rule : Rule
        For ``RMSProp``, ``Adam``, ``AMSGrad`` and ``AdamW``, lambda is the preconditioned curvature
        and the second moment is frozen. For ``Scheduled`` and clipped rules the limit is that of
        the rule inside: clipping does nothing near a minimum, and eta is the step size in force.

    Returns
    -------
    float
        2 for descent, 2(1+b) heavy ball, (2+2b)/(1+2b) Nesterov, 2 RMSProp, (2+2b1)/(1-b1) Adam
        and AMSGrad, (1+b1)(2 - eta w)/(1-b1) AdamW with weight decay w.

    Raises
    ------
    TypeError
        If the limit of this rule is not known in closed form: use ``measured_stability_limit``.
    """
    rule = bare_rule(rule)
    if isinstance(rule, GradientDescent | RMSProp):
        return 2.0
    if isinstance(rule, HeavyBall):
        return 2.0 * (1.0 + rule.momentum)
    if isinstance(rule, Nesterov):
        return (2.0 + 2.0 * rule.momentum) / (1.0 + 2.0 * rule.momentum)
    if isinstance(rule, AdamW):
        shrink = rule.step_size * rule.weight_decay
        return (2.0 - shrink) * (1.0 + rule.beta1) / (1.0 - rule.beta1)
    if isinstance(rule, Adam | AMSGrad):
        return (2.0 + 2.0 * rule.beta1) / (1.0 - rule.beta1)
    raise TypeError(
        f"stability_limit: no closed form is known for {type(rule).__name__}. Use "
        "measured_stability_limit"
    )


def measured_stability_limit(
    rule: Rule, *, second_moment: float = 1.0, tolerance: float = 1e-12
) -> float:
    """Return the same limit, measured by bisection on the whole state's Jacobian.

    The rule stays as it is, and the curvature lambda is varied. For each lambda the training map
    of lambda theta^2 / 2 is differentiated at the minimum, theta = 0, and the largest eigenvalue of
    the full Jacobian, moments and step count included, is compared with 1.

    An adaptive rule is *frozen* by the point at which the map is linearised: theta and the first
    moment are 0 there, so no change of the second moment or of the count can move theta in first
    order, and the block of (theta, first moment) sees ``second_moment`` as a constant. The count is
    infinite, which makes both corrections 1. The curvature is divided by the preconditioner that the
    step really used.

    Parameters
    ----------
    rule : Rule
        With an attribute ``step_size``, or a schedule or clipping around one.
    second_moment : float, optional
        v, positive, for rules that have one.
    tolerance : float, optional
        The bracket of eta lambda ends with this relative width.

    Returns
    -------
    float
        eta lambda, preconditioned where the rule has a preconditioner.

    Raises
    ------
    TypeError
        If the rule has no ``step_size``.
    ValueError
        If a number is not positive, or the rule is stable at every curvature up to
        eta lambda = 1e6, or unstable at the smallest.
    """
    for name, value in (("second_moment", second_moment), ("tolerance", tolerance)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(
                f"measured_stability_limit: {name} must be positive and finite, got {value}"
            )
    rule = bare_rule(rule)
    if not hasattr(rule, "step_size"):
        raise TypeError(f"measured_stability_limit: {type(rule).__name__} has no step_size")
    unit = _frozen_preconditioner(rule, second_moment) / rule.step_size

    def leaves(s: float) -> bool:
        """Whether an eigenvalue lies outside the unit circle at eta lambda / P = s."""
        values = multipliers(rule, s * unit, second_moment=second_moment)
        # A count, and a moment that never falls, have the eigenvalue 1 exactly: neutral.
        return bool(abs(values[0]) > 1.0 + 1e-11)

    low, high = 1e-6, 1.0
    if leaves(low):
        raise ValueError(f"measured_stability_limit: {rule!r} is unstable at eta lambda = {low} already")
    while not leaves(high):
        low, high = high, 2.0 * high
        if high > 1e6:
            raise ValueError(f"measured_stability_limit: {rule!r} is stable up to eta lambda = {low}")
    while high - low > tolerance * high and low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if leaves(middle) else (middle, high)
    return 0.5 * (low + high)


def multipliers(rule: Rule, curvature: float, *, second_moment: float = 1.0) -> np.ndarray:
    """Return the eigenvalues of one step of a rule on the quadratic lambda theta^2 / 2.

    They are those of the full-state Jacobian at the minimum, with the second moment frozen: for
    momentum two that matter, and for adaptive rules also those of the moments (beta2) and of the
    count (1, neutral).

    Parameters
    ----------
    rule : Rule
    curvature : float
        lambda, of any sign.
    second_moment : float, optional
        v, for rules that have one.

    Returns
    -------
    ndarray, shape (m,), complex
        Sorted by decreasing magnitude.
    """
    values = np.linalg.eigvals(_frozen_jacobian(bare_rule(rule), curvature, second_moment))
    return values[np.argsort(-np.abs(values), kind="stable")].astype(complex)


def preconditioner(rule: Rule, state: Any) -> np.ndarray:
    """Return the diagonal by which the last step of a rule was divided, shape (n,).

    It is 1 for rules that are not adaptive. eta / P_i is the step size of coordinate i.

    Parameters
    ----------
    rule : Rule
        A schedule or clipping around a rule is looked through.
    state : named tuple
        The rule's own state, after at least one step if the rule corrects its moments.
    """
    while hasattr(rule, "rule"):
        state = getattr(state, "inner", state)
        rule = rule.rule
    if hasattr(rule, "preconditioner"):
        return rule.preconditioner(state)
    return np.ones(state.theta.shape)


def bare_rule(rule: Rule) -> BareRule:
    """Return the rule inside a schedule or clipping."""
    inner: Any = rule
    while hasattr(inner, "rule"):
        inner = inner.rule
    bare: BareRule = inner
    return bare


def _frozen_jacobian(rule: Rule, curvature: float, second_moment: float) -> np.ndarray:
    """The full-state Jacobian of one step at the minimum of a quadratic."""
    training = training_map(
        lambda theta: 0.5 * curvature * (theta * theta).sum(), rule, np.zeros(1)
    )
    state = _frozen_state(rule, second_moment)
    z = np.concatenate([np.reshape(part, -1) for part in state])
    return jacobian(training)(z)


def _frozen_preconditioner(rule: Rule, second_moment: float) -> float:
    after = rule.step(_frozen_state(rule, second_moment), np.zeros(1))
    return float(preconditioner(rule, after)[0])


def _frozen_state(rule: Rule, second_moment: float) -> Any:
    """theta = 0 with a given second moment, long after the start."""
    state = rule.init(np.zeros(1))
    frozen = {
        "second_moment": np.array([second_moment]),
        "largest_second_moment": np.array([second_moment]),
        "steps": np.array(np.inf),
    }
    return state._replace(**{name: v for name, v in frozen.items() if name in state._fields})
