"""Two readouts of a population against the Cramer-Rao bound."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn import grad, jvp
from learndyn.neural.population import (
    CosineTuning,
    DifferentialNoise,
    GaussianNoise,
    LimitedRangeNoise,
    PoissonNoise,
    VonMisesTuning,
    cosine_efficiency,
    cramer_rao_bound,
    fisher_information,
    maximum_likelihood,
    measure_decoder,
    population_vector,
    population_vector_variance,
    preferred_directions,
    wrap,
)

POISSON = PoissonNoise()
VON_MISES = VonMisesTuning(64, 10.0, 2.0)
COSINE = CosineTuning(64, 12.0, 10.0)  # modulation 5/6


def votes(n):
    return population_vector(n).direction


def likeliest(tuning, noise):
    return lambda n: maximum_likelihood(tuning, noise, n).direction


def measured(decode, tuning, noise, seed, trials=20_000, stimuli=(0.3,)):
    return measure_decoder(decode, tuning, noise, stimuli, trials=trials, rng=np.random.default_rng(seed))


# --- the population vector ----------------------------------------------------------------


@pytest.mark.parametrize("tuning", [VON_MISES, COSINE], ids=repr)
def test_without_noise_the_population_vector_is_the_stimulus(tuning):
    theta = np.linspace(-3.1, 3.1, 17)
    np.testing.assert_allclose(votes(tuning(theta)), theta, atol=1e-13)


def test_a_baseline_taken_from_all_units_changes_no_vote():
    n = POISSON.sample(COSINE, np.full(50, 0.3), np.random.default_rng(0))
    np.testing.assert_allclose(votes(n - 12.0), votes(n), atol=1e-13)


def test_length_and_strength_say_how_far_the_votes_agree():
    one = np.zeros(8)
    one[3] = 5.0
    vector = population_vector(np.stack([one, np.ones(8), np.zeros(8)]))
    np.testing.assert_allclose(vector.length, [5.0, 0.0, 0.0], atol=1e-14)
    np.testing.assert_array_equal(vector.strength, [1.0, 0.0, 0.0])
    assert vector.direction[0] == pytest.approx(2.0 * np.pi * 3 / 8)
    assert np.isnan(vector.direction[1:]).all()


def test_uneven_preferred_directions_may_be_handed_in():
    phi = np.array([0.1, 1.0, 4.0])
    vector = population_vector([1.0, 2.0, 0.5], phi)
    total = np.sum([1.0, 2.0, 0.5] * np.exp(1j * phi))
    assert vector.direction == pytest.approx(np.angle(total))
    assert vector.length == pytest.approx(abs(total))


@pytest.mark.parametrize("kappa", [0.5, 2.0, 5.0])
def test_for_von_mises_counts_the_population_vectors_variance_is_the_bound(kappa):
    tuning = VonMisesTuning(64, 3.0, kappa)
    variance = population_vector_variance(tuning, POISSON, 0.3)
    assert variance * tuning.poisson_information == pytest.approx(1.0, rel=1e-12)


def test_von_mises_counts_decoded_by_votes_have_variance_times_information_one():
    errors = measured(votes, VON_MISES, POISSON, seed=1)
    assert errors.variance[0] * VON_MISES.poisson_information == pytest.approx(1.0, rel=0.03)
    assert abs(errors.bias[0]) < 4.0 * errors.bias_error[0]


@pytest.mark.parametrize("amplitude", [0.1, 6.0, 10.0, 11.99])
def test_cosine_counts_leave_votes_an_efficiency_of_half_one_plus_root(amplitude):
    """Var = 2 b / (N a^2) and J Var = 2 / (1 + sqrt(1 - m^2)): from 1 down to 1/2."""
    tuning = CosineTuning(64, 12.0, amplitude)
    variance = population_vector_variance(tuning, POISSON, 0.3)
    assert variance == pytest.approx(2.0 * 12.0 / (64 * amplitude**2), rel=1e-12)
    closed = cosine_efficiency(tuning.modulation)
    assert 1.0 / (variance * tuning.poisson_information) == pytest.approx(closed, rel=1e-12)
    assert cosine_efficiency(0.0) == 1.0 and cosine_efficiency(1.0) == 0.5


def test_cosine_counts_decoded_by_votes_have_efficiency_776_thousandths():
    errors = measured(votes, COSINE, POISSON, seed=2)
    assert cosine_efficiency(5.0 / 6.0) == pytest.approx(0.7764, abs=1e-4)
    assert errors.efficiency[0] == pytest.approx(cosine_efficiency(COSINE.modulation), rel=0.04)


@pytest.mark.parametrize(
    "noise", [GaussianNoise(0.5), LimitedRangeNoise(0.5, 0.3, 0.7), DifferentialNoise(0.5, 0.005)], ids=repr
)
@pytest.mark.parametrize("tuning", [VonMisesTuning(32, 2.0, 2.0), CosineTuning(32, 2.0, 1.0)], ids=repr)
def test_the_first_order_variance_of_votes_holds_for_correlated_noise(tuning, noise):
    errors = measured(votes, tuning, noise, seed=3)
    assert errors.variance[0] == pytest.approx(population_vector_variance(tuning, noise, 0.3), rel=0.05)


# --- maximum likelihood -------------------------------------------------------------------


def test_for_von_mises_counts_the_votes_are_the_maximum_of_the_likelihood():
    n = POISSON.sample(VON_MISES, np.linspace(-3.0, 3.0, 200), np.random.default_rng(4))
    found = maximum_likelihood(VON_MISES, POISSON, n)
    assert found.converged and found.iterations <= 6  # as only quadratic convergence is
    assert np.abs(wrap(found.direction - votes(n))).max() < 1e-10


def test_for_cosine_counts_the_votes_are_not_the_maximum_of_the_likelihood():
    n = POISSON.sample(COSINE, np.full(200, 0.3), np.random.default_rng(5))
    found = maximum_likelihood(COSINE, POISSON, n).direction
    assert np.std(wrap(found - votes(n))) > 0.02
    assert (POISSON.log_likelihood(COSINE, found, n) >= POISSON.log_likelihood(COSINE, votes(n), n)).all()


def test_for_cosine_tuning_with_gaussian_noise_they_are_again():
    noise = GaussianNoise(3.0)
    n = noise.sample(COSINE, np.full(200, 0.3), np.random.default_rng(6))
    found = maximum_likelihood(COSINE, noise, n).direction
    assert np.abs(wrap(found - votes(n))).max() < 1e-10


def test_cosine_counts_decoded_by_maximum_likelihood_meet_the_bound():
    errors = measured(likeliest(COSINE, POISSON), COSINE, POISSON, seed=7, trials=10_000)
    assert errors.efficiency[0] == pytest.approx(1.0, rel=0.06)


@pytest.mark.parametrize(
    "noise", [POISSON, GaussianNoise(1.0), LimitedRangeNoise(1.0, 0.3, 0.5), DifferentialNoise(1.0, 0.05)]
)
def test_maximum_likelihood_is_the_highest_point_of_a_fine_grid(noise):
    tuning = VonMisesTuning(16, 2.0, 3.0)
    n = noise.sample(tuning, np.linspace(-3.0, 3.0, 40), np.random.default_rng(8))
    found = maximum_likelihood(tuning, noise, n)
    fine = np.linspace(-np.pi, np.pi, 2000, endpoint=False)
    table = noise.log_likelihood(tuning, fine, n[:, None, :])
    top = noise.log_likelihood(tuning, found.direction, n)
    assert found.converged
    assert (top >= table.max(axis=1) - 1e-9).all()


def test_from_a_grid_too_coarse_for_newtons_method_the_bracket_leads_to_the_maximum():
    """At a distance of 0.26 from the stimulus the likelihood of narrow curves is convex."""
    tuning, noise = VonMisesTuning(128, 1.0, 60.0), GaussianNoise(1.0)
    theta = np.linspace(-0.26, 0.26, 41)
    found = maximum_likelihood(tuning, noise, tuning(theta), grid=12)
    curvature = jvp(
        grad(lambda t: noise.log_likelihood(tuning, t, tuning(theta)).sum()),
        (0.0 * theta,),
        (1.0 + 0.0 * theta,),
    )[1]
    assert (curvature > 0.0).any()
    assert found.converged
    np.testing.assert_allclose(found.direction, theta, atol=1e-9)


def test_responses_of_any_shape_give_estimates_of_their_leading_axes_and_silence_gives_none():
    n = POISSON.sample(VON_MISES, np.zeros((2, 3)), np.random.default_rng(9))
    n[1, 2] = 0.0
    found = maximum_likelihood(VON_MISES, POISSON, n)
    assert found.direction.shape == (2, 3)
    assert np.isnan(found.direction).sum() == 1 and np.isnan(found.direction[1, 2])
    assert maximum_likelihood(VON_MISES, POISSON, np.zeros((0, 64))).direction.shape == (0,)


# --- the bound ----------------------------------------------------------------------------

tuning_curves = st.one_of(
    st.builds(VonMisesTuning, st.integers(24, 40), st.floats(3.0, 10.0), st.floats(0.7, 4.0)),
    st.builds(
        lambda units, baseline, m: CosineTuning(units, baseline, m * baseline),
        st.integers(24, 40),
        st.floats(5.0, 15.0),
        st.floats(0.6, 0.95),
    ),
)
noises = st.one_of(
    st.just(POISSON),
    st.builds(GaussianNoise, st.floats(0.3, 1.0)),
    st.builds(LimitedRangeNoise, st.floats(0.3, 1.0), st.floats(0.0, 0.6), st.floats(0.2, 2.0)),
)


@settings(max_examples=12)
@given(
    tuning=tuning_curves,
    noise=noises,
    theta=st.floats(-3.0, 3.0),
    best=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_no_readout_without_bias_beats_the_cramer_rao_bound(tuning, noise, theta, best, seed):
    """Var >= 1 / J up to five standard errors of the sample's variance."""
    decode = likeliest(tuning, noise) if best else votes
    errors = measured(decode, tuning, noise, seed, trials=1500, stimuli=(theta,))
    bound = cramer_rao_bound(fisher_information(tuning, noise, theta))
    assert abs(errors.bias[0]) < 5.0 * errors.bias_error[0]
    assert errors.variance[0] > bound * (1.0 - 5.0 * errors.relative_error)
    if best:
        assert errors.variance[0] < bound * (1.3 + 5.0 * errors.relative_error)


