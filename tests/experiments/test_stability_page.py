"""What a multiplier says, and what it does not: the laws of the page on stability."""

import numpy as np
import pytest

from learndyn.dynamics import linearise, pseudospectral_radius, simulate, spectrum
from learndyn.experiments import (
    chaotic_descent,
    defective_modes,
    first_growth,
    flat_saddle,
    frozen_splits,
    linearised_step,
    momentum_cycle,
    neutral_modes,
    root_locus,
)
from learndyn.learning import GradientDescent, training_map


@pytest.mark.parametrize("decay", [0.05, 0.1, 0.15])
def test_multipliers_of_two_weights_in_a_row_are_one_minus_eta_lambda(decay):
    result = linearised_step.run(decay=decay)
    for place in ("minimum", "saddle"):
        np.testing.assert_allclose(result.measured[place], result.predicted[place], atol=1e-9)
    np.testing.assert_allclose(result.minimum[0] * result.minimum[1], 1.0 - decay, atol=1e-12)
    np.testing.assert_allclose(result.saddle, 0.0, atol=1e-12)


def test_a_run_beside_a_minimum_follows_the_powers_of_its_multiplier():
    result = linearised_step.run()
    along, across = result.predicted["minimum"]
    np.testing.assert_allclose(result.run_multipliers, [across, along], atol=2e-3)


