"""Follow a flow of many members: ``integrate`` of the whole, with a look at each member.

With a method of fixed steps each member has the bits of its company whatever the others do. With
adaptive steps the ensemble shares them, and the worst member chooses: the error of a step is

    err = sqrt(sum_i err_i^2) >= max_i err_i,      err_i = rms(e_i / (atol + rtol |z_i|)),

so that a step that is accepted would be accepted in the run of each member alone. It is what the
rms over all components gives with both tolerances divided by sqrt(members). For a method of order
5 the steps are then shorter than the worst member's own by at most members^(1/10).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...dynamics import RK4, DormandPrince, Euler, Heun, integrate
from ...dynamics.integrators.field import Field
from ...dynamics.integrators.fixed import explicit_steps
from ...dynamics.integrators.step import Step, StoppedError
from ...dynamics.running import Observables, as_state, plain
from .rows import MemberSystem, initial_rows, require_independent
from .run import EnsembleRun
from .simulate import Company

_ATTEMPTS = 1000  # steps after which a member that is tried alone counts as one that goes on
_STAGES = 6  # evaluations of an attempted Dormand-Prince step
_NEEDS = "A flow returns one velocity for each component of the rows"


def integrate_ensemble(
    flow: MemberSystem,
    z0: Any,
    times: Any,
    *,
    method: RK4 | Heun | Euler | DormandPrince = DormandPrince(),  # noqa: B008 - frozen
    observe: Observables | None = None,
    progress: bool | None = None,
) -> EnsembleRun:
    """Solve dz_i/dt = f(t, z_i) for all members at once, and record the run.

    Parameters
    ----------
    flow : MemberSystem
        From ``ensemble_gradient_flow``, or ``vectorised`` of a function of time and rows.
    z0 : array_like, shape (members, n)
        Initial states, one row for each member.
    times : array_like, shape (records,)
        When to record, increasing; the first is the start and the last the end.
    method : optional
        ``RK4``, ``Heun`` or ``Euler``, whose steps do not depend on the members, or
        ``DormandPrince``, whose steps all members share: then a member that is hard to follow
        slows the others as long as it is there, and agreement with its own run is that of the
        tolerance.
    observe : mapping of str to callable, optional
        Each function takes the recorded rows, shape (members, n), to an array of fixed shape.
    progress : bool, optional
        As for ``integrate``.

    Returns
    -------
    EnsembleRun
        ``ended`` is, with fixed steps, the end of the step whose result was not finite; with
        adaptive ones where the member's own step size fell to nothing.

    Raises
    ------
    TypeError
        If the flow is no ensemble, the states are no floats, or the method is implicit: its
        Newton iterations would end for all with the one that fails.
    ValueError
        If the states have another shape, the times do not increase, or the flow mixes members.
    """
    if getattr(flow, "members", None) is None or not hasattr(flow, "select"):
        raise TypeError(
            f"integrate_ensemble: {type(flow).__name__} is no ensemble. Make one with "
            "ensemble_gradient_flow, or with vectorised(function, members)"
        )
    if not isinstance(method, RK4 | Heun | Euler | DormandPrince):
        raise TypeError(
            f"integrate_ensemble: needs RK4, Heun, Euler or DormandPrince, got {method!r}. Integrate "
            "the members one by one with other methods"
        )
    rows = initial_rows(z0, flow.members, "integrate_ensemble")
    company = Company(flow, rows, "integrate_ensemble")
    due = np.array(times, dtype=np.float64)
    if due.size:
        company.ended[np.isfinite(company.ended)] = due.flat[0]
        start = float(due.flat[0])
        require_independent(company.active, rows[company.kept], company.caller, start, is_map=False)
    finite = np.where(np.isfinite(company.ended)[:, None], 0.0, rows)
    record = integrate(
        _velocity(company),
        finite.reshape(-1),
        due,
        method=_Guarded(method, company),
        observe=company.observing(observe),
        stop_when=lambda z: not company.kept.size,
        progress=progress,
    )
    states = record.states.reshape(len(record.times), *rows.shape)
    gone = record.times[:, None] >= company.ended
    stopped = record.stopped if company.kept.size else f"at t = {record.times[-1]:.6g}, no member was left"
    return EnsembleRun(
        record.times,
        np.where(gone[:, :, None], np.nan, states),
        record.observables,
        company.ended,
        np.full(flow.members, np.inf),
        stopped,
    )


def _velocity(company: Company) -> Any:
    """The velocity of the flat state; members that are gone stand still."""

    def velocity(t: float, z: np.ndarray) -> np.ndarray:
        rows = z.reshape(company.shape)
        part = rows if company.whole else rows.take(company.kept, axis=0)
        found = np.zeros(company.shape)
        if company.kept.size:
            subject = "integrate_ensemble: the flow"
            found[company.kept] = as_state(company.active(t, part), part.shape, subject, _NEEDS)
        return found.reshape(-1)

    return velocity


class _Guarded:
    """A method that lets members go, so that the run meets finite states only."""

    __slots__ = ("company", "method")

    def __init__(self, method: Any, company: Company) -> None:
        self.method, self.company = method, company

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Walk from the first time to the last; used by ``integrate``."""
        if isinstance(self.method, DormandPrince):
            return self._adaptive(field, z, times)
        return explicit_steps(self._step, self.method.step_size, field, z, times)

    def _step(self, field: Field, t: float, z: np.ndarray, h: float) -> np.ndarray:
        """A step of the method in which a row that is no longer finite stays where it was."""
        z_next = self.method.step(field, t, z, h)
        if z_next.dot(z_next) < np.inf:
            return z_next
        company = self.company
        rows, after = z.reshape(company.shape), z_next.reshape(company.shape)
        bad = ~np.isfinite(after).all(axis=1)
        company.end(bad[company.kept], t + h)
        return np.where(bad[:, None], rows, after).reshape(-1)

    def _adaptive(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]:
        """Go on, from where the shared step size fell to nothing, without those who are to blame."""
        share = math.sqrt(self.company.shape[0])
        method = self.method
        shared = replace(method, rtol=method.rtol / share, atol=method.atol / share)
        t = float(times[0])
        while True:
            try:
                for step in shared.steps(field, z, np.array([t, *times[times > t]])):
                    yield step
                    t, z = step.t1, step.z1
                return
            except StoppedError:
                if not self._blame(t, z, times):
                    raise
                z = z.copy()  # else the field would remember the velocity that it had

    def _blame(self, t: float, z: np.ndarray, times: np.ndarray) -> bool:
        """Let those go who cannot go on alone either, the fastest first; say if there was one."""
        company, method = self.company, self.method
        rows = z.reshape(company.shape)[company.kept]
        speed = np.abs(plain(company.active(t, rows))) / (method.atol + method.rtol * np.abs(rows))
        order = np.argsort(-np.nan_to_num(speed, nan=np.inf).max(axis=1, initial=0.0), kind="stable")
        later = times[times > t]
        bad = np.zeros(len(rows), dtype=bool)
        for i in order.tolist():
            if not self._stuck(company.kept[i], t, rows[i], float(later[0])):
                break
            bad[i] = True
        company.end(bad, t)
        return bool(bad.any())

    def _stuck(self, i: int, t: float, row: np.ndarray, end: float) -> bool:
        """True if member i alone cannot reach the next record, for another reason than many steps."""
        alone = self.company.system.select(np.array([i]))
        field = Field(lambda t, z: plain(alone(t, z[None]))[0])
        method = replace(self.method, max_steps=_ATTEMPTS)
        try:
            for _ in method.steps(field, row.copy(), np.array([t, end])):
                pass
        except StoppedError:
            return field.evaluations < _STAGES * _ATTEMPTS
        return False
