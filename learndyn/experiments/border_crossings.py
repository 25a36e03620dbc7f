"""What happens when NumPy meets a tensor, under three designs of the border.

The three hold the same tensor and have the same operators. They differ in two attributes that
NumPy looks for on a foreign object:

    ``__array_ufunc__``   None tells an array on the left of an operator to step back
    ``__array__``         is called whenever NumPy needs an array

``OperatorsOnly`` has neither, ``ConvertsInSilence`` has an ``__array__`` that hands out the
numbers, and ``learndyn.Tensor`` steps back and refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Tensor, absolute, exp

KEPT = "a tensor, the derivative kept"
REFUSED = "an error"
DROPPED = "plain numbers, the derivative lost"
OBJECTS = "an array of objects"
OUTCOMES = (KEPT, REFUSED, DROPPED, OBJECTS)


class OperatorsOnly:
    """A tensor in a box that Python's operators know and NumPy does not."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def _join(self, other: Any, operator: Callable[[Any, Any], Any]) -> Any:
        right = other.tensor if isinstance(other, OperatorsOnly) else other
        return type(self)(operator(self.tensor, right))

    def __add__(self, other: Any) -> Any:
        return self._join(other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Any:
        return self._join(other, lambda a, b: b + a)

    def __mul__(self, other: Any) -> Any:
        return self._join(other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Any:
        return self._join(other, lambda a, b: b * a)

    def __rmatmul__(self, other: Any) -> Any:
        return self._join(other, lambda a, b: b @ a)

    def __gt__(self, other: Any) -> Any:
        return self.tensor > other

    def exp(self) -> Any:
        return type(self)(exp(self.tensor))

    def __abs__(self) -> Any:
        return type(self)(absolute(self.tensor))


class ConvertsInSilence(OperatorsOnly):
    """The same box, which hands its numbers to NumPy and says nothing."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.tensor.data, dtype=dtype)


DESIGNS: dict[str, Callable[[Any], Any]] = {
    "operators only": OperatorsOnly,
    "converts": ConvertsInSilence,
    "learndyn": lambda tensor: tensor,
}

_ROW, _SQUARE = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])

# Each takes a tensor t of shape (2,) over the border; a is an array.
CROSSINGS: dict[str, Callable[[Any], Any]] = {
    "t * a": lambda t: t * _ROW,
    "a * t": lambda t: _ROW * t,
    "np.float64(2) * t": lambda t: np.float64(2.0) * t,
    "A @ t": lambda t: _SQUARE @ t,
    "a.dot(t)": lambda t: _ROW.dot(t),
    "np.asarray(t)": lambda t: np.asarray(t),
    "np.exp(t)": lambda t: np.exp(t),
    "np.where(t > 0, t, 0)": lambda t: np.where(t > 0, t, 0.0),
    "np.concatenate([t, t])": lambda t: np.concatenate([t, t]),
    "np.sum(t)": lambda t: np.sum(t),
}


@dataclass(frozen=True, slots=True)
class BorderCrossings:
    """What each crossing led to under each design.

    Attributes
    ----------
    crossings, designs : tuple of str
    outcomes : tuple of tuple of str
        ``outcomes[i][j]`` is that of crossing i under design j, one of ``OUTCOMES``.
    """

    crossings: tuple[str, ...]
    designs: tuple[str, ...]
    outcomes: tuple[tuple[str, ...], ...]

    def silent(self, design: str) -> int:
        """Number of crossings under a design that neither keep the derivative nor say no."""
        column = self.designs.index(design)
        return sum(row[column] in (DROPPED, OBJECTS) for row in self.outcomes)


def run() -> BorderCrossings:
    """Try each crossing once under each design."""
    outcomes = tuple(
        tuple(outcome(crossing, design) for design in DESIGNS.values())
        for crossing in CROSSINGS.values()
    )
    return BorderCrossings(tuple(CROSSINGS), tuple(DESIGNS), outcomes)


def outcome(crossing: Callable[[Any], Any], design: Callable[[Any], Any]) -> str:
    """Say what one crossing leads to, one of ``OUTCOMES``."""
    t = design(Tensor([3.0, 4.0], requires_grad=True))
    try:
        result = crossing(t)
    except (TypeError, ValueError, AttributeError):
        return REFUSED
    result = result.tensor if isinstance(result, OperatorsOnly) else result
    if isinstance(result, Tensor):
        return KEPT if result.requires_grad else DROPPED
    return OBJECTS if np.asarray(result).dtype == object else DROPPED


def slope_through_numpy(design: Callable[[Any], Any], x: float) -> float:
    """The derivative that a design reports for x exp(x), with the exponential by NumPy.

    The right one is (1 + x) exp(x). Where the exponential comes out as plain numbers it
    counts as a constant, and what is left is exp(x).
    """
    leaf = Tensor(x, requires_grad=True)
    t = design(leaf)
    result = t * np.exp(t)
    (result.tensor if isinstance(result, OperatorsOnly) else result).backward()
    assert leaf.grad is not None  # each design records the factor t
    return float(leaf.grad)
