"""The facts of a machine that times depend on, and nothing that names the machine."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

_QUESTIONS = ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads64_", "openblas_get_num_threads")


def facts() -> dict[str, Any]:
    """Processor, cores, C library, Python, NumPy and its BLAS."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "c_library": " ".join(platform.libc_ver()).strip(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "blas_threads": blas_threads(),
    }


def blas_threads() -> int | None:
    """How many threads the loaded OpenBLAS uses; None if it cannot be asked."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return None
    lines = maps.read_text(encoding="utf-8").splitlines()
    libraries = {line.split(maxsplit=5)[-1] for line in lines if "openblas" in line}
    for library in sorted(libraries):
        loaded = ctypes.CDLL(library)
        for question in _QUESTIONS:
            if hasattr(loaded, question):
                return int(getattr(loaded, question)())
    return None


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"
