"""Whether operations on tensors are written into the graph, and whether each is inspected.

The switch belongs to the running thread: ``no_grad`` in one thread leaves every other alone.
"""

from __future__ import annotations

import threading
from contextlib import ContextDecorator
from types import TracebackType

INSPECTED = "inspected"


class _Mode(threading.local):
    # False: off. True: on. INSPECTED: on, and the first value that is not finite is an error.
    recording: bool | str = True


_mode = _Mode()


def is_recording() -> bool:
    """Return True if operations on tracked tensors are recorded in this thread."""
    return bool(_mode.recording)


class _SetRecording(ContextDecorator):
    """A context manager, and a decorator, that sets the switch and puts it back."""

    def __init__(self) -> None:
        self._before: list[bool | str] = []

    def _value(self) -> bool | str:
        raise NotImplementedError

    def __enter__(self) -> None:
        self._before.append(_mode.recording)
        _mode.recording = self._value()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _mode.recording = self._before.pop()


class no_grad(_SetRecording):
    """Compute with tensors, but record no graph.

    Use it as ``with no_grad():`` or as the decorator ``@no_grad()``. A result made inside is
    a constant: nothing can be differentiated through it.
    """

    def _value(self) -> bool | str:
        return False


class enable_grad(_SetRecording):
    """Record the graph again inside a ``no_grad`` block."""

    def _value(self) -> bool | str:
        return _mode.recording or True


class detect_anomaly(_SetRecording):
    """Stop at the first number that is not finite, and say where it arose.

    Inside ``with detect_anomaly():`` every recorded operation and every step of a backward
    sweep is inspected. The first infinity or NaN raises an ``AnomalyError`` that names the
    operation, the shapes, and the line of the caller's code that applied it.
    """

    def _value(self) -> bool | str:
        return INSPECTED
