"""What the page on learning to move claims, and with what tolerance."""

import math

import numpy as np
import pytest

from learndyn.dynamics import Regime, classify_system, linearise, simulate
from learndyn.experiments import (
    move_adaptation,
    move_correction,
    move_jacobian,
    move_planning,
    move_population,
    move_reach,
)
from learndyn.neural.control import ArmKinematics, MotorNoise, optimise, reaching_map
from learndyn.neural.population import VonMisesTuning

# --- learning from errors ------------------------------------------------------------------


def test_one_memory_learns_and_forgets_exponentially_and_stops_short_of_the_perturbation():
    result = move_adaptation.one_memory()
    assert result.error < 1e-12
    assert round(result.time_constant_predicted, 3) == 5.367
    assert result.time_constant == pytest.approx(result.time_constant_predicted, rel=1e-9)
    assert result.fitted_time_constant == pytest.approx(result.time_constant_predicted, rel=1e-9)
    assert result.asymptote == pytest.approx(30 * 12 / 17, rel=1e-9)
    assert result.asymptote_predicted == pytest.approx(30 * 12 / 17, rel=1e-14)
    aftereffect = result.output[result.learning]
    assert aftereffect == pytest.approx(result.asymptote, rel=1e-3)


def test_a_multiplier_outside_0_to_1_has_no_time_constant():
    with pytest.raises(ValueError, match=r"one_memory: needs 0 < A - B < 1, got A = 0\.3 and B = 0\.9"):
        move_adaptation.one_memory(0.3, 0.9)


def test_what_was_extinguished_rebounds_by_the_size_and_at_the_trial_predicted():
    result = move_adaptation.two_memories()
    (trial, height), (trial_predicted, height_predicted) = result.peak, result.peak_predicted
    assert result.rebound[0] == pytest.approx(0.0, abs=0.02)
    assert (trial, round(height, 3)) == (8, 0.455)
    assert abs(trial - trial_predicted) < 0.5
    assert height == pytest.approx(height_predicted, rel=2e-3)
    # Extinction ends between two trials: what is left of it dies with the fast memory.
    rest = result.rebound[0] * 0.59 ** np.arange(len(result.rebound))
    np.testing.assert_allclose(result.rebound - rest, result.rebound_predicted, atol=1e-13)


def test_two_rates_save_after_extinction_and_not_after_washout():
    result = move_adaptation.savings()
    after_extinction, after_washout = result.ratios
    assert after_extinction > 1.5
    assert after_washout == pytest.approx(1.0, abs=1e-3)
    assert abs(result.after_washout[0]) < 1e-3
    with pytest.raises(ValueError, match="2 trials did not bring the output back to 0"):
        move_adaptation.extinction_trials(move_adaptation.TWO_RATES, learning=200, most=2)


def test_the_best_learning_rate_is_the_kalman_gain_and_there_errors_are_white():
    result = move_correction.run()
    gain = result.noise.kalman_gain
    assert round(gain, 3) == 0.358
    assert result.sweep.best_rate == pytest.approx(gain, rel=0.03)
    assert result.sweep.white_rate == pytest.approx(gain, rel=0.03)
    at = result.sweep.learning_rates
    np.testing.assert_allclose(result.sweep.variances, result.noise.plan_variance(at) + 1.0, rtol=0.02)
    np.testing.assert_allclose(result.sweep.autocorrelations, result.noise.autocorrelation(at), atol=0.02)
    assert result.cost(gain) == pytest.approx(0.0, abs=1e-12)
    assert result.cost(1.0) > 0.3
    # With nothing to forget, correcting all of each error keeps its noise twice: 2 R + Q.
    assert result.noise.plan_variance(1.0) + 1.0 == pytest.approx(2 * 1.0 + 0.2, rel=1e-12)


def test_without_planning_noise_every_correction_is_one_too_many():
    noise = MotorNoise(0.0, 1.0)
    assert noise.kalman_gain == 0.0
    result = move_correction.run(noise=noise, trials=400, learners=20)
    assert (np.diff(result.variances) > 0.0).all()


# --- the arm -------------------------------------------------------------------------------


