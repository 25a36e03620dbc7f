"""Worker processes on this machine that may die: an executor for the default of ``sweep``.

``concurrent.futures.ProcessPoolExecutor`` shares its pipes among all workers. When one is killed,
the whole pool is broken, every point in flight is lost with it, and nobody knows which one killed
its worker; a worker that is killed while it writes a large result can block the pool for ever.
Here each worker has a pipe of its own and a thread that waits for it. A death closes the pipe: it
is noticed at once, belongs to one call, and costs that call only. The next call gets a new worker.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

_STARTS = 25  # how often a worker may be killed before it is ready
_BLAS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_STOP = b""
_starting = threading.Lock()


class WorkerDied(RuntimeError):
    """The process that ran a call ended in the middle of it."""


class WorkersFailedToStart(BrokenExecutor):
    """No worker process can be started."""


class LocalProcesses(Executor):
    """Run calls in processes on this machine, and outlive the death of any of them.

    Parameters
    ----------
    workers : int or None
        How many processes; None takes one for each core that this process may use.
    threads : int or None
        How many threads BLAS may use in each worker. One keeps workers from slowing each other
        down, and makes the last bits of a matrix product independent of the machine's cores.
        None leaves the environment as it is.

    Raises
    ------
    ValueError
        If ``workers`` or ``threads`` is below 1.
    RuntimeError
        If a worker that is only starting makes one, since the script that it imports has no guard.

    Notes
    -----
    Workers are started afresh ("spawn"), on every system, so that they inherit no threads, locks
    or open files. They end when this process does, also when it is killed, and cannot start
    ``multiprocessing`` processes of their own. They ignore Ctrl-C, which is for this process.
    """

    def __init__(self, workers: int | None = None, *, threads: int | None = 1) -> None:
        for name, value in (("workers", workers), ("threads", threads)):
            if value is not None and value < 1:
                raise ValueError(f"LocalProcesses: {name} must be at least 1, got {value}")
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            raise RuntimeError(
                "LocalProcesses: a worker imports the script that started it and would start workers "
                'itself. Put what the script does under: if __name__ == "__main__":'
            )
        self.workers = available_cores() if workers is None else workers
        self._threads = threads
        self._calls: SimpleQueue[tuple[Future[Any], bytes] | None] = SimpleQueue()
        self._lanes: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._running: set[_Worker] = set()
        self._closed = False
        self._killed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call to the next free worker.

        Raises
        ------
        RuntimeError
            If the executor was shut down.

        Notes
        -----
        The future raises ``WorkerDied`` if the worker ends during the call, and
        ``WorkersFailedToStart`` if there is none.
        """
        future: Future[Any] = Future()
        call = pickle.dumps((fn, args, kwargs))
        with self._lock:
            if self._closed:
                raise RuntimeError("LocalProcesses: it was shut down. Make another")
            self._calls.put((future, call))
            if len(self._lanes) < self.workers:
                lane = threading.Thread(target=self._lane, name="LocalProcesses", daemon=True)
                self._lanes.append(lane)
                lane.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and end the workers when the calls that were taken are done."""
        with self._lock:
            first, self._closed = not self._closed, True
        if cancel_futures:
            self._cancel_waiting()
        if first:
            for _ in self._lanes:
                self._calls.put(None)
        if wait:
            for lane in self._lanes:
                lane.join()

    def kill(self) -> None:
        """End all workers now, in the middle of what they do."""
        with self._lock:
            self._killed = True
            running = list(self._running)
        self.shutdown(wait=False, cancel_futures=True)
        for worker in running:
            worker.process.kill()
        for lane in self._lanes:
            lane.join()

    def processes(self) -> list[int]:
        """Return the process ids of the workers that are running."""
        with self._lock:
            return [worker.process.pid for worker in self._running if worker.process.pid is not None]

    def _cancel_waiting(self) -> None:
        stops = 0
        with contextlib.suppress(Empty):
            while True:
                call = self._calls.get_nowait()
                if call is None:
                    stops += 1
                else:
                    call[0].cancel()
                    call[0].set_running_or_notify_cancel()
        for _ in range(stops):
            self._calls.put(None)

    def _lane(self) -> None:
        """Serve one call after another with one worker, and with a new one when that has died."""
        worker: _Worker | None = None
        while (call := self._calls.get()) is not None:
            future, request = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or worker.gone():
                    self._forget(worker)
                    worker = self._start()
                done, value = worker.answer(request)
            except Exception as error:  # noqa: BLE001 - the future raises it
                self._forget(worker)
                worker = None
                future.set_exception(error)
            else:
                future.set_result(value) if done else future.set_exception(value)
        if worker is not None:
            worker.stop()
        self._forget(worker)

    def _start(self) -> _Worker:
        for _ in range(_STARTS):
            with _starting, _environment(self._threads):
                worker = _Worker.start()
            with self._lock:
                self._running.add(worker)
                killed = self._killed
            if killed:
                worker.process.kill()
            if worker.ready():
                return worker
            self._forget(worker)
            if killed or (worker.process.exitcode or 0) > 0:
                break  # it ended by itself, and would again
        raise WorkersFailedToStart(
            f"LocalProcesses: a worker process ended before it was ready ({_told(worker.process.exitcode)}); its "
            'own message is on stderr. A script needs its work under: if __name__ == "__main__":'
        )

    def _forget(self, worker: _Worker | None) -> None:
        if worker is not None:
            worker.close()
            with self._lock:
                self._running.discard(worker)


class _Worker:
    """One process and this end of its pipe."""

    def __init__(self, process: Any, connection: Connection) -> None:
        self.process = process
        self.connection = connection

    @classmethod
    def start(cls) -> _Worker:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there,), name="LocalProcesses", daemon=True)
        # A child that dies while it is told what to import breaks the pipe; ready() sees it.
        with contextlib.suppress(BrokenPipeError):
            process.start()
        there.close()
        return cls(process, here)

    def ready(self) -> bool:
        try:
            self.connection.recv_bytes()
        except (EOFError, OSError):
            return False
        return True

    def gone(self) -> bool:
        """Tell whether an idle worker has died: it says nothing by itself, so news is the end."""
        try:
            return self.connection.poll()
        except OSError:
            return True

    def answer(self, request: bytes) -> tuple[bool, Any]:
        try:
            self.connection.send_bytes(request)
            reply = self.connection.recv_bytes()
        except (EOFError, OSError):
            self.close()
            code = self.process.exitcode
            raise WorkerDied(f"the worker process ended during the call ({_told(code)})") from None
        done, value = pickle.loads(reply)
        return done, value

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.send_bytes(_STOP)
            self.process.join(5.0)

    def close(self) -> None:
        """Leave nothing behind, whatever state the process is in."""
        self.connection.close()
        if self.process.pid is not None:
            self.process.join(1.0)
            self.process.kill()
            self.process.join()


def _serve(connection: Connection) -> None:
    """Answer calls until there are no more: what a worker does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):  # the parent is gone
        connection.send_bytes(b"ready")
        while request := connection.recv_bytes():
            connection.send_bytes(_answer(request))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(request: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(request)
        return pickle.dumps((True, function(*args, **kwargs)))
    except BaseException as error:  # noqa: BLE001 - the caller raises it
        try:
            reply = pickle.dumps((False, error))
            pickle.loads(reply)
        except Exception:  # noqa: BLE001 - an exception may do anything when it is copied
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
        return reply


@contextlib.contextmanager
def _environment(threads: int | None) -> Iterator[None]:
    """Set what a BLAS reads when it is loaded, for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in _BLAS}
    try:
        if threads is not None:
            os.environ.update(dict.fromkeys(_BLAS, str(threads)))
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def interactive_main() -> bool:
    """Tell whether the main program is a notebook or a prompt, which no new process can import."""
    return not hasattr(sys.modules["__main__"], "__file__")


def _told(code: int | None) -> str:
    if code is None:
        return "exit code unknown"
    try:
        return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    except ValueError:
        return f"by signal {-code}"
