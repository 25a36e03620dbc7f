"""What carries over from optimization to biology: the laws that the closing page of the chapter states."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import learndyn as ld
from learndyn.experiments import (
    biology_drift,
    biology_geometry,
    biology_order,
    biology_search,
    biology_tuning,
    biology_valley,
)
from learndyn.experiments.biology_geometry import ExponentiatedGradient
from learndyn.experiments.biology_valley import ValleyTheory
from learndyn.learning import GradientDescent, HeavyBall, half_squared_error, training_map
from learndyn.learning.deep_linear import mode_strength
from learndyn.plots import biology_drift as drift_plots
from learndyn.plots import biology_geometry as geometry_plots

# --- blind search ---------------------------------------------------------------------------


def test_what_blind_search_keeps_has_the_mean_cosine_of_half_of_all_directions():
    result = biology_search.run()
    np.testing.assert_array_equal(result.parameters, [12, 82, 642])
    np.testing.assert_allclose(result.cosines, result.predicted, rtol=0.05)
    np.testing.assert_allclose(result.kept, 0.5, atol=0.03)
    assert result.acute.min() > 0.99
    np.testing.assert_allclose(result.predicted, np.sqrt(2 / (np.pi * result.parameters)), rtol=0.03)


def test_the_mean_cosine_is_that_of_gaussian_directions():
    rows = np.random.default_rng(0).standard_normal((200_000, 5))
    found = np.abs(rows[:, 0]) / np.linalg.norm(rows, axis=1)
    exact = math.gamma(2.5) / (math.sqrt(math.pi) * math.gamma(3.0))
    assert found.mean() == pytest.approx(exact, rel=5e-3)
    bogus = biology_search.BlindSearch(np.array([5]), *(np.zeros(1) for _ in range(3)), trials=0)
    assert bogus.predicted[0] == pytest.approx(exact, rel=1e-12)


# --- geometry -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_each_rule_conserves_what_is_outside_the_rows_in_its_own_coordinate_only(seed):
    result = biology_geometry.run(seed=seed)
    for learned in (result.added, result.multiplied):
        assert learned.losses[1] < 1e-20 < learned.losses[0]
    assert result.added.outside_added < 1e-12 and result.added.outside_multiplied > 0.3
    assert result.multiplied.outside_multiplied < 1e-12 and result.multiplied.outside_added > 0.3


@pytest.mark.parametrize("seed", range(3))
def test_additive_changes_flip_signs_and_have_one_size_multiplicative_ones_do_neither(seed):
    result = biology_geometry.run(seed=seed)
    added, multiplied = result.added, result.multiplied
    assert added.flips == pytest.approx(added.predicted_flips, abs=0.02) and added.flips > 0.05
    assert multiplied.flips == multiplied.predicted_flips == 0.0
    assert added.size_slope == pytest.approx(0.0, abs=0.15)
    assert multiplied.size_slope == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_only_multiplicative_changes_keep_a_log_normal_distribution(seed):
    result = biology_geometry.run(seed=seed)
    added, multiplied = result.added, result.multiplied
    assert abs(multiplied.log_skewness) < 0.15 and added.log_skewness < -1.0
    assert multiplied.top_share() == pytest.approx(multiplied.log_normal_top_share(), rel=0.05)
    assert abs(added.top_share() / added.log_normal_top_share() - 1) > 0.3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 2.0))
def test_exponentiated_gradients_are_descent_in_the_signed_logarithm(seed, step_size):
    rng = np.random.default_rng(seed)
    w, g = rng.standard_normal((2, 6))
    rule = ExponentiatedGradient(step_size)
    after = rule.step(rule.init(w), g).theta
    np.testing.assert_array_equal(np.sign(after), np.sign(w))
    change = np.sign(w) * (np.log(np.abs(after)) - np.log(np.abs(w)))
    np.testing.assert_allclose(change, -step_size * g, rtol=1e-9, atol=1e-12)


def test_a_small_exponentiated_step_is_an_euler_step_of_the_flow_with_metric_one():
    target = np.array([0.5, -2.0, 1.0])
    flow = biology_order.metric_flow(lambda w: w - target, 1)
    w = np.array([1.0, -1.0, 0.3])
    errors = []
    for eta in (1e-2, 5e-3):
        rule = ExponentiatedGradient(eta)
        after = rule.step(rule.init(w), w - target).theta
        errors.append(np.abs((after - w) / eta - flow(0.0, w)).max())
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.02)


def test_a_weight_at_zero_is_a_fixed_point_and_a_small_one_has_multiplier_one_plus_eta():
    x = np.eye(2)
    step = training_map(
        lambda w: half_squared_error(x @ w, np.ones(2)), ExponentiatedGradient(0.1), np.array([0.0, 1e-9])
    )
    after = step(step.initial_state)
    assert after[0] == 0.0
    assert after[1] / 1e-9 == pytest.approx(np.exp(0.1), rel=1e-6)


def test_the_rule_refuses_bad_steps_and_foreign_states():
    with pytest.raises(ValueError, match="ExponentiatedGradient: step_size must be positive"):
        ExponentiatedGradient(0.0)
    rule = ExponentiatedGradient(0.1)
    with pytest.raises(TypeError, match="state of this rule is DescentState"):
        rule.step(HeavyBall(0.1, 0.9).init(np.ones(2)), np.ones(2))
    with pytest.raises(ValueError, match="the gradient has shape"):
        rule.step(rule.init(np.ones(2)), np.ones(3))


# --- order ----------------------------------------------------------------------------------


def test_weights_pass_one_half_when_the_closed_forms_say():
    result = biology_order.run()
    np.testing.assert_allclose(result.half_added, result.predicted_added, atol=1e-6)
    np.testing.assert_allclose(result.half_multiplied, result.predicted_multiplied, atol=1e-6)
    assert (np.diff(result.half_multiplied) > 1.0).all() and np.ptp(result.half_added) < 0.02


def test_a_weight_that_multiplies_is_a_mode_of_two_layers_at_half_the_speed():
    result = biology_order.run()
    for i, target in enumerate(result.targets):
        expected = mode_strength(result.times / 2, target, result.start)
        np.testing.assert_allclose(result.multiplied[:, i], expected, atol=1e-5)


# --- the valley -----------------------------------------------------------------------------


def test_an_exact_fit_has_one_neutral_direction_for_each_parameter_that_is_not_needed():
    theta = biology_valley.minimum()
    assert float(biology_valley.loss(theta)) < 1e-28
    multipliers = biology_valley.multipliers()
    neutral = np.abs(multipliers - 1.0) < 1e-12
    assert (neutral.sum(), multipliers.size) == (82 - 16, 82)
    assert (multipliers[~neutral] < 1.0 - 1e-4).all() and multipliers.min() > 0.0


def test_the_variances_are_those_of_the_linear_recursion():
    theory = ValleyTheory.at(biology_valley.minimum(), "targets", 0.3, 0.1)
    kept, variance = 1.0 - 0.1 * theory.curvatures, np.zeros_like(theory.kicks)
    for _ in range(50):
        variance = kept**2 * variance + theory.kicks
    np.testing.assert_allclose(theory.variances(np.array([50.0]))[0], variance, rtol=1e-9, atol=1e-20)
    assert (theory.kicks[: theory.neutral] == 0.0).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_noisy_synapses_walk_along_the_floor_at_eta_squared_s_squared_a_dimension(seed):
    result = biology_drift.run(seed=seed, steps=3000)
    assert result.walk == pytest.approx(66 * (0.1 * 0.02) ** 2, rel=1e-12)
    assert result.rate == pytest.approx(result.walk, rel=0.05)
    assert result.exponent == pytest.approx(1.0, abs=0.05)
    np.testing.assert_allclose(result.measured.hidden[-1], result.predicted.hidden[-1], rtol=0.1)
    np.testing.assert_allclose(result.measured.old_readout[-1], result.predicted.old_readout[-1], rtol=0.2)
    late = result.times > 1500
    np.testing.assert_allclose(result.measured.loss[late].mean(), result.predicted.loss[-1], rtol=0.06)


@pytest.mark.parametrize("seed", [0, 1])
def test_noisy_targets_march_along_the_floor_down_the_slope_of_the_curvature(seed):
    result = biology_drift.run("targets", seed=seed)
    assert result.walk == 0.0
    assert result.cosine > 0.99
    assert np.sqrt(result.measured.along[-1]) / result.times[-1] == pytest.approx(result.speed, rel=0.05)
    assert result.exponent == pytest.approx(2.0, abs=0.08)
    np.testing.assert_allclose(result.measured.across[-1], result.predicted.across[-1], rtol=0.1)


def test_at_equal_loss_the_two_kinds_of_noise_differ_by_four_orders_of_magnitude():
    drifts = [biology_drift.run(kind, members=10) for kind in ("synapses", "targets")]
    losses = [d.predicted.loss[-1] for d in drifts]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)
    assert 3e3 < drifts[0].measured.along[-1] / drifts[1].measured.along[-1] < 1e5


def test_half_the_step_and_twice_the_noise_variance_keep_the_loss_and_halve_the_walk():
    theta = biology_valley.minimum()
    theories = [ValleyTheory.at(theta, "synapses", 0.02 * k**-0.5, 0.01 * k) for k in (1.0, 0.5)]
    before, after = (theory.predict(np.array([1e6]))[0] for theory in theories)
    assert after.loss[0] == pytest.approx(before.loss[0], rel=0.01)
    assert theories[1].kicks[0] / theories[0].kicks[0] == pytest.approx(0.5, rel=1e-12)


def test_tuning_curves_wander_while_the_own_readout_follows():
    result = biology_tuning.run()
    assert result.errors[0] < 1e-12 and result.errors[1] < 0.12 and result.old_error > 0.25
    assert np.sum(result.correlations < 0.5) >= 3
    assert result.curves.shape == (2, 16, 72)
    order = biology_tuning.preferred(result.curves[0])
    assert (np.diff(order) >= 0.0).all()


def test_the_preferred_direction_of_a_cosine_is_its_peak():
    angles = 2 * np.pi * np.arange(24) / 24
    found = biology_tuning.preferred(1.0 + np.cos(angles - np.array([[0.4], [5.0]])))
    np.testing.assert_allclose(found, [0.4, 5.0], atol=1e-12)


def test_the_same_seed_gives_the_same_bits():
    runs = [biology_drift.run("targets", steps=60, members=3, every=20, seed=s) for s in (4, 4, 5)]
    np.testing.assert_array_equal(runs[0].measured.along, runs[1].measured.along)
    assert (runs[0].measured.along != runs[2].measured.along).all()


# --- errors and figures ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: biology_drift.run("labels"), "source must be 'synapses' or 'targets'"),
        (lambda: biology_drift.run(noise=0.0), "noise must be positive"),
        (lambda: biology_geometry.run(synapses=5, examples=5), "fewer examples than synapses"),
        (lambda: biology_order.run((0.01,)), "targets above twice the start"),
        (lambda: biology_order.run(duration=1.0), "Allow more time"),
        (lambda: biology_search.run(size=0.0), "size must be positive"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_figures_describe_their_results():
    drifts = [biology_drift.run(kind, steps=300, members=4, every=20) for kind in ("synapses", "targets")]
    figures = [
        drift_plots.distances(drifts),
        drift_plots.readouts(drifts[0]),
        drift_plots.tuning(biology_tuning.run(steps=50)),
        geometry_plots.weights(biology_geometry.run(synapses=200, examples=10)),
        geometry_plots.order(biology_order.run()),
    ]
    assert len({figure.name for figure in figures}) == 5
    for figure in figures:
        assert "nan" not in figure.alt and figure.svg().startswith("<svg")


def test_the_rules_agree_with_descent_when_all_weights_have_size_one():
    gradient = np.array([0.3, -0.2])
    w = np.array([1.0, -1.0])
    multiplied = ExponentiatedGradient(1e-6).step(ExponentiatedGradient(1e-6).init(w), gradient).theta
    added = GradientDescent(1e-6).step(GradientDescent(1e-6).init(w), gradient).theta
    np.testing.assert_allclose(multiplied, added, atol=1e-12)
    jacobian = ld.jacobian(
        lambda z: ExponentiatedGradient(0.1).step(ExponentiatedGradient(0.1).init(z), z).theta
    )
    np.testing.assert_allclose(
        jacobian(w), np.diag(np.exp(-0.1 * np.abs(w)) * (1 - 0.1 * np.abs(w))), rtol=1e-12
    )
