"""Trees of arrays: parameters nested in dicts, lists, tuples and named tuples.

A leaf is anything else: an array, a tensor, a number. ``None`` is an empty branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Tree = Any
_SEQUENCES = (list, tuple)  # isinstance is faster with a tuple than with a union
_ARRAY = np.ndarray  # the leaf that is met most often, so it is told first


def leaves(tree: Tree) -> list[Any]:
    """Return the leaves from left to right; a dict is read in its own order."""
    found: list[Any] = []
    _collect(tree, found)
    return found


def paths(tree: Tree) -> list[str]:
    """Return for each leaf where it is, such as ``[0].weight``; the root leaf is ``""``."""
    return [path for path, _ in _walk(tree, "")]


def rebuild(tree: Tree, new_leaves: Sequence[Any]) -> Tree:
    """Return a tree of the same structure with other leaves.

    Raises
    ------
    ValueError
        If the number of leaves differs.
    """
    supply = iter(new_leaves)
    try:
        built = _filled(tree, supply)
    except StopIteration:
        supply = iter((None,))
    if next(supply, supply) is not supply:
        raise ValueError(
            f"rebuild: the tree has {len(leaves(tree))} leaves, got {len(new_leaves)}"
        )
    return built


def tree_map(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Apply ``function`` to the leaves of trees that have the same structure.

    Raises
    ------
    ValueError
        If the structures differ; the message names the first place.
    """
    where = paths(tree)
    for other in others:
        if paths(other) != where:
            missing = sorted(set(where) ^ set(paths(other)))
            raise ValueError(f"tree_map: the trees differ at {', '.join(missing) or 'their order'}")
    columns = [leaves(tree), *(leaves(other) for other in others)]
    return rebuild(tree, [function(*row) for row in zip(*columns, strict=True)])


def _collect(tree: Tree, found: list[Any]) -> None:
    if isinstance(tree, _SEQUENCES):
        for branch in tree:
            if type(branch) is _ARRAY:
                found.append(branch)
            else:
                _collect(branch, found)
    elif isinstance(tree, dict):
        for branch in tree.values():
            _collect(branch, found)
    elif tree is not None:
        found.append(tree)


def _walk(tree: Tree, path: str) -> Iterator[tuple[str, Any]]:
    if tree is None:
        return
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from _walk(branch, f"{path}[{key!r}]")
    elif _is_namedtuple(tree):
        for key, branch in zip(tree._fields, tree, strict=True):
            yield from _walk(branch, f"{path}.{key}")
    elif isinstance(tree, list | tuple):
        for i, branch in enumerate(tree):
            yield from _walk(branch, f"{path}[{i}]")
    else:
        yield path, tree


def _filled(tree: Tree, supply: Iterator[Any]) -> Tree:
    if isinstance(tree, _SEQUENCES):
        branches = [
            next(supply) if type(branch) is _ARRAY else _filled(branch, supply) for branch in tree
        ]
        if isinstance(tree, list):
            return branches
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    if isinstance(tree, dict):
        return {key: _filled(branch, supply) for key, branch in tree.items()}
    return None if tree is None else next(supply)


def _is_namedtuple(tree: Tree) -> bool:
    return isinstance(tree, tuple) and hasattr(tree, "_fields")
