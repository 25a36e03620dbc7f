"""A progress bar for long runs: one line on stderr, with the rate and the time left."""

from __future__ import annotations

import sys
from time import perf_counter
from types import TracebackType
from typing import Self

WAIT = 1.0  # seconds that a run must last before it shows a bar by itself
NEVER = sys.maxsize
_WIDTH = 24


class Progress:
    """A context manager that shows how far a run has come.

    The run calls ``update`` when its own count of steps reaches the number that the last
    call returned, so that between looks at the clock it pays for one comparison of integers.

    Parameters
    ----------
    label : str
        What is running.
    total : float
        Where the run ends, in the unit of ``done``.
    show : bool or None
        True always shows the bar, False never; None does if stderr is a terminal and the run
        lasts longer than a second.
    unit : str
        What the run counts, in the plural.
    """

    __slots__ = (
        "_count",
        "_done",
        "_interval",
        "_label",
        "_last",
        "_length",
        "_show_after",
        "_start",
        "_stream",
        "_stride",
        "_total",
        "_unit",
        "next",
    )  # fmt: skip

    def __init__(self, label: str, total: float, show: bool | None, *, unit: str = "steps") -> None:
        stream = sys.stderr
        terminal = stream is not None and not stream.closed and stream.isatty()
        wanted = stream is not None and (terminal if show is None else show)
        self._label, self._total, self._unit = label, total, unit
        self._stream = stream if wanted else None
        self._show_after = 0.0 if show else WAIT
        self._interval = 0.1 if terminal else 1.0  # a log file needs fewer lines
        self._start = self._last = perf_counter()
        self._stride, self._count, self._done, self._length = 1, 0, 0.0, 0
        self.next = 1 if wanted else NEVER

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the line, whether the run ended or failed."""
        if self._stream is None:
            return
        if self._length or self._show_after == 0.0:
            self._draw(perf_counter() - self._start)
            self._write("\n")

    def update(self, count: int, done: float) -> int:
        """Tell the bar that ``count`` steps are done; return the count at which to call again.

        ``done`` is how far the run has come, from 0 to ``total``.
        """
        now = perf_counter()
        since = now - self._last
        self._count, self._done = count, done
        # Aim at four looks at the clock for each time that the line is drawn.
        if since < self._interval / 4:
            self._stride = min(2 * self._stride, 1 << 40)
        elif since > self._interval:
            self._stride = max(1, self._stride // 4)
        self._last = now
        elapsed = now - self._start
        if elapsed >= self._show_after:
            self._show_after = elapsed + self._interval
            self._draw(elapsed)
        self.next = NEVER if self._stream is None else count + self._stride
        return self.next

    def _draw(self, elapsed: float) -> None:
        share = min(1.0, self._done / self._total) if self._total > 0 else 1.0
        filled = int(share * _WIDTH)
        rate = self._count / elapsed if elapsed > 0 else 0.0
        left = elapsed * (1.0 - share) / share if share > 0 else float("inf")
        line = (
            f"{self._label} [{'#' * filled}{'.' * (_WIDTH - filled)}] {100 * share:3.0f} %  "
            f"{self._count:,} {self._unit}, {_rounded(rate)}/s, {clock(left)} left"
        )
        padding = " " * (self._length - len(line))  # wipes what a longer line left behind
        self._length = len(line)
        self._write(f"\r{line}{padding}")

    def _write(self, text: str) -> None:
        """Write to the stream; a stream that is gone ends the bar, not the run."""
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None


def clock(seconds: float) -> str:
    """Return a duration as it is read from a clock: 7 s, 3:05, 2:03:05."""
    if seconds == float("inf"):
        return "?"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}"


def _rounded(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
