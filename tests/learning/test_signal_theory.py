"""Gaussian averages, mean-field maps and closed forms against independent computations."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import linearise, simulate
from learndyn.learning.signal import (
    chi,
    critical_weight_variance,
    depth_scale,
    digamma,
    driven_rnn_mean_field,
    gaussian_product_exponents,
    largest_squared_singular_value,
    log_norm_moments,
    mean_field_map,
    trigamma,
)
from learndyn.learning.signal.averages import Quadrature, gaussian_averages, nodes

CLOSED = ["erf", "relu", "leaky_relu", "linear"]
Q = st.floats(0.05, 20.0)
C = st.floats(-1.0, 1.0)


def average(f, q):
    """E f(sqrt(q) z) by mpmath."""
    points = [-12, -6, -3, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 3, 6, 12]
    return float(mpmath.quad(lambda z: f(mpmath.sqrt(q) * z) * mpmath.npdf(z), points))


# --- averages ---------------------------------------------------------------------------


@pytest.mark.parametrize("q", [0.01, 0.3, 1.0, 10.0, 100.0])
def test_averages_of_tanh_have_all_digits(q):
    tanh = gaussian_averages("tanh", "test")
    assert tanh.square(np.float64(q)) == pytest.approx(
        average(lambda u: mpmath.tanh(u) ** 2, q), rel=1e-14
    )
    slope = average(lambda u: mpmath.sech(u) ** 4, q)
    assert tanh.slope_square(np.float64(q)) == pytest.approx(slope, rel=1e-14)


def test_gauss_hermite_with_as_many_nodes_is_worse():
    q, exact = 10.0, average(lambda u: mpmath.tanh(u) ** 2, 10.0)
    z, w = np.polynomial.hermite_e.hermegauss(len(nodes(q)[0]))
    hermite = (w / w.sum()) @ np.tanh(np.sqrt(q) * z) ** 2
    assert abs(hermite - exact) > 1e-8
    assert abs(gaussian_averages("tanh", "test").square(np.float64(q)) - exact) < 1e-14


@given(q=Q, c=C)
def test_closed_forms_of_erf_equal_quadrature(q, c):
    closed, summed = gaussian_averages("erf", "test"), Quadrature(ld.erf)
    one = np.float64(q)
    for name in ("square", "square_slope", "slope_square"):
        assert getattr(closed, name)(one) == pytest.approx(getattr(summed, name)(one), rel=1e-12), (
            name
        )
    for name in ("product", "slope_product"):
        exact = getattr(closed, name)(q, c)
        assert exact == pytest.approx(getattr(summed, name)(q, c), rel=1e-11, abs=1e-13), name


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "linear"])
@pytest.mark.parametrize("c", [-1.0, -0.4, 0.0, 0.7, 1.0])
def test_closed_forms_of_two_pieces_equal_averages_over_samples(name, c):
    rng = np.random.default_rng(0)
    z = rng.standard_normal((2, 400_000))
    z = np.concatenate([z, -z], axis=1)
    q = 1.7
    u, v = np.sqrt(q) * z[0], np.sqrt(q) * (c * z[0] + np.sqrt(1 - c * c) * z[1])
    a = {"relu": 0.0, "leaky_relu": 0.01, "linear": 1.0}[name]
    phi, slope = (lambda x: np.where(x > 0, x, a * x)), (lambda x: np.where(x > 0, 1.0, a))
    closed = gaussian_averages(name, "test")
    assert closed.product(q, c) == pytest.approx(np.mean(phi(u) * phi(v)), abs=0.012)
    assert closed.slope_product(q, c) == pytest.approx(np.mean(slope(u) * slope(v)), abs=0.003)


@pytest.mark.parametrize("name", [*CLOSED, "tanh", "sigmoid", "softplus", "gelu"])
@given(q=Q)
def test_products_of_equals_are_squares(name, q):
    averages = gaussian_averages(name, "test")
    one = np.float64(q)
    assert averages.product(q, 1.0) == pytest.approx(averages.square(one), rel=1e-12)
    assert averages.slope_product(q, 1.0) == pytest.approx(averages.slope_square(one), rel=1e-12)


@pytest.mark.parametrize("name", [*CLOSED, "tanh", "sigmoid", "softplus"])
@given(q=Q, c=st.floats(-0.9, 0.9))
def test_slopes_are_derivatives_of_the_maps(name, q, c):
    """Stein's lemma: dq'/dq, and dc'/dc = sw2 E phi'(u) phi'(v)."""
    mapping, h = mean_field_map(name, 1.5, 0.1), 1e-4
    numerical = (mapping(q + h * q) - mapping(q - h * q)) / (2 * h * q)
    assert mapping.slope(q) == pytest.approx(float(numerical), rel=1e-5)
    right, left = (mapping.correlation(c + s * h, variance=q) for s in (1, -1))
    slope = mapping.correlation_slope(c, variance=q)
    assert slope == pytest.approx((right - left) / (2 * h), rel=1e-5, abs=1e-9)


