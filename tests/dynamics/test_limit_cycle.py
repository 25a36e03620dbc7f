"""Periods come from a section, stability from the multipliers, and their product from Liouville."""

import math
from functools import cache

import mpmath
import numpy as np
import pytest

from learndyn import sin, stack
from learndyn.dynamics import DormandPrince
from learndyn.dynamics.limit_cycle import floquet, limit_cycle

from .flows import lotka_volterra, oscillator, pendulum

TIGHT = DormandPrince(rtol=1e-12, atol=1e-13)


def hopf(t, z):
    """r' = r (1 - r^2), angle' = 2: the unit circle in the time pi, multiplier e^{-2 pi}."""
    x, y = z[0], z[1]
    r2 = x * x + y * y
    return stack([x * (1.0 - r2) - 2.0 * y, y * (1.0 - r2) + 2.0 * x])


def van_der_pol(t, z):
    return stack([z[1], (1.0 - z[0] * z[0]) * z[1] - z[0]])


def rossler(t, z):
    return stack([-z[1] - z[2], z[0] + 0.2 * z[1], 0.2 + z[2] * (z[0] - RATE)])


RATE = 3.5


@cache
def van_der_pol_cycle():
    return limit_cycle(
        van_der_pol, [2.0, 0.0], section=lambda z: z[1], transient=40.0, duration=30.0, method=TIGHT
    )


@cache
def rossler_cycle():
    return limit_cycle(
        rossler,
        [-5.0, 0.0, 0.0],
        section=lambda z: z[1],
        transient=300.0,
        duration=50.0,
        direction=-1,
    )


def test_the_normal_form_of_a_hopf_bifurcation_has_its_period_and_its_multiplier():
    cycle = limit_cycle(hopf, [0.3, 0.1], section=lambda z: z[1], transient=20.0, duration=12.0)
    assert cycle.period == pytest.approx(math.pi, abs=1e-9)
    assert cycle.jitter < 1e-8
    assert cycle.crossings == 1 and len(cycle.times) in (3, 4)
    np.testing.assert_allclose(cycle.state, [1.0, 0.0], atol=1e-8)
    assert (cycle.times > 20.0).all()
    result = floquet(hopf, cycle.state, cycle.period)
    # div f = 2 - 4 r^2 = -2 on the circle.
    np.testing.assert_allclose(result.multipliers, [1.0, math.exp(-2 * math.pi)], rtol=1e-7)
    assert result.divergence == pytest.approx(-2 * math.pi, rel=1e-8)
    assert result.attracting


def test_van_der_pol_has_the_period_of_the_literature():
    # mu = 1: 6.6632868593231301896996820305 (Andersen and Geer, 1982, to higher orders since).
    cycle = van_der_pol_cycle()
    assert cycle.period == pytest.approx(6.66328685932313, abs=1e-9)


def test_the_product_of_the_multipliers_is_the_exponential_of_the_divergence():
    """Liouville's law, in two and three dimensions; M and the integral come from separate sums."""
    for flow, cycle in ((van_der_pol, van_der_pol_cycle()), (rossler, rossler_cycle())):
        result = floquet(flow, cycle.state, cycle.period)
        product = np.linalg.det(result.monodromy)
        scale = np.linalg.norm(result.monodromy, axis=0).prod()  # of rounding in a determinant
        assert product == pytest.approx(math.exp(result.divergence), abs=1e-9 * scale)
        assert abs(result.multipliers[0] - 1.0) < 1e-6
        assert result.attracting


def test_the_velocity_is_the_eigenvector_of_the_trivial_multiplier():
    cycle = van_der_pol_cycle()
    velocity = van_der_pol(0.0, cycle.state)
    result = floquet(van_der_pol, cycle.state, cycle.period)
    np.testing.assert_allclose(result.monodromy @ velocity, velocity, atol=1e-7)


def test_a_cycle_that_crosses_twice_in_a_period_is_closed_after_two_crossings():
    """Rossler's first period doubling lies between c = 2.5 and c = 3.5."""
    twice = rossler_cycle()
    assert twice.crossings == 2
    gaps = np.diff(twice.times)
    assert abs(gaps[0] - gaps[1]) > 1e-3
    assert twice.period == pytest.approx(gaps[0] + gaps[1], abs=1e-6)


def test_conservative_orbits_have_multipliers_on_the_unit_circle_and_closed_form_periods():
    """A pendulum from rest at angle a: T = 4 K(sin(a / 2)). Both multipliers are 1, defective."""
    cycle = limit_cycle(pendulum, [1.0, 0.0], section=lambda z: z[0], duration=30.0, method=TIGHT)
    exact = float(4 * mpmath.ellipk(mpmath.sin(mpmath.mpf(1) / 2) ** 2))
    assert cycle.period == pytest.approx(exact, abs=1e-9)
    result = floquet(pendulum, cycle.state, cycle.period, method=TIGHT)
    assert result.divergence == 0.0
    assert np.linalg.det(result.monodromy) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(np.abs(result.multipliers), 1.0, atol=1e-4)
    assert abs(np.trace(result.monodromy) - 2.0) < 1e-8


def test_a_flow_that_is_driven_with_the_period_has_all_its_multipliers():
    """x' = -x + sin t, T = 2 pi: nothing is neutral, the one multiplier is e^{-2 pi}."""

    def driven(t, z):
        return stack([-z[0] + sin(np.asarray(t))])

    result = floquet(driven, [-0.5], 2 * math.pi)  # x(t) = (sin t - cos t) / 2
    assert result.multipliers[0] == pytest.approx(math.exp(-2 * math.pi), rel=1e-8)
    assert result.closure < 1e-9


def test_what_does_not_come_back_is_said():
    with pytest.raises(ArithmeticError, match="crossed 0 times"):
        limit_cycle(hopf, [1.0, 0.0], section=lambda z: z[0] - 5.0, duration=10.0)
    with pytest.raises(ArithmeticError, match=r"none of the .* longer transient"):
        limit_cycle(hopf, [0.01, 0.0], section=lambda z: z[1], duration=7.0)
    with pytest.raises(ArithmeticError, match="limit_cycle: the run ended early"):
        limit_cycle(lambda t, z: z * z, [1.0], section=lambda z: z[0] - 2.0, duration=3.0)
    with pytest.raises(ArithmeticError, match="floquet: the run ended early"):
        floquet(lambda t, z: z * z, [1.0], 3.0)
    with pytest.raises(ValueError, match="duration > 0"):
        limit_cycle(oscillator, [1.0, 0.0], section=lambda z: z[0], duration=0.0)
    with pytest.raises(ValueError, match="direction 1 or -1"):
        limit_cycle(oscillator, [1.0, 0.0], section=lambda z: z[0], duration=9.0, direction=0)
    with pytest.raises(ValueError, match="period must be positive"):
        floquet(lotka_volterra, [1.0, 1.0], -1.0)
