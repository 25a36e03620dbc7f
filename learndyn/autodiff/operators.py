"""The operators and methods of a tensor: each one is a row of the operation tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .rules import elementwise as e
from .rules import indexing, joining, linalg, moments, products, reductions, shape
from .tensor import Tensor
from .transforms import backward


def _reshape(x: Tensor, *lengths: Any) -> Tensor:
    """Reshape to ``lengths``, given one by one or as a tuple; one may be -1."""
    y: Tensor = shape.reshape(x, lengths[0] if len(lengths) == 1 else lengths)
    return y


def _transpose(x: Tensor, *axes: Any) -> Tensor:
    """Permute the axes: reversed without arguments, else as given, one by one or as a tuple."""
    order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int | np.integer) else axes
    y: Tensor = shape.transpose(x, tuple(order) if order else None)
    return y


def _matrix_transpose(x: Tensor) -> Tensor:
    """Exchange the last two axes, as NumPy's ``mT``."""
    if x.ndim < 2:
        raise ValueError(f"mT: needs at least two axes, got shape {x.shape}")
    y: Tensor = shape.swapaxes(x, -1, -2)
    return y


def _clip(x: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Limit to the interval from ``min`` to ``max``; None is no bound."""
    y: Tensor = e.clip(x, min, max)
    return y


def _place(search: Callable[..., Any]) -> Callable[..., Any]:
    """Where an extreme value is: integers, which carry no derivative."""

    def method(x: Tensor, axis: int | None = None, *, keepdims: bool = False) -> Any:
        return search(x._data, axis=axis, keepdims=keepdims)

    method.__name__ = search.__name__
    method.__doc__ = f"As ``numpy.{search.__name__}``: integers, without derivative."
    return method


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
    "__getitem__": indexing.getitem,
    "sum": reductions.sum,
    "mean": reductions.mean,
    "prod": reductions.prod,
    "max": reductions.max,
    "min": reductions.min,
    "var": moments.var,
    "std": moments.std,
    "clip": _clip,
    "argmax": _place(np.argmax),
    "argmin": _place(np.argmin),
    "cumsum": shape.cumsum,
    "reshape": _reshape,
    "ravel": shape.ravel,
    "flatten": shape.ravel,  # a tensor cannot be changed, so no copy is needed
    "squeeze": shape.squeeze,
    "transpose": _transpose,
    "swapaxes": shape.swapaxes,
    "repeat": joining.repeat,
    "take": indexing.take,
    "dot": products.dot,
    "diagonal": linalg.diagonal,
    "trace": linalg.trace,
}
_METHODS["backward"] = backward
for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)
Tensor.T = property(lambda x: shape.transpose(x))  # type: ignore[assignment]
Tensor.mT = property(_matrix_transpose)  # type: ignore[assignment]
