"""Trade time for memory: how many results are alive at once, with and without checkpoints.

A chain of n equal steps keeps n results until it is walked back. Cut into s checkpointed segments
it keeps the s results at the cuts and, while one segment is walked back, the n / s inside it:

    peak(s) = s + n / s,    smallest at s = sqrt(n), where it is 2 sqrt(n).

Each step is evaluated twice, once forward and once on the way back (Griewank, 1992).

References
----------
Griewank, A. (1992). Achieving logarithmic growth of temporal and spatial complexity in reverse
automatic differentiation. Optimization Methods and Software 1, 35-54.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import Parameter, checkpoint, tanh
from .live_tensors import LiveTensors


@dataclass(frozen=True, slots=True)
class CheckpointSweep:
    """One chain of steps, differentiated with several numbers of segments.

    Attributes
    ----------
    length : int
        n, the number of steps.
    segments : ndarray of int, shape (k,)
        s, the divisors of n in increasing order.
    peaks : ndarray of int, shape (k,)
        The largest number of results alive at once, counted.
    evaluations : ndarray of int, shape (k,)
        Steps evaluated, forward and backward together.
    slopes : ndarray, shape (k,)
        The derivative of the last value in the first.
    plain_peak, plain_evaluations, plain_slope
        The same without checkpoints.
    """

    length: int
    segments: np.ndarray
    peaks: np.ndarray
    evaluations: np.ndarray
    slopes: np.ndarray
    plain_peak: int
    plain_evaluations: int
    plain_slope: float

    @property
    def predicted_peaks(self) -> np.ndarray:
        """s + n / s."""
        return self.segments + self.length / self.segments

    @property
    def predicted_best(self) -> float:
        """2 sqrt(n)."""
        return float(2 * np.sqrt(self.length))

    @property
    def best(self) -> int:
        """The smallest peak that was counted."""
        return int(self.peaks.min())


def run(length: int = 400) -> CheckpointSweep:
    """Walk a chain x -> tanh(1.1 x) of ``length`` steps back, for each number of equal segments.

    Raises
    ------
    ValueError
        If ``length`` is less than 1.
    """
    if length < 1:
        raise ValueError(f"checkpointing: length must be at least 1, got {length}")
    segments = [s for s in range(1, length + 1) if length % s == 0]
    columns = zip(*(_walk(s, length // s, checkpoint) for s in segments), strict=True)
    peaks, evaluations, slopes = (np.array(column) for column in columns)
    return CheckpointSweep(
        length, np.array(segments), peaks, evaluations, slopes, *_walk(1, length, _as_it_is)
    )


def _walk(
    segments: int, steps: int, wrap: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]
) -> tuple[int, int, float]:
    """Peak of live results, steps evaluated and derivative of one chain."""
    alive, evaluated = LiveTensors(), 0

    def segment(x: Any) -> Any:
        nonlocal evaluated
        for _ in range(steps):
            evaluated += 1
            x = alive(_step(x))
        return x

    x = Parameter(0.5)
    y: Any = x
    for _ in range(segments):
        y = wrap(segment)(y)
        if wrap is checkpoint:
            alive(y)  # the node at the cut
    y.backward()
    return alive.peak, evaluated, float(x.grad)


def _step(x: Any) -> Any:
    return tanh(1.1 * x)


def _as_it_is(segment: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return segment
