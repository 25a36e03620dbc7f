"""iLQR and DDP: optimality, exactness on linear problems, and the rates at which they converge."""

import math

import numpy as np
import pytest

from learndyn import RK4, cos, hessian, jacobian, linearise, simulate, spectral_radius
from learndyn.neural.control import (
    ControlProblem,
    Pendulum,
    TwoLinkArm,
    backward_sweep,
    expand,
    forward_sweep,
    held_step,
    optimise,
    predicted_ratio,
    sweep_map,
)

DT = 0.1


def swing_up(horizon=25, weight=0.05):
    """From hanging to standing: a pendulum whose motor is too weak to lift it at once."""
    return ControlProblem(
        step=held_step(Pendulum(damping=0.1), DT, method=RK4(DT)),
        running_cost=lambda x, u: weight * DT * (u * u).sum(axis=0),
        terminal_cost=lambda x: 10.0 * (1.0 + cos(x[0])) + 0.5 * x[1] * x[1],
        initial_state=np.zeros(2),
        horizon=horizon,
    )


def linear_problem():
    rng = np.random.default_rng(3)
    a, b = np.eye(3) + 0.2 * rng.standard_normal((3, 3)), rng.standard_normal((3, 2))
    return ControlProblem(
        step=lambda x, u: a @ x + b @ u,
        running_cost=lambda x, u: (x * x).sum(axis=0) + 0.3 * (u * u).sum(axis=0) + x[0] * u[1],
        terminal_cost=lambda x: 5.0 * (x * x).sum() + x[1],
        initial_state=np.array([1.0, -2.0, 0.5]),
        horizon=12,
        inputs=2,
    )


@pytest.fixture(scope="module")
def task():
    return swing_up()


@pytest.fixture(scope="module")
def ddp(task):
    return optimise(task, np.full((25, 1), 0.5), method="ddp", tolerance=1e-11)


@pytest.fixture(scope="module")
def ilqr(task):
    return optimise(task, np.full((25, 1), 0.5), method="ilqr", tolerance=1e-10)


# --- optimality ---------------------------------------------------------------------------


def test_the_trajectory_found_satisfies_the_first_and_second_order_conditions(task, ddp, ilqr):
    for found in (ddp, ilqr):
        assert found.converged
        assert np.abs(task.gradient(found.controls)).max() < 1e-8
        np.testing.assert_allclose(task.rollout(found.controls), found.states, atol=1e-14)
    h = task.hessian(ddp.controls)
    assert np.linalg.eigvalsh(h).min() > 0.0


def test_the_pendulum_ends_up_standing_though_the_motor_cannot_lift_it(ddp):
    assert abs(abs(ddp.states[-1, 0]) - math.pi) < 0.3
    assert np.abs(ddp.controls).max() < 9.81


def test_both_methods_agree_on_the_optimum(ddp, ilqr):
    np.testing.assert_allclose(ddp.controls, ilqr.controls, atol=1e-6)
    assert ddp.costs[-1] == pytest.approx(ilqr.costs[-1], rel=1e-12)


def test_no_iteration_raises_the_cost(ddp, ilqr):
    for found in (ddp, ilqr):
        assert np.diff(found.costs).max() < 1e-10
        assert found.costs[-1] < 0.2 * found.costs[0]


def test_an_arm_driven_by_torques_brings_its_hand_to_rest_at_the_target():
    arm = TwoLinkArm()
    start = np.array([0.6, 1.6])
    target = arm.kinematics.hand(start) + [-0.08, 0.12]
    problem = ControlProblem(
        step=held_step(arm, 0.04, method=RK4(0.04)),
        running_cost=lambda x, u: 1e-4 * (u * u).sum(axis=0),
        terminal_cost=lambda x: (
            50.0 * ((arm.kinematics.hand(x[:2]) - target) ** 2).sum() + (x[2:] ** 2).sum()
        ),
        initial_state=np.append(start, [0.0, 0.0]),
        horizon=12,
        inputs=2,
    )
    found = {m: optimise(problem, np.zeros((12, 2)), method=m, tolerance=1e-10) for m in ("ilqr", "ddp")}
    for result in found.values():
        assert result.converged
        off = arm.kinematics.hand(result.states[-1, :2]) - target
        assert np.linalg.norm(off) < 5e-3
        assert np.abs(result.states[-1, 2:]).max() < 0.1
    np.testing.assert_allclose(found["ilqr"].controls, found["ddp"].controls, atol=1e-6)
    # The hand arrives, so little is left for the curvature of the dynamics to act on: no need of DDP.
    assert predicted_ratio(problem, found["ddp"].controls) < 0.05
    assert found["ilqr"].iterations <= found["ddp"].iterations


