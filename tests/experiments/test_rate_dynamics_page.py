"""Neurons as flows: the filter, the cycle, its birth, long steps, and gradients of trajectories."""

import numpy as np
import pytest

from learndyn.autodiff import stack
from learndyn.experiments import (
    rate_adjoint,
    rate_cycle,
    rate_filter,
    rate_hopf,
    rate_steps,
    rate_training,
)
from learndyn.learning import Adam, stability_limit


@pytest.fixture(scope="module")
def plane():
    return rate_cycle.run()


@pytest.fixture(scope="module")
def hopf():
    return rate_hopf.hopf_point()


# One neuron


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_a_running_mean_is_a_leaky_integrator(beta):
    result = rate_filter.run(beta)
    assert result.difference < 1e-9
    assert np.exp(-1.0 / result.tau) == pytest.approx(beta, rel=1e-14)
    assert np.ptp(result.mean) > 0.1


def test_both_have_the_gain_of_their_filter():
    result = rate_filter.gains(0.9)
    np.testing.assert_allclose(result.mean, result.mean_law(result.frequencies), rtol=1e-5)
    np.testing.assert_allclose(result.neuron, result.neuron_law(result.frequencies), rtol=1e-4)
    # They agree where a signal is slow, and not at the fastest that steps can carry.
    assert abs(result.mean[0] / result.neuron[0] - 1.0) < 1e-3
    assert result.mean[-1] > 1.5 * result.neuron[-1]


def test_the_gain_at_the_fastest_signal_sets_the_stability_limit():
    result = rate_filter.gains(0.9, (np.pi,))
    rule = Adam(step_size=1e-3, beta1=0.9)
    assert 2.0 / result.mean[0] == pytest.approx(stability_limit(rule), rel=1e-6)


# Two populations


def test_the_cycle_has_its_period_and_attracts(plane):
    assert plane.cycle.period == pytest.approx(rate_cycle.PERIOD, abs=1e-5)
    assert plane.cycle.jitter < 1e-5
    assert abs(plane.floquet.multipliers[0] - 1.0) < 1e-4
    assert plane.floquet.multipliers[1] == pytest.approx(0.34292, abs=1e-4)
    assert np.exp(plane.floquet.divergence) == pytest.approx(
        plane.floquet.multipliers[1].real, abs=1e-4
    )


def test_the_state_of_rest_inside_is_an_unstable_focus_and_all_runs_reach_the_cycle(plane):
    assert (plane.eigenvalues.real > 0.0).all() and (plane.eigenvalues.imag != 0.0).all()
    for states in plane.runs:
        first, late = (np.linalg.norm(z - plane.orbit, axis=1).min() for z in states[[0, -1]])
        assert late < 0.015 and first > 0.04


def test_a_kick_along_the_cycle_is_kept_and_one_across_it_is_forgotten(plane):
    result = rate_cycle.kicks(plane)
    np.testing.assert_allclose(result.along, result.size, rtol=1e-3)
    np.testing.assert_allclose(result.across, result.predicted_across, rtol=0.01)


def test_the_normal_form_of_a_known_flow_is_found():
    """dx/dt = -y - x r^2, dy/dt = x - y r^2: in w = x + i y, dw/dt = i w - w |w|^2."""

    def f(z):
        square = z[0] ** 2 + z[1] ** 2
        return stack([-z[1] - z[0] * square, z[0] - z[1] * square])

    c, omega, q = rate_hopf._cubic_coefficient(f, np.zeros(2))
    # z = w q + conj: the radius is sqrt(2) |w|, as q has length 1.
    assert omega == pytest.approx(1.0)
    assert np.linalg.norm(q) == pytest.approx(1.0)
    assert c == pytest.approx(-2.0 + 0.0j, abs=1e-12)


def test_quadratic_terms_enter_the_normal_form():
    """In w = x + i y, dw/dt = i w + g20 w^2/2 + g11 w w' + g02 w'^2/2 has a known coefficient."""
    g20, g11, g02 = 0.3 - 0.7j, 0.5 + 0.2j, -0.4 + 0.1j

    def f(z):
        x, y = z[0], z[1]
        # w^2 = x^2 - y^2 + 2ixy, w w' = x^2 + y^2
        even, cross, square = x * x - y * y, 2.0 * x * y, x * x + y * y
        real = (g20.real + g02.real) / 2 * even + (g02.imag - g20.imag) / 2 * cross
        imag = (g20.imag + g02.imag) / 2 * even + (g20.real - g02.real) / 2 * cross
        return stack([-y + real + g11.real * square, x + imag + g11.imag * square])

    c = rate_hopf._cubic_coefficient(f, np.zeros(2))[0]
    # Kuznetsov (2004), (3.20), with omega = 1; the length of q makes it twice as large.
    expected = 2.0 * (0.5j * (g20 * g11 - 2 * abs(g11) ** 2 - abs(g02) ** 2 / 3))
    assert c == pytest.approx(expected, abs=1e-12)


