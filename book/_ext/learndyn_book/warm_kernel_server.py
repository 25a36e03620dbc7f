"""The process from which the kernels of pages are forked; ``warm_kernels`` starts and asks it.

Run as a script with the number of an open socket. It imports what every kernel needs, and then
answers one request a line: start a kernel, or say whether one has ended. When the other side
closes the socket, it ends.

It imports no ``learndyn``: a broken package must fail in a cell of a page.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "myst_nb",
    "numpy",
    "numpy.random",
)
"""What a kernel imports before its first cell, and what most pages import in it."""


def main(descriptor: int) -> None:
    """Import, then answer requests until there are no more."""
    # ipykernel reads, when it is imported, at whose end a kernel is to end: that of this process.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    # As ipykernel sets it in each kernel, before anything there can import matplotlib.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for module in PRELOADED:
        with suppress(ImportError):
            importlib.import_module(module)
    # What is here now is never collected in a kernel, and so its pages of memory stay shared.
    gc.freeze()
    with socket.socket(fileno=descriptor) as connection:
        kernel = serve(connection)
    if kernel is not None:
        run_kernel(kernel)


def serve(connection: socket.socket) -> dict[str, Any] | None:
    """Answer each request; in a forked child, return what it has to run instead."""
    requests = connection.makefile("r", encoding="utf-8")
    for line in requests:
        request = json.loads(line)
        if "poll" in request:
            answer = ended(request["poll"])
        else:
            pid = os.fork()
            if pid == 0:
                requests.detach()
                return request["start"]
            with suppress(OSError):  # the child does the same, and one of the two is first
                os.setpgid(pid, pid)
            answer = {"pid": pid}
        connection.sendall(json.dumps(answer).encode() + b"\n")
    return None


def ended(pid: int) -> dict[str, Any]:
    """Say whether a kernel has ended, how, and how much processor time it took."""
    found, status, usage = os.wait4(pid, os.WNOHANG)
    if not found:
        return {"status": None}
    seconds = usage.ru_utime + usage.ru_stime
    return {"status": os.waitstatus_to_exitcode(status), "seconds": seconds}


def run_kernel(kernel: dict[str, Any]) -> None:
    """Turn this process into the kernel that was asked for."""
    with suppress(OSError):
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(kernel["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(kernel["cwd"])
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), *kernel["arguments"]]
    launch: Callable[[], None] = importlib.import_module("ipykernel.kernelapp").launch_new_instance
    launch()


if __name__ == "__main__":
    # The folder of this script is no place for a page to import from.
    del sys.path[0]
    main(int(sys.argv[1]))