# --- linear-quadratic problems ------------------------------------------------------------


@pytest.mark.parametrize("method", ["ilqr", "ddp"])
def test_one_sweep_solves_a_linear_quadratic_problem_exactly(method):
    problem = linear_problem()
    u = np.random.default_rng(0).standard_normal(problem.size)
    found = sweep_map(problem, method=method)(u)
    # Independently, all controls at once: J is quadratic in U.
    h = problem.hessian(np.zeros(problem.size))
    expected = -np.linalg.solve(h, problem.gradient(np.zeros(problem.size)))
    np.testing.assert_allclose(found, expected, atol=1e-11)
    np.testing.assert_allclose(problem.gauss_newton_hessian(u), h, atol=1e-10)
    assert optimise(problem, u, method=method, tolerance=1e-8).iterations == 1
    assert spectral_radius(linearise(sweep_map(problem, method=method), u)) < 1e-10


def test_the_backward_sweep_of_a_long_horizon_is_the_riccati_equation():
    """For a scalar x' = a x + b u with costs q x^2 + r u^2 the gain is the algebraic one."""
    a, b, q, r = 1.2, 0.7, 1.0, 0.5
    problem = ControlProblem(
        step=lambda x, u: a * x + b * u,
        running_cost=lambda x, u: q * (x * x).sum(axis=0) + r * (u * u).sum(axis=0),
        terminal_cost=lambda x: q * (x * x).sum(),
        initial_state=np.ones(1),
        horizon=40,
    )
    u = np.zeros((40, 1))
    gains = backward_sweep(expand(problem, problem.rollout(u), u, second_order=False))
    half = 0.5 * (r * (1 - a * a) - q * b * b)
    p = (-half + math.sqrt(half * half + b * b * q * r)) / b**2
    assert p == pytest.approx(q + a * a * p - (a * b * p) ** 2 / (r + b * b * p), rel=1e-13)
    assert gains.feedback[0, 0, 0] == pytest.approx(-a * b * p / (r + b * b * p), rel=1e-12)


# --- rates of convergence -----------------------------------------------------------------


def errors_from_nearby(problem, best, method, steps, size=0.1):
    rng = np.random.default_rng(5)
    direction = rng.standard_normal(best.size)
    start = best + size * direction / np.linalg.norm(direction)
    run = simulate(sweep_map(problem, method=method), start, steps)
    return np.linalg.norm(run.states - best, axis=1)


def test_ilqr_converges_linearly_at_the_spectral_radius_of_its_own_jacobian(task, ddp):
    """Three routes: the run, the linearised sweep, and two Hessians that know of no sweep."""
    best = ddp.controls.reshape(-1)
    radius = spectral_radius(linearise(sweep_map(task, method="ilqr"), best))
    assert 0.05 < radius < 0.99
    assert predicted_ratio(task, best) == pytest.approx(radius, abs=1e-9)
    errors = errors_from_nearby(task, best, "ilqr", 40, size=1e-2)
    ratios = errors[21:] / errors[20:-1]
    np.testing.assert_allclose(ratios, radius, rtol=1e-3)


def test_the_jacobian_of_ilqr_at_the_optimum_is_the_identity_less_g_inverse_h(task, ddp):
    best = ddp.controls.reshape(-1)
    g, h = task.gauss_newton_hessian(best), task.hessian(best)
    found = linearise(sweep_map(task, method="ilqr"), best).to_matrix()
    np.testing.assert_allclose(found, np.eye(25) - np.linalg.solve(g, h), atol=1e-8)


def test_ddp_converges_quadratically_and_its_jacobian_at_the_optimum_is_zero(task, ddp):
    best = ddp.controls.reshape(-1)
    assert np.abs(linearise(sweep_map(task, method="ddp"), best).to_matrix()).max() < 1e-8
    e = errors_from_nearby(task, best, "ddp", 4, size=2.0)  # 2, .13, .0040, 2.7e-6, 1.4e-12
    orders = np.log(e[2:] / e[1:-1]) / np.log(e[1:-1] / e[:-2])
    assert orders[-2:].min() > 1.8
    assert e[-1] < 1e-10
    assert errors_from_nearby(task, best, "ilqr", 4, size=2.0)[-1] > 1e-2


