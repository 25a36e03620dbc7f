"""The operators and methods of a tensor: each one is a row of the operation tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .rules import elementwise as e
from .rules import linalg, reductions, shape
from .tensor import Tensor
from .transforms import backward


def _getitem(x: Tensor, index: Any) -> Tensor:
    """Pick elements, with NumPy's indexing. An element picked twice gets both cotangents."""
    return shape.getitem(x, index=_frozen_index(index))


def _frozen_index(index: Any) -> Any:
    """A copy of the index that the caller cannot change before the backward pass."""
    if isinstance(index, tuple):
        return tuple(_frozen_index(part) for part in index)
    if isinstance(index, Tensor):
        raise TypeError("getitem: a Tensor cannot be an index. Index with integers or booleans")
    return np.array(index) if isinstance(index, np.ndarray | list) else index


def _reshape(x: Tensor, *lengths: Any) -> Tensor:
    """Reshape to ``lengths``, given one by one or as a tuple; one may be -1."""
    target = lengths[0] if len(lengths) == 1 else lengths
    return shape.reshape(x, shape=target)


def _transpose(x: Tensor, *axes: Any) -> Tensor:
    """Permute the axes: reversed without arguments, else as given, one by one or as a tuple."""
    order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    return shape.transpose(x, axes=tuple(order) if order else None)


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda right, left: operation(left, right)


def _compared(comparison: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Compare values elementwise; the boolean array carries no derivative."""
    return lambda left, right: comparison(
        left._data, right._data if isinstance(right, Tensor) else right
    )


_BINARY = {
    "add": e.add,
    "sub": e.subtract,
    "mul": e.multiply,
    "truediv": e.divide,
    "pow": e.power,
    "matmul": linalg.matmul,
}
for _name, _row in _BINARY.items():
    setattr(Tensor, f"__{_name}__", _row)
    setattr(Tensor, f"__r{_name}__", _reflected(_row))

_COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
for _name, _ufunc in _COMPARISONS.items():
    setattr(Tensor, f"__{_name}__", _compared(_ufunc))
Tensor.__hash__ = object.__hash__  # type: ignore[method-assign]

_METHODS: dict[str, Callable[..., Any]] = {
    "__neg__": e.negative,
    "__pos__": lambda x: x,
    "__abs__": e.absolute,
    "__getitem__": _getitem,
    "sum": reductions.sum,
    "mean": reductions.mean,
    "reshape": _reshape,
    "transpose": _transpose,
}
_METHODS["backward"] = backward
for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)
Tensor.T = property(lambda x: shape.transpose(x))  # type: ignore[attr-defined]
