"""Nesterov's flow: closed form, start at the singular time, and the scheme that it is the limit of."""

import mpmath
import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import RK4, DormandPrince, integrate, linearise
from learndyn.learning.nesterov_flow import NesterovScheme, nesterov_flow

CURVATURES = np.array([0.3, 1.0, 4.0])
START = np.array([1.0, -2.0, 0.5])
FINE = DormandPrince(rtol=1e-10, atol=1e-12)


def quadratic(theta):
    return 0.5 * (CURVATURES * theta * theta).sum()


def closed_form(t, friction=3.0):
    """X = Gamma(m + 1) (2/x)^m J_m(x) X(0), m = (friction - 1)/2, x = sqrt(lambda) t."""
    m = (friction - 1.0) / 2.0
    factors = [
        mpmath.gamma(m + 1) * (2 / x) ** m * mpmath.besselj(m, x)
        for x in (mpmath.sqrt(lam) * t for lam in CURVATURES.tolist())
    ]
    return START * np.array([float(factor) for factor in factors])


@pytest.mark.parametrize("friction", [3.0, 4.0, 6.5])
def test_on_a_quadratic_the_flow_is_a_bessel_function(friction):
    """For friction 3 it is 2 J1(sqrt(l) t)/(sqrt(l) t) X(0) (Su, Boyd and Candes, 2016)."""
    flow = nesterov_flow(quadratic, START, friction=friction)
    times = [0.0, 0.5, 2.0, 10.0]
    run = integrate(flow, flow.initial_state, times, method=FINE)
    for t, z in zip(times[1:], run.states[1:], strict=True):
        np.testing.assert_allclose(z[:3], closed_form(t, friction), atol=2e-8)


def test_the_velocity_at_the_singular_time_is_the_limit_from_the_right():
    flow = nesterov_flow(quadratic, START)
    force = -CURVATURES * START
    np.testing.assert_allclose(flow(0.0, flow.initial_state)[3:], force / 4.0, rtol=1e-15)
    t = 1e-6
    near = np.concatenate([START, force / 4.0 * t])  # X' = X''(0) t
    np.testing.assert_allclose(flow(t, near)[3:], force / 4.0, rtol=1e-9)


def test_the_singular_start_does_not_spoil_the_order_of_a_one_step_method():
    errors = []
    for h in (0.1, 0.05, 0.025):
        flow = nesterov_flow(quadratic, START)
        run = integrate(flow, flow.initial_state, [0.0, 4.0], method=RK4(h))
        errors.append(np.linalg.norm(run.final_state[:3] - closed_form(4.0)))
    assert np.log2(errors[1] / errors[2]) > 2.8


def test_nesterovs_scheme_tends_to_the_flow_with_the_root_of_its_step_size():
    """The distance at a fixed time k sqrt(s) is O(sqrt s)."""
    end, errors = 5.0, []
    for steps in (200, 400, 800):
        training = ld.training_map(quadratic, NesterovScheme((end / steps) ** 2), START)
        run = ld.simulate(training, training.initial_state, steps)
        errors.append(np.linalg.norm(run.final_state[3:6] - closed_form(end)))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders[-1] == pytest.approx(1.0, abs=0.1)


def test_the_loss_of_a_quadratic_falls_as_t_to_minus_three():
    """Faster than the 1/t^2 that holds for all convex losses: the envelope of J1(x)^2/x^2."""
    flow = nesterov_flow(lambda x: 0.5 * (x * x).sum(), np.ones(1))
    times = np.concatenate([[0.0], np.linspace(20.0, 26.3, 64), np.linspace(80.0, 86.3, 64)])
    run = integrate(flow, flow.initial_state, times, method=DormandPrince(rtol=1e-9, atol=1e-12))
    energy = np.sum(run.states**2, axis=1) / 2.0  # smoother than the loss, same envelope
    early, late = energy[1:65].mean(), energy[65:].mean()
    slope = np.log(late / early) / np.log(83.15 / 23.15)
    assert slope == pytest.approx(-3.0, abs=0.03)


def test_a_strongly_convex_loss_gives_the_damped_oscillator():
    """X'' + 2 sqrt(mu) X' + lambda X = 0 in closed form; critical damping at lambda = mu."""
    mu = 0.3
    flow = nesterov_flow(quadratic, START, strong_convexity=mu)
    t = 3.0
    run = integrate(flow, flow.initial_state, [0.0, t], method=FINE)
    decay = np.exp(-np.sqrt(mu) * t)
    critical = START[0] * decay * (1 + np.sqrt(mu) * t)
    omega = np.sqrt(CURVATURES[1:] - mu)
    others = START[1:] * decay * (np.cos(omega * t) + np.sqrt(mu) / omega * np.sin(omega * t))
    np.testing.assert_allclose(run.final_state[:3], [critical, *others], atol=1e-8)


def test_the_energy_falls_by_the_friction():
    """d/dt (L + |V|^2/2) = -(3/t) |V|^2."""
    flow = nesterov_flow(quadratic, START)
    z = np.concatenate([START, [0.2, -0.1, 0.4]])

    def energy(z):
        return flow.loss(z) + 0.5 * (z[3:] * z[3:]).sum()

    slope = ld.jvp(energy, (z,), (flow(2.0, z),))[1]
    assert slope == pytest.approx(-1.5 * np.sum(z[3:] ** 2), rel=1e-13)


def test_the_jacobian_at_time_t_is_that_of_the_oscillator():
    flow = nesterov_flow(quadratic, START)
    for t, damping, stiffness in ((2.0, 1.5, 1.0), (0.0, 0.0, 0.25)):
        jacobian = linearise(flow, flow.initial_state, t=t).to_matrix()
        expected = np.block(
            [
                [np.zeros((3, 3)), np.eye(3)],
                [-stiffness * np.diag(CURVATURES), -damping * np.eye(3)],
            ]
        )
        np.testing.assert_allclose(jacobian, expected, atol=1e-14)


def test_parameters_come_back_as_the_tree():
    flow = nesterov_flow(lambda p: (p["a"] * p["a"]).sum(), {"a": np.ones((2, 1))})
    assert flow.parameters(flow.initial_state)["a"].shape == (2, 1)
    assert flow.loss(flow.initial_state) == 2.0


def test_bad_input_says_what_to_do():
    flow = nesterov_flow(quadratic, START)
    with pytest.raises(ValueError, match="at t=0 the friction r/t is infinite, so V must be zero"):
        flow(0.0, np.ones(6))
    with pytest.raises(ValueError, match="needs t >= 0, got t=-1"):
        flow(-1.0, flow.initial_state)
    with pytest.raises(ValueError, match="friction must be finite and not negative, got -1"):
        nesterov_flow(quadratic, START, friction=-1.0)
    with pytest.raises(ValueError, match="strong_convexity must be positive, got 0"):
        nesterov_flow(quadratic, START, strong_convexity=0.0)
    with pytest.raises(ValueError, match="step_size must be positive and finite, got 0"):
        NesterovScheme(0.0)
