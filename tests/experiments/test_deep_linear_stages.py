"""What the page on deep linear nets claims: stages, plateaus, the balance, and random starts."""

import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import DormandPrince, spectral_radius
from learndyn.experiments import (
    conserved_balance,
    depth_plateaus,
    learning_stages,
    random_stages,
    tanh_stages,
    xor,
)
from learndyn.learning import (
    balance,
    balance_drift,
    balanced_start,
    deep_linear_loss,
    hessian_operator,
    mode_strengths,
)


@pytest.fixture(scope="module")
def stages():
    return learning_stages.run(records=61)


@pytest.fixture(scope="module")
def random_starts():
    coarse = DormandPrince(rtol=1e-8, atol=1e-11)
    return [random_stages.run(scale, records=31, method=coarse) for scale in (0.1, 0.01, 0.001)]


def test_a_mixed_target_has_the_singular_values_that_were_asked_for():
    target = learning_stages.mixed_target((3.0, 1.0, 0.2), outputs=5)
    assert target.shape == (5, 3)
    np.testing.assert_allclose(np.linalg.svd(target, compute_uv=False), [3.0, 1.0, 0.2], rtol=1e-12)
    assert np.min(np.abs(target)) > 1e-3  # every entry takes part


def test_each_mode_follows_saxes_sigmoid(stages):
    assert stages.deviation < 1e-6
    np.testing.assert_allclose(stages.half_rises, stages.predicted_half_rises, rtol=2e-3)


def test_strong_modes_are_learned_first_and_a_weak_start_delays_weak_modes_more(stages):
    assert np.all(np.diff(stages.half_rises) > 0)
    early = learning_stages.run(start=1e-3, records=3)
    delays = stages.half_rises - early.half_rises
    np.testing.assert_allclose(delays, np.log(10.0) / (2 * stages.values), rtol=5e-3)


def test_the_loss_passes_the_levels_of_the_modes_that_are_left(stages):
    np.testing.assert_allclose(stages.plateaus, [10.625, 2.625, 0.625, 0.125])
    assert stages.losses[0] == pytest.approx(stages.plateaus[0], rel=1e-3)
    assert np.all(np.diff(stages.losses) < 0)
    # Midway between two stages the loss is near the level of its plateau.
    middles = np.sqrt(stages.half_rises[:-1] * stages.half_rises[1:])
    measured = np.exp(np.interp(middles, stages.times, np.log(stages.losses)))
    np.testing.assert_allclose(measured, stages.plateaus[1:], rtol=0.2)


def test_a_mode_that_never_rises_has_no_half_rise_time():
    assert np.isnan(learning_stages.run(end=2.0, records=3).half_rises).tolist() == [False, True, True, True]


def test_a_balanced_start_stays_balanced_under_descent():
    target = learning_stages.mixed_target((2.0, 1.0))
    theta = balanced_start(target, 0.3)
    slopes = ld.grad(deep_linear_loss(target))(theta)
    assert np.max(np.abs(balance_drift(slopes, 1.0)[0])) < 1e-14
    run = ld.train(deep_linear_loss(target), ld.GradientDescent(0.1), theta, 200)
    assert np.max(np.abs(balance(run.theta)[0])) < 1e-12
    assert mode_strengths(run.theta, target) == pytest.approx([2.0, 1.0], abs=1e-9)


def test_the_plateau_is_a_logarithm_for_two_layers_and_a_power_for_more():
    result = depth_plateaus.run(starts=(1e-6, 1e-5, 1e-4))
    assert result.time_for_a_decade[0] == pytest.approx(np.log(10.0) / 2, rel=1e-4)
    np.testing.assert_allclose(result.exponents[1:], result.predicted_exponents[1:], atol=0.12)
    np.testing.assert_allclose(result.predicted_exponents, [0.0, 1 / 3, 1 / 2])
    np.testing.assert_allclose(result.times / result.predicted, 1.0, atol=0.05)


def test_at_zero_weights_only_two_layers_have_curvature():
    result = depth_plateaus.run(value=1.7, starts=(1e-2, 1e-1))
    np.testing.assert_allclose(result.curvatures, [-1.7, 0.0, 0.0], atol=1e-12)