def test_descent_and_heavy_ball_leave_the_unit_circle_at_minus_one():
    result = root_locus.run(momentum=0.5, points=33)
    np.testing.assert_allclose(result.descent, 1.0 - result.products, atol=1e-14)
    np.testing.assert_allclose(np.abs(result.heavy_ball[result.turning]), np.sqrt(0.5), atol=1e-12)
    low, high = result.complex_range
    assert np.all(result.turning == ((result.products > low) & (result.products < high)))
    assert result.descent_limit == pytest.approx(2.0, abs=1e-9)
    assert result.heavy_ball_limit == pytest.approx(3.0, abs=1e-9)
    outside = np.abs(result.heavy_ball[:, 0]) > 1.0 + 1e-9
    assert np.all(outside == (result.products > 3.0 + 1e-9))
    assert np.all(result.heavy_ball[outside, 0].real < -1.0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_neutral_modes_are_as_many_as_the_symmetry_has_dimensions(seed):
    for case in neutral_modes.run(seed=seed).cases:
        assert case.measured == case.dimension, case.name
        assert case.gaps[case.dimension - 1] < 1e-13
        assert case.gaps[case.dimension] > 1e-7  # and the rest is far from 1
        assert case.residual < 1e-12
        assert np.all(np.abs(case.multipliers) <= 1.0 + 1e-12)


def test_the_hessian_at_xors_zero_saddle_is_one_and_zeros():
    result = flat_saddle.run("xor", scales=(0.4,))
    np.testing.assert_allclose(result.curvatures, [1.0] + [0.0] * 8, atol=1e-15)
    np.testing.assert_allclose(result.multipliers, [1.0] * 8 + [0.2], atol=1e-15)
    assert result.predicted_steps_per_factor_e == float("inf")


def test_the_plateau_beside_xors_zero_saddle_lasts_as_eps_to_the_minus_two():
    assert flat_saddle.run("xor", scales=(0.07, 0.05), look_every=5).exponent == pytest.approx(2.0, abs=0.15)


def test_the_plateau_of_or_is_a_logarithm_with_the_slope_of_its_multiplier():
    result = flat_saddle.run("or", scales=(1e-4, 1e-8))
    assert result.curvatures.min() == pytest.approx(-np.sqrt(2.0) / 8.0, abs=1e-12)
    measured, predicted = result.steps_per_factor_e, result.predicted_steps_per_factor_e
    assert measured == pytest.approx(predicted, rel=0.03)


def test_an_unknown_task_is_an_error():
    with pytest.raises(ValueError, match="choose the task"):
        flat_saddle.run("and")


@pytest.mark.parametrize(("kappa", "hold"), [(1e2, 0.25), (1e4, 0.05)])
def test_the_optimal_heavy_ball_first_grows_by_root_kappa_over_e(kappa, hold):
    result = first_growth.run(kappa)
    assert result.spectral_radius < 1.0
    assert result.scaled_peak * np.e == pytest.approx(1.0, rel=hold)
    assert result.scaled_run_peak * np.e == pytest.approx(1.0, rel=hold)
    assert result.peak_step == pytest.approx(np.sqrt(kappa) / 2.0, abs=1.0)
    assert result.kreiss <= result.peak <= result.upper_bound
    assert result.numerical_radius > 1.0
    assert result.velocity_peak / result.peak == pytest.approx(2.5, rel=0.1)


def test_a_start_on_the_flattest_axis_never_overshoots():
    step = first_growth.optimal_step(1e4)
    run = simulate(step, np.array([1.0, 0.0, 0.0, 0.0]), 300)
    assert np.all(np.diff(np.abs(run.states[:, 0])) <= 0.0)


def test_powers_of_the_defective_block_are_those_of_the_closed_form():
    m, t = 0.8, 7
    block = np.array([[2 * m, -m * m], [1.0, 0.0]])
    expected = [
        [(t + 1) * m**t, -t * m ** (t + 1)],
        [t * m ** (t - 1), -(t - 1) * m**t],
    ]
    np.testing.assert_allclose(np.linalg.matrix_power(block, t), expected, rtol=1e-12)


def test_a_perturbation_of_two_percent_makes_the_optimal_heavy_ball_unstable():
    picture = first_growth.pseudospectrum_picture(points=5)
    matrix = first_growth.on_pairs(first_growth.optimal_step(100.0))
    assert pseudospectral_radius(matrix, picture.distance) == pytest.approx(1.0, abs=1e-5)
    assert picture.distance < 0.02 < 1.0 - picture.eigenvalues[0]


def test_a_double_multiplier_is_known_to_the_root_of_eps():
    errors = defective_modes.run(order=4).double_errors
    assert 1e-10 < errors.max() < 2e-7


def test_arnoldi_converges_to_the_pseudospectrum_of_a_jordan_block():
    result = defective_modes.run()
    assert result.converged
    assert result.residual < 1e-7
    assert result.ritz_value > 1.05  # outside the unit circle; the true eigenvalue is 1/2
    assert result.ritz_error == pytest.approx(result.predicted_ritz_error, abs=0.1)
    assert result.rotated_radius == pytest.approx(result.predicted_radius, abs=0.02)


def test_a_split_below_half_an_ulp_over_the_growth_never_grows():
    result = frozen_splits.run(steps=500)
    np.testing.assert_allclose(result.multipliers, 1.0 + result.rates, atol=1e-12)
    np.testing.assert_allclose(result.thresholds, result.predicted, atol=1.0)
    still, moving = result.late
    assert np.all(still == still[0])
    assert np.all(np.diff(moving) > 0)


def test_a_split_that_arithmetic_sees_grows_at_its_multiplier():
    states = simulate(frozen_splits.descent(0.01), np.array([1.5 + 1e-6, 1.5 - 1e-6]), 200).states
    split = states[:, 0] - states[:, 1]
    np.testing.assert_allclose(split[1:] / split[:-1], 1.01, rtol=1e-7)


def test_the_optimal_heavy_ball_cycles_though_all_multipliers_are_two_thirds():
    result = momentum_cycle.run()
    np.testing.assert_allclose(result.cycle, result.predicted, atol=1e-9)
    np.testing.assert_allclose(result.predicted, [-1.802, 2.116, 0.647], atol=1e-3)
    assert result.period == 3
    np.testing.assert_allclose(result.radii, 2.0 / 3.0, atol=2e-7)
    assert result.cycle_radius == pytest.approx(8.0 / 27.0, abs=1e-9)
    assert abs(result.positions[0, -1]) < 1e-12  # the other start converges


def test_lessards_function_has_a_continuous_slope_and_curvatures_1_and_25():
    step = momentum_cycle.optimal_step()
    for edge in (1.0, 2.0):
        sides = [step.value_and_gradient(np.array([x, 0.0])) for x in (edge - 1e-12, edge + 1e-12)]
        np.testing.assert_allclose(sides[0][0], sides[1][0], atol=1e-9)
        np.testing.assert_allclose(sides[0][1], sides[1][1], atol=1e-9)
    for x in (-2.0, 0.5, 1.5, 2.5):
        sizes = np.abs(spectrum(linearise(step, np.array([x, 0.0]))))
        np.testing.assert_allclose(sizes, 2.0 / 3.0, atol=2e-7)


def test_descent_in_a_double_well_triples_the_angle_at_twice_its_limit():
    result = chaotic_descent.run(step_sizes=[0.3, 0.7, 0.9, 1.1, 2.0])
    np.testing.assert_allclose(result.exponents[:3], result.settled[:3], atol=1e-9)
    assert result.exponents[3] < 0.0  # a stable cycle of period 2
    well = training_map(chaotic_descent.loss, GradientDescent(1.1), np.array([0.3]))
    orbit = simulate(well, np.array([0.3]), 500).states[:, 0]
    assert abs(orbit[-1] - orbit[-3]) < 1e-12 < abs(orbit[-1] - orbit[-2])
    assert result.exponents[4] == pytest.approx(np.log(3.0), abs=0.01)
    assert result.exponent_at_two == pytest.approx(np.log(3.0), abs=0.01)
