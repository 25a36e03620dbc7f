"""Where the first number arose that is not finite."""

from __future__ import annotations

import os.path
import sys
from typing import Any

import numpy as np

from .tensor import Tensor

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


class AnomalyError(ArithmeticError):
    """A value or a cotangent is not finite."""


def refuse_nonfinite_value(node: Tensor) -> None:
    """Note where a node was made, and raise if its value is not finite."""
    node._made_at = _callers_line()
    if not np.all(np.isfinite(node._data)):
        raise AnomalyError(
            f"{_op_name(node)}: the result of shape {node.shape} is not finite ({_worst(node._data)}). "
            f"Operands: {_described(node)}. Made at {node._made_at}"
        )


def refuse_nonfinite_cotangent(node: Tensor, place: int, cotangent: Any) -> None:
    """Raise if what an operation sent back to an operand is not finite."""
    value = cotangent._data if isinstance(cotangent, Tensor) else cotangent
    if not np.all(np.isfinite(value)):
        raise AnomalyError(
            f"{_op_name(node)}: the cotangent of operand {place} is not finite ({_worst(value)}), "
            f"although the value is. Operands: {_described(node)}. "
            f"Made at {getattr(node, '_made_at', 'a line outside detect_anomaly')}"
        )


def _callers_line() -> str:
    """File, line and function of the nearest frame outside the package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def _op_name(node: Tensor) -> str:
    return node._op.name if node._op is not None else "leaf"


def _worst(value: Any) -> str:
    bad = np.asarray(value)[~np.isfinite(value)]
    return f"{bad.size} of {np.size(value)} elements, the first is {bad.flat[0]}"


def _described(node: Tensor) -> str:
    """Shape and range of each operand."""
    parts = []
    for value in node._values:
        array = np.asarray(value)
        extent = f" from {array.min():.3g} to {array.max():.3g}" if array.size else ""
        parts.append(f"shape {array.shape}{extent}")
    return "; ".join(parts)
