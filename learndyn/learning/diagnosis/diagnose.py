"""Why did this run fail? Each cause is looked for, and says how much of the failure it explains.

A run that ended at its goal has no fault. Else the causes are measured one after another, in the
order of the files of this folder. Each states its threshold and the reason for it. A cause is a
finding only if removing it, and making the run again, brings the loss down. A saddle that another
cause has made, a lost signal or units that are tied, is not a second finding; nor is a step that is
too long only because the weights explode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.progress import Progress
from ...dynamics.state import ravel
from ..records import Run
from ..rules import Rule
from ..training import Batches
from .architecture import architecture
from .case import LEAST, Case, make_case
from .conditioning import conditioning, slow_modes
from .numerical import numerical
from .report import Cause, Diagnosis, Finding
from .saddle import saddle, stands_at
from .signal import signal
from .step import step
from .symmetry import is_odd, symmetric_part, symmetry, tied_units

_LOOKS = (numerical, architecture, step, symmetry, signal, conditioning, saddle)
_OUTSIDE = 0.9  # the part of a direction that leads out of a symmetry, if both are one finding


def diagnose(
    run: Run,
    *,
    loss: Callable[..., Any],
    rule: Rule,
    start: Tree | None = None,
    model: Any = None,
    data: tuple[Any, ...] | None = None,
    criterion: Callable[[Any, Any], Any] | None = None,
    batches: Batches | None = None,
    goal: float | None = None,
    budget: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Diagnosis:
    """Say why a training run failed, with the evidence measured.

    Parameters
    ----------
    run : Run
        From ``train``, from its first step on.
    loss, rule, batches
        As they were given to ``train``.
    start : tree of arrays, optional
        The initial parameters. It may be left out if the run kept its states.
    model : MLP, optional
        Without it, or with another model, the causes that lie in the layers are not looked for:
        architecture, symmetry, signal.
    data : tuple of arrays (inputs, targets), optional
        All data. Architecture and signal need it, and runs on minibatches.
    criterion : callable, optional
        The loss as a function of (outputs, targets), for the same two. If it is one of
        ``learndyn.learning`` without options, it is found by itself.
    goal : float, optional
        The loss that counts as learned. By default 5 % of that of the best constant answer of the
        model, or, without a model, of the loss at the start. Where targets are noisy, say what
        can be reached.
    budget : int, optional
        Steps for a run that is made again without a cause; by default those of the run, and 300
        at least for one that diverged.
    seed : int, optional
        Of the new starts and kicks. The same seed gives the same diagnosis.
    progress : bool, optional
        As for ``simulate``.

    Returns
    -------
    Diagnosis
        The findings in the order of what they explain. It prints as a text, and shows as a table
        on a page.

    Raises
    ------
    ValueError
        If the initial parameters are missing, or the loss there is not the one that the run
        recorded; if a run on minibatches comes without data.

    Notes
    -----
    It costs one more run to follow the path, and one to three for each cause that is suspected.
    That a net that is not linear cannot represent a target is not proved by failed searches; it is
    said with the number of starts, and only if a larger net succeeds.
    """
    case = make_case(
        run, loss=loss, rule=rule, start=start, model=model, data=data, criterion=criterion,
        batches=batches, goal=goal, budget=budget, seed=seed,
    )  # fmt: skip
    with np.errstate(all="ignore"):  # where a run has diverged, measurements overflow as well
        findings = [] if case.reached else _findings(case, progress)
        note = "" if findings else _note(case)
    findings.sort(key=lambda finding: -finding.explained)
    return Diagnosis(
        tuple(findings), case.reached, case.final, case.goal, case.reference, int(run.times[-1]),
        note,
    )  # fmt: skip


def _findings(case: Case, progress: bool | None) -> list[Finding]:
    """Look for one cause after another. Saddles come last: other causes make some."""
    findings: list[Finding] = []
    with Progress("diagnose", len(_LOOKS), progress) as bar:
        for count, look in enumerate(_LOOKS, 1):
            causes = {finding.cause for finding in findings}
            if look is saddle and (Cause.SIGNAL in causes or _leads_out(case, causes)):
                break
            found = look(case)
            if found is not None:
                findings.append(found)
                if found.cause is Cause.ARCHITECTURE:  # what other causes can win is less then
                    case = replace(case, attainable=max(found.measured["best"], case.goal))
                    if case.explained(case.attainable) < LEAST:
                        break  # the run is as good as this model gets
            bar.update(count, count)
    if Cause.SIGNAL in {finding.cause for finding in findings}:
        # Weights that explode make the loss sharp. A shorter step that learns nothing is no cure.
        return [f for f in findings if f.cause is not Cause.STEP or case.names(f.measured["loss"])]
    return findings


def _leads_out(case: Case, causes: set[Cause]) -> bool:
    """Whether the saddle is that of units that are tied: it is left by separating them."""
    if case.model is None or Cause.SYMMETRY not in causes:
        return False
    found, theta = stands_at(case), case.parameters(-1)
    if found is None or not found.index:
        return True
    _, unravel = ravel(theta)
    ties = tied_units(theta, is_odd(case.model))
    inside = ravel(symmetric_part(unravel(found.vector), ties))[0]
    return float(1.0 - inside @ inside) >= _OUTSIDE


def _note(case: Case) -> str:
    """What to say of a run without a finding."""
    if case.reached:
        return "No fault found: the run reached its goal."
    if not np.isfinite(case.final):
        return "The run left the finite numbers, for a reason that is not known here."
    modes = slow_modes(case)
    length = int(case.run.times[-1])
    if modes is not None and 10.0 * modes.fewest < modes.steps < np.inf and modes.steps > length:
        return (
            f"No fault found, but the step is short: the quadratic model at the end needs about "
            f"{modes.steps:.2g} more steps, and {modes.fewest:.2g} with the largest stable step."
        )
    if not case.stalled:
        return "No fault found: the loss is still falling. Train longer, or lower the goal."
    return (
        "No fault found among the known causes. The second half of the run won little: it may need "
        "more steps, be in a poor minimum, or the goal lies below what noise in the targets allows."
    )