def test_flow_conserves_the_balance_and_descent_breaks_it_in_proportion_to_the_step():
    result = conserved_balance.run(steps=(100, 200, 400))
    assert result.flow_drift < 1e-8 < 0.1 < result.distance
    assert result.step_error < 1e-12
    assert result.order == pytest.approx(1.0, abs=0.08)
    errors = result.drifts / result.predicted - 1.0
    assert abs(errors[-1]) < 0.02
    assert errors[0] / errors[-1] == pytest.approx(4.0, rel=0.2)  # what is left is of order eta^2


def test_one_unit_a_layer_loses_imbalance_at_each_step_and_ends_where_it_is_stable():
    start, eta = [np.array([[3.0]]), np.array([[0.1]])], 0.23
    training = ld.training_map(deep_linear_loss([[1.0]]), ld.GradientDescent(eta), start)
    w = ld.simulate(training, training.initial_state, 2000).states
    d = w[:, 0] ** 2 - w[:, 1] ** 2
    r = w[:, 0] * w[:, 1] - 1.0
    np.testing.assert_allclose(d[1:], d[:-1] * (1 - eta**2 * r[:-1] ** 2), atol=1e-12)
    sharpness = np.sqrt(d[-1] ** 2 + 4)
    assert eta * np.sqrt(d[0] ** 2 + 4) > 2 > eta * sharpness - 1e-3
    assert abs(r[-1]) < 0.05


def test_a_balanced_minimum_is_twice_as_sharp_as_its_strongest_mode():
    target = learning_stages.mixed_target((3.0, 1.0, 0.5))
    left, s, right = np.linalg.svd(target, full_matrices=False)
    theta = [np.sqrt(s)[:, None] * right, left * np.sqrt(s)]
    curvature = hessian_operator(deep_linear_loss(target), theta)
    assert spectral_radius(curvature) == pytest.approx(6.0, rel=1e-9)


def test_xor_has_no_linear_part():
    x, t = (values - values.mean(axis=0) for values in (xor.INPUTS, xor.TARGETS))
    np.testing.assert_array_equal(t.T @ x, 0.0)


def test_the_deflated_start_predicts_the_stages_of_a_random_start(random_starts):
    errors = [np.max(np.abs(result.errors)) for result in random_starts]
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 2e-3
    assert errors[2] < 1e-4


def test_each_mode_by_itself_is_predicted_too_early(random_starts):
    for result in random_starts:
        assert np.all(result.plain_starts >= result.stages.starts * (1 - 1e-12))
        assert np.min(result.plain_errors) < -0.05
        assert result.plain_starts[0] == pytest.approx(result.stages.starts[0])


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_deflated_start_does_not_depend_on_the_draw(seed):
    coarse = DormandPrince(rtol=1e-7, atol=1e-10)
    result = random_stages.run(1e-3, seed=seed, records=3, method=coarse)
    assert np.max(np.abs(result.errors)) < 1e-3 < np.max(np.abs(result.plain_errors))


def test_a_balanced_start_is_its_own_effective_start():
    target = learning_stages.mixed_target((2.0, 1.0, 0.5))
    for starts in random_stages.effective_starts(balanced_start(target, 0.01), target):
        np.testing.assert_allclose(starts, 0.01, rtol=1e-12)


def test_too_few_hidden_units_are_refused():
    with pytest.raises(ValueError, match="3 hidden units cannot hold 4 modes"):
        random_stages.run(hidden=3)


def test_a_tanh_net_keeps_the_order_and_is_late_less_so_when_it_is_wide():
    narrow, wide = (tanh_stages.run(hidden, records=11) for hidden in (8, 128))
    lags = [result.half_rises / result.predicted_half_rises - 1 for result in (narrow, wide)]
    assert np.all(np.diff(wide.half_rises) > 0)
    assert 0.1 < lags[0][0] < 0.2 and 0.0 < lags[1][0] < 0.03


def test_the_inputs_of_the_tanh_net_are_white():
    x = tanh_stages.white_inputs(20, 4)
    np.testing.assert_allclose(x.T @ x / 20, np.eye(4), atol=1e-14)


def test_the_same_seed_gives_the_same_bits():
    first, second = (random_stages.run(0.1, records=5) for _ in range(2))
    np.testing.assert_array_equal(first.stages.strengths, second.stages.strengths)
    np.testing.assert_array_equal(first.stages.half_rises, second.stages.half_rises)
