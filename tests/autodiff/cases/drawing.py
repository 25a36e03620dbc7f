"""Arrays to draw operands from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Case = tuple[Callable[..., Any], list[np.ndarray]]

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
nonempty = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=3)
seeds = st.integers(0, 2**32 - 1)

# Inputs keep well away from kinks and poles: ten times the checker's step and more.
_DRAW = {
    "real": lambda rng, shape: rng.uniform(-2, 2, shape),
    "positive": lambda rng, shape: rng.uniform(0.4, 2, shape),
    "nonzero": lambda rng, shape: rng.uniform(0.4, 2, shape) * rng.choice([-1.0, 1.0], shape),
    "outer": lambda rng, shape: rng.uniform(1.2, 2, shape) * rng.choice([-1.0, 1.0], shape),
    "unit": lambda rng, shape: rng.uniform(-0.9, 0.9, shape),
    "above_minus_one": lambda rng, shape: rng.uniform(-0.6, 2, shape),
    # Two domains that lie apart: no number of the one is closer than 0.15 to one of the other.
    "halves": lambda rng, shape: 0.5 * rng.integers(-4, 5, shape) + rng.uniform(-0.05, 0.05, shape),
    "quarters": lambda rng, shape: 0.25 + _DRAW["halves"](rng, shape),
}


def values(shape: tuple[int, ...], domain: str = "real") -> st.SearchStrategy[np.ndarray]:
    """Arrays of random numbers; every other one is a strided view."""

    def draw(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        if seed % 2 and shape:
            wide = (*shape[:-1], 2 * shape[-1])
            return np.asarray(_DRAW[domain](rng, wide))[..., ::2]
        return np.asarray(_DRAW[domain](rng, shape))

    return seeds.map(draw)