def test_the_slope_at_zero_is_that_of_the_tangent():
    assert mean_field_map("tanh", 1.3).slope(0.0) == pytest.approx(1.3, rel=1e-7)
    # sigmoid: 2 E phi'^2 + 2 phi phi'' over 2 at zero, phi'' = 0
    assert mean_field_map("sigmoid", 1.0).slope(0.0) == pytest.approx(1 / 16, abs=1e-7)


# --- the maps ---------------------------------------------------------------------------


def test_the_variance_map_is_a_map_that_floor_two_can_study():
    mapping = mean_field_map("tanh", 1.5, 0.05)
    run = simulate(mapping, [2.0], 60)
    assert run.final_state[0] == pytest.approx(mapping.fixed_point(), rel=1e-10)
    multiplier = linearise(mapping, [mapping.fixed_point()]).to_matrix()[0, 0]
    assert multiplier == pytest.approx(mapping.slope(mapping.fixed_point()), rel=1e-10)


@given(sw2=st.floats(0.1, 5.0), sb2=st.floats(0.01, 1.0))
def test_the_correlation_map_keeps_one_and_its_slope_there_is_chi(sw2, sb2):
    mapping = mean_field_map("tanh", sw2, sb2)
    q = mapping.fixed_point()
    assert mapping(q) == pytest.approx(q, rel=1e-12)
    assert mapping.correlation(1.0) == pytest.approx(1.0, rel=1e-12)
    assert mapping.correlation_slope(1.0) == pytest.approx(chi("tanh", sw2, sb2), rel=1e-10)


def test_fixed_points_in_closed_form():
    assert mean_field_map("relu", 1.0, 0.1).fixed_point() == pytest.approx(0.2, rel=1e-13)
    assert mean_field_map("relu", 2.0).fixed_point(start=0.7) == 0.7
    assert mean_field_map("relu", 2.5).fixed_point() == math.inf
    assert mean_field_map("relu", 2.0, 0.1).fixed_point() == math.inf
    assert mean_field_map("tanh", 0.9).fixed_point() == 0.0
    q = mean_field_map("erf", 2.0).fixed_point()
    assert q == pytest.approx(4 / math.pi * math.asin(2 * q / (1 + 2 * q)), rel=1e-12)
    assert q > 0


def test_chaos_separates_inputs_to_a_correlation_below_one():
    mapping = mean_field_map("tanh", 3.0, 0.05)
    c = mapping.correlation_fixed_point()
    assert 0.0 < c < 1.0
    assert mapping.correlation(c) == pytest.approx(c, abs=1e-12)
    assert mapping.correlation_slope(c) < 1.0 < mapping.correlation_slope(1.0)
    assert mean_field_map("tanh", 1.0, 0.05).correlation_fixed_point() == 1.0


# --- the critical line ------------------------------------------------------------------


def test_the_critical_line_of_tanh():
    assert critical_weight_variance("tanh", 0.05) == pytest.approx(1.76, abs=0.005)
    assert critical_weight_variance("tanh", 0.0) == pytest.approx(1.0, abs=1e-12)
    assert critical_weight_variance("erf", 0.0) == pytest.approx(math.pi / 4, rel=1e-12)
    assert critical_weight_variance("relu", 0.3) == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["tanh", "erf", "sin"])
@given(sb2=st.floats(1e-3, 0.5))
def test_chi_is_one_on_the_critical_line(name, sb2):
    sw2 = critical_weight_variance(name, sb2)
    assert chi(name, sw2, sb2) == pytest.approx(1.0, abs=1e-6)
    assert chi(name, 0.98 * sw2, sb2) < 1.0 < chi(name, 1.02 * sw2, sb2)


def test_an_activation_without_a_critical_line_says_so():
    with pytest.raises(ValueError, match="no critical point"):
        critical_weight_variance("softplus", 0.05)


