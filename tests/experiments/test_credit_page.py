"""Credit assignment without backpropagation: what the page claims of each rule."""

from dataclasses import replace

import numpy as np
import pytest

from learndyn.dynamics import simulate
from learndyn.experiments import (
    credit_alignment,
    credit_balance,
    credit_estimates,
    credit_first_steps,
    credit_late,
    credit_noise,
    credit_oja,
    credit_reward,
    credit_rules,
    credit_settling,
)
from learndyn.neural.credit import EquilibriumPropagation, FeedbackAlignment

ENTRIES = {contestant.name: contestant for contestant in credit_rules.CONTESTANTS}


def updates_to_learn(name, factor=1.0, *, seed=0, limit=4000, every=4):
    """After how many updates the loss is at most 0.01; infinite if the run ends first, or blows up."""
    contestant = ENTRIES[name]
    system = credit_rules.start(contestant, step_size=factor * contestant.step_size, seed=seed)
    z = system.initial_state
    for done in range(every, limit + 1, every):
        z = simulate(system, z, every, every=every, progress=False).final_state
        loss = float(system.objective(z)) if np.isfinite(z).all() else np.inf
        if loss <= credit_rules.LEARNED:
            return done
        if loss > 1e6:
            return np.inf
    return np.inf


def test_forward_weights_turn_towards_the_feedback_to_below_45_degrees():
    """Lillicrap et al. (2016): 30-20-10 linear, eta = 0.002, 3000 steps, ten nets."""
    result = credit_alignment.run()
    assert result.angles.shape == result.predicted.shape == (10, 41)
    assert np.abs(result.angles[:, 0] - 90.0).max() < 12.0
    assert result.angles[:, -1].max() < 45.0
    assert np.median(result.angles[:, -1]) == pytest.approx(30.0, abs=5.0)
    assert result.losses[:, -1].max() < 1e-4


def test_the_conservation_law_predicts_the_angle_up_to_the_drift_of_finite_steps():
    coarse = credit_alignment.run((0, 1), step_size=0.002, steps=600, every=300)
    fine = credit_alignment.run((0, 1), step_size=0.0005, steps=2400, every=1200)
    gaps = [np.abs(r.angles - r.predicted).max() for r in (coarse, fine)]
    assert gaps[0] < 1.0
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.15)


def test_feedback_alignment_conserves_its_balance_and_descent_drifts_at_order_1():
    result = credit_balance.run()
    assert result.flow_drift < 1e-9
    assert result.moved > 0.05
    np.testing.assert_allclose(result.orders, 1.0, atol=0.1)


@pytest.mark.parametrize("rule", [None, FeedbackAlignment()], ids=["direct", "chain"])
def test_random_feedback_makes_hidden_layers_climb_in_half_of_all_nets(rule):
    result = credit_first_steps.run(rule, nets=1000)
    assert result.climbing == pytest.approx(0.5, abs=0.05)
    assert (result.output <= 0.0).all()
    assert 0.02 < result.rising < result.climbing


def test_reversed_direct_feedback_reverses_what_hidden_layers_do():
    result = credit_first_steps.run(nets=50)
    np.testing.assert_array_equal(result.mirrored, -result.hidden)


def test_node_perturbation_has_its_moments_and_its_best_step_falls_as_1_over_n_plus_2():
    result = credit_noise.run(replicas=400)
    np.testing.assert_allclose(result.squared_cosines * result.units, 1.0, rtol=0.05)
    np.testing.assert_allclose(result.second_moments / (result.units + 2), 1.0, rtol=0.05)
    scaled = (result.units[:, None] + 2) * (result.factors - result.predicted)
    assert np.abs(scaled).max() < 0.25 and np.sqrt(np.mean(scaled**2)) < 0.08
    assert (result.factors[:, result.scaled_steps > 2.1] > 1.0).all()
    assert (result.factors[:, result.scaled_steps < 1.6] < 1.0).all()


