"""Chaos: one exponent both ways, how far one sees, what gradients are worth, and taming it."""

import numpy as np
import pytest

from learndyn.autodiff import cos, grad, tanh
from learndyn.dynamics import RK4, flow_map, integrate
from learndyn.experiments import (
    chaos_circuit,
    chaos_ensemble,
    chaos_force,
    chaos_gradients,
    chaos_horizon,
    chaos_two_ways,
)
from learndyn.learning import RNN
from learndyn.learning.signal import backward_norms
from learndyn.neural.control import DoublePendulum, held_step

BODY = DoublePendulum()


@pytest.fixture(scope="module")
def horizon():
    return chaos_horizon.run()


@pytest.fixture(scope="module")
def estimates():
    return chaos_gradients.run()


# The surface of an energy


def test_all_starts_have_the_energy():
    for energy in (-25.0, 0.0, 16.0):
        z = chaos_ensemble.energy_surface(200, 0, energy=energy)
        np.testing.assert_allclose(BODY.energy(z), energy, atol=1e-11)
    assert chaos_ensemble.energy_surface(5, 1).shape == (4, 5)


def test_the_flow_keeps_the_even_density():
    """Averages are those of a second later. Without sqrt(det M), cos 2D would be off by 0.07."""
    n = 20_000
    z = chaos_ensemble.energy_surface(n, 3)
    flow = chaos_ensemble.batched(BODY, z.shape)
    later = integrate(flow, z.ravel(), [0.0, 1.0], method=RK4(0.025)).final_state.reshape(z.shape)
    for f in (
        lambda z: np.cos(2.0 * (z[0] - z[1])),
        lambda z: np.cos(z[0]),
        lambda z: np.cos(z[1]),
        lambda z: np.tanh(z[2] / 4.0) ** 2,
        lambda z: np.tanh(z[3] / 4.0) ** 2,
    ):
        before, after = f(z), f(later)
        error = np.sqrt((before.var() + after.var()) / n)
        assert abs(before.mean() - after.mean()) < 4.0 * error


def test_no_state_lies_below_rest():
    with pytest.raises(ValueError, match="energy above -29.43 J"):
        chaos_ensemble.energy_surface(10, 0, energy=-30.0)
    with pytest.raises(ValueError, match="members >= 1"):
        chaos_ensemble.energy_surface(0, 0)


# Both ways


def test_the_two_ways_are_adjoint():
    """A chain of matrices: the lengths are those of the explicit product and of its transpose."""
    rng = np.random.default_rng(0)
    matrices = rng.standard_normal((6, 4, 4))
    maps = [lambda z, a=a: z @ a.T for a in matrices]
    forward, backward = chaos_two_ways.two_ways(maps, np.zeros((3, 4)), rng=1)
    product = np.linalg.multi_dot(list(matrices[::-1]))
    drawn = np.random.default_rng(1)
    for logs, matrix in ((forward, product), (backward, product.T)):
        v = drawn.standard_normal((3, 4))
        v /= np.linalg.norm(v, axis=1, keepdims=True)
        np.testing.assert_allclose(logs[-1], np.log(np.linalg.norm(v @ matrix.T, axis=1)), rtol=1e-12)
        np.testing.assert_array_equal(logs[0], 0.0)


def test_an_error_and_a_gradient_have_one_distribution_at_any_time():
    """For even directions: the same quantiles, for a Jacobian that is far from normal."""
    step = flow_map(BODY, 1.5, method=RK4(0.05))
    z = np.repeat(np.array(chaos_ensemble.START)[:, None], 4000, axis=1)
    forward, backward = chaos_two_ways.two_ways([step] * 2, z, axis=0, rng=2)
    levels = [0.1, 0.3, 0.5, 0.7, 0.9]
    np.testing.assert_allclose(np.quantile(forward[-1], levels), np.quantile(backward[-1], levels), atol=0.12)
    assert np.ptp(np.quantile(forward[-1], levels)) > 1.0


def test_the_gradient_is_that_of_backpropagation_through_time():
    rng = np.random.default_rng(5)
    model = RNN(8, 8, 1, "tanh", bias=False)
    theta = model.init(rng, gain=2.0)._replace(input_weight=np.eye(8))
    drive = 0.3 * rng.standard_normal((12, 2, 8))
    maps = [lambda h, s=s: model.step(theta, h, s) for s in drive]
    _, backward = chaos_two_ways.two_ways(maps, np.zeros((2, 8)), rng=3)
    drawn = np.random.default_rng(3)
    drawn.standard_normal((2, 8))
    u = drawn.standard_normal((2, 8))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    norms = backward_norms(model, theta, drive, u).log_activations
    np.testing.assert_allclose(backward, norms[::-1], atol=1e-12)


@pytest.mark.parametrize("make", [chaos_two_ways.deep_net, chaos_two_ways.recurrent_net])
def test_nets_grow_both_ways_as_mean_field_theory_says(make):
    result = make()
    assert result.forward_rate == pytest.approx(result.exponent, rel=0.15)
    assert result.backward_rate == pytest.approx(result.exponent, rel=0.15)


def test_a_circuit_grows_both_ways_at_its_exponent():
    result = chaos_two_ways.circuit()
    assert result.forward_rate == pytest.approx(result.exponent, rel=0.25)
    assert result.backward_rate == pytest.approx(result.exponent, rel=0.25)


