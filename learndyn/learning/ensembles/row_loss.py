"""The losses of many members, and their gradients, in one evaluation.

Members do not meet, so dL_i/dtheta_j = 0 for i != j, and one backward pass from the vector of
losses, seeded with ones, gives every member its own gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff import Tensor, concatenate, reshape
from ...autodiff.run import pull_back_run, record_run, spend_run
from ...autodiff.tree import Tree, leaves, paths, rebuild
from ...dynamics.running import plain
from ..training import Layout


@dataclass(frozen=True, slots=True, eq=False)
class RowLoss:
    """A loss of trees with a leading axis, as a function of rows of flat parameters.

    Attributes
    ----------
    of_tree : callable
        Takes a tree whose leaves have a leading axis of members, and the arrays of a batch if
        there are batches, to losses of shape (members,).
    """

    of_tree: Callable[..., Any]
    _theta: Layout

    @property
    def size(self) -> int:
        """How many parameters a member has."""
        return self._theta.size

    def tree(self, theta: Any) -> Tree:
        """Return rows of parameters, shape (members, n), as a tree with a leading axis."""
        return self._theta.build(self._cut(theta))

    def __call__(self, theta: Any, *batch: Any) -> Any:
        """Return the loss of each row, shape (members,)."""
        return self._checked(self.of_tree(self.tree(theta), *batch), len(theta))

    def value_and_gradient(self, theta: Any, *batch: Any) -> tuple[Any, Any]:
        """Return the losses, (members,), and their gradients, (members, n)."""
        build, loss = self._theta.build, self.of_tree
        run = record_run(lambda *parts: loss(build(parts), *batch), tuple(self._cut(theta)), "ensemble")
        losses = self._checked(run.value, theta.shape[0])
        if not run.nodes:
            raise ValueError("ensemble: the losses do not depend on the parameters")
        one, rows = np.ones(losses.shape), theta.shape[0]
        if run.record or isinstance(theta, Tensor):
            parts = pull_back_run(run, Tensor(one))
            return losses, concatenate([reshape(part, shape=(rows, -1)) for part in parts], axis=1)
        values = losses.numpy()
        return values, np.concatenate([part.reshape(rows, -1) for part in spend_run(run, one)], axis=1)

    def _cut(self, theta: Any) -> list[Any]:
        """The leaves as parts of the rows; of an array they are views."""
        rows = theta.shape[0]
        recorded = isinstance(theta, Tensor)
        parts = [(theta[:, start:end], (rows, *shape)) for start, end, shape in self._theta.places]
        return [reshape(part, shape=s) if recorded else part.reshape(s) for part, s in parts]

    def _checked(self, losses: Any, rows: int) -> Any:
        shape = getattr(losses, "shape", ())
        if shape == (rows,):
            return losses
        raise ValueError(
            f"ensemble: the loss of {rows} members has shape {shape} instead of ({rows},). Keep "
            "the leading axis, for example with mean_squared_error(..., axis=(-2, -1))"
        )


def row_loss(loss: Callable[..., Any], theta: Tree, caller: str) -> tuple[np.ndarray, RowLoss]:
    """Return rows of flat parameters, shape (members, n), and the loss as a function of them.

    Raises
    ------
    ValueError
        If the tree has no leaves, or they do not share a leading axis.
    """
    arrays = [plain(leaf) for leaf in leaves(theta)]
    if not arrays:
        raise ValueError(f"{caller}: the tree holds no arrays")
    counts = {array.shape[:1] for array in arrays}
    if len(counts) > 1 or counts & {(), (0,)}:
        shown = ", ".join(
            f"{path or 'theta'} {array.shape}" for path, array in zip(paths(theta), arrays, strict=True)
        )
        raise ValueError(
            f"{caller}: the leaves of theta need one common leading axis of members, got {shown}. "
            "Draw them with init(rng, ensemble=(members,)), or join trees with stack_members"
        )
    members = len(arrays[0])
    rows = np.concatenate([array.reshape(members, -1) for array in arrays], axis=1)
    one = rebuild(theta, [array[0] for array in arrays])
    return rows.astype(np.float64), RowLoss(loss, Layout(one))
