"""Losses of many parameter vectors at once.

An ``MLP`` whose parameters have a leading axis computes one net each along it. A ``BatchedLoss``
keeps these nets apart in the loss too, so that a block of B points of a slice costs one
evaluation: small nets, whose cost is that of calling NumPy, gain a factor of up to B.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...autodiff import no_grad
from ...autodiff.tree import Tree, leaves, rebuild
from ...dynamics.progress import Progress
from ...dynamics.running import plain, quiet
from ..losses import cross_entropy, mean_squared_error
from .planes import unraveller

_NUMBERS = 2**15  # activations of a block that fits in a cache; larger blocks are slower
_MOST = 1024
_BLOCK = 64  # for losses of which nothing is known


@dataclass(frozen=True, slots=True, eq=False)
class BatchedLoss:
    """The loss of a model on fixed data, of one net or of each net of an ensemble.

    Attributes
    ----------
    model : callable
        ``model(theta, x)``; ensemble axes lead in theta and in the result.
    x, target : array
        Inputs, shape (batch, ...), and targets.
    loss : callable
        ``loss(prediction, target, axis=)``.
    axis : tuple of int
        What the loss reduces: all but the ensemble axes.
    """

    model: Callable[[Tree, Any], Any]
    x: np.ndarray
    target: np.ndarray
    loss: Callable[..., Any]
    axis: tuple[int, ...]

    def __call__(self, theta: Tree) -> Any:
        """Return the loss, shape (*ensemble); one element for parameters of a single net."""
        return self.loss(self.model(theta, self.x), self.target, axis=self.axis)

    def block(self, theta: Tree) -> int:
        """Return how many nets of the size of ``theta`` to evaluate at once."""
        widest = max((1, *np.shape(plain(leaf)))[-1] for leaf in leaves(theta))
        rows = max(1, self.x.size // self.x.shape[-1])
        return int(np.clip(_NUMBERS // (rows * widest), 1, _MOST))


def batched_loss(
    model: Callable[[Tree, Any], Any],
    x: Any,
    target: Any,
    *,
    loss: Callable[..., Any] = mean_squared_error,
) -> BatchedLoss:
    """Return the loss of a model on fixed data, ready for slices.

    It is an ordinary loss too: it can be trained on, differentiated, and handed to
    ``hessian_operator``.

    Parameters
    ----------
    model : callable
        ``MLP`` or another model of which leading axes of the parameters are separate nets.
    x : array_like, shape (batch, ...)
    target : array_like
        Without ensemble axes.
    loss : callable, optional
        ``loss(prediction, target, axis=)``, such as those of ``learndyn.learning``. The axes of
        the target are reduced; for ``cross_entropy`` those of its rows.

    Raises
    ------
    ValueError
        If the input has no batch axis, or the target is a single number.
    """
    x, target = np.asarray(x), np.asarray(target)
    rows = target.ndim - (1 if loss is cross_entropy and target.dtype.kind == "f" else 0)
    if x.ndim < 2 or rows < 1:
        raise ValueError(
            f"batched_loss: needs inputs of shape (batch, ...) and targets for them, got shapes "
            f"{x.shape} and {target.shape}"
        )
    return BatchedLoss(model, x, target, loss, tuple(range(-rows, 0)))


def losses_at(
    loss: Callable[[Tree], Any],
    point: Callable[[int, int], np.ndarray],
    count: int,
    template: Tree,
    *,
    batched: bool | None,
    block: int | None,
    progress: bool | None,
    caller: str,
) -> np.ndarray:
    """Evaluate a loss at ``count`` flat points, in blocks and without recording.

    Parameters
    ----------
    loss : callable
    point : callable
        ``point(i, j)`` returns the points i to j - 1, shape (j - i, n).
    count : int
    template : tree of arrays or None
    batched, block, progress
        As for ``slice_2d``.
    caller : str
        Whom errors and the progress bar name.

    Returns
    -------
    ndarray, shape (count,)
        Infinite or nan where the loss is.
    """
    known = isinstance(loss, BatchedLoss)
    batched = known if batched is None else batched
    block = _block(loss, template, batched, block, caller)
    if known and batched and block == 1:  # a stack of one costs more than the one
        batched, block = False, _BLOCK
    evaluate = _together if batched else _one_by_one
    found = np.empty(count)
    edges = [*range(0, count, block), count]
    with no_grad(), quiet(), Progress(caller, count, progress) as bar:
        for start, stop in pairwise(edges):
            try:
                found[start:stop] = evaluate(loss, point(start, stop), template, caller)
            except Exception as error:
                error.add_note(f"{caller}: in the block of points {start} to {stop - 1} of {count}")
                raise
            if stop >= bar.next:
                bar.update(stop, stop)
    return found


def _block(
    loss: Callable[[Tree], Any], template: Tree, batched: bool, block: int | None, caller: str
) -> int:
    if block is None:
        if batched and isinstance(loss, BatchedLoss) and template is not None:
            return loss.block(template)
        return _BLOCK
    if block < 1:
        raise ValueError(f"{caller}: block must be at least 1, got {block}")
    return int(block)


def _one_by_one(
    loss: Callable[[Tree], Any], points: np.ndarray, template: Tree, caller: str
) -> list[float]:
    tree = unraveller(template)
    return [_number(loss(tree(point)), caller) for point in points]


def _together(
    loss: Callable[[Tree], Any], points: np.ndarray, template: Tree, caller: str
) -> np.ndarray:
    values = plain(loss(stacked(points, template)))
    if values.shape != (len(points),):
        raise ValueError(
            f"{caller}: the loss of {len(points)} parameter sets, stacked along a leading axis, "
            f"has shape {values.shape} instead of ({len(points)},). Make it with batched_loss, "
            "or pass batched=False"
        )
    return values


def stacked(points: np.ndarray, template: Tree) -> Tree:
    """Return B flat vectors, shape (B, n), as one tree whose leaves have a leading axis of B."""
    return points if template is None else rebuild(template, _cut(points, template))


def _cut(points: np.ndarray, template: Tree) -> list[np.ndarray]:
    """The columns of the points that belong to each leaf, in the leaf's shape."""
    found, start = [], 0
    for leaf in leaves(template):
        shape = np.shape(plain(leaf))
        stop = start + int(np.prod(shape))
        found.append(points[:, start:stop].reshape(len(points), *shape))
        start = stop
    return found


def _number(value: Any, caller: str) -> float:
    value = plain(value)
    if value.size != 1:
        raise ValueError(
            f"{caller}: the loss has shape {value.shape} and needs one element. If it keeps "
            "ensemble axes apart, pass batched=True"
        )
    return float(value.item())
