"""What a run of many members leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...dynamics import Trajectory


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleRun:
    """A recorded run of an ensemble, and what became of each member.

    Attributes
    ----------
    times : ndarray, shape (records,)
        Step numbers of a map, times of a flow.
    states : ndarray, shape (records, members, m)
        A member that has left the finite numbers is nan from there on; one that was let go stays
        where it was.
    observables : dict of str to ndarray, each of shape (records, ...)
    ended : ndarray, shape (members,)
        The step, or the time, of the first state that held a NaN or an infinity; inf if none did.
    left : ndarray, shape (members,)
        The step of the record at which ``stop_when`` let the member go; inf if it did not.
    stopped : str or None
        Why the whole run ended early; None if it ran to the end.
    """

    times: np.ndarray
    states: np.ndarray
    observables: dict[str, np.ndarray]
    ended: np.ndarray
    left: np.ndarray
    stopped: str | None

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.ended)

    @property
    def alive(self) -> np.ndarray:
        """Which members stayed finite, shape (members,), bool."""
        return np.isinf(self.ended)

    @property
    def final_state(self) -> np.ndarray:
        """The last recorded states, shape (members, m)."""
        return self.states[-1]

    def member(self, i: int) -> Trajectory:
        """Return the run of one member: its records up to its end.

        ``stopped`` says when it ended, if it did. Observables are measured on all members at once
        and stay with the ensemble.

        Raises
        ------
        IndexError
            If there is no such member.
        """
        i = range(self.members)[i]
        with_it = self.times < self.ended[i]
        return Trajectory(self.times[with_it], self.states[with_it, i], stopped=self._fate(i))

    def report(self) -> str:
        """Say what became of the members, in one line and a line for each of the first who ended."""
        gone, let_go = np.flatnonzero(~self.alive), int(np.isfinite(self.left).sum())
        first = gone[np.argsort(self.ended[gone], kind="stable")]
        summary = (
            f"{self.members} members: {self.members - len(gone) - let_go} ran to {self.times[-1]:g}, "
            f"{let_go} were let go, {len(gone)} ended with numbers that are not finite"
        )
        lines = [summary]
        lines += [f"  member {i}: {self._fate(i)}" for i in first[:5].tolist()]
        if len(first) > 5:
            lines.append(f"  and {len(first) - 5} more, the last at {self.ended[first[-1]]:g}")
        return "\n".join(lines)

    def _fate(self, i: int) -> str | None:
        if np.isfinite(self.ended[i]):
            return f"its first state that is not finite is that at {self.ended[i]:g}"
        if np.isfinite(self.left[i]):
            return f"it was let go at {self.left[i]:g}"
        return self.stopped
