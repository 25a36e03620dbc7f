"""The random numbers of a point, derived from the point alone.

    entropy = SHA-256(key),   rng = Generator(PCG64(SeedSequence(entropy)))

So a point draws the same numbers on any executor, in any order, with any number of workers, and
an axis that grows leaves the streams of the points that were there alone. SHA-256 makes the
streams of different points unrelated, however alike their keys are; ``SeedSequence`` (O'Neill
2015) spreads the entropy over the generator's state.

To give several points *common* random numbers, which lowers the variance of their differences,
make an axis for them: ``grid={"start": range(10), ...}`` and ``default_rng(start)`` inside.
"""

from __future__ import annotations

import hashlib

import numpy as np


def seed_sequence(key: str) -> np.random.SeedSequence:
    """Return the seed sequence of the point with this key."""
    digest = hashlib.sha256(key.encode()).digest()
    return np.random.SeedSequence(int.from_bytes(digest, "little"))


def generator(key: str) -> np.random.Generator:
    """Return a fresh generator at the start of the point's stream."""
    return np.random.Generator(np.random.PCG64(seed_sequence(key)))


def integer_seed(key: str) -> int:
    """Return the point's seed as one integer below 2**63, for functions that take ``seed``."""
    return int(seed_sequence(key).generate_state(1, np.uint64)[0]) >> 1
