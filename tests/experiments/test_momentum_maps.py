"""Momentum and adaptive rules on one mode: what the page on them claims."""

import numpy as np
import pytest

from learndyn.experiments import (
    adam_cycle,
    momentum_circles,
    reddi_problem,
    rule_limits,
    tuned_momentum,
    weight_decay,
)


@pytest.mark.parametrize("beta", [0.1, 0.5, 0.9])
def test_complex_multipliers_lie_on_the_two_circles_and_both_rules_leave_through_minus_one(beta):
    result = momentum_circles.run(momentum=beta, points=41, furthest=1.0)
    for rule in (result.heavy_ball, result.nesterov):
        assert rule.turning.sum() > 3
        assert rule.off_circle < 1e-12
        assert rule.spectral_radius[1:-1].max() < 1.0
        assert rule.values[-1, 0] == pytest.approx(-1.0, abs=1e-12)
    np.testing.assert_allclose(
        result.descent_radius, np.abs(1 - result.descent_products), atol=1e-15
    )


@pytest.fixture(scope="module")
def limits():
    return rule_limits.run((0.0, 0.9), averages=(0.0, 0.9))


def test_every_limit_is_two_over_the_gain_for_a_gradient_that_alternates(limits):
    for kind in limits.values():
        for limit in kind:
            assert limit.measured == pytest.approx(limit.predicted, abs=1e-9)
            assert 2.0 / limit.gain == pytest.approx(limit.predicted, rel=1e-8)


def test_runs_half_a_percent_on_either_side_of_the_limit_decay_and_grow(limits):
    runs = [limit for kind in limits.values() for limit in kind if limit.below is not None]
    assert len(runs) == 5
    assert all(limit.below < 0.1 and limit.above > 10.0 for limit in runs)


def test_tuned_rates_are_those_of_polyak_and_lessard_once_the_jordan_factor_is_divided_out():
    result = tuned_momentum.run(100.0)
    for run in result.runs:
        assert run.spectral_radius == pytest.approx(run.predicted, abs=2e-7)
        if run.method != "gradient descent":
            divided = abs(run.factor(200, 300, divide_by_t=True) - run.predicted)
            assert divided < 2e-3
            assert abs(run.factor(200, 300) - run.predicted) > 5 * divided
    order = sorted(result.runs, key=lambda run: run.sizes[150])
    assert [run.method for run in order] == [
        "heavy ball",
        "optimal nesterov",
        "standard nesterov",
        "gradient descent",
    ]


@pytest.mark.parametrize("beta1", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("curvature", [0.3, 50.0])
def test_the_cycle_of_two_is_exact_and_sits_at_the_frozen_limit_for_any_curvature(beta1, curvature):
    found = adam_cycle.cycle(beta1, curvature=curvature)
    assert found.defect < 1e-12
    assert found.product == pytest.approx((2 + 2 * beta1) / (1 - beta1), abs=1e-9)


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999])
def test_without_momentum_the_cycle_attracts_with_multiplier_root_beta2(beta2):
    found = adam_cycle.cycle(0.0, beta2=beta2)
    assert abs(found.multiplier) == pytest.approx(np.sqrt(beta2), abs=1e-9)


def test_the_cycle_loses_stability_at_three_minus_two_root_two():
    for beta1, stable in ((adam_cycle.EDGE - 0.002, True), (adam_cycle.EDGE + 0.002, False)):
        found = adam_cycle.cycle(beta1, beta2=0.9999)
        assert (abs(found.multiplier) < 1.0) == stable
        assert (found.predicted_multiplier < 1.0) == stable


@pytest.mark.parametrize("beta1", [0.05, 0.1, 0.25, 0.4])
def test_the_multiplier_of_the_cycle_is_the_expansion_up_to_second_order(beta1):
    """The error of |m| falls with d = 1 - beta2 as d^2 or faster: 16 times for a quarter of d."""
    errors = [
        abs(abs(found.multiplier) - found.predicted_multiplier)
        for found in (adam_cycle.cycle(beta1, beta2=1.0 - d) for d in (4e-3, 1e-3))
    ]
    assert errors[1] < errors[0] / 12.0
    assert errors[0] < 3e-4


def test_adam_settles_on_the_cycle_with_little_momentum_and_bursts_with_much():
    calm, wild = (adam_cycle.run(beta1, steps=5000) for beta1 in (0.1, 0.9))
    assert calm.settled(4000) == pytest.approx(calm.limit, rel=2e-2)
    assert abs(calm.positions[-1]) == pytest.approx(adam_cycle.cycle(0.1).amplitude, rel=0.2)
    assert 33.0 < wild.settled(2000).mean() < 36.5
    assert np.ptp(wild.settled(2000)) > 5.0


@pytest.mark.parametrize("steep", [2.5, 3.0, 6.0])
def test_three_steps_move_adam_up_and_amsgrad_down_by_the_predicted_amounts(steep):
    result = reddi_problem.run(steep=steep, steps=30)
    for name, drift in result.predicted_drift.items():
        assert result.measured_drift[name] == pytest.approx(drift, abs=1e-9)
    assert result.predicted_drift["Adam"] > 0 > result.predicted_drift["AMSGrad"]


def test_adam_ends_at_the_worst_point_and_amsgrad_at_the_best():
    result = reddi_problem.run(steps=12_000)
    assert result.adam[-1] == pytest.approx(1.0, abs=0.02)
    assert result.amsgrad[-1] == pytest.approx(-1.0, abs=0.02)


def test_coupled_decay_is_weak_where_gradients_are_large_and_decoupled_decay_is_not():
    result = weight_decay.run()
    np.testing.assert_allclose(result.coupled, result.predicted_coupled, rtol=0.01)
    np.testing.assert_allclose(result.decoupled, result.predicted_decoupled, rtol=0.01)
    assert result.coupled[1] > 2 * result.coupled[0]