def test_a_biased_readout_may_beat_the_bound_for_unbiased_ones_but_not_its_own():
    """A readout that halves the angle has b' = -1/2 and a quarter of the variance."""
    errors = measured(lambda n: 0.5 * votes(n), VON_MISES, POISSON, seed=10, stimuli=(0.4,))
    information = VON_MISES.poisson_information
    assert errors.bias[0] == pytest.approx(-0.2, abs=0.01)
    assert errors.variance[0] < 0.5 * cramer_rao_bound(information)
    own = cramer_rao_bound(information, bias_slope=-0.5)
    assert errors.variance[0] == pytest.approx(own, rel=0.04)


def test_a_jittered_stimulus_is_read_with_the_jitter_added_however_many_units():
    """Var = epsilon + 1/J0, the inverse of J0 / (1 + epsilon J0): many units do not help."""
    epsilon, noise, rng = 0.02, GaussianNoise(0.5), np.random.default_rng(11)
    for units in (64, 256):
        tuning = VonMisesTuning(units, 1.0, 2.0)
        shown = 0.3 + math.sqrt(epsilon) * rng.standard_normal(6000)
        found = maximum_likelihood(tuning, noise, noise.sample(tuning, shown, rng)).direction
        expected = epsilon + 1.0 / fisher_information(tuning, noise, 0.3)
        assert np.var(wrap(found - 0.3)) == pytest.approx(expected, rel=0.06)


