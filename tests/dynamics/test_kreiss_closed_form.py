"""The Kreiss constant of a defective pair, against its maximum over the one line where it is taken."""

import numpy as np
import pytest

from learndyn.dynamics import kreiss_constant


@pytest.mark.parametrize("coupling", [3.0, 5.0, 8.0, 13.0, 40.0, 300.0])
def test_a_decaying_jordan_block_has_its_maximum_on_the_real_line(coupling):
    """(z - A)^-1 depends on |z + 1| alone, so x ||(x - A)^-1|| is largest at real z = x; u = x + 1."""
    x = np.exp(np.linspace(-8.0, 5.0, 400_001))
    u = 1.0 + x
    norm = (coupling + np.sqrt(coupling**2 + 4.0 * u**2)) / (2.0 * u**2)
    expected = max(1.0, (x * norm).max())
    found = kreiss_constant(np.array([[-1.0, coupling], [0.0, -1.0]]), continuous=True)
    assert found == pytest.approx(expected, rel=1e-7)
