"""Chaos in random networks: the mean-field theory, and networks of 300 neurons against it."""

import numpy as np
import pytest

from learndyn.dynamics import RK4, flow_map, integrate, lyapunov_exponents
from learndyn.neural.rate import bound_levels, mean_field_chaos, random_network


@pytest.mark.parametrize(("gain", "exponent"), [(2.0, 0.1125), (3.0, 0.2355)])
def test_the_exponent_of_an_infinite_network(gain, exponent):
    theory = mean_field_chaos(gain)
    assert theory.exponent == pytest.approx(exponent, abs=2e-4)
    finer = mean_field_chaos(gain, points=200)
    assert finer.exponent == pytest.approx(theory.exponent, abs=1e-6)


@pytest.mark.parametrize("gain", [1.1, 2.0, 3.0])
def test_the_second_level_is_zero_as_the_equation_of_motion_demands(gain):
    """dD/ds solves the equation with E = 0: a check on q, D and the potential together."""
    assert abs(mean_field_chaos(gain).levels[1]) < 1e-6


def test_the_autocorrelation_reproduces_itself():
    """D = the Green's function (1/2) e^{-|s|} of 1 - d^2/ds^2 on g^2 C(D), by another route."""
    gain = 2.0
    theory = mean_field_chaos(gain)
    h = theory.times[1] - theory.times[0]
    z, w = np.polynomial.hermite_e.hermegauss(60)
    w = w / w.sum()
    q = theory.variance
    c = np.clip(theory.autocorrelation / q, 0.0, 1.0)
    u = np.sqrt(q) * z
    v = c[:, None, None] * u[:, None] + np.sqrt(1 - c**2)[:, None, None] * u
    correlation = np.einsum("i,tij,j->t", w * np.tanh(u), np.tanh(v), w)
    lags = np.abs(np.subtract.outer(theory.times, theory.times))
    # The cell in which |s| has its corner takes the exact average of e^{-|s|}.
    kernel = np.exp(-lags) * (np.sinh(h / 2) / (h / 2))
    kernel[lags < h / 2] = (1.0 - np.exp(-h / 2)) / (h / 2)
    again = gain**2 * 0.5 * h * kernel @ correlation
    np.testing.assert_allclose(again, theory.autocorrelation, atol=2e-3 * q)


def test_near_the_transition_the_exponent_is_half_the_square_of_the_distance():
    ratios = [mean_field_chaos(1.0 + e).exponent / (e * e / 2) for e in (0.08, 0.04, 0.02)]
    assert ratios[0] < ratios[1] < ratios[2] < 1.0
    assert 2 * ratios[2] - ratios[1] == pytest.approx(1.0, abs=0.02)  # extrapolated to 0


def test_levels_of_known_wells():
    x = np.linspace(-12.0, 12.0, 161)
    np.testing.assert_allclose(bound_levels(x, x**2)[:4], [1.0, 3.0, 5.0, 7.0], atol=1e-9)
    # Poeschl-Teller, W = -l (l + 1) / cosh^2: levels -l^2, -(l - 1)^2, ...
    x = np.linspace(-25.0, 25.0, 401)
    np.testing.assert_allclose(bound_levels(x, -6.0 / np.cosh(x) ** 2)[:2], [-4.0, -1.0], atol=1e-8)


@pytest.mark.parametrize("gain", [2.0, 3.0])
def test_networks_of_300_neurons_are_chaotic_with_about_that_exponent(gain):
    method = RK4(0.2)
    found = []
    for seed in (0, 1):
        network = random_network(300, gain, seed)
        x0 = np.random.default_rng(seed + 100).standard_normal(300)
        x0 = integrate(network, x0, [0.0, 40.0], method=method).final_state
        result = lyapunov_exponents(
            flow_map(network, 0.2, method=method), x0, 500, count=1, burn_in=100, dt=0.2
        )
        found.append(result.exponents[0])
    assert np.mean(found) == pytest.approx(mean_field_chaos(gain).exponent, rel=0.55)


def test_below_the_transition_the_network_comes_to_rest():
    network = random_network(200, 0.7, 0)
    end = integrate(network, np.random.default_rng(1).standard_normal(200), [0.0, 60.0]).final_state
    assert np.abs(end).max() < 1e-4


def test_errors():
    with pytest.raises(ValueError, match="rests at 0"):
        mean_field_chaos(0.9)
    with pytest.raises(ValueError, match="rests at 0"):
        mean_field_chaos(1.0)
    with pytest.raises(ValueError, match="not odd"):
        mean_field_chaos(2.0, activation="sigmoid")
    with pytest.raises(ValueError, match="no finite fixed point"):
        mean_field_chaos(2.0, activation="identity")
    with pytest.raises(ValueError, match="points"):
        mean_field_chaos(2.0, points=3)