def test_errors_come_with_each_stimulus_and_repeat_with_the_seed():
    first, second = (
        measured(votes, VON_MISES, POISSON, seed=12, trials=50, stimuli=(0.0, 3.1)) for _ in range(2)
    )
    assert first.bias.shape == first.variance.shape == first.information.shape == (2,)
    np.testing.assert_array_equal(first.variance, second.variance)
    assert first.variance[1] < 0.05  # across the seam at pi no error is a whole turn


def test_readouts_refuse_what_they_cannot_read():
    with pytest.raises(ValueError, match=r"4 units need preferred directions of shape \(4,\), got \(3,\)"):
        population_vector(np.ones(4), preferred_directions(3))
    with pytest.raises(ValueError, match="must hold 64 units"):
        maximum_likelihood(VON_MISES, POISSON, np.ones((5, 32)))
    with pytest.raises(ValueError, match="three or more directions"):
        maximum_likelihood(VON_MISES, POISSON, np.ones(64), grid=2)
    with pytest.raises(ValueError, match="two or more trials"):
        measured(votes, VON_MISES, POISSON, 0, trials=1)
    with pytest.raises(ValueError, match="trials at 0.3 rad gave no estimate"):
        measured(votes, VonMisesTuning(4, 0.1, 2.0), POISSON, 0, trials=100)
    with pytest.raises(ValueError, match="one angle a trial"):
        measured(lambda n: n, VON_MISES, POISSON, 0, trials=5)
    with pytest.raises(ValueError, match="makes rates negative"):
        cosine_efficiency(1.2)
