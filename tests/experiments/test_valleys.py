"""Rules in valleys: paths, times to the floor, and what a change of coordinates does."""

import numpy as np
import pytest

from learndyn.experiments import valley_paths, valley_symmetries, valley_times
from learndyn.experiments.bits import differing_bits
from learndyn.learning import (
    Adam,
    AMSGrad,
    GradientDescent,
    HeavyBall,
    Nesterov,
    RMSProp,
    optimal_heavy_ball,
)

K = 20.0
BEGIN = (-1.0, 0.3)
LINEAR = [GradientDescent(1.8 / K), HeavyBall(*optimal_heavy_ball(1.0, K)), Nesterov(1 / K, 0.6)]
ADAPTIVE = [RMSProp(0.05), Adam(0.1), AMSGrad(0.1)]
VALLEY = valley_paths.straight_valley(K)


def names(rules):
    return {type(rule).__name__: rule for rule in rules}


# --- paths ------------------------------------------------------------------------------


def test_descent_multiplies_each_coordinate_by_its_own_factor():
    path = valley_paths.path(VALLEY, GradientDescent(0.09), np.array(BEGIN), 40)
    t = np.arange(41)[:, None]
    expected = np.array(BEGIN) * np.array([1 - 0.09, 1 - 0.09 * K]) ** t
    np.testing.assert_allclose(path, expected, rtol=1e-12)


def test_the_first_step_follows_the_gradient_or_the_diagonal():
    window = ((-1.2, 0.4), (-0.5, 0.5))
    paths = valley_paths.run(VALLEY, names(LINEAR[:1] + ADAPTIVE[:2]), BEGIN, 40, window=window)
    steepest = np.degrees(np.arctan(K * 0.3))
    assert paths.first_direction("GradientDescent") == pytest.approx(steepest, abs=1e-9)
    assert paths.first_direction("Adam") == pytest.approx(45.0, abs=1e-5)
    assert paths.first_direction("RMSProp") == pytest.approx(45.0, abs=1e-5)
    assert paths.crossings("GradientDescent") == 40
    assert paths.losses.shape == (121, 121)
    assert paths.losses[0, 0] == pytest.approx(float(VALLEY(np.array([-1.2, -0.5]))))


def test_rmsprop_ends_in_a_jump_of_width_eta():
    path = valley_paths.path(VALLEY, RMSProp(0.05), np.array(BEGIN), 600)
    np.testing.assert_allclose(np.abs(path[-1]), 0.025, rtol=1e-6)
    np.testing.assert_allclose(path[-1], -path[-2], rtol=1e-6)


