"""What each mode has to remember: forward mode a pair, reverse mode the whole run.

A chain of d steps. Forward mode carries a value and a tangent from step to step and forgets the
rest. Reverse mode starts at the end, so that all d results must still be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter, jvp, tanh
from .live_tensors import LiveTensors


@dataclass(frozen=True, slots=True)
class ModeMemory:
    """Chains of several lengths, differentiated both ways.

    Attributes
    ----------
    depths : ndarray of int, shape (n,)
        d, the number of steps.
    forward, reverse : ndarray of int, shape (n,)
        The largest number of recorded results alive at once.
    forward_slopes, reverse_slopes : ndarray, shape (n,)
        The derivative by each mode.
    """

    depths: np.ndarray
    forward: np.ndarray
    reverse: np.ndarray
    forward_slopes: np.ndarray
    reverse_slopes: np.ndarray


def run(depths: Sequence[int] = (10, 100, 1000), *, start: float = 0.5) -> ModeMemory:
    """Differentiate chains x -> tanh(1.1 x) both ways and count results that are alive."""
    rows = [(*_forward(depth, start), *_reverse(depth, start)) for depth in depths]
    forward, forward_slopes, reverse, reverse_slopes = map(np.array, zip(*rows, strict=True))
    return ModeMemory(np.array(depths), forward, reverse, forward_slopes, reverse_slopes)


def _forward(depth: int, start: float) -> tuple[int, float]:
    """One step at a time: the pair is all that passes from one to the next."""
    alive = LiveTensors()
    x, dx = start, 1.0
    for _ in range(depth):
        x, dx = jvp(lambda x: alive(_step(x)), (x,), (dx,))
    return alive.peak, float(dx)


def _reverse(depth: int, start: float) -> tuple[int, float]:
    alive, x = LiveTensors(), Parameter(start)
    y: Any = x
    for _ in range(depth):
        y = alive(_step(y))
    y.backward()
    return alive.peak, float(x.grad)


def _step(x: Any) -> Any:
    return tanh(1.1 * x)
