"""The progress bar speaks when it should, and only then."""

import io

import numpy as np
import pytest

from learndyn import simulate
from learndyn.dynamics import RK4, integrate, progress
from learndyn.dynamics.progress import NEVER, Progress, clock


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def stream(monkeypatch):
    def use(kind):
        monkeypatch.setattr(progress.sys, "stderr", kind)
        return kind

    return use


@pytest.fixture
def time(monkeypatch):
    """A clock that the test sets."""
    now = [0.0]
    monkeypatch.setattr(progress, "perf_counter", lambda: now[0])
    return now


def test_nothing_is_written_where_stderr_is_no_terminal(stream):
    out = stream(io.StringIO())
    simulate(lambda z: z, [1.0], 1000)
    assert out.getvalue() == ""


def test_a_short_run_on_a_terminal_writes_nothing(stream):
    out = stream(Terminal())
    simulate(lambda z: z, [1.0], 1000)
    integrate(lambda t, z: -z, [1.0], [0.0, 1.0])
    assert out.getvalue() == ""


def test_a_long_run_on_a_terminal_shows_rate_and_time_left(stream, time):
    out = stream(Terminal())

    def slow(z):
        time[0] += 0.5
        return z

    simulate(slow, [1.0], 20)
    text = out.getvalue()
    assert text.endswith("\n")
    assert "simulate [" in text
    assert "50 %  10 steps, 2/s, 5 s left" in text
    assert "100 %  20 steps, 2/s, 0 s left\n" in text
    assert text.count("\n") == 1


def test_false_forbids_the_bar_and_true_forces_it(stream, time):
    def slow(z):
        time[0] += 2.0
        return z

    out = stream(Terminal())
    simulate(slow, [1.0], 3, progress=False)
    assert out.getvalue() == ""
    out = stream(io.StringIO())
    simulate(lambda z: z, [1.0], 3, progress=True)
    assert out.getvalue().endswith("100 %  3 steps, 0/s, 0 s left\n")


def test_integrate_shows_its_share_of_the_time(stream, time):
    out = stream(Terminal())

    def slow(t, z):
        time[0] += 0.25
        return -z

    integrate(slow, [1.0], [0.0, 1.0, 4.0], method=RK4(0.5))
    assert "integrate [" in out.getvalue()
    assert "100 %  8 steps, 1/s, 0 s left\n" in out.getvalue()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_the_line_ends_when_the_run_fails(stream, time, error):
    out = stream(Terminal())

    def fragile(z):
        time[0] += 1.0
        if time[0] > 5:
            raise error
        return z

    with pytest.raises(error):
        simulate(fragile, [1.0], 100)
    assert "4 %" in out.getvalue()
    assert out.getvalue().endswith("\n")


def test_a_stream_that_is_gone_does_not_end_the_run(stream):
    class Broken(Terminal):
        def write(self, text):
            raise BrokenPipeError

    stream(Broken())
    assert simulate(lambda z: z, [1.0], 10, progress=True).times[-1] == 10
    stream(None)
    assert simulate(lambda z: z, [1.0], 10, progress=True).times[-1] == 10


def test_the_clock_is_looked_at_rarely_in_a_fast_run(stream, time):
    stream(Terminal())
    looks = 0
    with Progress("fast", 10**6, None) as bar:
        look = bar.next
        for count in range(1, 10**6 + 1):
            time[0] += 1e-6
            if count >= look:
                look = bar.update(count, count)
                looks += 1
    assert looks < 100


def test_a_bar_that_is_not_wanted_is_never_called(stream):
    stream(io.StringIO())
    assert Progress("quiet", 10, None).next == NEVER


def test_a_duration_is_written_as_on_a_clock():
    written = [clock(seconds) for seconds in (0.4, 59.4, 60, 3599, 7384)]
    assert written == ["0 s", "59 s", "1:00", "59:59", "2:03:04"]
    assert clock(np.inf) == "?"
