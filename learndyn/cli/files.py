"""Files that are whole or not there: numbers as JSON and NPZ."""

from __future__ import annotations

import json
import os
import platform
import secrets
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..sweeps.items import pack


def versions() -> dict[str, str]:
    """Return the versions that a number depends on."""
    package = __package__.partition(".")[0]
    return {
        package: import_module(package).__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{sys.platform} {platform.machine()}",
    }


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise before anything runs if a file that would be written is there.

    Raises
    ------
    FileExistsError
        Unless ``force``.
    NotADirectoryError
        If the folder is a file.
    """
    for path in paths:
        if path.parent.exists() and not path.parent.is_dir():
            raise NotADirectoryError(f"{str(path.parent)!r} is a file: --out needs a folder")
        if path.exists() and not force:
            raise FileExistsError(f"{str(path)!r} exists: pass --force to replace it, or another --out")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write strict JSON."""
    write_whole(path, (json.dumps(content, indent=2, allow_nan=False) + "\n").encode())


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of numbers as NPZ; nothing is pickled."""
    write_whole(path, pack(arrays))


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place and then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with open(partial, "xb") as file:
            file.write(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
