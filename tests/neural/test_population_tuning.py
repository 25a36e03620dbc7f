"""Tuning curves on a ring and the Bessel functions behind them, against independent routes."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Tensor, grad, jvp
from learndyn.neural.population import (
    CosineTuning,
    VonMisesTuning,
    preferred_directions,
    scaled_bessel_i,
    wrap,
)

TUNINGS = [
    VonMisesTuning(64, 3.0, 0.3),
    VonMisesTuning(64, 3.0, 2.0),
    VonMisesTuning(64, 0.5, 9.0),
    CosineTuning(64, 12.0, 10.0),
    CosineTuning(64, 1.0, 1.0),
]
tunings = pytest.mark.parametrize("tuning", TUNINGS, ids=repr)


# --- Bessel functions ---------------------------------------------------------------------


@pytest.mark.parametrize("x", [1e-300, 1e-3, 0.5, 2.0, 30.0, 700.0, 5000.0])
def test_scaled_bessel_functions_are_right_to_1e_14_of_their_own_size(x):
    orders = [0, 1, 2, 5, 12, 40]
    with mpmath.workdps(40):
        at = mpmath.mpf(x)
        wanted = [float(mpmath.besseli(k, at) * mpmath.exp(-at)) for k in orders]
    np.testing.assert_allclose(scaled_bessel_i(orders, x), wanted, rtol=1e-14, atol=0)


@given(order=st.integers(0, 20), x=st.floats(0.0, 50.0))
def test_scaled_bessel_functions_are_the_fourier_coefficients_of_a_von_mises_bump(order, x):
    t = 2.0 * np.pi * np.arange(256) / 256
    coefficient = np.mean(np.exp(x * (np.cos(t) - 1.0)) * np.cos(order * t))
    assert scaled_bessel_i(order, x) == pytest.approx(coefficient, abs=1e-15)


def test_order_zero_is_numpys_bessel_function():
    x = np.linspace(0.0, 600.0, 50)
    np.testing.assert_allclose(scaled_bessel_i(0, x), np.i0(x) * np.exp(-x), rtol=1e-13)


def test_bessel_functions_have_the_parity_of_their_order_and_broadcast():
    k, x = np.array([[-3], [0], [2], [3]]), np.array([-2.0, 0.0, 2.0])
    values = scaled_bessel_i(k, x)
    assert values.shape == (4, 3)
    np.testing.assert_array_equal(values[:, 0], [-values[0, 2], *values[1:3, 2], -values[3, 2]])
    np.testing.assert_array_equal(values[:, 1], [0.0, 1.0, 0.0, 0.0])
    np.testing.assert_array_equal(values[0], values[3])


def test_bessel_functions_refuse_broken_orders_and_arguments():
    with pytest.raises(TypeError, match="whole number"):
        scaled_bessel_i(0.5, 1.0)
    with pytest.raises(ValueError, match="finite"):
        scaled_bessel_i(1, math.nan)


# --- tuning curves ------------------------------------------------------------------------


@tunings
def test_the_slope_is_the_derivative_of_the_response(tuning):
    offsets = np.linspace(-4.0, 4.0, 33)
    value, slope = jvp(tuning.response, (offsets,), (np.ones(33),))
    np.testing.assert_allclose(tuning.response(offsets), value)
    np.testing.assert_allclose(tuning.slope(offsets), slope, rtol=1e-13, atol=1e-14)


@tunings
def test_a_stimulus_turned_by_one_spacing_renumbers_the_units(tuning):
    theta = np.array([0.1, 2.0])
    turned = tuning(theta + 2.0 * np.pi / tuning.units)
    np.testing.assert_allclose(turned, np.roll(tuning(theta), 1, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(tuning(theta + 2.0 * np.pi), tuning(theta), rtol=1e-12)


@tunings
def test_tensors_and_arrays_of_stimuli_give_the_same_responses(tuning):
    theta = np.array([[0.1, 2.0, -3.0]])
    recorded = tuning(Tensor(theta))
    assert isinstance(recorded, Tensor) and recorded.shape == (1, 3, 64)
    np.testing.assert_array_equal(recorded.numpy(), tuning(theta))
    assert tuning(0.3).shape == (64,)


@tunings
def test_fourier_coefficients_are_those_of_the_sampled_curve(tuning):
    sampled = np.fft.fft(tuning.response(preferred_directions(256))).real / 256
    modes = np.arange(-6, 7)
    np.testing.assert_allclose(tuning.fourier_coefficient(modes), sampled[modes], atol=1e-14)


def test_a_von_mises_curve_peaks_at_its_rate_and_a_cosine_at_baseline_plus_amplitude():
    assert VonMisesTuning(8, 3.0, 2.0).response(0.0) == 3.0
    assert CosineTuning(8, 2.0, 1.5).response(0.0) == 3.5
    assert CosineTuning(8, 2.0, 1.5).modulation == 0.75
    assert CosineTuning(8, 0.0, 1.5).modulation == math.inf


@tunings
def test_the_flank_is_where_the_slope_is_stationary_and_largest(tuning):
    d = tuning.steepest_offset
    curvature = grad(lambda x: tuning.slope(x))(np.float64(d))
    dense = np.linspace(0.0, np.pi, 4001)
    assert abs(curvature) < 1e-13 * tuning.response(0.0) * 100
    assert abs(tuning.slope(d)) >= np.abs(tuning.slope(dense)).max() * (1 - 1e-12)


@pytest.mark.parametrize("tuning", TUNINGS[:4], ids=repr)
def test_the_most_informative_unit_is_where_slope_squared_over_response_is_stationary_and_largest(tuning):
    def share(x):
        return tuning.slope(x) ** 2 / tuning.response(x)

    d = tuning.most_informative_offset
    dense = np.linspace(0.0, np.pi, 4001)
    assert abs(grad(share)(np.float64(d))) < 1e-11
    assert share(d) >= share(dense).max() * (1 - 1e-12)
    assert d > tuning.steepest_offset


def test_the_flanks_of_narrow_bumps_are_those_of_a_gaussian():
    """|D| sqrt(kappa) -> 1 for the slope, and sqrt(2) for slope squared over response."""
    tuning = VonMisesTuning(8, 1.0, 1e6)
    assert tuning.steepest_offset * 1e3 == pytest.approx(1.0, abs=1e-6)
    assert tuning.most_informative_offset * 1e3 == pytest.approx(math.sqrt(2.0), abs=1e-6)


@given(angle=st.floats(-50.0, 50.0))
def test_wrapped_angles_are_the_same_direction_within_half_a_turn(angle):
    wrapped = wrap(angle)
    assert -np.pi <= wrapped < np.pi
    assert abs(np.exp(1j * wrapped) - np.exp(1j * angle)) < 1e-13


def test_tuning_curves_refuse_what_makes_no_curve():
    with pytest.raises(ValueError, match="three or more units, got 2"):
        VonMisesTuning(2)
    with pytest.raises(ValueError, match="three or more units"):
        preferred_directions(8.0)
    with pytest.raises(ValueError, match="rate must be finite and above 0"):
        VonMisesTuning(8, 0.0)
    with pytest.raises(TypeError, match="kappa must be a number"):
        VonMisesTuning(8, 1.0, [1.0])
    with pytest.raises(ValueError, match="baseline must be finite and at least 0"):
        CosineTuning(8, -1.0)
    with pytest.raises(ValueError, match="amplitude"):
        CosineTuning(8, 1.0, math.inf)
    with pytest.raises(TypeError, match="real numbers"):
        CosineTuning(8)("north")
    below = CosineTuning(8, 1.0, 2.0)
    for name in ("poisson_information", "most_informative_offset"):
        with pytest.raises(ValueError, match="negative means"):
            getattr(below, name)
