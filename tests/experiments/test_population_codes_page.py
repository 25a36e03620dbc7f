"""What a population of noisy units tells, which readout hears it, and what more units add."""

import math

import numpy as np
import pytest

from learndyn.experiments import (
    population_correlations,
    population_readout,
    population_shares,
    population_trial,
    population_votes,
    population_width,
)
from learndyn.neural.population import CosineTuning, PoissonNoise, VonMisesTuning


@pytest.fixture(scope="module")
def width():
    return population_width.run()


@pytest.fixture(scope="module")
def cases():
    return population_votes.four_cases()


@pytest.fixture(scope="module")
def correlations():
    return population_correlations.run()


# --- one trial ------------------------------------------------------------------------------


def test_for_von_mises_counts_both_readouts_of_a_trial_are_one():
    trial = population_trial.run()
    assert trial.votes == pytest.approx(trial.likely, abs=1e-10)
    assert abs(trial.votes - trial.stimulus) < 3.0 * trial.deviation_bound
    assert trial.information == pytest.approx(trial.tuning.poisson_information, rel=1e-12)
    np.testing.assert_array_equal(trial.counts, population_trial.run().counts)


@pytest.mark.parametrize("kappa", [0.5, 2.0, 8.0])
def test_the_most_informative_unit_is_on_the_flank_and_the_one_at_the_peak_tells_nothing(
    kappa,
):
    shares = population_shares.run(kappa)
    expected = math.acos((math.sqrt(1.0 + kappa**2) - 1.0) / kappa)
    assert shares.largest["information"] == pytest.approx(expected, abs=shares.spacing)
    offsets, credit = shares.profile("information")
    assert credit[np.argmin(np.abs(offsets))] == pytest.approx(0.0, abs=1e-15)


# --- width ----------------------------------------------------------------------------------


def test_narrower_tuning_always_lowers_the_bound_but_not_the_error(width):
    assert (np.diff(width.bounds, axis=1) < 0.0).all()
    # Each rate has a best width inside the range, and the more counts the narrower it is.
    assert (width.best > width.kappas[0]).all() and (width.best < width.kappas[-1]).all()
    assert (np.diff(width.best) > 0.0).all()
    assert (width.errors[:, -1] > 1.8 * width.bounds[:, -1]).all()


def test_with_many_counts_and_curves_that_overlap_the_error_meets_the_bound(width):
    overlapping = (width.kappas >= 1.0) & (width.kappas <= 64.0)
    np.testing.assert_allclose(width.errors[2, overlapping], width.bounds[2, overlapping], rtol=0.05)


def test_the_share_of_silent_trials_is_the_poisson_probability_of_no_count(width):
    deviation = np.sqrt(width.silent_predicted * (1.0 - width.silent_predicted) / 4000)
    # The stimulus lies between the units too: very narrow curves see it unevenly.
    dense = width.kappas <= 128.0
    assert (np.abs(width.silent - width.silent_predicted) < 4.0 * deviation + 1e-3)[:, dense].all()


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_information_about_one_of_several_directions_goes_as_the_width_to_the_power_d_less_two(
    dimensions,
):
    for kappa in (1.0, 4.0):
        summed = population_width.summed_information(kappa, dimensions)
        assert summed == pytest.approx(
            float(population_width.dimensional_information(kappa, dimensions)), rel=1e-8
        )
    narrow = population_width.dimensional_information(np.array([400.0, 1600.0]), dimensions)
    assert narrow[1] / narrow[0] == pytest.approx(4.0 ** (1.0 - dimensions / 2.0), rel=2e-3)


# --- votes ----------------------------------------------------------------------------------


def test_the_population_vector_is_maximum_likelihood_where_the_best_weight_is_a_sine(
    cases,
):
    names = [(c.tuning, c.noise) for c in cases]
    assert names == [(t, n) for n in ("Poisson", "Gaussian") for t in ("von Mises", "cosine")]
    for case in cases:
        sine = np.abs(case.weights + np.sin(case.offsets)).max() < 1e-3
        matched = (case.tuning, case.noise) in (
            ("von Mises", "Poisson"),
            ("cosine", "Gaussian"),
        )
        assert sine == matched == (case.gap < 1e-10) == (case.predicted == 1.0)
        assert case.gap < 1e-10 or case.gap > 0.01
        assert case.measured == pytest.approx(case.predicted, rel=0.03)


