"""Whether operations on tensors are written into the graph.

The switch belongs to the running thread: ``no_grad`` in one thread leaves every other alone.
"""

from __future__ import annotations

import threading
from contextlib import ContextDecorator
from types import TracebackType


class _Mode(threading.local):
    recording = True


_mode = _Mode()


def is_recording() -> bool:
    """Return True if operations on tracked tensors are recorded in this thread."""
    return _mode.recording


class _SetRecording(ContextDecorator):
    """A context manager, and a decorator, that sets the switch and puts it back."""

    value: bool

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(_mode.recording)
        _mode.recording = self.value

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

    value = False


class enable_grad(_SetRecording):
    """Record the graph again inside a ``no_grad`` block."""

    value = True