def test_a_wrong_jacobian_learns_below_two_cos_phi_and_at_best_by_sin_phi():
    result = move_jacobian.run()
    np.testing.assert_allclose(result.radii, result.radii_predicted, atol=1e-12)
    np.testing.assert_allclose(result.limits, result.limits_predicted, rtol=2e-3)
    np.testing.assert_allclose(result.best, result.best_predicted, atol=1e-4)
    beyond = result.turns >= math.pi / 2 - 1e-12
    assert (result.radii[:, beyond] > 1.0).all()


def test_in_an_uneven_posture_errors_grow_first_beyond_the_safe_turn():
    result = move_jacobian.wrong_turn()
    assert result.turn > result.safe_turn
    assert result.peak == pytest.approx(result.peak_predicted, rel=1e-3)
    assert result.peak > 1.5
    assert result.errors[-1] < 0.1
    assert (np.diff(result.even_errors) < 0.0).all()


@pytest.mark.parametrize("past", [-0.02, 0.02])
def test_the_safe_turn_is_where_small_steps_begin_to_let_errors_grow(past):
    arm, posture = move_jacobian.HUMAN_ARM, move_jacobian.HUMAN_POSTURE
    kappa = move_jacobian.axis_ratio(arm, posture)
    safe = math.acos((kappa - 1.0) / (kappa + 1.0))
    result = move_jacobian.wrong_turn(safe + past, share=1e-3, trials=60)
    assert result.safe_turn == pytest.approx(safe, rel=1e-13)
    assert (result.peak_predicted > 1.0 + 1e-9) == (past > 0)


def test_the_step_limit_of_an_arm_is_431_thousandths_and_runs_agree():
    result = move_reach.limit()
    assert round(result.limit, 3) == 0.431
    assert result.measured == pytest.approx(result.limit, rel=1e-9)
    below, above = result.errors
    assert below[-1] < 0.1 * below[0]
    assert above[-1] > 10 * above[0]


def test_a_reach_above_the_limit_ends_in_a_cycle_of_period_two():
    arm, q = ArmKinematics(1.0, 1.0), np.array([0.3, math.radians(32.0)])
    system = reaching_map(arm, arm.hand(q), step_size=1.05 * move_reach.limit().limit)
    ends = simulate(system, q + [1e-4, 2e-4], 2000).states[-3:]
    np.testing.assert_allclose(ends[2], ends[0], atol=1e-9)
    assert np.abs(ends[1] - ends[0]).max() > 0.1


def test_paths_of_descent_leave_along_j_j_transposed_and_arrive_along_its_slow_axis():
    result = move_reach.paths()
    np.testing.assert_allclose(result.departures, result.departures_predicted, atol=1e-3)
    assert np.degrees(result.arrivals).max() < 0.1
    assert result.bends.max() > 0.3
    assert result.inverse_bends.max() < 0.01
    np.testing.assert_allclose([path[-1] for path in result.paths], result.targets, atol=5e-4)


def test_an_isotropic_arm_reaches_straight_for_close_targets():
    arm, home = ArmKinematics.isotropic(0.33)
    result = move_reach.paths(arm=arm, posture=home, distance=1e-3, trials=200)
    assert result.bends.max() < 5e-3
    np.testing.assert_allclose(result.departures, 0.0, atol=1e-3)


def test_a_mirrored_jacobian_has_one_error_that_grows_at_every_step_size():
    arm, home = ArmKinematics.isotropic(0.7)
    mirror, target = np.diag([1.0, -1.0]), arm.hand(home)
    for eta in (1e-3, 0.5):

        def step(q, eta=eta):
            return q - eta * (arm.jacobian(q).T @ (mirror @ (arm.hand(q) - target)))

        values = np.sort(np.linalg.eigvals(linearise(step, home).to_matrix()).real)
        np.testing.assert_allclose(values, [1.0 - eta * 0.49, 1.0 + eta * 0.49], atol=1e-12)
        assert classify_system(linearise(step, home)).regime is Regime.DIVERGING


# --- a population --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def population():
    return move_population.run()


def test_a_population_learns_to_reach_and_adapts_to_a_turned_cursor(population):
    assert population.losses[-1] < 1e-4
    assert population.errors[0] == pytest.approx(30.0, abs=0.5)
    assert abs(population.errors[-1]) < 1e-4


