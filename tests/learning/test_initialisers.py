"""Initialisers: the variance they state, the sizes they keep, and where they do not."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning import (
    MLP,
    he_normal,
    he_uniform,
    lecun_normal,
    mean_field,
    orthogonal,
    scaled,
    standard_normal,
    xavier_normal,
    xavier_uniform,
    zeros,
)

FAN_IN, FAN_OUT = 30, 20
STATED = {
    "lecun_normal": (lecun_normal, 1 / 30),
    "xavier_normal": (xavier_normal, 2 / 50),
    "xavier_uniform": (xavier_uniform, 2 / 50),
    "xavier of a kernel of 5 places": (partial(xavier_normal, places=5), 2 / 130),
    "xavier_uniform of 5 places": (partial(xavier_uniform, places=5), 2 / 130),
    "he_normal": (he_normal, 2 / 30),
    "he_uniform": (he_uniform, 2 / 30),
    "he of leaky relu": (partial(he_normal, negative_slope=0.5), 2 / (1.25 * 30)),
    "he_uniform of leaky relu": (partial(he_uniform, negative_slope=0.5), 2 / (1.25 * 30)),
    "mean_field": (mean_field(1.7, 0.0), 1.7 / 30),
    "scaled": (scaled(lecun_normal, 1.5), 1.5**2 / 30),
    "orthogonal": (orthogonal, 1 / 30),  # a unit column of 30 entries
}
EVERY = {"zeros": zeros, "standard_normal": standard_normal}
EVERY |= {name: initialiser for name, (initialiser, _) in STATED.items()}


@pytest.mark.parametrize("name", STATED)
def test_weights_have_the_stated_variance_and_mean_zero(name):
    """To 4 standard errors of 200 draws; a Gaussian's sample variance has the widest of them."""
    initialiser, variance = STATED[name]
    weight, bias = initialiser(np.random.default_rng(0), (200,), FAN_IN, FAN_OUT)
    n = weight.size
    assert abs(np.mean(weight)) < 4 * np.sqrt(variance / n)
    assert np.mean(weight**2) == pytest.approx(variance, rel=4 * np.sqrt(2 / n))
    assert not bias.any()


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("ensemble", [(), (4,), (2, 3)])
def test_shapes_are_those_of_a_layer_and_the_same_seed_gives_the_same_bits(name, ensemble):
    first, second = (EVERY[name](np.random.default_rng(3), ensemble, 5, 7) for _ in range(2))
    assert first[0].shape == (*ensemble, 5, 7)
    assert first[1].shape == (*ensemble, 1, 7)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@pytest.mark.parametrize("uniform, variance", [(xavier_uniform, 2 / 100), (he_uniform, 2 / 60)])
def test_uniform_weights_end_at_the_square_root_of_three_deviations(uniform, variance):
    weight, _ = uniform(np.random.default_rng(0), (), 60, 40)
    edge = np.sqrt(3 * variance)
    assert 0.99 * edge < np.max(np.abs(weight)) <= edge


# --- sizes that are kept ---------------------------------------------------------------------


def mean_squares(activation, initialiser, *, width, depth, nets=400, seed=0):
    """Mean square of each layer's pre-activations over units, shape (depth, nets)."""
    rng = np.random.default_rng(seed)
    model = MLP((width,) * (depth + 1), activation)
    theta = model.init(rng, ensemble=(nets,), initialiser=initialiser)
    x = rng.standard_normal((1, width))
    x *= np.sqrt(width) / np.linalg.norm(x)
    return np.array([np.mean(h**2, axis=(-2, -1)) for h in model.trace(theta, x).preactivations])


def standard_error(samples):
    return np.std(samples, axis=-1) / np.sqrt(samples.shape[-1])


