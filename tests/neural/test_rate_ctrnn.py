"""The recurrent network in continuous time, and the trials that run beside each other."""

import numpy as np
import pytest

from learndyn import grad, tanh
from learndyn.dynamics import RK4, DormandPrince, integrate, linearise, spectrum
from learndyn.neural.rate import ContinuousTimeRNN, random_network, side_by_side

TIGHT = DormandPrince(rtol=1e-10, atol=1e-12)


def driven(rng, n=5, m=2, tau=1.3):
    return ContinuousTimeRNN(
        rng.standard_normal((n, n)) / np.sqrt(n),
        tau=tau,
        bias=rng.standard_normal(n),
        input_weight=rng.standard_normal((n, m)),
        drive=lambda t: np.array([np.sin(t), np.cos(2 * t)]),
    )


def test_the_velocity_is_the_equation():
    net = driven(np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal(5)
    u = np.array([np.sin(0.7), np.cos(1.4)])
    expected = (-x + net.weight @ np.tanh(x) + net.input_weight @ u + net.bias) / 1.3
    np.testing.assert_allclose(net(0.7, x), expected, rtol=1e-14)


def test_its_jacobian_is_minus_one_plus_w_times_the_slope():
    net = driven(np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal(5)
    expected = (-np.eye(5) + net.weight * (1 - np.tanh(x) ** 2)) / 1.3
    np.testing.assert_allclose(
        linearise(net, x, t=0.0).to_matrix(), expected, rtol=1e-12, atol=1e-14
    )


def test_the_two_common_forms_are_one_flow_seen_in_other_coordinates():
    """x = W y + b with y' = -y + phi(W y + b) (Miller and Fumarola, 2012)."""
    rng = np.random.default_rng(2)
    w, b, y0 = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)
    times = np.linspace(0.0, 5.0, 6)
    rates = integrate(lambda t, y: tanh(w @ y + b) - y, y0, times, method=TIGHT)
    inputs = integrate(ContinuousTimeRNN(w, bias=b), w @ y0 + b, times, method=TIGHT)
    np.testing.assert_allclose(inputs.states, rates.states @ w.T + b, atol=1e-8)


def test_trials_side_by_side_run_as_they_do_alone():
    net = driven(np.random.default_rng(3))
    x = np.random.default_rng(4).standard_normal((3, 5))
    together = integrate(side_by_side(net, 3), x.ravel(), [0.0, 2.0], method=RK4(0.05))
    alone = [integrate(net, row, [0.0, 2.0], method=RK4(0.05)).final_state for row in x]
    np.testing.assert_allclose(together.final_state.reshape(3, 5), alone, rtol=1e-13, atol=1e-14)


def test_it_can_be_differentiated_in_its_constants():
    rng = np.random.default_rng(5)
    w, x = rng.standard_normal((4, 4)), rng.standard_normal(4)
    g = grad(lambda w: ContinuousTimeRNN(w)(0.0, x).sum())(w)
    np.testing.assert_allclose(g, np.ones((4, 1)) * np.tanh(x), rtol=1e-14)


def test_a_random_network_has_the_circular_law():
    """At 0 the Jacobian is -1 + W: its eigenvalues fill a disc of radius g around -1."""
    net = random_network(400, 0.8, 0)
    values = np.linalg.eigvals(net.weight)
    assert np.abs(values).max() == pytest.approx(0.8, rel=0.08)
    # Uniform in the disc: mean |lambda|^2 = g^2 / 2.
    assert np.mean(np.abs(values) ** 2) == pytest.approx(0.32, rel=0.05)
    np.testing.assert_array_equal(
        net.weight, random_network(400, 0.8, np.random.default_rng(0)).weight
    )
    assert spectrum(linearise(random_network(30, 0.5, 1), np.zeros(30), t=0.0)).real.max() < 0.0


def test_errors():
    with pytest.raises(ValueError, match="square matrix"):
        ContinuousTimeRNN(np.ones((2, 3)))
    with pytest.raises(ValueError, match="bias has shape"):
        ContinuousTimeRNN(np.eye(2), bias=np.ones(3))
    with pytest.raises(ValueError, match="go together"):
        ContinuousTimeRNN(np.eye(2), input_weight=np.ones((2, 1)))
    with pytest.raises(ValueError, match="unknown activation"):
        ContinuousTimeRNN(np.eye(2), activation="softsign")
    with pytest.raises(ValueError, match="tau must be positive"):
        ContinuousTimeRNN(np.eye(2), tau=np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match="n must be an integer"):
        random_network(0, 1.0, 0)
    with pytest.raises(ValueError, match="3 equal trials"):
        side_by_side(ContinuousTimeRNN(np.eye(2)), 3)(0.0, np.zeros(4))
