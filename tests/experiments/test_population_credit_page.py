"""What one error teaches a population code, what it learns first, who learns, and what lesions cost."""

import numpy as np
import pytest

from learndyn.experiments import (
    population_gaps,
    population_inputs,
    population_lesions,
    population_modes,
    population_shares,
    population_transfer,
)
from learndyn.neural.population import VonMisesTuning, generalisation


@pytest.fixture(scope="module")
def transfer():
    return population_transfer.run()


@pytest.fixture(scope="module")
def lesions():
    return population_lesions.run()


# --- transfer -------------------------------------------------------------------------------


def test_what_is_learned_at_one_angle_shows_at_another_as_the_overlap_of_the_responses(
    transfer,
):
    """I0(2 kappa |cos(D/2)|) / I0(2 kappa)."""
    x = 2.0 * np.outer(transfer.kappas, np.abs(np.cos(transfer.separations / 2.0)))
    bessel = np.i0(x) / np.i0(2.0 * transfer.kappas)[:, None]
    np.testing.assert_allclose(transfer.carried, bessel, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(transfer.carried_predicted, bessel, rtol=1e-6)
    assert transfer.error < 1e-10


def test_the_price_of_transfer_is_forgetting_when_the_second_angle_wants_the_opposite(
    transfer,
):
    g = transfer.carried
    np.testing.assert_allclose(transfer.forgotten, g * (1.0 + g), atol=1e-10)
    # Broad tuning carries more over, and forgets more, at every separation.
    assert (np.diff(transfer.carried[:, 1:], axis=0) < 0.0).all()
    assert (np.diff(transfer.forgotten[:, 1:], axis=0) < 0.0).all()


@pytest.mark.parametrize("separation", [0.3, 0.8, 2.0])
def test_two_angles_at_once_are_learned_at_one_plus_and_one_minus_the_overlap(
    separation,
):
    tuning = VonMisesTuning(48, 1.0, 2.0)
    g = float(generalisation(tuning, separation))
    np.testing.assert_allclose(
        population_transfer.pair_rates(tuning, separation),
        [1.0 + g, 1.0 - g],
        rtol=1e-10,
    )


# --- modes ----------------------------------------------------------------------------------


def test_fourier_modes_are_learned_one_after_the_other_at_the_eigenvalues_of_the_training_map():
    result = population_modes.run()
    # An eigenvalue is known to rounding of the largest, 1.
    np.testing.assert_allclose(result.rates, result.rates_predicted, atol=1e-12)
    np.testing.assert_allclose(result.errors, result.errors_predicted, atol=1e-9)
    assert (np.diff(result.rates_predicted, axis=1) < 0.0).all()
    half = [np.argmax(result.errors[:, j] < 0.5) for j in range(len(result.learned))]
    assert (np.diff(half) > 0).all()


def test_narrow_tuning_learns_fine_modes_faster_and_the_ratio_is_one_of_bessel_functions():
    result = population_modes.run(steps=10)
    assert (np.diff(result.rates_predicted[:, 1:], axis=0) > 0.0).all()
    x = result.kappas
    i0, i1 = np.i0(x), np.array([0.257894305390896, 1.59063685463733, 399.873136782560])
    np.testing.assert_allclose(result.rates[:, 1], (i1 / i0) ** 2, rtol=1e-6)


# --- credit ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [0.5, 2.0, 8.0])
def test_which_unit_gets_most_credit_depends_on_the_parameter(kappa):
    result = population_shares.run(kappa)
    cosine = (np.sqrt(1.0 + 4.0 * kappa**2) - 1.0) / (2.0 * kappa)
    flank = float(np.arccos(cosine))
    further = float(np.arccos((np.sqrt(1.0 + kappa**2) - 1.0) / kappa))
    expected = dict(zip(population_shares.KINDS, (0.0, flank, flank, further), strict=True))
    for kind, place in expected.items():
        assert result.predicted[kind] == pytest.approx(place, abs=1e-12)
        assert result.largest[kind] == pytest.approx(place, abs=result.spacing)
    assert 0.0 < flank < further
    # The unit at the peak gets most for a value, and nothing for a difference.
    for kind, size in (("readout", 1.0), ("discrimination", 0.0), ("preferred", 0.0)):
        offsets, credit = result.profile(kind)
        assert credit[np.argmin(np.abs(offsets))] == pytest.approx(size, abs=1e-12)


# --- inputs ---------------------------------------------------------------------------------


def test_a_bump_is_learned_from_much_faster_than_a_number():
    number, circle, population, linear = (population_inputs.run(c) for c in population_inputs.codes())
    assert population.losses[300].max() < 0.02
    assert circle.losses[300].min() > 0.1
    assert number.losses[300].min() > 0.25
    assert linear.losses[-1].max() < 1e-4
    # As many parameters, so that the code makes the difference.
    assert 880 < min(number.parameters, circle.parameters, population.parameters)
    assert max(number.parameters, circle.parameters, population.parameters) < 930
    # The condition number of the kernel, for this target, gives the order of the codes at the start.
    assert linear.needed.max() < population.needed.min() < population.needed.max() < 150
    assert number.needed.min() > 3000 and circle.needed.min() > 1e6


def test_a_kernel_that_stays_predicts_the_whole_curve_and_one_that_changes_the_first_steps():
    number, circle, population, linear = (population_inputs.run(c) for c in population_inputs.codes())
    np.testing.assert_allclose(linear.losses, linear.predicted, rtol=1e-9)
    np.testing.assert_allclose(linear.needed, linear.needed_after, rtol=1e-9)
    for run in (number, circle, population):
        np.testing.assert_allclose(run.losses[:3], run.predicted[:3], rtol=0.05)
        assert (run.losses[-1] < run.predicted[-1]).all()
    np.testing.assert_allclose(population.needed_after, population.needed, rtol=0.1)
    assert (circle.needed_after < 1e-5 * circle.needed).all()


def test_the_target_has_the_mean_square_one():
    assert np.mean(population_inputs.target(population_inputs.STIMULI) ** 2) == pytest.approx(1.0)


# --- wrong populations ------------------------------------------------------------------------


def test_too_few_narrow_units_leave_gaps_and_too_broad_ones_learn_no_detail():
    good, gappy, broad = population_gaps.run()
    assert good.error < 1e-9 and gappy.error > 0.4 and broad.error > 0.3
    for result in (good, gappy, broad):
        assert result.visibility == pytest.approx(result.visibility_predicted, rel=1e-6)
    assert good.visibility > 0.999 and broad.visibility > 0.999 and gappy.visibility < 1e-3
    two_neighbours = 2.0 * np.exp(120.0 * (np.cos(np.pi / 8) - 1.0))
    assert gappy.visibility == pytest.approx(two_neighbours, rel=1e-3)
    assert broad.slowest < 1e-8 and good.slowest > 1e-2
    # In the middle of a gap the output stays near zero, whatever the target.
    middle = np.arange(12, 192, 24)
    assert np.abs(gappy.output[middle]).max() < 0.3 * np.abs(gappy.wanted).max()


# --- lesions --------------------------------------------------------------------------------


def test_errors_after_lesions_grow_as_p_squared_plus_p_one_minus_p_over_n(lesions):
    np.testing.assert_allclose(lesions.population, lesions.population_predicted, rtol=0.06)
    np.testing.assert_allclose(lesions.one_hot, lesions.one_hot_predicted, rtol=0.06)
    assert (lesions.population < 0.65 * lesions.one_hot).all()
    np.testing.assert_array_equal(lesions.predict(lesions.losses), lesions.population_predicted)


def test_the_share_of_luck_falls_as_one_over_the_number_of_units():
    few, many = (population_lesions.run((0.2,), units=n, lesions=4000, repairs=1) for n in (16, 64))
    assert few.luck == pytest.approx(4.0 * many.luck, rel=1e-12)
    excess = [float(r.population[0]) - 0.04 for r in (few, many)]
    assert excess[0] / excess[1] == pytest.approx(4.0, rel=0.25)


def test_one_lost_unit_costs_a_one_hot_code_everything_at_one_stimulus(lesions):
    assert lesions.one_hot_worst == pytest.approx(1.0, abs=1e-12)
    assert lesions.worst_single == pytest.approx(lesions.worst_single_predicted, rel=1e-9)
    assert lesions.worst_single < 0.2


def test_the_units_that_are_left_repair_a_distributed_code_and_not_a_one_hot_one(
    lesions,
):
    assert lesions.repaired.max() < 0.01
    assert (lesions.repaired < 0.01 * lesions.population).all()
    assert abs(lesions.one_hot_gain) < 1e-12
