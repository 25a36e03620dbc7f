"""Descent at the edge of stability goes, on average, along the central flow."""

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebval

import learndyn as ld
from learndyn.dynamics import DormandPrince, integrate, simulate
from learndyn.learning import MLP, GradientDescent, training_map
from learndyn.learning.central_flow import central_flow
from learndyn.learning.gradient_flow import gradient_flow
from learndyn.learning.sharpness import sharpness

ETA = 0.1
WINDOW = 100  # steps of descent to average over


def chebyshev_net(seed, widths=(1, 20, 20, 1)):
    """20 points of the Chebyshev polynomial of degree 5, learned by a tanh net."""
    model = MLP(widths)
    x = np.linspace(-1.0, 1.0, 20)[:, None]
    y = chebval(x, [0, 0, 0, 0, 0, 1])
    return lambda theta: ld.mean_squared_error(model(theta, x), y), model.init(
        np.random.default_rng(seed)
    )


def valley(w):
    """L = (1 + x^2) y^2 / 2: a valley along x whose sharpness 1 + x^2 falls towards x = 0."""
    return 0.5 * ((1.0 + w[:1] * w[:1]) * w[1:] * w[1:]).sum()


@pytest.fixture(scope="module")
def runs():
    loss, theta = chebyshev_net(2)
    steps, stride = 1640, 4
    training = training_map(loss, GradientDescent(ETA), theta)
    descent = simulate(
        training,
        training.initial_state,
        steps,
        observe={"loss": lambda z: loss(training.parameters(z))},
    )
    n = training.initial_state.size
    flow = central_flow(loss, theta, ETA, stride=stride)
    plain = central_flow(loss, theta, ETA, stride=stride, edge=np.inf)
    central = simulate(
        flow, flow.initial_state, steps // stride, observe={"loss": flow.mean_loss}, every=10
    )
    path = simulate(plain, plain.initial_state, steps // stride, every=10)
    return flow, central, path.states[:, :n], descent, stride


def average(values, step):
    return values[step - WINDOW // 2 : step + WINDOW // 2].mean(axis=0)


def test_the_time_average_of_descent_is_near_the_central_flow_and_far_from_gradient_flow(runs):
    """Cohen et al. (2025). Measured here: a ratio of about .03."""
    flow, central, path, descent, stride = runs
    for step in (1200, 1600):
        mean = average(descent.states, step)
        row = step // (10 * stride)
        near = np.linalg.norm(mean - flow.state(central.states[row]).theta)
        far = np.linalg.norm(mean - path[row])
        assert near < 0.4 * far
        assert near < 0.1 * far


def test_the_mean_loss_is_the_loss_on_the_path_plus_the_variance_over_eta(runs):
    """L(w) + tr(Sigma)/eta, averaged as descent's loss is."""
    flow, central, _, descent, stride = runs
    window = slice(800, 1600)
    rows = slice(800 // (10 * stride), 1600 // (10 * stride))
    measured = descent.observables["loss"][window].mean()
    predicted = central.observables["loss"][rows].mean()
    assert predicted == pytest.approx(measured, rel=0.15)
    on_the_path = np.mean([flow.loss(z) for z in central.states[rows]])
    assert on_the_path < 0.9 * measured  # the variance is no small correction


def test_the_sharpness_never_passes_two_over_eta(runs):
    """And where there is oscillation it stays there."""
    flow, central, path, _, _ = runs
    limit = 2.0 / ETA
    for z in central.states[::6]:
        value = sharpness(flow._loss.of_tree, flow.parameters(z)).value
        assert value < limit * 1.001
        if flow.variance(z) > 0:
            assert value == pytest.approx(limit, rel=1e-3)
    assert sharpness(flow._loss.of_tree, flow._loss.parameters(path[-1])).value > 2.0 * limit


def test_sigma_lives_where_the_curvature_is_at_the_edge(runs):
    """<Sigma, 2/eta - H> = 0, with Sigma positive semidefinite."""
    flow, central, _, _, _ = runs
    z = central.states[-1]
    state = flow.state(z)
    hessian = ld.hessian(flow._loss)(state.theta)
    sigma = flow.covariance(z)
    slack = np.sum(sigma * (2.0 / ETA * np.eye(len(hessian)) - hessian))
    assert abs(slack) < 1e-3 * 2.0 / ETA * np.trace(sigma)
    assert np.linalg.eigvalsh(sigma)[0] > -1e-15
    assert np.trace(sigma) == pytest.approx(flow.variance(z), rel=1e-12)


def test_below_the_edge_it_is_gradient_flow_to_first_order_in_the_stride():
    """And to the second in the modes that are followed; here only one is."""
    loss, theta = chebyshev_net(0, (1, 4, 1))
    flow = gradient_flow(loss, theta)
    method = DormandPrince(rtol=1e-10, atol=1e-12)
    exact = integrate(flow, flow.initial_state, [0.0, 8.0], method=method).final_state
    errors = []
    for stride in (4, 2, 1):
        central = central_flow(loss, theta, ETA, stride=stride, modes=1)
        z = simulate(central, central.initial_state, 80 // stride).final_state
        assert central.variance(z) == 0.0
        errors.append(np.linalg.norm(central.state(z).theta - exact))
    assert np.log2(errors[1] / errors[2]) == pytest.approx(1.0, abs=0.15)


def test_on_a_quadratic_past_the_edge_there_is_no_central_flow():
    """The curvature is constant: no oscillation can bring it back, and descent diverges."""
    flow = central_flow(lambda w: 15.0 * (w * w).sum(), np.array([1.0, -2.0]), 0.1, modes=2)
    run = simulate(flow, flow.initial_state, 3)
    assert run.stopped is not None
    assert "at step 1" in run.stopped
    below = central_flow(lambda w: 9.5 * (w * w).sum(), np.array([1.0, -2.0]), 0.1, modes=2)
    run = simulate(below, below.initial_state, 3)
    assert run.stopped is None
    expected = np.exp(-19.0 * 0.1 * below.stride * 3) * np.array([1.0, -2.0])
    np.testing.assert_allclose(below.state(run.final_state).theta, expected, rtol=1e-9)
    assert below.variance(run.final_state) == 0.0


def test_a_step_of_exponential_euler_is_exact_on_a_quadratic():
    """However stiff: exp(-h lambda) where Euler would multiply by 1 - h lambda = -99."""
    curvatures = np.array([1.0, 30.0, 1000.0])
    start = np.array([1.0, 1.0, 1.0])
    flow = central_flow(
        lambda w: 0.5 * (curvatures * w * w).sum(), start, 0.1, stride=1.0, modes=3, edge=np.inf
    )
    theta = flow.state(flow(flow.initial_state)).theta
    np.testing.assert_allclose(theta, np.exp(-0.1 * curvatures), atol=1e-9)


def test_in_a_valley_the_flow_slides_to_where_the_curvature_is_allowed():
    """L = (1 + x^2) y^2 / 2 at y = 0: 1 + x^2 must not pass 2/eta, and nothing else pushes.

    Gradient flow would stay where it is: grad L = 0 on the floor.
    """
    eta = 0.5  # 2/eta = 4: x^2 = 3 at the edge
    flow = central_flow(valley, np.array([2.0, 0.0]), eta, modes=1, stride=0.5)
    end = flow.state(simulate(flow, flow.initial_state, 40).final_state).theta
    np.testing.assert_allclose(end, [np.sqrt(3.0), 0.0], atol=1e-6)


def test_sigma_in_a_driven_valley_is_the_one_of_the_balance_of_forces():
    """L = (1 + x^2) y^2/2 - c x at the edge: dx/dt = c - 1/2 Sigma d(x^2)/dx = 0.

    So Sigma = c / x with x^2 = 2/eta - 1, and x does not move.
    """
    c, eta = 0.01, 0.5
    x = np.sqrt(2.0 / eta - 1.0)
    flow = central_flow(lambda w: valley(w) - c * w[:1].sum(), np.array([1.5, 0.0]), eta, modes=1)
    run = simulate(flow, flow.initial_state, 60)
    assert flow.state(run.final_state).theta == pytest.approx([x, 0.0], abs=1e-6)
    assert flow.variance(run.final_state) == pytest.approx(c / x, rel=1e-6)
    # Here the theory is exact: descent has the 2-cycle y = +-sqrt(c/x) around that point.
    y = np.sqrt(c / x)
    training = training_map(
        lambda w: valley(w) - c * w[:1].sum(), GradientDescent(eta), np.array([x, y])
    )
    descent = simulate(training, training.initial_state, 2).states
    np.testing.assert_allclose(descent, [[x, y], [x, -y], [x, y]], atol=1e-14)


def test_two_modes_at_the_edge_share_the_oscillation_as_the_forces_demand():
    """Two valleys side by side, driven by c1 and c2: Sigma = diag(c1/x, c2/x)."""
    eta, c = 0.5, np.array([0.01, 0.02])
    x = np.sqrt(2.0 / eta - 1.0)

    def loss(w):
        return valley(w[:2]) + valley(w[2:]) - (c * w[np.array([0, 2])]).sum()

    flow = central_flow(loss, np.array([1.6, 0.0, 1.5, 0.0]), eta, modes=2)
    z = simulate(flow, flow.initial_state, 80).final_state
    np.testing.assert_allclose(flow.state(z).theta, [x, 0.0, x, 0.0], atol=1e-5)
    expected = np.diag([0.0, c[0] / x, 0.0, c[1] / x])
    np.testing.assert_allclose(flow.covariance(z), expected, atol=1e-6)


def test_the_same_start_gives_the_same_bits():
    loss, theta = chebyshev_net(0, (1, 4, 1))
    first, second = (
        simulate(flow, flow.initial_state, 5).final_state
        for flow in (central_flow(loss, theta, ETA), central_flow(loss, theta, ETA))
    )
    np.testing.assert_array_equal(first, second)


def test_a_state_that_is_not_finite_stops_the_run_with_what_there_is():
    flow = central_flow(lambda w: -(w * w * w * w).sum(), np.array([2.0, 1.0]), 0.5, modes=1)
    run = simulate(flow, flow.initial_state, 50)
    assert run.stopped is not None
    assert "finite" in run.stopped
    assert np.isfinite(run.states[0]).all()


def test_bad_options_say_what_was_received():
    with pytest.raises(ValueError, match=r"got modes=0, stride=4.0, edge=0.9"):
        central_flow(valley, np.ones(2), 0.1, modes=0)
    with pytest.raises(ValueError, match=r"stride=-1"):
        central_flow(valley, np.ones(2), 0.1, stride=-1)
    with pytest.raises(ValueError, match=r"step_size must be positive and finite, got 0"):
        central_flow(valley, np.ones(2), 0.0)