def test_the_efficiency_of_the_votes_falls_with_modulation_and_that_of_the_likelihood_does_not():
    result = population_votes.run()
    np.testing.assert_allclose(result.votes, result.predicted, rtol=0.04)
    np.testing.assert_allclose(result.likely, 1.0, rtol=0.06)
    assert result.predicted[2] == pytest.approx(0.776, abs=5e-4)
    m, curve = result.curve
    assert curve[0] == 1.0 and curve[-1] == 0.5
    np.testing.assert_allclose(np.interp(result.modulations, m, curve), result.predicted, atol=0.01)


# --- the readout as a flow --------------------------------------------------------------------


def test_a_direction_that_climbs_the_likelihood_follows_the_closed_form_to_the_population_vector():
    result = population_readout.run()
    assert result.error < 1e-5
    assert result.stable == pytest.approx(result.votes, abs=1e-9)
    assert result.likely == pytest.approx(result.votes, abs=1e-10)
    assert abs(abs(result.unstable - result.stable) - np.pi) < 1e-9
    assert result.stable_rate == pytest.approx(-result.predicted_rate, rel=1e-10)
    assert result.unstable_rate == pytest.approx(result.predicted_rate, rel=1e-10)


@pytest.mark.parametrize("tuning", [VonMisesTuning(32, 10.0, 2.0), CosineTuning(32, 12.0, 10.0)], ids=repr)
def test_the_mean_rate_of_return_is_the_fisher_information(tuning):
    observed = population_readout.observed_information(tuning, PoissonNoise(), 0.6)
    error = observed.std() / math.sqrt(len(observed))
    assert abs(observed.mean() - tuning.poisson_information) < 4.0 * error
    assert error < 0.01 * tuning.poisson_information


# --- correlations -----------------------------------------------------------------------------


def test_differential_correlations_leave_j_over_one_plus_epsilon_j(correlations):
    c = correlations
    np.testing.assert_allclose(c.differential, c.independent / (1.0 + c.epsilon * c.independent), rtol=1e-9)
    assert (c.differential < 1.0 / c.epsilon).all()
    # Four standard errors of a variance.
    np.testing.assert_allclose(c.jittered, c.differential_predicted, rtol=4.0 * math.sqrt(2.0 / c.trials))


def test_correlations_of_limited_range_limit_equal_units_and_not_unequal_ones(
    correlations,
):
    c = correlations
    np.testing.assert_allclose(c.even, c.even_predicted, rtol=1e-10)
    assert (np.diff(c.even) > 0.0).all() and c.even[-1] < c.even_limit
    assert 1.0 / c.even[-1] - 1.0 / c.even_limit == pytest.approx((1.0 - 0.1) / c.independent[-1], rel=0.02)
    np.testing.assert_allclose(c.uneven[3:], c.uneven_predicted[3:], rtol=0.1)
    # Twice as many units, nearly twice as much is added.
    added = np.diff(c.uneven_predicted)
    assert added[-1] / added[-2] > 1.7 and np.diff(c.even)[-1] < np.diff(c.even)[-2]
    assert c.uneven[-1] > 4.0 * c.even_limit


def test_the_bound_is_one_on_linear_information_and_on_readouts_of_a_jittered_stimulus():
    model = population_correlations.literal_model()
    assert model.linear < 1.0 / model.epsilon < model.full
    assert model.full == pytest.approx(model.full_predicted, rel=1e-9)
    assert model.variance == pytest.approx(model.variance_predicted, rel=4.0 * math.sqrt(2.0 / 4000))
    assert model.variance > 10.0 / model.full


def test_unequal_units_with_equal_gains_are_equal_units():
    even = CosineTuning(12, 12.0, 10.0)
    uneven = population_correlations.UnevenTuning(even, np.ones(12))
    assert uneven.units == 12
    np.testing.assert_array_equal(uneven(0.3), even(0.3))
    np.testing.assert_array_equal(uneven.slope(uneven.offsets(0.3)), even.slope(even.offsets(0.3)))
