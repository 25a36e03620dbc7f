"""Start the kernels of pages as copies of one process that has imported the libraries.

A kernel spends its first second on imports that are the same for every page: the kernel itself,
NumPy, matplotlib. A process that has them can be copied by ``fork`` in milliseconds, and the copy
is as fresh as a new process, but for what importing left behind. The package ``learndyn`` is not
among these imports.

Only Linux forks safely after such imports. Elsewhere, and for a kernel of another kind, a
process is started as ever.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import local_provisioner
from sphinx.application import Sphinx

__all__ = ["WarmKernels", "connect", "processor_seconds"]

LAUNCHER = ["-m", "ipykernel_launcher"]
THREAD = threading.local()  # of each thread that executes pages, the kernel that it started last
start_process = local_provisioner.launch_kernel


def connect(app: Sphinx) -> None:
    """Have kernels forked from now on, and end the process behind them with the build."""
    if sys.platform == "linux":
        kernels = WarmKernels()
        local_provisioner.launch_kernel = kernels.launch
        app.connect("build-finished", kernels.stop, 999)


def processor_seconds() -> float | None:
    """Return what the last kernel of this thread took; None if it was no forked one."""
    kernel = getattr(THREAD, "kernel", None)
    return None if kernel is None else kernel.seconds


class WarmKernels:
    """The one process that kernels are forked from, started when the first is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None

    def launch(self, cmd: list[str], **settings: Any) -> subprocess.Popen[bytes] | ForkedKernel:
        """Launch a kernel; jupyter_client calls this in the place of its own function."""
        THREAD.kernel = None
        own = os.path.realpath(cmd[0]) == os.path.realpath(sys.executable) and cmd[1:3] == LAUNCHER
        plain = settings.keys() <= {"env", "cwd", "independent"} and not settings.get("independent")
        if not (own and plain):
            return start_process(cmd, **settings)
        start = {
            "arguments": cmd[3:],
            "cwd": os.path.abspath(settings.get("cwd") or "."),
            "env": dict(settings.get("env") or os.environ),
        }
        THREAD.kernel = ForkedKernel(self, self.ask({"start": start})["pid"])
        return THREAD.kernel

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return the answer."""
        with self._lock:
            if self._server is None:
                if "poll" in request:  # the build has ended, and every kernel with it
                    return {"status": -signal.SIGKILL}
                self._start()
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(self._answers.readline())

    def _start(self) -> None:
        self._connection, theirs = socket.socketpair()
        self._answers = self._connection.makefile("r", encoding="utf-8")
        script = Path(__file__).with_name("warm_kernel_server.py")
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt from the keyboard is for the build
            )

    def stop(self, app: Sphinx, exception: Exception | None) -> None:
        """Close the connection, at which the process ends."""
        with self._lock:
            if self._server is not None:
                self._answers.close()
                self._connection.close()
                self._server.wait()
                self._server = None


class ForkedKernel:
    """A kernel as jupyter_client handles it: what it uses of ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, kernels: WarmKernels, pid: int) -> None:
        self._kernels = kernels
        self.pid = pid
        self.returncode: int | None = None
        self.seconds: float | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None as long as the kernel runs."""
        if self.returncode is None:
            answer = self._kernels.ask({"poll": self.pid})
            self.returncode, self.seconds = answer["status"], answer.get("seconds")
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once the kernel has ended; jupyter_client polls until then."""
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return status

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)