def test_an_optimum_with_strong_curvature_of_the_dynamics_repels_ilqr_but_not_ddp():
    """F(x, u) = u^2 / 2 with target c < 0: at u = 0 G = r and H = r - c, so the ratio is |c| / r."""
    c, r = -1.0, 0.5
    problem = ControlProblem(
        step=lambda x, u: 0.5 * u * u + 0.0 * x,
        running_cost=lambda x, u: 0.5 * r * (u * u).sum(axis=0),
        terminal_cost=lambda x: 0.5 * ((x - c) ** 2).sum(),
        initial_state=np.zeros(1),
        horizon=1,
    )
    assert predicted_ratio(problem, [0.0]) == pytest.approx(2.0, rel=1e-13)
    assert spectral_radius(linearise(sweep_map(problem), [0.0])) == pytest.approx(2.0, rel=1e-12)
    assert abs(simulate(sweep_map(problem), [1e-3], 5).final_state[0]) > 1e-2
    assert abs(simulate(sweep_map(problem, method="ddp"), [1e-3], 5).final_state[0]) < 1e-12
    # The line search makes iLQR safe all the same.
    assert optimise(problem, [0.3], method="ilqr", tolerance=1e-6).converged


# --- derivatives --------------------------------------------------------------------------


def test_the_expansion_holds_the_derivatives_of_each_step():
    """An arm, so that there are several states and inputs; each step by itself is the other route."""
    step = held_step(TwoLinkArm(), 0.05, method=RK4(0.05))
    problem = ControlProblem(
        step=step,
        running_cost=lambda x, u: (u * u).sum(axis=0) * (1.0 + x[0] * x[0]),
        terminal_cost=lambda x: (x * x).sum() + cos(x[1]),
        initial_state=np.array([0.4, 1.1, 0.3, -0.2]),
        horizon=3,
        inputs=2,
    )
    u = np.random.default_rng(2).normal(0.0, 0.3, (3, 2))
    x = problem.rollout(u)
    local = expand(problem, x, u, second_order=True)

    def joint(t):
        return np.concatenate([x[t], u[t]])

    for t in range(3):
        np.testing.assert_allclose(
            local.slope[t], jacobian(lambda z: step(z[:4], z[4:]))(joint(t)), atol=1e-12
        )
        second = jacobian(jacobian(lambda z: step(z[:4], z[4:])))(joint(t))
        np.testing.assert_allclose(local.curvature[t], second, atol=1e-11)
        curved = hessian(lambda z: problem.running_cost(z[:4], z[4:]))(joint(t))
        np.testing.assert_allclose(local.cost_curvature[t], curved, atol=1e-12)


def test_the_expected_change_of_the_cost_is_its_slope_along_the_step(task, ddp):
    u = ddp.controls + 0.3
    local = expand(task, task.rollout(u), u, second_order=False)
    gains = backward_sweep(local)
    small = 1e-6
    _, used = forward_sweep(task, task.rollout(u), u, gains, alpha=small)
    change = task.cost(used) - task.cost(u)
    assert gains.slope < 0.0
    assert change == pytest.approx(gains.expected_change(small), rel=1e-4)


def test_regularisation_shortens_the_step_in_the_states(task, ddp):
    u = ddp.controls + 0.3
    states = task.rollout(u)
    local = expand(task, states, u, second_order=False)
    sizes = [np.linalg.norm(backward_sweep(local, regularisation=mu).feedforward) for mu in (0.0, 10.0, 1e4)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[2] < 1e-2 * sizes[0]


def test_a_model_without_a_minimum_is_reported_and_optimise_gets_past_it():
    problem = ControlProblem(
        step=lambda x, u: x + 0.1 * u,
        running_cost=lambda x, u: (u**4).sum(axis=0) - (u * u).sum(axis=0),
        terminal_cost=lambda x: 0.1 * (x * x).sum(),
        initial_state=np.ones(1),
        horizon=3,
    )
    u = np.full(3, 0.05)
    assert (
        backward_sweep(expand(problem, problem.rollout(u), problem.controls(u), second_order=False)) is None
    )
    with pytest.raises(ArithmeticError, match="the quadratic model of ilqr has no minimum"):
        sweep_map(problem)(u)
    assert optimise(problem, u, tolerance=1e-8).converged


def test_bad_input_says_what_is_wrong(task):
    cases = {
        "method must be 'ilqr' or 'ddp', got 'newton'": lambda: optimise(task, np.zeros(25), method="newton"),
        "sweep_map: method must be": lambda: sweep_map(task, method="DDP"),
        "controls of shape \\(25, 1\\) or \\(25,\\), got shape \\(24,\\)": lambda: task.rollout(np.zeros(24)),
        "needs a horizon and inputs of at least 1, got 0": lambda: swing_up(0),
        "the initial state must be a finite vector": lambda: ControlProblem(
            task.step, task.running_cost, task.terminal_cost, [math.nan, 0.0], 3
        ),
        "the Gauss-Newton Hessian is not positive definite": lambda: predicted_ratio(
            swing_up(4, weight=-1.0), np.zeros(4)
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
