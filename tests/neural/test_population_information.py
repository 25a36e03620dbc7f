"""Fisher information: closed forms, sums over units, and the variance of the score."""

import math

import numpy as np
import pytest

from learndyn import grad, jvp
from learndyn.neural.population import (
    CosineTuning,
    DifferentialNoise,
    GaussianNoise,
    LimitedRangeNoise,
    PoissonNoise,
    VonMisesTuning,
    cramer_rao_bound,
    differential_information,
    fisher_information,
    linear_information,
)

POISSON = PoissonNoise()
NOISES = [
    POISSON,
    GaussianNoise(0.7),
    LimitedRangeNoise(0.7, 0.6, 2.0),
    DifferentialNoise(0.7, 0.05),
]
noises = pytest.mark.parametrize("noise", NOISES, ids=lambda n: type(n).__name__)


def second_slope(tuning, theta):
    """f''(theta - phi_i), by forward differentiation."""
    offsets = tuning.offsets(theta)
    return jvp(tuning.slope, (offsets,), (np.ones_like(offsets),))[1]


@pytest.mark.parametrize("kappa", [0.1, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("theta", [0.0, 0.3, -2.0])
def test_von_mises_counts_tell_n_r_kappa_i1(kappa, theta):
    tuning = VonMisesTuning(64, 3.0, kappa)
    measured = fisher_information(tuning, POISSON, theta)
    assert measured == pytest.approx(tuning.poisson_information, rel=1e-12)


@pytest.mark.parametrize("amplitude", [0.5, 3.0, 9.0])
def test_cosine_counts_tell_n_times_baseline_less_root(amplitude):
    tuning = CosineTuning(128, 12.0, amplitude)
    closed = 128 * (12.0 - math.sqrt(144.0 - amplitude**2))
    assert tuning.poisson_information == pytest.approx(closed, rel=1e-12)
    assert fisher_information(tuning, POISSON, 0.3) == pytest.approx(closed, rel=1e-12)


@noises
def test_the_information_is_the_variance_of_the_score_and_the_mean_curvature(noise):
    """E[L'^2] = -E[L''] = J, with derivatives from the recorded likelihood."""
    tuning, theta, trials = VonMisesTuning(16, 4.0, 1.5), 0.4, 20_000
    at = np.full(trials, theta)
    n = noise.sample(tuning, at, np.random.default_rng(3))
    score, curvature = jvp(
        grad(lambda t: noise.log_likelihood(tuning, t, n).sum()), (at,), (np.ones(trials),)
    )
    information = fisher_information(tuning, noise, theta)
    assert abs(score.mean()) < 4.0 * score.std() / math.sqrt(trials)
    assert np.mean(score**2) == pytest.approx(information, rel=0.05)
    assert -curvature.mean() == pytest.approx(information, rel=0.05)


@noises
def test_the_log_likelihood_is_the_log_of_the_density_but_for_a_constant(noise):
    """On a ring so coarse that sum f and |f'| depend on the stimulus, against the full density."""
    tuning, n = VonMisesTuning(4, 3.0, 5.0), np.array([2.0, 1.0, 0.0, 4.0])

    def log_density(theta):
        means = tuning(theta)
        if noise == POISSON:
            return sum(k * math.log(f) - f - math.lgamma(k + 1.0) for k, f in zip(n, means, strict=True))
        covariance = noise.covariance(tuning, theta)
        spread = 2.0 * math.pi * covariance
        return -0.5 * ((n - means) @ np.linalg.solve(covariance, n - means) + np.linalg.slogdet(spread)[1])

    theta = np.linspace(-3.0, 3.0, 11)
    exact = np.array([log_density(t) for t in theta])
    found = noise.log_likelihood(tuning, theta, n)
    np.testing.assert_allclose(found - found[0], exact - exact[0], rtol=1e-11, atol=1e-11)


@noises
def test_samples_have_the_mean_and_covariance_that_the_noise_says(noise):
    tuning, trials = VonMisesTuning(6, 4.0, 1.0), 40_000
    n = noise.sample(tuning, np.full(trials, 0.4), np.random.default_rng(4))
    covariance = noise.covariance(tuning, 0.4)
    spread = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(n.mean(axis=0), tuning(0.4), atol=4.5 * spread.max() / math.sqrt(trials))
    error = np.abs(np.cov(n.T) - covariance) / np.outer(spread, spread)
    assert error.max() < 5.0 / math.sqrt(trials)


@pytest.mark.parametrize("epsilon", [0.0, 1e-3, 0.05, 10.0])
@pytest.mark.parametrize("units", [16, 400])
def test_differential_correlations_leave_j_over_one_plus_epsilon_j(units, epsilon):
    tuning = VonMisesTuning(units, 4.0, 2.0)
    alone = linear_information(tuning, GaussianNoise(0.7), 0.4)
    measured = linear_information(tuning, DifferentialNoise(0.7, epsilon), 0.4)
    assert measured == pytest.approx(differential_information(alone, epsilon), rel=1e-9)
    assert epsilon * measured < 1.0


def test_a_gaussian_model_of_differential_correlations_tells_more_than_the_linear_bound():
    """tr((C^-1 C')^2) / 2 = eps^2 (|f''|/sigma)^2 J0 / (1 + eps J0): it grows with N, over 1/eps."""
    sigma, epsilon = 0.7, 0.2
    noise = DifferentialNoise(sigma, epsilon)
    total = []
    for units in (50, 100, 800):
        tuning = VonMisesTuning(units, 4.0, 2.0)
        j0 = linear_information(tuning, GaussianNoise(sigma), 0.4)
        bend = np.sum(second_slope(tuning, 0.4) ** 2) / sigma**2
        closed = epsilon**2 * bend * j0 / (1.0 + epsilon * j0)
        assert noise.curvature_information(tuning, 0.4) == pytest.approx(closed, rel=1e-9)
        total.append(fisher_information(tuning, noise, 0.4))
    assert total[-1] > 1.0 / epsilon
    assert total[-1] / total[1] == pytest.approx(8.0, rel=0.02)


def test_cosine_tuning_under_limited_range_noise_is_limited_by_mode_one():
    """J = N a^2 / (2 s_1), and 1/J = 1/limit + 2 sigma^2 (1 - c) / (N a^2) for many units."""
    noise, amplitude = LimitedRangeNoise(1.3, 0.3, 0.7), 10.0
    length = noise.length
    rho = length * (1.0 + math.exp(-math.pi / length)) / (math.pi * (1.0 + length**2))
    limit = amplitude**2 / (2.0 * noise.deviation**2 * noise.correlation * rho)
    for units in (64, 128, 256, 512):
        tuning = CosineTuning(units, 12.0, amplitude)
        measured = linear_information(tuning, noise, 0.4)
        closed = units * amplitude**2 / (2.0 * noise.mode_variance(units, 1))
        assert measured == pytest.approx(closed, rel=1e-11)
        own = units * amplitude**2 / (2.0 * noise.deviation**2 * (1.0 - noise.correlation))
        assert 1.0 / measured - 1.0 / limit == pytest.approx(1.0 / own, rel=20.0 / units)
        assert measured < limit


@pytest.mark.parametrize("mode", [0, 1, 2, 7, 16])
def test_fourier_modes_are_the_eigenvectors_of_limited_range_noise(mode):
    noise, tuning = LimitedRangeNoise(1.3, 0.3, 0.7), CosineTuning(32)
    wave = np.cos(mode * tuning.preferred)
    image = noise.covariance(tuning, 0.0) @ wave
    np.testing.assert_allclose(image, noise.mode_variance(32, mode) * wave, atol=1e-13)


def test_without_correlation_all_gaussian_noises_are_one():
    tuning = VonMisesTuning(16, 4.0, 1.5)
    wanted = fisher_information(tuning, GaussianNoise(0.7), 0.4)
    for noise in (LimitedRangeNoise(0.7, 0.0), DifferentialNoise(0.7, 0.0)):
        assert fisher_information(tuning, noise, 0.4) == pytest.approx(wanted, rel=1e-13)


@noises
def test_the_same_seed_draws_the_same_responses(noise):
    tuning = VonMisesTuning(16, 4.0, 1.5)
    first, second = (noise.sample(tuning, [0.1, 2.0], np.random.default_rng(5)) for _ in range(2))
    assert first.shape == (2, 16)
    np.testing.assert_array_equal(first, second)


def test_a_bias_changes_the_bound_by_its_slope():
    assert cramer_rao_bound(50.0) == 0.02
    assert cramer_rao_bound(50.0, bias_slope=-0.5) == 0.005


def test_information_refuses_what_it_cannot_answer():
    tuning, negative = VonMisesTuning(8), CosineTuning(8, 1.0, 2.0)
    with pytest.raises(ValueError, match="one stimulus, got shape"):
        fisher_information(tuning, POISSON, [0.1, 0.2])
    with pytest.raises(ValueError, match="sample needs no negative means"):
        POISSON.sample(negative, 0.0, np.random.default_rng(0))
    with pytest.raises(ValueError, match="log_likelihood needs positive means"):
        POISSON.log_likelihood(negative, 0.0, np.ones(8))
    with pytest.raises(ValueError, match="covariance is singular"):
        linear_information(CosineTuning(8, 1.0, 1.0), POISSON, 0.0)
    with pytest.raises(ValueError, match="deviation must be finite and above 0"):
        GaussianNoise(0.0)
    with pytest.raises(ValueError, match="correlation must be below 1"):
        LimitedRangeNoise(1.0, 1.0)
    with pytest.raises(ValueError, match="even number of units"):
        LimitedRangeNoise().mode_variance(7, 1)
    with pytest.raises(ValueError, match="epsilon must be finite and at least 0"):
        DifferentialNoise(1.0, -0.1)
    with pytest.raises(ValueError, match="information must be finite and above 0"):
        cramer_rao_bound(0.0)
    with pytest.raises(TypeError, match="independent must be a number"):
        differential_information("much", 0.1)