def test_the_mean_of_the_three_factor_rule_is_the_gradient_for_every_baseline():
    result = credit_reward.run()
    assert result.errors.max() < 1e-8
    assert result.variances.min() < 0.3 * result.variances[-2]  # against no baseline
    assert abs(result.best - result.mean_reward) < 0.3
    a, *_ = np.polyfit(result.baselines, result.variances, 2)
    np.testing.assert_allclose(np.diff(result.variances, 2), 2.0 * a, rtol=1e-9)  # a parabola


def test_oja_is_stable_at_the_first_principal_axis_only_with_the_predicted_multipliers():
    result = credit_oja.run()
    np.testing.assert_allclose(result.measured, result.predicted, rtol=0, atol=1e-4)
    assert result.stable.tolist() == [True, False, False, False, False]


def test_the_rules_that_settle_have_errors_of_their_orders():
    assert credit_settling.predictive_coding((1e3, 1e4, 1e5)).order == pytest.approx(1.0, abs=0.05)
    assert credit_settling.equilibrium_propagation().order == pytest.approx(1.0, abs=0.08)
    both = credit_settling.equilibrium_propagation((2e-2, 1e-2, 5e-3), symmetric=True)
    assert both.order == pytest.approx(2.0, abs=0.08)
    assert credit_settling.zero_divergence() < 1e-12


def test_predictive_coding_tends_to_its_linearised_error_and_not_to_0_as_the_loss_shrinks():
    result = credit_settling.shrinking((1.0, 1e-2, 1e-3))
    np.testing.assert_allclose(result.errors[:, -1], result.limits, rtol=2e-3)
    assert result.limits[0] > 0.3
    gaps = np.abs(result.errors - result.limits[:, None])
    assert (gaps[:, 1] < 0.1 * gaps[:, 0]).all()


def test_the_half_adder_is_binary_addition():
    x, y = credit_rules.half_adder()
    bits = (x > 0).sum(axis=1)
    np.testing.assert_array_equal(y[:, 0] + 2 * y[:, 1], bits)


@pytest.mark.parametrize(
    "name",
    ["backpropagation", "feedback alignment", "direct feedback", "node perturbation", "weight perturbation"],
)
def test_the_step_of_each_rule_works_from_four_starts_and_twice_the_step_does_not(name):
    every = 20 if "perturbation" in name else 4
    assert all(updates_to_learn(name, seed=s, every=every) < 4000 for s in range(4))
    double = [updates_to_learn(name, 2.0, seed=s, every=every, limit=1000) for s in range(4)]
    assert max(double) == np.inf


def test_the_smaller_the_weights_the_more_backpropagation_waits_and_feedback_does_not():
    def passes(name, size):
        return [credit_rules.run(ENTRIES[name], size=size, seed=s).passes_to() for s in range(4)]

    small = [np.median(passes(name, 0.5)) for name in ("backpropagation", "feedback alignment")]
    smaller = [np.median(passes(name, 0.2)) for name in ("backpropagation", "feedback alignment")]
    assert small[0] > 1.5 * small[1]
    assert smaller[0] > 1.5 * small[0]
    assert smaller[1] < 1.5 * small[1]


def test_angles_of_feedback_rules_come_down_and_rise_again():
    for name in ("feedback alignment", "direct feedback"):
        run = credit_rules.run(ENTRIES[name])
        assert run.first.angle > 60.0
        assert run.learned.angle < 45.0
        late = run.angles[run.losses < 1e-5]
        assert late.min() > run.learned.angle + 15.0


@pytest.mark.parametrize(("name", "updates"), [("feedback alignment", 110), ("direct feedback", 90)])
def test_the_late_angle_is_that_of_the_error_which_the_feedback_corrects_slowest(name, updates):
    late = credit_late.run(name, updates=updates)
    assert late.loss < 1e-7
    assert late.rates.min() > 0.0
    assert late.measured == pytest.approx(late.modes[0], abs=0.5)
    assert late.modes[0] > late.modes[1:].max() + 5.0