def test_the_rates_of_adaptation_are_k0_times_the_squared_stretches_of_the_arm(population):
    np.testing.assert_allclose(population.multipliers, population.multipliers_predicted, atol=1e-6)
    late = population.errors[41:60] / population.errors[40:59]
    np.testing.assert_allclose(late, population.multipliers_predicted[0], rtol=1e-3)
    assert population.neutral == 2 * 24 - 2


def test_training_in_one_direction_generalises_in_the_joints_by_overlap(population):
    assert population.overlap_error < 1e-10


def test_training_in_several_directions_interpolates_with_the_kernel_and_not_with_the_nearest_one():
    result = move_population.transfer((1, 2))
    np.testing.assert_allclose(result.turned, result.predicted, atol=1e-8)
    assert np.abs(result.turned[1] - result.nearest[1]).max() > 0.3
    # What turns a reach forth to one side turns the reach back to the other.
    assert result.turned[0, 0] < 0.0


def test_eight_directions_teach_the_turned_frame_everywhere():
    result = move_population.transfer((8,))
    np.testing.assert_allclose(result.turned, result.predicted, atol=0.05)
    assert np.abs(result.turned - 1.0).max() < 0.05
    assert np.abs(result.predicted - 1.0).max() < 0.01


def test_narrower_tuning_generalises_less():
    near = [
        move_population.run(tuning=VonMisesTuning(24, kappa=k), learning=300, adapting=30) for k in (1.0, 4.0)
    ]
    at_60_degrees = [r.generalisation.share[48] for r in near]
    assert at_60_degrees[1] < 0.7 * at_60_degrees[0]


# --- planning ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planning():
    return move_planning.run()


def test_the_plan_is_a_minimum_and_swings_up_what_its_motor_cannot_lift(planning):
    assert planning.gradient < 1e-10
    assert planning.least_curvature > 0.0
    assert abs(abs(planning.angles[-1]) - math.pi) < 0.15
    assert np.abs(planning.torques).max() < 0.7 * planning.torque_to_lift


def test_ilqr_converges_at_the_spectral_radius_of_its_own_map(planning):
    """Three routes: the run, the linearised sweep, and two Hessians that know of no sweep."""
    assert round(planning.ratio_predicted, 4) == 0.7156
    assert planning.radius == pytest.approx(planning.ratio_predicted, abs=1e-6)
    assert planning.ratio == pytest.approx(planning.ratio_predicted, abs=1e-6)


def test_ddp_converges_quadratically(planning):
    assert planning.ddp_slope < 1e-8
    np.testing.assert_allclose(planning.orders[-2:], 2.0, atol=0.15)
    assert planning.ddp[-1] < 1e-11


def test_an_optimum_repels_ilqr_where_the_curvature_of_the_dynamics_outweighs_the_effort():
    result = move_planning.repulsion()
    np.testing.assert_allclose(result.radii, result.predicted, rtol=1e-12)
    np.testing.assert_allclose(result.measured, result.predicted, rtol=1e-9)
    assert result.predicted[-1] > 1.0
    assert result.ddp.max() < 1e-8


def test_ddp_is_not_always_the_faster_one():
    result = move_planning.arm_planning()
    assert result.ratio < 0.05
    assert result.ilqr < result.ddp
    assert result.miss < 1e-3
    assert result.difference < 1e-6


def test_the_pendulum_that_hangs_still_is_a_saddle_at_which_both_methods_stop():
    task = move_planning.swing_up(horizon=12)
    still = np.zeros(task.size)
    np.testing.assert_array_equal(task.gradient(still), 0.0)
    for method in ("ilqr", "ddp"):
        assert optimise(task, still, method=method).iterations == 0
    values = np.linalg.eigvalsh(move_planning.swing_up().hessian(np.zeros(25)))
    assert (values < 0.0).sum() == 1


def test_opposite_pushes_lead_to_mirror_images():
    task = move_planning.swing_up()
    ends = [
        optimise(task, move_planning.pushes(task, size=size), tolerance=1e-10).controls
        for size in (-6.0, 6.0)
    ]
    np.testing.assert_allclose(ends[0], -ends[1], atol=1e-9)
