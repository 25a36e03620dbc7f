"""Descent follows the modified flow, to the order that backward error analysis says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import DormandPrince, integrate, linearise
from learndyn.learning import MLP
from learndyn.learning.gradient_flow import gradient_flow
from learndyn.learning.modified_flow import exact_rate, modified_flow, truncated_rate

METHOD = DormandPrince(rtol=1e-8, atol=1e-10)


def small_net(seed=0):
    model = MLP((2, 6, 1))
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((10, 2))
    y = np.sin(x[:, :1] + x[:, 1:])
    return lambda theta: ld.mean_squared_error(model(theta, x), y), model.init(rng)


def quadratic(curvatures):
    return lambda z: 0.5 * (curvatures * z * z).sum()


def errors_of_descent(loss, theta, duration, step_counts):
    """Distance of descent at t = duration from each flow: shape (flows, step sizes)."""
    rows = []
    for steps in step_counts:
        eta = duration / steps
        training = ld.training_map(loss, ld.GradientDescent(eta), theta)
        end = ld.simulate(training, training.initial_state, steps).final_state
        flows = [gradient_flow(loss, theta)]
        flows += [modified_flow(loss, theta, eta, order=order) for order in (1, 2)]
        ends = [
            integrate(f, f.initial_state, [0.0, duration], method=METHOD).final_state for f in flows
        ]
        rows.append([np.linalg.norm(end - other) for other in ends])
    return np.array(rows).T


def test_the_error_of_descent_is_of_order_1_2_and_3_against_the_three_flows():
    """Barrett and Dherin (2021); Hairer, Lubich and Wanner (2006), IX."""
    loss, theta = small_net()
    counts = (80, 160)
    errors = errors_of_descent(loss, theta, 4.0, counts)
    orders = np.log2(errors[:, 0] / errors[:, 1])
    assert orders[0] == pytest.approx(1.0, abs=0.05)
    assert orders[1] == pytest.approx(2.0, abs=0.05)
    assert orders[2] == pytest.approx(3.0, abs=0.08)


@given(
    x=st.floats(0.01, 0.6), eta=st.floats(0.01, 10.0), order=st.integers(1, 2), sign=st.booleans()
)
def test_on_a_quadratic_the_flow_has_the_truncated_rate(x, eta, order, sign):
    curvature = (x if sign else -x) / eta
    flow = modified_flow(quadratic(curvature), np.array([3.0]), eta, order=order)
    rate = -flow(0.0, np.array([3.0]))[0] / 3.0
    assert rate == pytest.approx(truncated_rate(eta, curvature, order=order), rel=1e-12)


@given(x=st.floats(-5.0, 0.999), eta=st.floats(0.01, 10.0))
def test_the_exact_rate_goes_through_the_iterates(x, eta):
    """exp(-rate * eta) = 1 - eta lambda."""
    assert np.exp(-exact_rate(eta, x / eta) * eta) == pytest.approx(1.0 - x, rel=1e-9)


def test_the_series_converges_to_the_exact_rate_inside_its_radius_only():
    assert truncated_rate(0.5, 1.0, order=60) == pytest.approx(exact_rate(0.5, 1.0), rel=1e-15)
    # At eta lambda = 0.9 the modified loss is far off: 1.305 where the truth is 2.303.
    assert truncated_rate(1.0, 0.9, order=1) == pytest.approx(1.305, abs=1e-12)
    assert exact_rate(1.0, 0.9) == pytest.approx(np.log(10.0), rel=1e-14)
    np.testing.assert_array_equal(exact_rate(1.0, [1.0, 1.5]), [np.inf, np.nan])


def test_beyond_one_descent_alternates_and_no_flow_on_the_line_does():
    """At eta lambda = 1.5 the iterates change sign; every order of the series keeps it."""
    training = ld.training_map(quadratic(1.5), ld.GradientDescent(1.0), np.ones(1))
    run = ld.simulate(training, training.initial_state, 3)
    np.testing.assert_allclose(run.states[:, 0], [1.0, -0.5, 0.25, -0.125])
    flow = modified_flow(quadratic(1.5), np.ones(1), 1.0, order=2)
    assert np.all(integrate(flow, np.ones(1), np.linspace(0.0, 3.0, 10)).states > 0)


def test_order_one_is_the_gradient_flow_of_the_modified_loss():
    loss, theta = small_net(1)
    flow = modified_flow(loss, theta, 0.3)
    gradient = ld.grad(flow.modified_loss)(flow.initial_state)
    np.testing.assert_allclose(flow(0.0, flow.initial_state), -gradient, atol=1e-14)


def test_order_two_is_no_gradient_flow():
    """The Jacobian of a gradient is symmetric; that of the third term is not."""

    def asymmetry(order):
        loss, theta = small_net(1)
        flow = modified_flow(loss, theta, 0.3, order=order)
        jacobian = linearise(flow, flow.initial_state, t=0.0).to_matrix()
        return np.abs(jacobian - jacobian.T).max()

    assert asymmetry(1) < 1e-14
    assert asymmetry(2) > 1e-4


def test_the_third_term_is_that_of_one_variable_taken_by_hand():
    """L = w^4/4: g = w^3, f'f = 3 w^5, f''(f,f)/12 + f'f'f/3 = -(6 w^7/12 + 9 w^7/3)."""
    flow = modified_flow(lambda w: 0.25 * (w * w * w * w).sum(), np.array([1.3]), 0.1, order=2)
    w = 1.3
    by_hand = -(w**3 + 0.05 * 3 * w**5 + 0.01 * (0.5 + 3.0) * w**7)
    assert flow(0.0, np.array([w]))[0] == pytest.approx(by_hand, rel=1e-13)


def test_bad_options_say_what_to_do():
    with pytest.raises(ValueError, match="order must be 1 or 2, got 0. For order 0 use gradient_flow"):
        modified_flow(quadratic(1.0), np.ones(1), 0.1, order=0)
    for function in (
        lambda eta: modified_flow(quadratic(1.0), np.ones(1), eta),
        lambda eta: exact_rate(eta, 1.0),
        lambda eta: truncated_rate(eta, 1.0, order=1),
    ):
        with pytest.raises(ValueError, match="step_size must be positive and finite, got -1"):
            function(-1.0)
    with pytest.raises(ValueError, match="order must be 0 or more, got -1"):
        truncated_rate(0.1, 1.0, order=-1)
