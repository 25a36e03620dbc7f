"""One neuron: a closed form, a low-pass filter, and what Euler's method makes of it."""

import numpy as np
import pytest

from learndyn.dynamics import DormandPrince, equilibrium, integrate, linearise, simulate
from learndyn.neural.rate import LeakyIntegrator

TIGHT = DormandPrince(rtol=1e-11, atol=1e-12)


def test_integration_follows_the_closed_form():
    neuron = LeakyIntegrator(tau=2.5, drive=np.array([1.0, -0.5]))
    times = np.linspace(0.0, 9.0, 7)
    run = integrate(neuron, [3.0, 0.25], times, method=TIGHT)
    np.testing.assert_allclose(run.states, neuron.solution([3.0, 0.25], times), atol=1e-10)


def test_the_exact_step_is_the_flow_in_steps():
    neuron = LeakyIntegrator(tau=2.5, drive=0.7)
    run = simulate(neuron.exact_step(0.3), [2.0], 40)
    np.testing.assert_allclose(run.states, neuron.solution([2.0], 0.3 * run.times), atol=1e-14)


def test_the_jacobian_is_minus_one_over_tau_and_the_rest_is_the_input():
    neuron = LeakyIntegrator(tau=2.5, drive=np.array([1.0, -0.5]))
    rest = equilibrium(neuron, [0.0, 0.0])
    np.testing.assert_allclose(rest.state, [1.0, -0.5], atol=1e-12)
    np.testing.assert_allclose(linearise(neuron, rest.state, t=0.0).to_matrix(), -np.eye(2) / 2.5)


def test_it_hands_on_a_sinusoid_with_its_frequency_response():
    omega = 1.7
    neuron = LeakyIntegrator(tau=0.8, drive=lambda t: np.cos(omega * t))
    h = neuron.frequency_response(omega)
    assert abs(h) == pytest.approx(1.0 / np.hypot(1.0, omega * 0.8), rel=1e-14)
    times = np.linspace(30.0, 34.0, 9)  # the transient is e^{-37}
    run = integrate(neuron, [0.0], np.concatenate([[0.0], times]), method=TIGHT)
    expected = (h * np.exp(1j * omega * times)).real
    np.testing.assert_allclose(run.states[1:, 0], expected, atol=1e-9)


def test_errors():
    with pytest.raises(ValueError, match="tau must be positive"):
        LeakyIntegrator(tau=0.0)
    driven = LeakyIntegrator(drive=np.sin)
    with pytest.raises(ValueError, match="depends on time"):
        driven.solution([0.0], 1.0)
    with pytest.raises(ValueError, match="duration must be positive"):
        LeakyIntegrator().exact_step(-1.0)
