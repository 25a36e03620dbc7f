"""Files of measurements, which a command writes and a page reads: nothing is measured while the book is built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["read_measurements"]


def read_measurements(path: str | Path, *, caller: str, command: str) -> dict[str, Any]:
    """Read a file of measurements.

    Parameters
    ----------
    path : path
    caller : str
        Who asks, for the error.
    command : str
        What writes the file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{caller}: no file {file}. Write it with: {command}")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