def test_a_pendulum_grows_both_ways_at_the_rate_at_which_runs_part(horizon):
    result = chaos_two_ways.pendulum(horizon.exponent)
    assert result.forward_rate == pytest.approx(horizon.exponent, rel=0.2)
    assert result.backward_rate == pytest.approx(horizon.exponent, rel=0.2)
    # Single runs differ.
    assert np.ptp(np.quantile(result.forward[-1] / result.times[-1], [0.1, 0.9])) > 0.5


def test_a_lead_in_leaves_something():
    with pytest.raises(ValueError, match="a lead-in of 3 of 4 maps"):
        chaos_two_ways.two_ways([tanh] * 4, np.zeros((1, 2)), lead=3)


# How far ahead


def test_each_digit_buys_the_same_time(horizon):
    assert horizon.exponent == pytest.approx(1.4, rel=0.2)
    assert horizon.a_digit == pytest.approx(np.log(10.0) / horizon.exponent, rel=0.1)
    np.testing.assert_allclose(horizon.horizons[1:], horizon.predicted[1:], rtol=0.15)


def test_rounding_is_an_error_like_any_other(horizon):
    start = horizon.distances[0, -1]
    assert start.max() < 1e-14
    assert 20.0 < horizon.horizons[-1] < 28.0
    # Errors end at the size of the system, whatever they began with.
    np.testing.assert_allclose(horizon.distances[-1].mean(axis=-1), 2.4, rtol=0.15)


def test_a_pair_that_does_not_part_has_no_horizon():
    calm = chaos_horizon.run((1e-3, 1e-6, 1e-9), energy=-28.5, members=10, duration=4.0, window=(1.0, 4.0))
    assert np.isinf(calm.horizons).all()
    assert abs(calm.exponent) < 0.3


# What a gradient is worth


def test_the_first_order_grows_at_the_exponent_and_its_mean_square_faster(estimates, horizon):
    assert estimates.growth(estimates.typical_first) == pytest.approx(horizon.exponent, rel=0.2)
    assert estimates.growth(estimates.rms_first) > 1.15 * estimates.growth(estimates.typical_first)


def test_the_zeroth_order_levels_off_in_proportion_to_one_over_the_noise(estimates):
    np.testing.assert_allclose(estimates.plateaus, estimates.predicted_plateaus, rtol=0.35)
    np.testing.assert_allclose(estimates.plateaus[1:] / estimates.plateaus[:-1], 10.0, rtol=0.25)


def test_orders_meet_later_by_the_same_time_for_each_power_of_ten(estimates, horizon):
    np.testing.assert_allclose(np.diff(estimates.meetings), np.log(10) / horizon.exponent, rtol=0.2)
    assert (estimates.takeovers < estimates.meetings).all()


def test_both_orders_agree_while_the_noise_is_small(estimates):
    """L(u + s) - L(u - s) = 2 s dL/du: the estimates differ by the factor xi^2."""
    xi = np.random.default_rng(2)
    chaos_ensemble.energy_surface(400, xi)
    squares = xi.standard_normal(400) ** 2
    typical = np.median(np.abs(estimates.zeroth[0, -1] / squares - estimates.first[0]) / estimates.first[0])
    assert typical < 0.05


def test_gradients_of_the_torque_are_those_of_the_whole_run():
    """Forward mode, step by step, against reverse mode through all steps at once."""
    few = chaos_gradients.run((1e-3,), members=3, duration=1.0, first=1.0, every=40)
    rng = np.random.default_rng(2)
    z0, xi = chaos_ensemble.energy_surface(3, rng), rng.standard_normal(3)
    step = held_step(BODY, 0.025, method=RK4(0.025))

    def loss(u):
        z = z0
        for _ in range(40):
            z = step(z, np.array([[0.0], [1.0]]) * u)
        return cos(z[1]).sum()

    np.testing.assert_allclose(few.first[0], np.abs(grad(loss)(1e-3 * xi)), rtol=1e-9)


def test_the_whole_gradient_has_the_mean_of_the_zeroth_order_and_a_cut_one_has_not():
    result = chaos_gradients.truncated()
    assert result.means[-1] == pytest.approx(result.truth, rel=0.01)
    assert abs(result.at(2.0)[0]) > 0.5 * abs(result.truth)
    assert abs(result.at(3.0)[0]) > 10.0 * abs(result.truth)
    assert result.deviations[-1] > 5.0 * result.zeroth_deviation


# Circuits


def test_circuits_of_300_neurons_have_about_the_exponent_of_the_theory():
    result = chaos_circuit.run(curve_gains=(1.5,))
    np.testing.assert_allclose(result.predicted, [0.112, 0.235], atol=1e-3)
    means = result.measured.mean(axis=-1)
    np.testing.assert_allclose(means[1], result.predicted, rtol=0.55)
    assert (means < result.predicted).all()
    assert result.measured[0].min() < 0.0 < result.measured[1].min()
    assert result.curve[0] == pytest.approx(0.0467, abs=5e-4)


def test_force_turns_chaos_into_a_stable_cycle():
    result = chaos_force.run()
    assert result.error < 0.1
    assert result.untrained_error > 0.3
    assert result.exponents_before[0] > 0.03
    assert abs(result.exponents_after[0]) < 0.01
    assert result.exponents_after[1] < -0.015


def test_with_half_the_feedback_a_circuit_may_not_learn():
    assert chaos_force.run(feedback=1.0, seed=2, test_duration=60.0).error > 0.3
