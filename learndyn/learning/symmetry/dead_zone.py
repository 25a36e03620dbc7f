r"""The dead zone: an unstable symmetric point that floating point makes permanent.

A split sigma along a direction u with curvature -mu moves component k of the parameters by
gain sigma |u_k| in a step. The parameter is a floating-point number of spacing ulp(theta_k), and a
move below half the spacing rounds to nothing. If that holds for every component, that is below

    sigma_0 = min_k ulp(theta_k) / (2 gain |u_k|),

nothing moves: the run rests at an unstable point for ever. A little above, only the most sensitive
component moves, by one spacing a step, until the others follow: growth takes long to begin there.
What a rule remembers is small, so its own spacing is fine, and it settles where theta rests; the
gain is that of the settled step:

    gradient descent        eta mu
    heavy ball              eta mu / (1 - beta)
    Nesterov                eta mu max(1, beta / (1 - beta))    (theta takes two additions a step)
    RMSProp, Adam, AMSGrad  eta mu / P,  P = sqrt(v) + epsilon

This holds where the gain is small against 1. A split is itself a whole number of spacings, so the
zone is never narrower than about one. The point must be still as well: descent comes to rest where
eta |g_k| is just under half a spacing, and there a far smaller split tips the balance. A point
that Newton's method found has a smaller gradient, and the whole zone.

A component that is exactly 0, such as a bias that was never moved, has next to no spacing: where
the direction has such a component there is no dead zone. Components in which the direction is 0 up
to rounding do not count.

References
----------
Goldberg, D. (1991). What every computer scientist should know about floating-point arithmetic.
ACM Computing Surveys 23, 5-48.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics import simulate
from ...dynamics.linearise import flat_state
from ..rules import AdamW, HeavyBall, Nesterov, Rule
from ..stability_limits import bare_rule
from ..training import TrainingMap
from .escape import split_direction, split_length
from .growth import require_symmetric
from .subspaces import Actions, symmetric_part

_NO_PART = 1e-10  # a component of u below this part of the largest is rounding
# A split has left the dead zone when it is longer than so many times its start, and than so many
# times sigma_0: a split of one spacing becomes one of two by rounding alone.
_GROWN = 1.5


@dataclass(frozen=True, slots=True)
class DeadZone:
    """The smallest split that grows.

    Attributes
    ----------
    frozen : float
        Largest split found that did not grow; 0 if even the smallest that was tried did.
    growing : float
        Smallest split found that grew.
    predicted : float
        sigma_0.
    """

    frozen: float
    growing: float
    predicted: float


def dead_zone(
    rule: Rule, mu: float, theta: Any, direction: Any, *, second_moment: float = 1.0
) -> float:
    """Return sigma_0, below which a split does not grow in floating point.

    Parameters
    ----------
    rule : Rule
        A schedule or clipping around a rule is looked through.
    mu : float
        -lambda_min across the symmetric subspace, positive.
    theta : array_like, shape (n,)
        The symmetric point.
    direction : array_like, shape (n,)
        u, of length 1.
    second_moment : float, optional
        v, held fixed, for rules that have one.

    Returns
    -------
    float
        In the units of theta.

    Raises
    ------
    TypeError
        If the rule moves theta where the gradient is 0, as weight decay does.
    ValueError
        If mu is not positive, or the direction is 0 or of another shape than theta.
    """
    theta, u = flat_state(theta, "dead_zone"), flat_state(direction, "dead_zone")
    if theta.shape != u.shape or not np.any(u):
        raise ValueError(
            f"dead_zone: needs a direction of shape {theta.shape} that is not 0, got shape "
            f"{u.shape}"
        )
    if not (math.isfinite(mu) and mu > 0.0):
        raise ValueError(f"dead_zone: mu must be positive and finite, got {mu}: no split grows")
    gain = settled_gain(rule, mu, second_moment=second_moment)
    split = np.abs(u) > _NO_PART * np.abs(u).max()
    with np.errstate(under="ignore"):
        return float((np.spacing(np.abs(theta[split])) / (2.0 * gain * np.abs(u[split]))).min())


def settled_gain(rule: Rule, mu: float, *, second_moment: float = 1.0) -> float:
    """Return the largest addition to theta in a step, for a split of 1 that rests at curvature -mu.

    Raises
    ------
    TypeError
        If the rule is AdamW with weight decay.
    """
    rule = bare_rule(rule)
    if isinstance(rule, AdamW) and rule.weight_decay > 0.0:
        raise TypeError(
            "dead_zone: AdamW moves the parameters where the gradient is 0, so they never rest. "
            "Use Adam"
        )
    gain = rule.step_size * mu
    if isinstance(rule, HeavyBall):
        return float(gain / (1.0 - rule.momentum))
    if isinstance(rule, Nesterov):
        return float(gain * max(1.0, rule.momentum / (1.0 - rule.momentum)))
    if hasattr(rule, "epsilon"):
        return float(gain / (math.sqrt(second_moment) + rule.epsilon))
    return float(gain)


def measure_dead_zone(
    training: TrainingMap,
    actions: Actions,
    direction: Any,
    mu: float,
    *,
    steps: int,
    tolerance: float = 1e-2,
) -> DeadZone:
    """Find the smallest split from which a run leaves its symmetric start, by bisection.

    Parameters
    ----------
    training : TrainingMap
        Of a rule without second moment; its initial parameters are symmetric and critical.
    actions : PermutationAction or sequence of them
        On the flat parameters, shape (n,).
    direction : array_like, shape (n,)
        Of the split; its antisymmetric part counts.
    mu : float
        -lambda_min across the symmetric subspace, positive; for the prediction.
    steps : int
        How long a split has time to grow by half: several times 1 / ln(factor). In a net, whose
        components leave the dead zone one after the other, the edge that is found falls towards
        sigma_0 with more steps.
    tolerance : float, optional
        Relative width of the last bracket.

    Returns
    -------
    DeadZone

    Raises
    ------
    ValueError
        If the start is not symmetric, or even a split of 1e-3 |theta| does not grow.
    """
    z = training.initial_state
    start = training.state(z).theta
    n = start.size
    require_symmetric(start, actions, "measure_dead_zone")
    start = symmetric_part(start, actions)
    unit = split_direction(direction, start, actions)
    predicted = dead_zone(training.rule, mu, start, unit)
    length, most = split_length(actions, n), 1e-3 * float(np.linalg.norm(start))

    def grows(sigma: float) -> bool:
        state = z.copy()
        state[:n] = start + sigma * unit
        before = length(state[:n])
        if before == 0.0:
            return False  # the parameters could not hold the split
        run = simulate(
            training,
            state,
            steps,
            every=max(1, steps),
            stop_when=lambda state: length(state[:n]) > _GROWN * max(before, predicted),
            progress=False,
        )
        return run.stopped is not None

    low, high = 0.0, min(max(predicted, 1e-20 * most), most)
    while not grows(high):
        low, high = high, 4.0 * high
        if high > 4.0 * most:
            raise ValueError(
                f"measure_dead_zone: a split of {low:.3g} does not grow in {steps} steps. Take "
                "more steps, and a direction in which the symmetric point is unstable"
            )
    while low == 0.0 and high > 1e-20 * most:
        low, high = (0.0, high / 4.0) if grows(high / 4.0) else (high / 4.0, high)
    while low > 0.0 and high - low > tolerance * high:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if grows(middle) else (middle, high)
    return DeadZone(low, high, predicted)
