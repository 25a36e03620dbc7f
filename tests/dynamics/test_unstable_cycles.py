"""A cycle attracts if every multiplier but the trivial one is inside the circle, also where there is only one more."""

import numpy as np
import pytest

from learndyn.autodiff import stack
from learndyn.dynamics import floquet


def circle(rate):
    """r' = rate r (1 - r^2), theta' = 1: a cycle at r = 1 with the multiplier exp(-4 pi rate)."""

    def flow(t, z):
        x, y = z[0], z[1]
        pull = rate * (1.0 - x * x - y * y)
        return stack([pull * x - y, pull * y + x])

    return flow


@pytest.mark.parametrize("rate", [0.1, 0.02, -0.02, -0.1])
def test_the_one_multiplier_of_a_circle_decides(rate):
    found = floquet(circle(rate), [1.0, 0.0], 2.0 * np.pi)
    np.testing.assert_allclose(found.multipliers, [1.0, np.exp(-4.0 * np.pi * rate)], rtol=1e-7)
    assert found.attracting == (rate > 0.0)
