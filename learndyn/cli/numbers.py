"""From a result to numbers: its scalars by dotted names, its arrays, and what it predicts of itself.

Results are frozen dataclasses that hold numbers, arrays, other results and sequences of them. By
the house's naming, ``predicted_rate`` or ``rate_predicted`` stands for what theory says of
``rate`` or ``measured_rate``, and ``predicted`` for what it says of ``measured``.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

INLINE = 16  # longer arrays stand in the NPZ file only
_SCALAR_TYPES = {"float", "int", "bool"}
_PAIRS = {"EdgeRun": {"settled": "limit"}}
"""What theory says of a result, where the names do not tell: measured and predicted."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A measured number, or array of them, beside the predicted."""

    name: str
    measured: Any
    predicted: Any


def scalars(result: Any) -> dict[str, bool | int | float]:
    """Return all real numbers of a result by dotted name, properties included."""
    found: dict[str, bool | int | float] = {}
    for name, value in _walk(result, ""):
        if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "biuf":
            value = value.item()
        if isinstance(value, np.generic) and value.dtype.kind in "biuf":
            value = value.item()
        if isinstance(value, bool | int | float):
            found[name or "value"] = value
    return found


def pairs(result: Any, name: str = "") -> list[Pair]:
    """Return the predicted numbers of a result beside the measured."""
    found = []
    if is_dataclass(result):
        names = [*(field.name for field in fields(result)), *_properties(result)]
        for measured, predicted in _partners(type(result).__name__, names):
            values = _read(result, measured), _read(result, predicted)
            if all(_is_number(value) for value in values) and np.shape(values[0]) == np.shape(values[1]):
                found.append(Pair(_join(name, measured), *values))
    for key, value in _entries(result):
        found += pairs(value, _join(name, key))
    return found


def describe(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return a value as JSON holds it, and enter its arrays in ``arrays`` by dotted name.

    Numbers that JSON has no word for are written as the strings "nan", "inf" and "-inf"; a
    dataclass has its name under "type"; a function its own name.
    """
    if isinstance(value, np.generic) and not isinstance(value, bool | int | float | complex | str):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value.name if isinstance(value, Enum) else value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, complex):
        return {
            "real": describe(value.real, "", {}),
            "imag": describe(value.imag, "", {}),
        }
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcU":
        arrays[name or "value"] = value
        if value.size <= INLINE:
            return describe(value.tolist(), "", {})
        return {
            "npz": name or "value",
            "shape": list(value.shape),
            "dtype": str(value.dtype),
        }
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, np.ndarray | list | tuple) and not hasattr(value, "_fields"):
        return [describe(entry, _join(name, str(i)), arrays) for i, entry in enumerate(value)]
    if is_dataclass(value) or isinstance(value, Mapping) or hasattr(value, "_fields"):
        entries = {key: describe(entry, _join(name, key), arrays) for key, entry in _entries(value)}
        return entries if isinstance(value, Mapping) else {"type": type(value).__name__, **entries}
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def stopped(result: Any) -> list[str]:
    """Return why runs in a result ended early, by dotted name."""
    return [
        f"{name}: {value}"
        for name, value in _walk(result, "")
        if name.rpartition(".")[2] == "stopped" and isinstance(value, str)
    ]


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Go through all leaves, and the properties of dataclasses that are numbers."""
    entries = _entries(value)
    if not entries and not isinstance(value, tuple | list | Mapping):
        yield name, value
    for key, entry in entries:
        yield from _walk(entry, _join(name, key))
    if is_dataclass(value):
        for key, annotation in _properties(value).items():
            if annotation in _SCALAR_TYPES and (found := _read(value, key)) is not None:
                yield _join(name, key), found


def _entries(value: Any) -> list[tuple[str, Any]]:
    """Return the parts of a result by name; a rule, a model or an array has none."""
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return [(_word(key), entry) for key, entry in value.items()]
    if hasattr(value, "_fields"):
        return list(value._asdict().items())
    if isinstance(value, tuple | list):
        return [(str(i), entry) for i, entry in enumerate(value)]
    return []


def _properties(value: Any) -> dict[str, str]:
    """Return the public properties of an object, with the annotation of what each returns."""
    return {
        name: _written(entry.fget.__annotations__.get("return", ""))
        for kind in reversed(type(value).__mro__)
        for name, entry in vars(kind).items()
        if isinstance(entry, property) and not name.startswith("_")
    }


def _written(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _read(result: Any, name: str) -> Any:
    """Return an attribute; None where the run was too short for it to mean anything."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return getattr(result, name)
        except (ValueError, ArithmeticError, LookupError, StopIteration):
            return None


def _partners(kind: str, names: list[str]) -> list[tuple[str, str]]:
    found = list(_PAIRS.get(kind, {}).items())
    for name in names:
        words = name.split("_")
        if "predicted" not in words:
            continue
        rest = "_".join(word for word in words if word != "predicted")
        for partner in (f"measured_{rest}", f"{rest}_measured", rest) if rest else ("measured",):
            if partner in names:
                found.append((partner, name))
                break
    return found


def _is_number(value: Any) -> bool:
    array = value if isinstance(value, np.ndarray) else None
    if array is None and isinstance(value, bool | int | float | complex | np.generic):
        array = np.asarray(value)
    return array is not None and array.dtype.kind in "biufc" and array.size > 0


def _word(key: Any) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _join(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
