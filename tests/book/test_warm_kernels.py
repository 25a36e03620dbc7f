"""Kernels that are forked are as good as new: they share imports, and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from .building import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The process behind forked kernels, for one test."""
    monkeypatch.syspath_prepend(REPOSITORY / "book" / "_ext")
    warm = import_module("learndyn_book.warm_kernels")
    found = warm.WarmKernels()
    monkeypatch.setattr(warm.local_provisioner, "launch_kernel", found.launch)
    yield found
    found.stop(None, None)


def printed(*cells: str, **settings: Any) -> str:
    """Run a notebook of these cells, as the build does in a thread of its own, and return what it prints."""
    return run(*cells, **settings)[0]


def run(*cells: str, **settings: Any) -> tuple[str, float | None]:
    """Run a notebook of these cells and return what it prints, and its processor time if it was measured.

    The thread is a new one: in that of the tests, the tests of the site may have left an event loop.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(execute, *cells, **settings).result()


def execute(*cells: str, **settings: Any) -> tuple[str, float | None]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python"}
    client = NotebookClient(notebook, **{"timeout": 60, "coalesce_streams": True, **settings})
    asyncio.run(client.async_execute())  # which closes the loop of this thread
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    text = "".join(output.get("text") or str(output.data) for output in outputs)
    return text, sys.modules["learndyn_book.warm_kernels"].processor_seconds()


STATE = """
import os, signal, sys
print(os.getcwd(), sys.path, sys.argv[0], sys.stdin.closed, os.environ["MPLBACKEND"])
print(signal.getsignal(signal.SIGTERM), __name__, os.getpgid(0) == os.getpid())
print({"learning", "is", "a", "dynamical", "system"}, sorted(name for name in globals() if name[0] != "_"))
print(sorted(name for name in sys.modules if name.startswith("learndyn")), os.read(0, 1))
"""
DRAWN = """
import matplotlib, matplotlib.pyplot as plt, numpy as np
print(plt.get_backend(), sorted(matplotlib.rcParams.items())[:400])
figure, axes = plt.subplots()
axes.plot(np.linalg.eigvalsh(np.vander(np.arange(5.0))))
figure.canvas.draw()
print(hash(bytes(figure.canvas.buffer_rgba())), np.geterr(), np.get_printoptions())
"""


def test_a_forked_kernel_prints_what_a_new_process_does(
    kernels: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.chdir(tmp_path)
    warm = sys.modules[type(kernels).__module__]
    forked, seconds = run(STATE, DRAWN)
    assert seconds is not None and seconds > 0
    monkeypatch.setattr(warm.local_provisioner, "launch_kernel", warm.start_process)
    assert forked == printed(STATE, DRAWN)


def test_one_kernel_does_not_see_what_another_did(kernels: Any) -> None:
    change = "import os, numpy; numpy.pi = 3; os.environ['LEFT'] = '1'; os.chdir('/')"
    printed(change)
    assert printed("import os, numpy; print(numpy.pi, 'LEFT' in os.environ)").startswith("3.14159")
    pids = {printed("import os; print(os.getpid())") for _ in range(2)}
    assert len(pids) == 2


def test_the_random_numbers_of_the_standard_library_differ_from_kernel_to_kernel(kernels: Any) -> None:
    assert len({printed("import random; print(random.random())") for _ in range(2)}) == 2


def test_a_slow_cell_is_interrupted_and_a_kernel_that_dies_is_noticed(kernels: Any) -> None:
    stopped = printed(
        "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('interrupted')",
        timeout=2,
        interrupt_on_timeout=True,
    )
    assert "interrupted" in stopped
    with pytest.raises(DeadKernelError):
        printed("import os; os._exit(3)")
    with pytest.raises(CellExecutionError, match="division by zero"):
        printed("1 / 0")


def test_kernels_end_with_the_process_that_they_were_forked_from(kernels: Any) -> None:
    kernel = kernels.launch(
        [sys.executable, "-m", "ipykernel_launcher", "-f", os.devnull + ".json"], env=dict(os.environ)
    )
    server = kernels._server.pid
    assert kernel.poll() is None or kernel.poll() != 0
    os.kill(server, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while os.path.exists(f"/proc/{kernel.pid}") and alive(kernel.pid):
        assert time.monotonic() < deadline, "the kernel goes on without its server"
        time.sleep(0.2)


def alive(pid: int) -> bool:
    """Whether a process runs, and has not only been left unburied."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as state:
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_kernel_of_another_kind_is_started_as_ever(kernels: Any, tmp_path: Any) -> None:
    process = kernels.launch([sys.executable, "-c", "raise SystemExit(4)"], env=dict(os.environ))
    assert process.wait() == 4
    assert kernels._server is None
