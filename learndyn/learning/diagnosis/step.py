r"""Cause: the step is beyond the stability limit.

    r = eta lambda_max / limit,     r > 1: unstable,

lambda_max the sharpness (preconditioned for adaptive rules) and the limit that of
``stability_limit``. An adaptive rule with too long a step does not diverge: its second moment grows
until it hovers at the limit, with Adam's mean at 33 to 36 of 38 (Cohen et al., 2022), at a loss
that grows with eta. So r near 1 late in the run counts there.

Neither is enough: a run may leave a sharp region by an instability and end well, and one at the
edge of stability is beyond the limit half of the time. So the run is made again with shorter steps,
and the cause is named if that ends a divergence, or wins a fifth of what can be won and as much
more than the run itself does when it simply goes on for as long again.

References
----------
Cohen, J. M. et al. (2021). Gradient descent on neural networks typically occurs at the edge of
stability. ICLR. Cohen, J. M. et al. (2022). arXiv:2207.14484.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..rules import Rule
from ..schedules import Scheduled
from ..sharpness import sharpness
from ..stability_limits import bare_rule, stability_limit
from .case import Case
from .report import Cause, Finding

_BEYOND = 1.05  # of r, for rules that are not adaptive: 5 % above the limit
_HOVERS = 0.75  # of r, for adaptive rules: 33/38 = .87 is the mean at the limit, with room for dips
_LADDER = (0.5, 0.1, 0.01)  # tried parts of the longest step that is stable
_WARM = 10  # steps before Adam's preconditioner means something


def step(case: Case) -> Finding | None:
    """Return the finding that the step is too long, or None."""
    bare = bare_rule(case.rule)
    try:
        limit = stability_limit(case.rule)
    except TypeError:
        return None
    adaptive = hasattr(bare, "preconditioner")
    times, ratios, curvatures = _ratios(case, limit, adaptive)
    if not len(ratios):
        return None
    worst = int(np.argmax(ratios))
    if ratios[worst] < (_HOVERS if adaptive else _BEYOND):
        return None
    # An adaptive rule tunes r itself, so its step is judged by what shorter ones reach.
    longest = bare.step_size / (1.0 if adaptive else ratios[worst])
    loss, eta = _shorter(case, longest, adaptive)
    explained = case.explained(loss)
    if not case.diverged and not case.names(loss, beside=case.continued()):
        return None
    if not (case.names(loss) or (case.diverged and np.isfinite(loss))):
        return None
    kind = "preconditioned lambda_max" if adaptive else "lambda_max"
    return Finding(
        Cause.STEP, explained,
        (
            ("step size", f"{bare.step_size:.4g} ({type(bare).__name__})"),
            (kind, f"{curvatures[worst]:.4g} at step {times[worst]}"),
            ("step size x lambda_max", f"{ratios[worst] * limit:.4g}, limit {limit:.4g}"),
            ("largest stable step there", f"{bare.step_size / ratios[worst]:.3g}"),
            (f"loss with step {eta:.3g}", f"{loss:.3g} after {case.budget} steps at most"),
        ),
        f"shorten the step to about {eta:.2g}",
        {
            "ratio": float(ratios[worst]), "curvature": float(curvatures[worst]), "limit": limit,
            "stable_step": float(bare.step_size / ratios[worst]), "retry_step": float(eta), "loss": loss,
        },
    )  # fmt: skip


def _ratios(case: Case, limit: float, adaptive: bool) -> tuple[Any, Any, Any]:
    """r and lambda_max at a few records: early ones, and each quarter of the run or more."""
    last = len(case.times) - 1
    chosen = {0, 1, 3, last // 4, last // 2, 3 * last // 4, last}
    if adaptive:  # it swings, and r with it
        chosen |= set(range(last // 2, last))
    first = min(_WARM, int(case.times[-1])) if adaptive else 0
    rows, losses = [], [case.loss_at(k) for k in range(last + 1)]
    # Where a run has gone to, the curvature is a consequence. An adaptive rule does not run away.
    near = 10.0 * float(np.nanmax([abs(losses[0]), abs(case.reference)]))
    for k in sorted(i for i in chosen if 0 <= i <= last and case.times[i] >= first):
        if not (adaptive or losses[k] <= near or k == 0):
            continue
        state = case.training.state(case.states[k])
        try:
            with np.errstate(all="ignore"):
                found = sharpness(
                    case.loss, case.parameters(k), rule=case.rule, state=state, tolerance=1e-3,
                    max_products=200,
                ).value  # fmt: skip
        except (ValueError, ArithmeticError):
            continue  # the curvature there is not finite: the run has gone too far
        rows.append((case.times[k], _step_size(case.rule, case.times[k]) * found / limit, found))
    if not rows:
        return (), (), ()
    times, ratios, curvatures = (np.array(column) for column in zip(*rows, strict=True))
    return times, ratios, curvatures


def _step_size(rule: Rule, t: int) -> float:
    """eta in force at step ``t``."""
    factor = 1.0
    outer: Any = rule
    while hasattr(outer, "rule"):
        factor *= float(outer.schedule(float(t))) if isinstance(outer, Scheduled) else 1.0
        outer = outer.rule
    return factor * float(outer.step_size)


def _shorter(case: Case, longest: float, swings: bool) -> tuple[float, float]:
    """The best loss that shorter steps reach, and the step size."""
    best = (np.inf, longest)
    for part in _LADDER:
        loss = case.again(case.start, with_step(case.rule, part * longest), settled=swings)
        best = min(best, (loss, part * longest))
        if loss <= case.goal:
            break
    return best


def with_step(rule: Any, step_size: float) -> Any:
    """Return the rule with another step size, inside whatever is around it."""
    if hasattr(rule, "rule"):
        return replace(rule, rule=with_step(rule.rule, step_size))
    return replace(rule, step_size=step_size)
