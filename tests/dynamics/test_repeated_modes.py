"""Repeated eigenvalues come out as often as they are, at either end of the spectrum."""

import numpy as np
import pytest

from learndyn.dynamics import dominant_modes


@pytest.mark.parametrize("which", ["magnitude", "largest", "smallest"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_repeated_end_of_the_spectrum_comes_out_as_often_as_it_is_at_either_end(which, count):
    """Three times at either end: a Krylov space holds one vector of each, the complement the others."""
    rng = np.random.default_rng(count)
    values = np.concatenate([[9.0] * 3, [-7.0] * 3, rng.uniform(-5.0, 5.0, 24)])
    q = np.linalg.qr(rng.standard_normal((30, 30)))[0]
    a = (q * values) @ q.T
    found = dominant_modes((a + a.T) / 2.0, count, which=which)
    key = {"magnitude": -np.abs(values), "largest": -values, "smallest": values}[which]
    np.testing.assert_allclose(found.values, values[np.argsort(key, kind="stable")][:count], rtol=1e-7)
    assert found.converged
