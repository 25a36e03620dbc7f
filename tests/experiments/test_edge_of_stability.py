"""The sharpness rises to the stability limit of the rule and hovers there."""

import numpy as np
import pytest

from learndyn.experiments import edge_of_stability as edge
from learndyn.learning import (
    Adam,
    GradientDescent,
    HeavyBall,
    Nesterov,
    RMSProp,
    lecun_normal,
)


@pytest.mark.parametrize(("eta", "steps"), [(0.2, 2500), (0.1, 2500)])
def test_on_degree_4_descent_settles_at_two_over_eta(eta, steps):
    run = edge.run(GradientDescent(eta), degree=4, steps=steps, every=51)
    assert run.settled == pytest.approx(2.0, abs=0.04)
    assert run.relative[0] < 0.8
    assert run.losses[-1] < 0.1 * run.losses[0]


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_on_degree_5_descent_settles_at_two_over_eta_for_each_seed(seed):
    run = edge.run(GradientDescent(0.1), seed=seed, steps=2500)
    assert run.settled == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(
    ("rule", "limit"), [(HeavyBall(0.1, 0.5), 3.0), (Nesterov(0.02, 0.9), 3.8 / 2.8)]
)
def test_momentum_settles_at_its_own_limit(rule, limit):
    run = edge.run(rule, steps=2500)
    assert run.limit == pytest.approx(limit, rel=1e-12)
    assert run.settled == pytest.approx(limit, abs=0.25)


@pytest.mark.parametrize(("rule", "limit"), [(RMSProp(1e-3, 0.99), 2.0), (Adam(1e-3, 0.9, 0.99), 38.0)])
def test_adaptive_rules_settle_at_the_limit_of_the_preconditioned_curvature(rule, limit):
    run = edge.run(rule, steps=3000, every=75)
    assert run.limit == pytest.approx(limit, rel=1e-12)
    assert run.settled == pytest.approx(limit, rel=0.1)


def test_along_gradient_flow_the_sharpness_rises_far_beyond_the_edge_of_descent():
    flow = edge.flow(duration=80.0, records=5)
    assert flow.sharpness[0] < 10.0
    assert flow.sharpness[-1] > 45.0
    assert np.all(np.diff(flow.sharpness) > 0)


def test_a_target_that_is_learned_before_the_edge_never_settles_above_it():
    run = edge.run(GradientDescent(0.05), degree=2, steps=1500, every=75)
    assert run.losses[-1] < 0.01
    assert run.relative.max() < 0.8


def test_a_heavy_ball_with_much_momentum_can_be_thrown_below_the_edge():
    """Seed 1; the mean stays below 0.6 of the limit when the start is changed by 1e-6."""
    run = edge.run(HeavyBall(0.05, 0.9), seed=1, steps=2500, every=51)
    assert run.relative.max() > 1.0
    assert run.settled < 0.7 * run.limit


def test_nets_side_by_side_settle_where_each_does_alone():
    rule, steps = GradientDescent(0.1), 400  # before the edge, where rounding is not magnified
    together = edge.settle_together(rule, (0, 3), steps=steps, every=51)
    for value, seed in zip(together, (0, 3), strict=True):
        run = edge.run(rule, seed=seed, steps=steps, every=51)
        late = run.relative[-(len(run.steps) // 3) :]
        assert value == pytest.approx(late.mean(), rel=1e-5)


def test_a_run_that_diverges_keeps_its_records_and_says_where_it_ended():
    run = edge.run(GradientDescent(5.0), steps=300, every=51)
    assert "NaN or infinite" in run.stopped
    assert np.isnan(run.sharpness[-1])
    assert np.isfinite(run.sharpness[0])


def test_a_net_that_diverges_settles_nowhere():
    assert np.isnan(edge.settle_together(GradientDescent(5.0), (0,), steps=300, every=51)).all()


def test_records_at_even_distances_see_one_side_of_the_oscillation():
    odd, even = (edge.run(GradientDescent(0.1), steps=3500, every=every) for every in (61, 60))
    assert odd.settled == pytest.approx(2.0, abs=0.1)
    assert abs(even.settled - 2.0) > 0.1


def test_without_biases_the_net_and_its_gradient_are_odd_functions():
    """So nothing but rounding drives a direction that breaks the symmetry."""
    theta = edge.problem(5)[1]
    np.testing.assert_allclose(edge.MODEL(theta, -edge.INPUTS), -edge.MODEL(theta, edge.INPUTS), atol=1e-15)

    def with_biases(rng, ensemble, fan_in, fan_out):
        weight, _ = lecun_normal(rng, ensemble, fan_in, fan_out)
        return weight, rng.standard_normal((*ensemble, 1, fan_out))

    odd, skew = (
        edge.run(GradientDescent(0.1), steps=2500, initialiser=initialiser)
        for initialiser in (lecun_normal, with_biases)
    )
    assert skew.spread < 0.6 * odd.spread
