"""The largest stable eta lambda of each rule: closed form, measured on the Jacobian, tried in runs.

The limits are those of ``learndyn.learning.stability_limit``. For adaptive rules lambda is the
curvature divided by the preconditioner, and the second moment is frozen.

A rule with fixed coefficients is a linear filter: gradients in, displacements out. Where a mode
leaves the unit circle through -1, displacement and gradient change sign at each step. Let h be the
rule's *gain* there: |theta' - theta| = eta h |g|. At the limit the displacement is -2 theta and
the gradient lambda theta, so 2 = eta lambda h, and the limit is 2 / h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dynamics import simulate
from ..learning import (
    Adam,
    AMSGrad,
    GradientDescent,
    HeavyBall,
    Nesterov,
    RMSProp,
    Rule,
    measured_stability_limit,
    preconditioner,
    stability_limit,
    training_map,
)
from ..learning.stability_limits import bare_rule


@dataclass(frozen=True, slots=True)
class RuleLimit:
    """One rule and its limit.

    Attributes
    ----------
    rule : Rule
    predicted : float
        eta lambda at the limit, in closed form.
    measured : float
        The same by bisection on the eigenvalues of the full-state Jacobian.
    gain : float
        h, measured: length of a step over eta, for gradients of preconditioned size 1 that change
        sign at each step.
    below, above : float or None
        Size of the state after a run just below and just above the limit, relative to the start;
        None for adaptive rules, whose second moment would not stay frozen in a run.
    """

    rule: Rule
    predicted: float
    measured: float
    gain: float
    below: float | None
    above: float | None


def run(
    momenta: tuple[float, ...] = (0.0, 0.5, 0.9, 0.99),
    *,
    averages: tuple[float, ...] = (0.0, 0.5, 0.9, 0.95),
    margin: float = 0.005,
    steps: int = 1000,
) -> dict[str, list[RuleLimit]]:
    """Measure the limit of every rule.

    Parameters
    ----------
    momenta : tuple of float, optional
        beta of the heavy ball and of Nesterov's rule.
    averages : tuple of float, optional
        beta1 of Adam.
    margin : float, optional
        How far below and above the limit the runs are, relative to it.
    steps : int, optional
        Their length.

    Returns
    -------
    dict of str to list of RuleLimit
        By the name of the rule; a list in the order of the momenta or averages.
    """
    rules: dict[str, list[Rule]] = {
        "gradient descent": [GradientDescent(1.0)],
        "heavy ball": [HeavyBall(1.0, beta) for beta in momenta],
        "Nesterov": [Nesterov(1.0, beta) for beta in momenta],
        "RMSProp": [RMSProp(1.0)],
        "Adam": [Adam(1.0, beta1) for beta1 in averages],
        "AMSGrad": [AMSGrad(1.0)],
    }
    return {name: [_limit(rule, margin, steps) for rule in kind] for name, kind in rules.items()}


def alternating_gain(rule: Rule, *, steps: int = 2000) -> float:
    """Return the length of a step times P, over eta, after ``steps`` gradients 1, -1, 1, ..."""
    state, before = rule.init(np.zeros(1)), np.zeros(1)
    for t in range(steps):
        before = state.theta
        state = rule.step(state, np.array([1.0 if t % 2 == 0 else -1.0]))
    length = np.abs(state.theta - before) * preconditioner(rule, state)
    return float(length[0] / bare_rule(rule).step_size)


def _limit(rule: Rule, margin: float, steps: int) -> RuleLimit:
    predicted = stability_limit(rule)
    sizes: list[float | None] = [None, None]
    if not hasattr(rule, "preconditioner"):
        sizes = [_final_size(rule, predicted * (1.0 + m), steps) for m in (-margin, margin)]
    return RuleLimit(rule, predicted, measured_stability_limit(rule), alternating_gain(rule), *sizes)


def _final_size(rule: Rule, curvature: float, steps: int) -> float:
    """|z| after a run on the parabola of this curvature, relative to the start."""
    training = training_map(
        lambda theta: 0.5 * curvature * (theta * theta).sum(), rule, np.ones(1)
    )
    run = simulate(training, training.initial_state, steps, every=steps)
    return float(np.linalg.norm(run.final_state) / np.linalg.norm(run.states[0]))
