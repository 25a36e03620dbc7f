"""Iterate a map of many members: ``simulate`` of the whole, with a look at each member.

A member whose state holds a NaN or an infinity is gone: it is nan in the record, and its row is no
longer computed. So it costs the others nothing, and since rows do not meet it changes nothing for
them either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...dynamics import simulate
from ...dynamics.running import Observables, as_state, quiet
from .rows import MemberSystem, initial_rows, require_independent
from .run import EnsembleRun


def simulate_ensemble(
    system: MemberSystem,
    z0: Any,
    steps: int,
    *,
    observe: Observables | None = None,
    every: int = 1,
    stop_when: Callable[[np.ndarray], Any] | None = None,
    progress: bool | None = None,
) -> EnsembleRun:
    """Iterate z_i(t + 1) = F(z_i(t)) for all members at once, and record the run.

    Parameters
    ----------
    system : MemberSystem
        From ``ensemble_map`` or ``vectorised``.
    z0 : array_like, shape (members, m)
        Initial states, one row for each member; copied.
    steps : int
        How many times the map is applied.
    observe : mapping of str to callable, optional
        Each function takes the recorded rows, shape (members, m), to an array of fixed shape.
        Rows of members that are gone are nan.
    every : int, optional
        Record every so many steps. The initial and the last states are always recorded.
    stop_when : callable, optional
        Takes the rows of the members that are still on their way, shape (k, m), to k truth values.
        It is asked at each record. A member for which it is true is let go: its state stays.
    progress : bool, optional
        As for ``simulate``.

    Returns
    -------
    EnsembleRun
        ``ended`` says when each member left the finite numbers, ``left`` when it was let go. The
        run ends early only when no member is left. Floating-point warnings are silenced.

    Raises
    ------
    TypeError
        If the states are not made of floats, or a count is not an integer.
    ValueError
        If the states have another shape, a count is out of range, or the system mixes members:
        before the run, the first and the last are compared with themselves alone.
    """
    members = getattr(system, "members", None)
    if members is None or not hasattr(system, "select"):
        raise TypeError(
            f"simulate_ensemble: {type(system).__name__} is no ensemble. Make one with ensemble_map, "
            "or with vectorised(function, members)"
        )
    rows = initial_rows(z0, members, "simulate_ensemble")
    company = Company(system, rows, "simulate_ensemble")
    require_independent(company.active, rows[company.kept], "simulate_ensemble")
    walk = _Walk(company, stop_when, every)
    record = simulate(
        walk,
        company.masked(rows).reshape(-1),
        steps,
        observe=company.observing(observe),
        every=every,
        stop_when=lambda z: not company.kept.size,
        nonfinite="record",
        progress=progress,
    )
    last = int(record.times[-1])
    states = record.states.reshape(len(record.times), *rows.shape)
    walk.ask(last, states[-1])
    stopped = None if record.stopped is None else f"at step {last}, no member was left"
    return EnsembleRun(record.times, states, record.observables, company.ended, walk.left, stopped)


class Company:
    """Who is still on the way, and the system of those."""

    __slots__ = ("active", "caller", "ended", "kept", "shape", "system")

    def __init__(self, system: MemberSystem, rows: np.ndarray, caller: str) -> None:
        self.system, self.active, self.caller = system, system, caller
        self.shape = rows.shape
        self.kept = np.arange(len(rows))
        self.ended = np.full(len(rows), np.inf)
        self.end(~np.isfinite(rows).all(axis=1), 0.0)

    @property
    def whole(self) -> bool:
        """True while nobody has gone."""
        return bool(len(self.kept) == self.shape[0])

    def end(self, bad: np.ndarray, t: float) -> None:
        """Note that those of the kept members for which ``bad`` is true are gone since ``t``."""
        if bad.any():
            self.ended[self.kept[bad]] = t
            self.release(bad)

    def release(self, away: np.ndarray) -> None:
        """Go on without those of the kept members for which ``away`` is true."""
        self.kept = self.kept[~away]
        if self.kept.size:
            self.active = self.system.select(self.kept)

    def masked(self, rows: np.ndarray) -> np.ndarray:
        """Return the rows with nan for the members that are gone."""
        gone = np.isfinite(self.ended)
        return np.where(gone[:, None], np.nan, rows) if gone.any() else rows

    def observing(self, observe: Observables | None) -> Observables | None:
        """Return observables of flat states from observables of rows."""
        if observe is None:
            return None
        return {name: self._of_flat(function) for name, function in observe.items()}

    def _of_flat(self, function: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray], Any]:
        return lambda z: function(self.masked(z.reshape(self.shape)))


class _Walk:
    """The map of all members on the flat state, which computes the rows of those on the way."""

    __slots__ = ("company", "every", "left", "stop_when", "t")

    def __init__(self, company: Company, stop_when: Callable[[np.ndarray], Any] | None, every: int) -> None:
        self.company, self.stop_when, self.every = company, stop_when, every
        self.left = np.full(company.shape[0], np.inf)
        self.t = 0

    def __call__(self, z: np.ndarray) -> np.ndarray:
        company = self.company
        rows = z.reshape(company.shape)
        if self.stop_when is not None and self.t % self.every == 0:
            self.ask(self.t, rows)
            if not company.kept.size:
                self.t += 1
                return z
        kept, whole = company.kept, company.whole
        part = rows if whole else rows.take(kept, axis=0)
        after = as_state(company.active(part), part.shape, "simulate_ensemble: the map", _KEEPS)
        self.t += 1
        flat = after.reshape(-1)
        # The product is not below infinity if a component is not finite.
        if not flat.dot(flat) < np.inf:
            bad = ~np.isfinite(after).all(axis=1)
            if bad.any():
                company.end(bad, self.t)
                after = np.where(bad[:, None], np.nan, after)
        if not whole:
            rows = rows.copy()
            rows[kept] = after
            after = rows
        return after.reshape(-1)

    def ask(self, t: int, rows: np.ndarray) -> None:
        """Let those go who are where they should be."""
        company = self.company
        if self.stop_when is None or not company.kept.size:
            return
        with quiet():
            answer = np.asarray(self.stop_when(rows[company.kept]))
        if answer.shape != company.kept.shape:
            raise ValueError(
                f"simulate_ensemble: stop_when took {len(company.kept)} rows to shape {answer.shape}. "
                "It must give one truth value for each row"
            )
        away = answer.astype(bool)
        if away.any():
            self.left[company.kept[away]] = t
            company.release(away)


_KEEPS = "A map keeps the shape of its rows"
