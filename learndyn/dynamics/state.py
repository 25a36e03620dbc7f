"""A tree of arrays as one flat state vector, and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff import Tensor, concatenate, reshape
from ..autodiff.tree import Tree, leaves, rebuild
from .running import plain


def ravel(tree: Tree) -> tuple[np.ndarray, Callable[[Any], Tree]]:
    """Lay the leaves of a tree end to end, and return the way back.

    Parameters
    ----------
    tree : tree of array_like
        Dicts, lists, tuples and named tuples of arrays or numbers.

    Returns
    -------
    z : ndarray, shape (n,), float64
        A copy of all elements, leaf by leaf, each in row-major order.
    unravel : callable
        Takes a vector of shape (n,), array or Tensor, to a tree of the same structure.
        An array gives views; a Tensor gives tensors that are connected to it.

    Raises
    ------
    ValueError
        If the tree has no leaves; by ``unravel``, if the vector has another shape.
    """
    arrays = [plain(leaf) for leaf in leaves(tree)]
    if not arrays:
        raise ValueError("ravel: the tree holds no arrays")
    shapes = [array.shape for array in arrays]
    ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()
    starts = [0, *ends[:-1]]

    def unravel(z: Any) -> Tree:
        given = z.shape if isinstance(z, Tensor) else np.shape(z)
        if given != (ends[-1],):
            raise ValueError(f"unravel: needs a vector of shape ({ends[-1]},), got shape {given}")
        parts = [
            reshape(z[start:end], shape=shape)
            for start, end, shape in zip(starts, ends, shapes, strict=True)
        ]
        return rebuild(tree, parts)

    return flatten(arrays).astype(np.float64), unravel


def flatten(tree: Tree) -> Any:
    """Return all elements of a tree as one vector, a Tensor if any leaf is one."""
    return concatenate([reshape(leaf, -1) for leaf in leaves(tree)])