@pytest.mark.parametrize(
    "activation, initialiser, first",
    [
        ("linear", lecun_normal, 1.0),
        ("linear", xavier_normal, 1.0),
        ("relu", he_normal, 2.0),  # no relu came before: the input's mean square is doubled
        ("relu", he_uniform, 2.0),
        ("leaky_relu", partial(he_normal, negative_slope=0.01), 2.0 / (1 + 0.01**2)),
    ],
)
def test_the_mean_square_is_kept_through_depth_on_average_over_the_weights(
    activation, initialiser, first
):
    q = mean_squares(activation, initialiser, width=40, depth=6)
    assert np.all(np.abs(np.mean(q, axis=-1) - first) < 4 * standard_error(q))


def test_the_median_of_a_he_net_falls_where_the_mean_stays():
    """ln q has a variance of about 5 L / N, and a mean of half that below zero."""
    width, depth = 20, 8
    q = mean_squares("relu", he_normal, width=width, depth=depth + 1, nets=2000)
    ratio = q[-1] / q[0]
    assert abs(np.mean(ratio) - 1) < 4 * standard_error(ratio)
    assert np.median(ratio) == pytest.approx(np.exp(-2.5 * depth / width), rel=0.3)
    assert np.median(ratio) < 0.55


def test_tanh_shrinks_what_lecun_keeps_for_linear_units():
    """q_{l+1} = E tanh(sqrt(q_l) z)^2, about q_l - 2 q_l^2: so q_l tends to 1 / (2 l)."""
    q = mean_squares("tanh", lecun_normal, width=300, depth=6, nets=20)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / np.sum(weights)
    expected = [1.0]
    for _ in range(10_000):
        expected.append(float(weights @ np.tanh(np.sqrt(expected[-1]) * nodes) ** 2))
    error = np.abs(np.mean(q, axis=-1) - expected[:6])
    assert np.all(error < 4 * standard_error(q) + 0.01 * np.array(expected[:6]))
    assert 2 * 10_000 * expected[-1] == pytest.approx(1.0, rel=2e-3)


def test_mean_field_follows_its_length_map():
    """q_{l+1} = sw2 E phi(sqrt(q_l) z)^2 + sb2 (Poole et al., 2016), here for erf in closed form:

    E erf(sqrt(q) z)^2 = 2/pi arcsin(2 q / (1 + 2 q))   (Williams, 1997)
    """
    sw2, sb2 = 2.5, 0.3
    q = mean_squares("erf", mean_field(sw2, sb2), width=300, depth=8, nets=10)
    expected = [sw2 + sb2]
    for _ in range(7):
        ratio = 2 * expected[-1] / (1 + 2 * expected[-1])
        expected.append(sw2 * 2 / np.pi * np.arcsin(ratio) + sb2)
    error = np.abs(np.mean(q, axis=-1) - expected)
    assert np.all(error < 4 * standard_error(q) + 0.01 * np.array(expected))


def test_mean_field_and_scaled_draw_the_biases_that_they_state():
    for initialiser, variance in [
        (mean_field(1.0, 0.3), 0.3),
        (scaled(orthogonal, 2.0, bias_std=0.5), 0.25),
        (scaled(standard_normal, 2.0), 1.0),
    ]:
        _, bias = initialiser(np.random.default_rng(0), (2000,), 3, 10)
        assert np.var(bias) == pytest.approx(variance, rel=4 * np.sqrt(2 / bias.size))


def test_a_gain_multiplies_the_weights_of_the_same_draw_and_nothing_else():
    plain, b = standard_normal(np.random.default_rng(5), (2,), 3, 4)
    weight, bias = scaled(standard_normal, -3.0)(np.random.default_rng(5), (2,), 3, 4)
    np.testing.assert_array_equal(weight, -3.0 * plain)
    np.testing.assert_array_equal(bias, b)


# --- orthogonal ------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 2**32 - 1),
    fan_in=st.integers(1, 12),
    fan_out=st.integers(1, 12),
    gain=st.sampled_from([0.5, 1.0, 2.0]),
)
def test_all_singular_values_of_an_orthogonal_weight_are_the_gain(seed, fan_in, fan_out, gain):
    weight, _ = orthogonal(np.random.default_rng(seed), (3,), fan_in, fan_out, gain=gain)
    gram = weight @ weight.mT if fan_in <= fan_out else weight.mT @ weight
    np.testing.assert_allclose(
        gram / gain**2, np.broadcast_to(np.eye(min(fan_in, fan_out)), gram.shape), atol=1e-13
    )


