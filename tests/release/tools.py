"""Tools that check a release. The tests that need one skip where it is not installed, and say how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LONGEST_RUN = 300  # seconds


def need(module: str, requirement: str) -> None:
    """Skip the test unless a module is installed."""
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed: python -m pip install '{requirement}'")


def need_program(name: str, requirement: str) -> str:
    """Return the path of a program, beside this Python or on the PATH; skip the test if there is none."""
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    path = shutil.which(name, path=os.pathsep.join(folders))
    if path is None:
        pytest.skip(f"{name} is not installed: python -m pip install '{requirement}'")
    return path


def run(*command: str, cwd: Path = REPOSITORY, **environment: str) -> str:
    """Run ``python command`` and return what it printed; fail with its whole output if it failed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