def test_the_pair_of_eigenvalues_crosses_where_the_oscillation_ends(hopf):
    curve = rate_hopf.equilibria(np.linspace(0.2, 0.3, 21))
    k = int(np.flatnonzero((curve.rates.real[:-1] > 0) & (curve.rates.real[1:] <= 0))[0])
    assert curve.P[k] <= hopf.P <= curve.P[k + 1]
    assert hopf.crossing.real < 0.0 and hopf.coefficient.real < 0.0  # the cycle is born stable
    assert abs(hopf.P - 1.90925) < 1e-5


def test_the_cycle_is_born_with_the_predicted_frequency_and_size(hopf):
    distances = np.array([0.01, 0.02, 0.04])
    found = rate_hopf.cycles(hopf.P - distances)
    scaled = found.swing / np.sqrt(distances)[:, None]
    np.testing.assert_allclose(scaled[0], hopf.swing, rtol=3e-3)
    assert found.periods[0] == pytest.approx(hopf.period, rel=0.01)
    # The defects are of first order in the distance.
    defects = np.abs(found.periods / hopf.period - 1.0)
    assert np.polyfit(np.log(distances), np.log(defects), 1)[0] == pytest.approx(1.0, abs=0.1)
    growth = np.polyfit(np.log(distances), np.log(found.swing), 1)[0]
    np.testing.assert_allclose(growth, 0.5, atol=0.01)


def test_the_return_to_a_section_and_a_long_run_find_the_same_cycle(plane):
    found = rate_hopf.cycles([1.25])
    assert found.periods[0] == pytest.approx(plane.cycle.period, abs=1e-5)
    np.testing.assert_allclose(found.highest[0], plane.orbit.max(axis=0), atol=1e-3)


def test_silence_ends_in_a_fold():
    curve = rate_hopf.equilibria()
    silent = curve.P[curve.states[:, 0] < 0.05]
    assert curve.fold == pytest.approx(1.0830, abs=1e-4)
    assert silent.max() <= curve.fold and (np.diff(silent) > 0).all()


# Steps


def test_a_long_step_makes_a_stable_state_unstable_where_it_is_predicted():
    leak, pair = rate_steps.leak_limit(2.5), rate_steps.pair_limit()
    assert leak.predicted == pytest.approx(5.0, rel=1e-12)
    for limit in (leak, pair):
        assert limit.measured == pytest.approx(limit.predicted, rel=1e-9)
    # The mode turns, so the limit is far below that of its rate of decay alone.
    assert pair.predicted < 0.01 * 2.0 / -pair.eigenvalues.real.max()


def test_an_unstable_state_has_no_step_limit():
    with pytest.raises(ValueError, match="not stable"):
        rate_steps.pair_limit(1.25)


def test_euler_shows_an_oscillation_that_is_not_there():
    result = rate_steps.false_oscillation()
    assert result.late_swing(result.euler) > 0.15
    assert result.late_swing(result.rk4) < 0.005 > result.late_swing(result.exact)


@pytest.mark.parametrize("step_size", [0.05, 0.1])
def test_the_false_oscillation_ends_where_the_multiplier_meets_the_circle(step_size):
    end = rate_steps.false_end(step_size)
    grown = rate_steps.euler_oscillates([end - 0.05, end + 0.05], step_size=step_size)
    assert grown == [True, False]
    assert end > 2.5 > rate_steps.false_end(0.0)


def test_without_a_step_it_ends_at_the_hopf_point(hopf):
    assert rate_steps.false_end(0.0) == pytest.approx(hopf.P, abs=1e-3)


# Gradients


@pytest.mark.parametrize("seed", [0, 1])
def test_the_gradient_through_time_approaches_the_adjoint_in_proportion_to_the_step(seed):
    result = rate_adjoint.run(seed=seed)
    assert result.order == pytest.approx(1.0, abs=0.12)


def test_the_state_backwards_loses_its_past_at_the_smallest_lyapunov_exponent():
    result = rate_adjoint.ways_back()
    assert result.growth == pytest.approx(-result.exponent, abs=0.2)
    assert result.checkpointed.max() < 1e-4
    assert result.reversed[-1] > 1.0


def test_a_network_that_is_trained_to_oscillate_has_an_attracting_cycle():
    result = rate_training.run()
    assert result.losses[1] < 0.05 * result.losses[0]
    assert result.cycle.period == pytest.approx(rate_training.PERIOD, rel=0.05)
    assert result.floquet.attracting
    assert abs(result.floquet.multipliers[0] - 1.0) < 1e-5
    assert result.times[-1] > 2.0 * result.duration


def test_not_every_start_finds_a_cycle():
    assert rate_training.run(seed=2).floquet.attracting
    with pytest.raises(ArithmeticError, match="may rest"):
        rate_training.run(seed=3)
