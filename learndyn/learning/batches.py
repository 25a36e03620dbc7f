"""Minibatches as a pure function of time.

The batch of step t depends on (seed, t) and on nothing else. An epoch is one pass over the
examples in an order drawn from (seed, epoch), so a run can go on from any step, and the training
map with its step count in the state is an ordinary dynamical system.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..autodiff import Tensor


class Minibatches:
    """Cut data into batches: ``batches(t)`` is the batch of step t.

    Parameters
    ----------
    *data : array_like, shape (examples, ...)
        Arrays of equally many examples, inputs and targets for example; copied.
    batch_size : int
        Examples in a batch, from 1 to all of them.
    rng : int or numpy.random.Generator
        A seed, not negative; or a generator from which one seed is drawn, which ``seed`` then
        shows. It may be left out if ``shuffle`` is False.
    shuffle : bool, optional
        Draw a new order in each epoch. False keeps the order of the data.
    drop_last : bool, optional
        Where ``batch_size`` does not divide the number of examples, the last batch of an epoch
        holds the rest, so that an epoch is a pass over all examples. A loss that averages then
        gives these more weight. True leaves them out of this epoch, and all batches are equal.

    Attributes
    ----------
    seed : int or None
    batches_per_epoch : int

    Raises
    ------
    TypeError
        If the batch size is not an integer, or there is nothing to shuffle with.
    ValueError
        If there are no data, their numbers of examples differ, or the batch size is out of range.
    """

    __slots__ = ("_last", "batch_size", "batches_per_epoch", "data", "examples", "seed", "shuffle")

    def __init__(
        self,
        *data: Any,
        batch_size: int,
        rng: int | np.random.Generator | None = None,
        shuffle: bool = True,
        drop_last: bool = False,
    ) -> None:
        self.data = tuple(np.array(x.numpy() if isinstance(x, Tensor) else x) for x in data)
        counts = [x.shape[0] if x.ndim else 0 for x in self.data]
        if not counts or min(counts) < 1 or min(counts) != max(counts):
            raise ValueError(
                f"Minibatches: needs arrays with equally many examples along axis 0, got shapes "
                f"{[x.shape for x in self.data]}"
            )
        self.examples = counts[0]
        self.batch_size = _index("batch_size", batch_size)
        if not 1 <= self.batch_size <= self.examples:
            raise ValueError(
                f"Minibatches: batch_size must be from 1 to the number of examples, "
                f"{self.examples}, got {batch_size}"
            )
        self.shuffle = shuffle
        self.seed = _seed(rng, shuffle)
        whole, rest = divmod(self.examples, self.batch_size)
        self.batches_per_epoch = whole + (rest > 0 and not drop_last)
        self._last: tuple[int, np.ndarray] | None = None

    def __call__(self, t: int) -> tuple[np.ndarray, ...]:
        """Return the arrays of step t = 0, 1, 2, ..., each of shape (batch, ...)."""
        chosen = self.indices(t)
        return tuple(x[chosen] for x in self.data)

    def indices(self, t: int) -> np.ndarray:
        """Return which examples are in the batch of step t, shape (batch,).

        Raises
        ------
        ValueError
            If t is negative.
        """
        t = _index("the step", t)
        if t < 0:
            raise ValueError(f"Minibatches: steps are counted from 0, got {t}")
        epoch, place = divmod(t, self.batches_per_epoch)
        start = place * self.batch_size
        return self._order(epoch)[start : start + self.batch_size]

    def _order(self, epoch: int) -> np.ndarray:
        """The order of an epoch; the last one is remembered, which changes no result."""
        if not self.shuffle:
            epoch = 0
        last = self._last  # read once: another thread may replace it
        if last is None or last[0] != epoch:
            if self.shuffle:
                assert self.seed is not None  # nothing is shuffled without one
                order = np.random.default_rng([self.seed, epoch]).permutation(self.examples)
            else:
                order = np.arange(self.examples)
            self._last = last = (epoch, order)
        return last[1]


def _seed(rng: Any, shuffle: bool) -> int | None:
    if rng is None:
        if shuffle:
            raise TypeError(
                "Minibatches: shuffling needs rng, a seed or a numpy.random.Generator. Pass rng=0, "
                "or shuffle=False"
            )
        return None
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(1 << 63))
    seed = _index("rng", rng)
    if seed < 0:
        raise ValueError(f"Minibatches: a seed must not be negative, got rng={rng}")
    return seed


def _index(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"Minibatches: {name} must be an integer, got {value!r}") from None