def test_depth_scales():
    ordered = depth_scale("tanh", 1.0, 0.05)
    assert ordered.correlation == pytest.approx(-1 / math.log(ordered.chi), rel=1e-9)
    assert ordered.gradient == pytest.approx(ordered.correlation, rel=1e-9)
    line = depth_scale("relu", 2.0)
    assert (line.variance, line.correlation, line.gradient, line.chi) == (math.inf,) * 3 + (1.0,)
    assert depth_scale("relu", 1.0, 0.1).variance == pytest.approx(1 / math.log(2), rel=1e-12)
    assert depth_scale("tanh", 3.0, 0.05).correlation > 0


def test_the_correlation_approaches_its_fixed_point_within_its_depth_scale():
    mapping, scale = mean_field_map("tanh", 2.5, 0.05), depth_scale("tanh", 2.5, 0.05)
    target, q, c, distances = mapping.correlation_fixed_point(), mapping.fixed_point(), 0.95, []
    for _ in range(101):
        c = mapping.correlation(c, variance=q)
        distances.append(abs(c - target))
    assert math.log(distances[80] / distances[100]) == pytest.approx(
        20 / scale.correlation, rel=0.01
    )


def test_a_driven_net_has_the_variance_and_chi_of_a_layered_one():
    found = [driven_rnn_mean_field(g, 0.5).exponent for g in (0.8, 1.5, 3.0)]
    np.testing.assert_allclose(found, [-0.452, -0.017, 0.299], atol=6e-4)
    assert driven_rnn_mean_field(0.7, 0.0).exponent == pytest.approx(math.log(0.7), abs=1e-7)


# --- closed forms -----------------------------------------------------------------------


@given(x=st.floats(1e-3, 1e6))
def test_digamma_and_trigamma_have_all_digits(x):
    exact = float(mpmath.digamma(x))
    assert float(digamma(x)) == pytest.approx(exact, rel=2e-15, abs=4e-15)
    assert float(trigamma(x)) == pytest.approx(float(mpmath.psi(1, x)), rel=2e-15)


def test_exponents_of_gaussian_products_sum_to_the_mean_logarithm_of_the_determinant():
    """E ln |det A|: one chi-square variable of each number of degrees of freedom."""
    n = 7
    exact = [0.5 * (math.log(2 / n) + float(mpmath.digamma((n - i) / 2))) for i in range(n)]
    np.testing.assert_allclose(gaussian_product_exponents(n), exact, atol=1e-14)
    a = np.random.default_rng(0).standard_normal((20_000, n, n)) / np.sqrt(n)
    assert np.linalg.slogdet(a)[1].mean() == pytest.approx(sum(exact), abs=0.05)


def test_closed_forms_of_deep_gaussian_nets():
    assert [largest_squared_singular_value(depth) for depth in (1, 2)] == pytest.approx(
        [4.0, 27 / 4]
    )
    linear = log_norm_moments("linear", 20, 10)
    assert linear.variance == pytest.approx(1.052, abs=5e-4)
    wide = log_norm_moments("relu", 400, 10)
    assert wide.variance == pytest.approx(5 * 10 / 400, rel=0.02)
    assert wide.mean == pytest.approx(-2.5 * 10 / 400, rel=0.02)
    assert log_norm_moments("relu", 1, 3).extinction == pytest.approx(7 / 8)


# --- errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_field_map("tangent", 1.0), "unknown activation"),
        (lambda: mean_field_map("tanh", -1.0), "weight_variance must be finite"),
        (lambda: mean_field_map("tanh", 1.0)(-0.1), "a variance must be finite"),
        (lambda: mean_field_map("tanh", 1.5, 0.1).correlation(1.5), "c must be from -1 to 1"),
        (lambda: mean_field_map("tanh", 0.5).correlation(0.5), "positive and finite"),
        (lambda: chi("softplus", 5.0), "grows without bound"),
        (lambda: critical_weight_variance("tanh", float("nan")), "bias_variance must be finite"),
        (lambda: driven_rnn_mean_field(1.0, -1.0), "input_std must be finite"),
        (lambda: digamma(0.0), "positive finite numbers"),
        (lambda: gaussian_product_exponents(0), "positive whole number"),
        (lambda: log_norm_moments("tanh", 3, 3), "needs 'linear' or 'relu'"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
