"""What a model is made of, as text: layers, shapes, numbers of parameters."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.tree import Tree, leaves


class Part(NamedTuple):
    """One line of a summary."""

    name: str
    weight: tuple[int, ...]
    bias: tuple[int, ...] | None

    @property
    def size(self) -> int:
        """How many numbers the part holds."""
        return math.prod(self.weight) + (math.prod(self.bias) if self.bias else 0)


class Described:
    """Gives a model its count and its summary; the model lists its ``parts``."""

    __slots__ = ()

    def parts(self) -> list[Part]:
        """Return name and shapes of each layer of one net."""
        raise NotImplementedError(f"{type(self).__name__}: list the layers in parts()")

    @property
    def parameter_count(self) -> int:
        """Number of parameters of one net."""
        return sum(part.size for part in self.parts())

    def summary(self) -> str:
        """Return a table of the layers, one a line: name, shapes, number of parameters."""
        rows = [("layer", "weight", "bias", "parameters")]
        rows += [
            (part.name, str(part.weight), str(part.bias or "-"), str(part.size))
            for part in self.parts()
        ]
        rows.append(("total", "", "", str(self.parameter_count)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([*map(str.ljust, row[:-1], widths), row[-1].rjust(widths[-1])])
            for row in rows
        ]
        return "\n".join([repr(self), *lines])


def count_parameters(theta: Tree) -> int:
    """Return how many numbers a tree of parameters holds, all nets of an ensemble included."""
    return sum(_size(leaf) for leaf in leaves(theta))


def _size(leaf: Any) -> int:
    return leaf.size if hasattr(leaf, "size") else np.size(leaf)
