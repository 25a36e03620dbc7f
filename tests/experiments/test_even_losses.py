"""Orbits of period two: the edge of convergence on a quartic, the jump on log cosh."""

import numpy as np
import pytest

from learndyn import check_grads, grad
from learndyn.experiments import even_losses


@pytest.fixture(scope="module")
def result():
    return even_losses.run(np.array([0.3, 1.0, 1.8]), np.array([1.6, 1.9, 2.1, 3.0, 3.9]))


def test_the_losses_have_curvature_one_at_the_minimum():
    for loss in (even_losses.quartic, even_losses.log_cosh):
        check_grads(loss, np.array([0.4, -1.3]))
        slope = grad(loss)(np.array([1e-6, -1e-6]))
        np.testing.assert_allclose(slope, [1e-6, -1e-6], rtol=1e-9)


def test_the_edge_of_the_quartic_is_the_repelling_orbit(result):
    assert result.edge_error < 1e-8
    orbit = result.predicted_edges
    slopes = 1.0 - result.small_steps * (1.0 + 3.0 * orbit**2)
    assert np.all(np.abs(slopes) > 1.0)


def test_beyond_the_edge_the_exponent_triples_each_step(result):
    assert result.exponents.size >= 4
    np.testing.assert_allclose(result.exponents[1:], 3.0, atol=0.02)
    assert result.exponents[-1] == pytest.approx(3.0, abs=1e-9)


def test_log_cosh_contains_the_run_on_the_attracting_orbit(result):
    beyond = result.large_steps > 2.0
    assert result.jump_error < 1e-8
    assert np.all((result.predicted_jumps > 0.0) == beyond)
    residual = result.predicted_jumps - 0.5 * result.large_steps * np.tanh(result.predicted_jumps)
    np.testing.assert_allclose(residual, 0.0, atol=1e-14)
    assert np.all(np.abs(result.jump_multipliers) < 1.0)
