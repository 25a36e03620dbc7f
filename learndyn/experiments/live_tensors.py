"""Count tensors that are alive, through weak references: up when one is made, down when it is freed.

A graph has no cycles, so a tensor is freed the moment that its last user is: the count is the
same in each run.
"""

from __future__ import annotations

import weakref

from ..autodiff import Tensor


class LiveTensors:
    """A counter of those tensors that are shown to it.

    Attributes
    ----------
    now : int
        Tensors alive.
    peak : int
        The largest number at once so far.
    """

    def __init__(self) -> None:
        self.now = self.peak = 0
        self._references: set[weakref.ref[Tensor]] = set()

    def __call__(self, tensor: Tensor) -> Tensor:
        """Count a new tensor, and hand it on."""
        self._references.add(weakref.ref(tensor, self._freed))
        self.now += 1
        self.peak = max(self.peak, self.now)
        return tensor

    def _freed(self, reference: weakref.ref[Tensor]) -> None:
        self._references.discard(reference)
        self.now -= 1