def test_a_deep_linear_orthogonal_net_keeps_every_length():
    model = MLP((16,) * 51, "linear")
    theta = model.init(np.random.default_rng(0), initialiser=orthogonal)
    x = np.random.default_rng(1).standard_normal((5, 16))
    np.testing.assert_allclose(
        np.linalg.norm(model(theta, x), axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-13
    )


def haar_moments(w):
    """Averages over O(n) that are known exactly (Diaconis and Shahshahani, 1994; Weingarten).

    The trace is biased if LAPACK's signs are kept, and the square of the trace too.
    """
    n = w.shape[-1]
    trace = np.trace(w, axis1=-2, axis2=-1)
    return {
        "E tr W": (trace, 0.0),
        "E (tr W)^2": (trace**2, 1.0),
        "E tr W^2": (np.trace(w @ w, axis1=-2, axis2=-1), 1.0),
        "E w11^4": (w[:, 0, 0] ** 4, 3 / (n * (n + 2))),
        "E w11^2 w12^2": (w[:, 0, 0] ** 2 * w[:, 0, 1] ** 2, 1 / (n * (n + 2))),
        "E w11^2 w22^2": (
            w[:, 0, 0] ** 2 * w[:, 1, 1] ** 2,
            (n + 1) / (n * (n - 1) * (n + 2)),
        ),
        "E w11 w12 w21 w22": (
            w[:, 0, 0] * w[:, 0, 1] * w[:, 1, 0] * w[:, 1, 1],
            -1 / (n * (n - 1) * (n + 2)),
        ),
        "E det W": (np.linalg.det(w), 0.0),
    }


def off_by(moments):
    """Distance from the exact average, in standard errors."""
    return {
        name: abs(np.mean(samples) - exact) / standard_error(samples)
        for name, (samples, exact) in moments.items()
    }


def test_orthogonal_weights_have_the_moments_of_the_haar_measure():
    w, _ = orthogonal(np.random.default_rng(0), (20_000,), 4, 4)
    for name, distance in off_by(haar_moments(w)).items():
        assert distance < 4, name


def test_without_the_sign_fix_the_moments_are_not_those_of_the_haar_measure():
    """The test above can fail: LAPACK's Q as it comes is not uniform (Mezzadri, 2007)."""
    q = np.linalg.qr(np.random.default_rng(0).standard_normal((20_000, 4, 4)))[0]
    assert off_by(haar_moments(q))["E tr W"] > 20


def test_turning_an_orthogonal_weight_changes_no_statistics():
    """Haar invariance: W R has the distribution of W, seen in a function that knows the axes."""
    rng = np.random.default_rng(1)
    w, _ = orthogonal(rng, (20_000,), 3, 3)
    turn, _ = orthogonal(np.random.default_rng(2), (), 3, 3)
    for a, b in [(w, w @ turn), (w, turn @ w)]:
        for power in (1, 3, 4):
            left, right = a[:10_000, 0, 0] ** power, b[10_000:, 0, 0] ** power
            slack = 4 * np.hypot(standard_error(left), standard_error(right))
            assert abs(np.mean(left) - np.mean(right)) < slack


# --- bad input -------------------------------------------------------------------------------


def test_bad_options_say_what_is_wrong():
    cases = {
        r"mean_field: weight_variance must be finite and at least 0, got -1": lambda: mean_field(
            -1, 0
        ),
        r"mean_field: bias_variance must be finite and at least 0, got nan": lambda: mean_field(
            1, float("nan")
        ),
        r"scaled: gain must be finite, got inf": lambda: scaled(zeros, float("inf")),
        r"scaled: bias_std must be finite and at least 0, got -2": lambda: scaled(
            zeros, 1.0, bias_std=-2
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
