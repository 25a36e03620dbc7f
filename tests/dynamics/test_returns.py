"""Laws of what counts as coming back to a section: the distance is measured against the largest crossing."""

import numpy as np
import pytest

from learndyn.dynamics.events import EventRecord
from learndyn.dynamics.limit_cycle import _closed


def crossings(size, gap, count=100):
    """States of one size that alternate by a gap, at equal times."""
    states = np.zeros((count, 2))
    states[:, 0] = size
    states[::2, 1] = gap
    return EventRecord(np.arange(float(count)), states)


@pytest.mark.parametrize("size", [1e-3, 1.0, 50.0])
def test_a_gap_within_the_tolerance_is_one_crossing_a_period_and_a_larger_gap_is_two(size):
    near = _closed(crossings(size, 0.9e-6 * size), 0.0, 100.0, 1e-6)
    far = _closed(crossings(size, 1.1e-6 * size), 0.0, 100.0, 1e-6)
    assert (near.crossings, far.crossings) == (1, 2)
    assert (near.period, far.period) == (1.0, 2.0)