def test_the_late_angle_of_backpropagation_is_0_in_every_mode():
    late = credit_late.run("backpropagation", updates=80)
    assert max(late.measured, late.modes.max()) < 1e-4


def test_the_objective_of_equilibrium_propagation_is_not_continuous():
    """On the straight line between two updates it steps where the rest of before is lost."""
    contestant = ENTRIES["equilibrium prop."]
    system = credit_rules.start(contestant)
    states = simulate(system, system.initial_state, 24, progress=False).states
    losses = np.array([system.objective(z) for z in states])
    largest = int(np.argmax(losses[1:] / losses[:-1]))
    before, after = states[largest : largest + 2]
    exact, (x, y) = EquilibriumPropagation(), credit_rules.half_adder()

    def loss(share):
        theta = system.parameters((1.0 - share) * before + share * after)
        return exact.objective(contestant.model, theta, x, y)

    low, high = 0.0, 1.0
    left, right = loss(low), loss(high)
    for _ in range(14):
        middle = 0.5 * (low + high)
        value = loss(middle)
        if abs(value - left) < abs(value - right):
            low, left = middle, value
        else:
            high, right = middle, value
    assert high - low < 1e-4
    assert right - left > 0.2


def test_noise_makes_variance_without_bias_and_feedback_bias_without_variance():
    for name in ("node perturbation", "weight perturbation", "three-factor"):
        first = credit_rules.run(replace(ENTRIES[name], updates=10), records=3).first
        assert first.variance > 5.0 and first.bias < 2.0 * first.bias_error
    for name in ("feedback alignment", "predictive coding", "equilibrium prop."):
        first = credit_rules.run(replace(ENTRIES[name], updates=2), records=6).first
        assert first.variance == 0.0 and first.bias > 0.3


def test_zero_divergence_learns_as_backpropagation_does():
    exact, zero = (credit_rules.run(ENTRIES[name]) for name in ("backpropagation", "zero divergence"))
    due = np.intersect1d(exact.updates, zero.updates)
    first, second = (run.losses[np.isin(run.updates, due)] for run in (exact, zero))
    np.testing.assert_allclose(second, first, rtol=1e-6)
    assert (zero.first.bias, zero.learned.bias) < (1e-12, 1e-12)


def test_a_reading_between_records_is_interpolated_and_none_is_invented():
    run = credit_rules.run(ENTRIES["backpropagation"])
    at = 10
    assert run.loss_after(run.updates[at] * run.passes) == pytest.approx(run.losses[at], rel=1e-12)
    assert np.isnan(run.loss_after(1e9))
    assert run.passes_to(1e-99) == np.inf
    assert run.passes_to(1.0) == 0.0


def test_the_three_factor_rule_stops_at_one_wrong_bit_from_some_starts():
    """Half of one squared error in four examples: 0.125."""
    run = credit_rules.run(replace(ENTRIES["three-factor"], updates=4000), records=12, seed=1)
    assert run.losses[-1] == pytest.approx(0.125, abs=0.005)


def test_weight_perturbation_never_points_uphill_and_its_mean_is_near_the_gradient():
    (cloud,) = credit_estimates.run(("weight perturbation",), draws=400)
    assert cloud.along.min() > -1e-2
    assert cloud.mean[0] == pytest.approx(1.0, abs=0.25)
    assert cloud.mean[1] < 0.15 * cloud.across.max()
    (point,) = credit_estimates.run(("feedback alignment",))
    assert point.along.shape == point.across.shape == (1,)
    cosine = point.along[0] / np.hypot(point.along[0], point.across[0])
    angle = credit_rules.run(ENTRIES["feedback alignment"]).first.angle
    assert np.degrees(np.arccos(cosine)) == pytest.approx(angle, rel=1e-9)


def test_the_same_seed_gives_the_same_bits():
    first, second = (credit_noise.run((3,), replicas=5, steps=3, seed=2) for _ in range(2))
    np.testing.assert_array_equal(first.factors, second.factors)
