"""Laws of gradient flow."""

import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import RK4, DormandPrince, flow_map, integrate, linearise
from learndyn.learning import MLP
from learndyn.learning.gradient_flow import gradient_flow

CURVATURES = np.array([0.5, 2.0, 7.0])


def quadratic(theta):
    return 0.5 * (CURVATURES * theta["w"] * theta["w"]).sum()


@pytest.fixture
def net():
    model = MLP((2, 4, 1))
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((8, 2)), rng.standard_normal((8, 1))
    return lambda theta: ld.mean_squared_error(model(theta, x), y), model.init(rng)


def test_a_mode_of_a_quadratic_decays_as_exp_of_minus_lambda_t():
    flow = gradient_flow(quadratic, {"w": np.array([1.0, -2.0, 3.0])})
    times = np.linspace(0.0, 2.0, 9)
    run = integrate(flow, flow.initial_state, times, method=DormandPrince(rtol=1e-10, atol=1e-12))
    exact = flow.initial_state * np.exp(-CURVATURES * times[:, None])
    np.testing.assert_allclose(run.states, exact, atol=1e-9)


def test_the_loss_falls_at_the_rate_of_the_squared_gradient(net):
    """dL/dt = -|grad L|^2."""
    flow = gradient_flow(*net)
    z, v = flow.initial_state, flow(0.0, flow.initial_state)
    loss, slope = ld.jvp(flow.loss, (z,), (v,))
    assert slope == pytest.approx(-(v @ v), rel=1e-13)
    assert float(loss) == pytest.approx(flow.loss(z), rel=1e-15)
    later = integrate(flow, z, np.linspace(0.0, 5.0, 20), observe={"loss": flow.loss})
    assert np.all(np.diff(later.observables["loss"]) < 0)


def test_the_jacobian_of_the_flow_is_minus_the_hessian(net):
    loss, theta = net
    flow = gradient_flow(loss, theta)
    hessian = ld.hessian(lambda z: loss(flow.parameters(z)))(flow.initial_state)
    jacobian = linearise(flow, flow.initial_state, t=0.0).to_matrix()
    np.testing.assert_allclose(jacobian, -hessian, atol=1e-14)


def test_a_step_of_descent_is_an_euler_step_of_the_flow(net):
    loss, theta = net
    flow = gradient_flow(loss, theta)
    training = ld.training_map(loss, ld.GradientDescent(0.1), theta)
    step = flow.initial_state + 0.1 * flow(0.0, flow.initial_state)
    np.testing.assert_array_equal(training(training.initial_state), step)


def test_the_flow_can_be_differentiated_by_its_start():
    """d z(t)/d z(0) = exp(-lambda t) on a quadratic."""
    flow = gradient_flow(quadratic, {"w": np.ones(3)})
    jacobian = linearise(flow_map(flow, 1.0, method=RK4(0.01)), flow.initial_state).to_matrix()
    np.testing.assert_allclose(jacobian, np.diag(np.exp(-CURVATURES)), atol=1e-6)


def test_a_loss_with_more_than_one_element_is_refused():
    flow = gradient_flow(lambda theta: theta * theta, np.ones(2))
    with pytest.raises(ValueError, match="needs a result with one element"):
        flow(0.0, flow.initial_state)
