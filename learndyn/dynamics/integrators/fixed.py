"""What methods of fixed steps share: equal steps from one record to the next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from ..flow import count_steps
from .field import Field
from .step import Step, hermite


def check_step_size(step_size: float, method: str) -> None:
    """Refuse a step size that is not positive and finite."""
    if not (math.isfinite(step_size) and step_size > 0):
        raise ValueError(
            f"{method}: step_size must be positive and finite, got {step_size}. "
            "To go back in time, negate the flow"
        )


def grid(times: np.ndarray, step_size: float) -> Iterator[tuple[float, float, float]]:
    """Cut the intervals between records into equal steps: start, end and length of each.

    The number of steps between two records is the least for which they are not longer than
    ``step_size``, so that records are met exactly.
    """
    for start, end in pairwise(times.tolist()):
        pieces = count_steps(end - start, step_size)
        h = (end - start) / pieces
        t = start
        for i in range(1, pieces + 1):
            t_next = end if i == pieces else start + i * h
            yield t, t_next, h
            t = t_next


def explicit_steps(
    step: Callable[[Field, float, np.ndarray, float], np.ndarray],
    step_size: float,
    field: Field,
    z: np.ndarray,
    times: np.ndarray,
) -> Iterator[Step]:
    """Walk along the flow with an explicit one-step formula, whose first stage is f(t, z)."""
    for t, t_next, h in grid(times, step_size):
        v = field(t, z)  # the formula's first stage finds it there
        z_next = step(field, t, z, h)
        yield Step(t, t_next, z, z_next, _cubic(field, t_next, h, z, z_next, v))
        z = z_next


def _cubic(
    field: Field, t_next: float, h: float, z: np.ndarray, z_next: np.ndarray, v: np.ndarray
) -> Callable[[], np.ndarray]:
    return lambda: hermite(h, z, z_next, v, field(t_next, z_next))