@pytest.mark.parametrize(("rule", "steps"), [(HeavyBall(0.001, 0.9), 4000), (Nesterov(0.0005, 0.9), 5000)])
def test_the_end_of_a_run_in_a_curved_valley_has_the_rate_of_the_jacobian(rule, steps):
    rate = valley_paths.final_rate(rule, steps, last=steps // 10)
    assert rate.distance < 1e-3
    assert np.log(rate.measured) == pytest.approx(np.log(rate.predicted), rel=1e-4)


# --- times ------------------------------------------------------------------------------


def test_steps_to_the_floor_are_those_of_the_formulas_to_the_step():
    times = valley_times.run((3.0, 30.0, 300.0), adam_steps=1000)
    np.testing.assert_array_equal(times.descent, times.predicted_descent)
    np.testing.assert_array_equal(times.heavy_ball, times.predicted_heavy_ball)
    assert times.exponent("descent") == pytest.approx(1.0, abs=0.01)
    assert times.exponent("heavy_ball") == pytest.approx(0.5, abs=0.1)
    assert np.unique(times.adam_aligned).size == 1  # k drops out
    assert times.adam_turned[-1] > 2 * times.adam_aligned[-1]


def test_the_exponents_approach_one_and_with_a_logarithm_a_half():
    k = np.array([1e2, 1e4, 1e6, 1e8])
    descent, ball = (
        np.diff(np.log([time(c, 0.01) for c in k])) / np.diff(np.log(k))
        for time in (valley_times.descent_time, valley_times.heavy_ball_time)
    )
    np.testing.assert_allclose(descent, 1.0, atol=1e-3)
    assert 0.5 < ball[2] < ball[1] < ball[0] < 0.56


def test_the_best_heavy_ball_swings_out_to_the_root_of_k_over_e():
    k = 1e4
    rule = HeavyBall(*optimal_heavy_ball(1.0, k))
    path = valley_paths.path(valley_paths.straight_valley(k), rule, np.array([0.0, 1.0]), 200)
    assert np.max(np.abs(path)) == pytest.approx(np.sqrt(k) / np.e, rel=0.05)


@pytest.mark.parametrize("angle", [0.0, 0.2, np.pi / 4, 1.3])
def test_no_diagonal_scaling_beats_the_remaining_condition_number(angle):
    k = 100.0
    h11, h12, h22 = valley_times.hessian(k, angle)
    h = np.array([[h11, h12], [h12, h22]])
    np.testing.assert_allclose(np.linalg.eigvalsh(h), [1.0, k], rtol=1e-12)
    found = [np.linalg.cond(np.diag([1.0, s]) @ h @ np.diag([1.0, s])) for s in np.geomspace(0.05, 20, 801)]
    least = valley_times.remaining_condition_number(k, angle)
    assert min(found) >= least * (1 - 1e-9)
    assert min(found) == pytest.approx(least, rel=0.01)


def test_descent_in_the_best_units_takes_the_time_of_the_remaining_condition_number():
    turn = valley_times.turn(30.0, angles=5, adam_steps=600)
    np.testing.assert_array_equal(turn.rescaled, turn.predicted_rescaled)
    assert turn.rescaled[0] == turn.rescaled[-1] == 1
    assert turn.rescaled[2] == turn.plain
    assert turn.adam[0] == turn.adam[-1] <= turn.adam[2]


def test_a_run_that_leaves_again_has_not_settled():
    distances = np.array([[1.0, 1.0], [0.001, 0.5], [0.5, 0.001], [0.001, 0.001]])
    np.testing.assert_array_equal(valley_times.settling_time(distances, 0.01), [3, 2])


def test_adam_that_does_not_arrive_is_an_error():
    with pytest.raises(RuntimeError, match="Allow more steps"):
        valley_times.adam_times(np.array([10.0]), (0.0,), tolerance=0.01, steps=5)


# --- symmetries -------------------------------------------------------------------------

LANDSCAPES = [(VALLEY, BEGIN, LINEAR + ADAPTIVE)] + [
    (
        valley_paths.rosenbrock,
        (-1.2, 1.0),
        [GradientDescent(1e-3), HeavyBall(1e-3), Nesterov(5e-4), RMSProp(0.01), Adam(0.05)],
    )
]


@pytest.mark.parametrize(("loss", "start", "rules"), LANDSCAPES, ids=["straight", "curved"])
@pytest.mark.parametrize("angle", [30.0, 45.0, 200.0])
def test_descent_and_momentum_turn_with_the_landscape_and_adaptive_rules_do_not(
    loss, start, rules, angle
):
    paths = valley_symmetries.run(loss, names(rules), start, 100, angle=angle)
    for name, rule in names(rules).items():
        if isinstance(rule, GradientDescent | HeavyBall | Nesterov):
            assert paths.difference(name) < 1e-12
        else:
            assert paths.difference(name) > 0.1


@pytest.mark.parametrize("angle", [90.0, 180.0, 270.0])
def test_quarter_turns_take_axes_to_axes_and_change_no_path(angle):
    rules = names(LINEAR + ADAPTIVE)
    paths = valley_symmetries.run(VALLEY, rules, BEGIN, 60, angle=angle)
    assert all(paths.difference(name) < 1e-12 for name in rules)


@pytest.mark.parametrize("rule", LINEAR + ADAPTIVE, ids=repr)
@pytest.mark.parametrize("factor", [0.5, 2.0**-8])
def test_a_factor_of_the_loss_is_one_of_eta_or_of_epsilon_to_the_bit(rule, factor):
    assert valley_symmetries.scaling_bits(VALLEY, rule, BEGIN, 60, factor) == 0


@pytest.mark.parametrize("rule", [RMSProp(0.05, epsilon=1e-300), Adam(0.1, epsilon=1e-300)], ids=repr)
def test_other_units_of_a_coordinate_scale_the_step_size_of_adaptive_rules(rule):
    # One coordinate at a time, since the straight valley is a sum over coordinates.
    def along(theta):
        return 0.5 * (theta * theta).sum()

    s, start = 0.25, np.array([-1.0])
    seen = valley_symmetries.path_in_coordinates(along, rule, start, 60, np.array([[s]]))
    scaled = type(rule)(rule.step_size * s, epsilon=1e-300)
    np.testing.assert_allclose(seen, valley_paths.path(along, scaled, start, 60), rtol=1e-9, atol=1e-12)


def test_other_units_scale_the_step_size_of_descent_by_the_square():
    s = np.array([0.5, 2.0**-3])
    path = valley_symmetries.path_in_coordinates(
        VALLEY, GradientDescent(0.5), np.array(BEGIN), 30, np.diag(s)
    )
    expected = np.array(BEGIN) * (1 - 0.5 * s**2 * [1.0, K]) ** np.arange(31)[:, None]
    np.testing.assert_allclose(path, expected, rtol=1e-11)


# --- bits -------------------------------------------------------------------------------


def test_bits_are_counted():
    one = np.array([1.0, 2.0])
    assert differing_bits(one, one.copy()) == 0
    assert differing_bits(one, np.array([np.nextafter(1.0, 2.0), 2.0])) == 1
    assert differing_bits(np.array([0.0]), np.array([-0.0])) == 1
    with pytest.raises(ValueError, match="shapes differ"):
        differing_bits(one, np.ones(3))
