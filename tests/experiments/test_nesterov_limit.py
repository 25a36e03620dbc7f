"""Nesterov's scheme tends to its flow, whose loss on a parabola falls as t^-3."""

import mpmath
import numpy as np
import pytest

from learndyn.experiments import nesterov_limit


def test_the_bessel_function_agrees_with_the_oracle():
    x = np.array([0.0, 0.3, 2.0, 17.5, 90.0, -4.0])
    exact = [float(mpmath.besselj(1, value)) for value in x.tolist()]
    np.testing.assert_allclose(nesterov_limit.bessel_j1(x), exact, atol=1e-14)


def test_the_scheme_lies_at_a_distance_of_order_root_s_from_the_flow():
    result = nesterov_limit.run((200, 400, 800))
    assert result.order == pytest.approx(1.0, abs=0.1)
    assert result.flow_error < 1e-9


def test_the_loss_of_a_parabola_has_the_envelope_of_the_bessel_function():
    """4/(pi t^3): exponent -3, not the -2 of the bound for convex losses."""
    result = nesterov_limit.decay()
    assert result.slope(20.0) == pytest.approx(-3.0, abs=0.03)
    assert result.envelope(20.0) == pytest.approx(4.0 / np.pi, rel=0.01)
    late = result.times > 0
    assert np.all(result.losses[late] <= 2.0 / result.times[late] ** 2)


@pytest.mark.parametrize("p", [10.0, 50.0])
def test_a_flat_minimum_comes_near_the_bound(p):
    """X = c t^(-2/(p-2)) solves the flow for |X|^p / p, p > 4."""
    result = nesterov_limit.decay(p)
    assert result.slope(20.0) == pytest.approx(-2.0 * p / (p - 2.0), abs=0.05)


def test_the_quartic_has_a_rational_solution():
    """X = 1/(1 + t^2/8): X'' + 3 X'/t = -X^3."""
    result = nesterov_limit.decay(4.0, duration=20.0, records=101)
    np.testing.assert_allclose(result.losses, 0.25 / (1 + result.times**2 / 8) ** 4, rtol=1e-5)
