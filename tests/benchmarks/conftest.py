"""The option that measures, one BLAS thread for the measurement, and the results' file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
HEAP_SETTINGS = ("MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--measure", metavar="FILE", help="time every workload and write the results to FILE"
    )
    parser.addoption(
        "--one-process", action="store_true", help="time what is named in this very process"
    )
    parser.addoption(
        "--keep-freed-memory", action="store_true", help="call keep_freed_memory() before the timing"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Pin BLAS before NumPy starts it: the threads of a library that is loaded stay."""
    if not config.getoption("measure", None):
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError("--measure: workers would time each other. Add -n0")
    if "numpy" in sys.modules and any(os.environ.get(name) != "1" for name in THREADS[:2]):
        raise pytest.UsageError(
            f"--measure: NumPy was imported before its threads were pinned. Set {THREADS[0]}=1 "
            f"and {THREADS[1]}=1 in the environment"
        )
    os.environ.update(dict.fromkeys(THREADS, "1"))


@pytest.fixture(scope="session")
def measuring(request: pytest.FixtureRequest) -> str:
    """The results' path; a test that takes this fixture runs only if there is one."""
    path = request.config.getoption("measure", None)
    if not path:
        pytest.skip("times are taken with --measure FILE only")
    return path


@pytest.fixture(scope="session")
def results(measuring: str) -> Iterator[dict[str, Any]]:
    """What is measured, written to the file when the session ends."""
    from .machine import blas_threads, facts

    threads = blas_threads()
    if threads not in (1, None):
        raise pytest.UsageError(f"--measure: BLAS runs {threads} threads, which must be 1")
    found: dict[str, Any] = {"machine": facts(), "times": [], "memory": [], "import": {}}
    yield found
    Path(measuring).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
