"""What a function returns, as named arrays, and those as the bytes of an NPZ file and back.

NPZ is NumPy's own format: a ZIP file with one NPY file for each array. ZIP keeps a checksum of
each, so a damaged result is an error and never a wrong number. Nothing is pickled.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

ONE = "value"  # the name of a result that has none
_STORABLE = "biufcU"  # kinds of dtype that NPY holds without pickling


def named_arrays(result: Any) -> dict[str, np.ndarray]:
    """Bring the result of a function to named arrays.

    A mapping, a dataclass or a named tuple gives an array for each entry; inside one another,
    their names are joined by dots. Anything else must be an array, a number or a string and is
    named ``value``.

    Raises
    ------
    TypeError
        If an entry is no array of numbers, booleans or strings.
    """
    found: dict[str, np.ndarray] = {}
    _collect("", result, found)
    return found


def _collect(name: str, value: Any, found: dict[str, np.ndarray]) -> None:
    if is_dataclass(value) and not isinstance(value, type):
        entries: Mapping[Any, Any] = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        entries = value._asdict()
    elif isinstance(value, Mapping):
        entries = value
    else:
        found[name or ONE] = _array(name or "the result", value)
        return
    for key, entry in entries.items():
        if not isinstance(key, str):
            raise TypeError(f"sweep: {name or 'the result'} has the key {key!r}. Name results by strings")
        _collect(f"{name}.{key}" if name else key, entry, found)


def _array(name: str, value: Any) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"sweep: {name} is not an array: {error}. Return lists of one length") from error
    if array.dtype.kind not in _STORABLE:
        raise TypeError(
            f"sweep: {name} is {type(value).__name__} with elements of type {array.dtype}. Return "
            "numbers, booleans, strings or arrays of them, by name if there are several"
        )
    return array


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Write named arrays as the bytes of an NPZ file; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    # np.savez would take an array named "file" for its own argument
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """Read what ``pack`` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
