"""Follow a flow and record the run: dz/dt = f(t, z)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from .events import Event, EventFunction, EventWatch
from .flow import Flow
from .integrators.dense import DenseOutput
from .integrators.dormand_prince import DormandPrince
from .integrators.field import Field
from .integrators.step import Step, StoppedError
from .progress import NEVER, Progress
from .running import Observables, Recorder, initial_state, is_finite, nonfinite_sentence, quiet
from .trajectory import Trajectory


class Method(Protocol):
    """An integrator: walks from the first time to the last and meets or passes each record."""

    def steps(self, field: Field, z: np.ndarray, times: np.ndarray) -> Iterator[Step]: ...


def integrate(
    flow: Flow,
    z0: Any,
    times: Any,
    *,
    method: Method = DormandPrince(),  # noqa: B008 - frozen
    observe: Observables | None = None,
    events: Mapping[str, Event | EventFunction] | None = None,
    stop_when: Callable[[np.ndarray], Any] | None = None,
    dense: bool = False,
    progress: bool | None = None,
) -> Trajectory:
    """Solve dz/dt = f(t, z) from ``z0`` at ``times[0]`` and record the run.

    Parameters
    ----------
    flow : Flow
        Takes a time and a state of shape (n,) to a velocity of shape (n,).
    z0 : array_like, shape (n,)
        Initial state, floats; copied.
    times : array_like, shape (records,)
        When to record, increasing; the first is the start and the last the end.
    method : optional
        ``DormandPrince(rtol=..., atol=...)`` by default; ``Euler``, ``Heun`` and ``RK4`` with
        fixed steps; ``ImplicitEuler`` for stiff flows.
    observe : mapping of str to callable, optional
        Each function takes a recorded state to a number or an array of fixed shape.
    events : mapping of str to callable or Event, optional
        Functions g(t, z) whose zero crossings are located and recorded.
    stop_when : callable, optional
        Takes the state after each step of the method to a truth value. The first state for
        which it is true is recorded and ends the run.
    dense : bool, optional
        True keeps all steps, so that the trajectory can be called with any time of the run.
    progress : bool, optional
        Show a progress bar. By default, if stderr is a terminal and the run lasts longer
        than a second.

    Returns
    -------
    Trajectory
        With ``events`` and ``evaluations``. A run that cannot go on (a tolerance that is out
        of reach, a flow that is not finite, Newton's method without success) keeps what it
        has, ends with the last good state (after an explicit fixed step: with the first bad
        one), and says in ``stopped`` where, why, and what to do.

    Raises
    ------
    TypeError
        If the state is not made of floats, or the flow returns something else than numbers.
    ValueError
        If the state is not a vector, the times do not increase, or the velocity has another
        shape than the state. An error of the flow itself carries a note with the time.
    """
    z = initial_state(z0, "integrate")
    due = _record_times(times)
    if not callable(getattr(method, "steps", None)):
        raise TypeError(
            "integrate: needs a method such as DormandPrince() or RK4(step_size=0.01), "
            f"got {method!r}"
        )
    field = Field(flow)
    recorder = Recorder(due.copy(), z.size, observe, "integrate")
    watch = EventWatch(events, z.size)
    kept: list[Step] | None = [] if dense else None
    with quiet(), Progress("integrate", due[-1] - due[0], progress) as bar:
        run = _Run(field, z, due, recorder, watch, stop_when, kept, bar)
        stopped = run.follow(method)
        interpolant = None
        if kept is not None:
            end = min(run.t, kept[-1].t1) if kept else run.due[0]
            interpolant = DenseOutput(run.due[0], z, kept, end)
    return Trajectory(
        *recorder.arrays(), stopped, watch.records(), field.evaluations, interpolant
    )


class _Run:
    """A run in progress: takes the method's steps, and does at each what is due."""

    __slots__ = ("bar", "due", "field", "kept", "recorder", "stop_when", "t", "watch", "z")

    def __init__(
        self,
        field: Field,
        z: np.ndarray,
        due: np.ndarray,
        recorder: Recorder,
        watch: EventWatch,
        stop_when: Callable[[np.ndarray], Any] | None,
        kept: list[Step] | None,
        bar: Progress,
    ) -> None:
        self.field, self.z, self.due, self.recorder = field, z, due.tolist(), recorder
        self.watch, self.stop_when, self.kept, self.bar = watch, stop_when, kept, bar
        self.t = self.due[0]

    def follow(self, method: Method) -> str | None:
        """Follow the flow to the end; return why the run ended early."""
        try:
            self.recorder.record(self.t, self.z)
            stopped = self._verdict()
            if stopped is None:
                self.watch.start(self.t, self.z)
                stopped = self._walk(method)
        except BaseException as error:
            error.add_note(f"integrate: raised in the step that began at t = {self.t:.6g}")
            raise
        return stopped

    def _walk(self, method: Method) -> str | None:
        start, count, look, stopped = self.t, 0, self.bar.next, None
        try:
            for step in method.steps(self.field, self.z, np.array(self.due)):
                count += 1
                stopped = self._take(step)
                if stopped:
                    break
                if count >= look:
                    look = self.bar.update(count, self.t - start)
        except StoppedError as error:
            self._record_end()
            stopped = str(error)
        if look != NEVER:
            self.bar.update(count, self.t - start)
        return stopped

    def _take(self, step: Step) -> str | None:
        """Do what is due in a step; return why the run ends with it."""
        terminal = None
        finite = is_finite(step.z1)
        if finite and self.watch:
            terminal = self.watch.look(step)
        if finite and self.kept is not None:
            self.kept.append(step)
            _ = step.coefficients  # now, while the flow remembers the velocity at the end
        end = step.t1 if terminal is None else terminal[1]
        due, recorder = self.due, self.recorder
        while finite and recorder.rows < len(due) and due[recorder.rows] <= end:
            recorder.record(due[recorder.rows], step.state(due[recorder.rows]))
        self.t, self.z = step.t1, step.z1
        if terminal is None and finite and self.stop_when is None:
            return None
        stopped = self._verdict()
        if terminal is not None:
            name, self.t, self.z = terminal
            stopped = f"at t = {self.t:.9g}, the terminal event {name!r} happened"
        if stopped:
            self._record_end()
        return stopped

    def _verdict(self) -> str | None:
        """Say why the run ends with the present state, or None if it goes on."""
        if not is_finite(self.z):
            return nonfinite_sentence(self.z, f"at t = {self.t:.6g}")
        if self.stop_when is not None and self.stop_when(self.z):
            return f"at t = {self.t:.9g}, stop_when was true"
        return None

    def _record_end(self) -> None:
        """Record the present state, if it is not on record already."""
        rows = self.recorder.rows
        if rows < len(self.due) and self.recorder.times[rows - 1] < self.t:
            self.recorder.record_end(self.t, self.z)


def _record_times(times: Any) -> np.ndarray:
    due = np.array(times, dtype=np.float64)
    if due.ndim != 1 or due.size == 0:
        raise ValueError(
            f"integrate: the times must be a vector of record times, got shape {due.shape}. "
            "For a run from 0 to T use np.linspace(0, T, records)"
        )
    if not is_finite(due):
        raise ValueError("integrate: the times hold a NaN or an infinity")
    steps = np.diff(due)
    if (steps <= 0).any():
        i = int(np.argmax(steps <= 0))
        raise ValueError(
            f"integrate: the times must increase, but times[{i}] = {due[i]:.9g} and "
            f"times[{i + 1}] = {due[i + 1]:.9g}. To go back in time, negate the flow"
        )
    return due
