"""Orders, stability, conservation, and derivatives of each integration method."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import jacobian, jvp, stack, tanh
from learndyn.dynamics import (
    RK4,
    DormandPrince,
    Euler,
    Heun,
    ImplicitEuler,
    flow_map,
    integrate,
)
from learndyn.dynamics.integrators import dormand_prince, implicit_euler

from .flows import (
    lotka_volterra,
    lotka_volterra_invariant,
    matrix_exponential,
    oscillator,
    pendulum,
    pendulum_state,
    reference,
    slope,
)

EXPLICIT = [Euler, Heun, RK4]
# method, predicted order, how far the measured one may be off, step sizes
ORDERS = [
    (Euler, 1, 0.06, [0.02, 0.01, 0.005]),
    (Heun, 2, 0.1, [0.1, 0.05, 0.025, 0.0125]),
    (RK4, 4, 0.12, [0.2, 0.1, 0.05, 0.025]),
    (ImplicitEuler, 1, 0.06, [0.04, 0.02, 0.01]),
]


def final(flow, z0, duration, method):
    return integrate(flow, z0, [0.0, duration], method=method).final_state


def fixed_steps(method, flow, z, duration, steps):
    h = duration / steps
    for i in range(steps):
        z = method.step(flow, i * h, z, h)
    return z


@pytest.mark.parametrize(("method", "order", "hold", "step_sizes"), ORDERS)
def test_the_error_on_lotka_volterra_falls_with_the_order_of_the_method(
    method, order, hold, step_sizes
):
    exact = reference(lotka_volterra, [1.2, 0.9], 6.0)
    errors = [
        np.linalg.norm(final(lotka_volterra, [1.2, 0.9], 6.0, method(h)) - exact)
        for h in step_sizes
    ]
    assert slope(step_sizes, errors) == pytest.approx(order, abs=hold)


@pytest.mark.parametrize(("method", "order", "hold", "step_sizes"), ORDERS)
def test_the_error_on_a_large_swing_of_a_pendulum_falls_with_the_order(
    method, order, hold, step_sizes
):
    exact = pendulum_state(1.5, 5.0)
    errors = [
        np.linalg.norm(final(pendulum, [1.5, 0.0], 5.0, method(h)) - exact) for h in step_sizes
    ]
    assert slope(step_sizes[-2:], errors[-2:]) == pytest.approx(order, abs=hold)


def test_the_fifth_order_formula_of_dormand_prince_has_order_five():
    exact = reference(lotka_volterra, [1.2, 0.9], 6.0)
    steps = np.array([15, 30, 60, 120])
    errors = [
        np.linalg.norm(
            fixed_steps(DormandPrince(), lotka_volterra, np.array([1.2, 0.9]), 6.0, n) - exact
        )
        for n in steps
    ]
    assert -slope(steps, errors) == pytest.approx(5.4, abs=0.12)  # the leading term is small here
    exact = pendulum_state(1.5, 5.0)
    errors = [
        np.linalg.norm(fixed_steps(DormandPrince(), pendulum, np.array([1.5, 0.0]), 5.0, n) - exact)
        for n in (80, 160)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(5.0, abs=0.2)


def test_the_error_of_a_run_is_proportional_to_the_tolerance():
    tolerances = 10.0 ** -np.arange(4, 12)
    exact = pendulum_state(1.5, 5.0)
    errors = [
        np.linalg.norm(
            final(pendulum, [1.5, 0.0], 5.0, DormandPrince(rtol=tolerance, atol=tolerance)) - exact
        )
        for tolerance in tolerances
    ]
    assert slope(tolerances, errors) == pytest.approx(1.0, abs=0.1)
    assert np.all(errors < 10 * tolerances)



def test_the_dormand_prince_tableau_satisfies_the_order_conditions():
    """Sums over rooted trees: order 5 for the state, 4 for the curve at every theta."""
    a = np.hstack([dormand_prince.A, np.zeros((7, 1))])
    c, ones = dormand_prince.C, np.ones(7)
    np.testing.assert_allclose(a @ ones, c, atol=1e-14)
    trees = {  # stage values of each tree, and order and density gamma
        "1": (ones, 1, 1), "2": (c, 2, 2), "3a": (c**2, 3, 3), "3b": (a @ c, 3, 6),
        "4a": (c**3, 4, 4), "4b": (c * (a @ c), 4, 8), "4c": (a @ c**2, 4, 12),
        "4d": (a @ a @ c, 4, 24),
        "5a": (c**4, 5, 5), "5b": (c**2 * (a @ c), 5, 10), "5c": (c * (a @ c**2), 5, 15),
        "5d": (c * (a @ a @ c), 5, 30), "5e": ((a @ c) ** 2, 5, 20), "5f": (a @ c**3, 5, 20),
        "5g": (a @ (c * (a @ c)), 5, 40), "5h": (a @ a @ c**2, 5, 60),
        "5i": (a @ a @ a @ c, 5, 120),
    }  # fmt: skip
    b = a[6]
    for name, (stages, order, gamma) in trees.items():
        assert b @ stages == pytest.approx(1 / gamma, abs=1e-13), name
        if order > 4:
            continue
        assert dormand_prince.ERROR @ stages == pytest.approx(0, abs=1e-13), name
        for theta in (0.0, 0.25, 0.6, 1.0):
            curve = dormand_prince.P @ theta ** np.arange(1, 5)
            assert curve @ stages == pytest.approx(theta**order / gamma, abs=1e-12), name
    # The error estimate sees order 5, or it would be no estimate.
    assert abs(dormand_prince.ERROR @ c**4) > 1e-4
    # At both ends the curve has the velocity of the flow there.
    np.testing.assert_allclose(dormand_prince.P[:, 0], np.eye(7)[0], atol=1e-14)
    np.testing.assert_allclose(dormand_prince.P @ [1, 2, 3, 4], np.eye(7)[6], atol=1e-13)


@pytest.mark.parametrize(
    ("method", "degree"), [(Euler(0.5), 0), (Heun(0.5), 1), (RK4(0.5), 3), (DormandPrince(), 4)]
)
@given(coefficients=st.lists(st.integers(-5, 5), min_size=5, max_size=5), t=st.floats(-2, 2))
def test_a_velocity_that_is_a_polynomial_in_time_is_integrated_exactly(
    method, degree, coefficients, t
):
    velocity = np.polynomial.Polynomial(coefficients[: degree + 1])
    area = velocity.integ()
    z = method.step(lambda t, z: velocity(t) + 0.0 * z, t, np.array([1.0]), 0.7)
    assert z[0] == pytest.approx(1.0 + area(t + 0.7) - area(t), abs=1e-11)


@pytest.mark.parametrize("method", [RK4(0.02), DormandPrince(rtol=1e-10, atol=1e-12)])
def test_a_linear_flow_gives_the_matrix_exponential(method):
    a = np.random.default_rng(3).standard_normal((4, 4)) - np.eye(4)
    z0 = np.array([1.0, -2.0, 0.5, 3.0])
    run = integrate(lambda t, z: a @ z, z0, np.linspace(0, 2, 5), method=method)
    for t, z in zip(run.times, run.states, strict=True):
        np.testing.assert_allclose(z, matrix_exponential(t * a) @ z0, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("h", [0.1, 0.3])
def test_each_method_multiplies_a_linear_mode_by_its_stability_function(h):
    """1 + x, 1 + x + x^2/2, ... up to the order; Dormand-Prince adds x^6/600; 1/(1 - x)."""
    x = -2.0 * h
    series = [1.0, 1 + x, 1 + x + x**2 / 2, 0.0, 1 + x + x**2 / 2 + x**3 / 6 + x**4 / 24]
    expected = {
        Euler(h): series[1],
        Heun(h): series[2],
        RK4(h): series[4],
        DormandPrince(): series[4] + x**5 / 120 + x**6 / 600,
        ImplicitEuler(h): 1 / (1 - x),
    }
    for method, factor in expected.items():
        z = method.step(lambda t, z: -2.0 * z, 0.0, np.array([1.0]), h)
        assert z[0] == pytest.approx(factor, rel=1e-13), method


@pytest.mark.parametrize(("method", "limit"), [(Euler, 2.0), (Heun, 2.0), (RK4, 2.785)])
def test_an_explicit_method_is_stable_up_to_its_limit(method, limit):
    for factor, grows in ((0.98, False), (1.02, True)):
        h = factor * limit
        z = fixed_steps(method(h), lambda t, z: -z, np.array([1.0]), 400 * h, 400)
        assert bool(abs(z[0]) > 1.0) is grows


def test_stability_holds_the_steps_on_a_stiff_mode():
    """About T lambda / 3.31 steps, though the solution is smooth."""
    rate, duration = 1000.0, 5.0
    run = integrate(
        lambda t, z: stack([-rate * z[0], -z[1]]), [1.0, 1.0], [0.0, duration]
    )
    assert run.stopped is None
    assert run.evaluations / 6 == pytest.approx(duration * rate / 3.31, rel=0.2)


def test_implicit_euler_damps_a_fast_mode_at_once():
    """L-stability: 1 / (1 + h lambda) at h lambda = 10^6."""
    z = final(lambda t, z: -1e6 * z, [1.0, -3.0], 1.0, ImplicitEuler(1.0))
    np.testing.assert_allclose(z, np.array([1.0, -3.0]) / (1 + 1e6), rtol=1e-9)


def test_implicit_euler_follows_a_stiff_flow_with_few_steps():
    """z' = -10^6 (z - cos t): after one step on the slow curve z = cos t."""
    run = integrate(
        lambda t, z: -1e6 * (z - np.cos(t)), [0.0], [0.0, 2.0], method=ImplicitEuler(0.1)
    )
    assert run.final_state[0] == pytest.approx(np.cos(2.0), abs=1e-5)
    assert run.evaluations <= 3 * 20


def diffusion(t, z):
    """A chain of 40 units with diffusion (stiff) and a saturating source."""
    padded = np.eye(40, k=1) + np.eye(40, k=-1) - 2 * np.eye(40)
    return 500.0 * (padded @ z) + tanh(z) + 1.0


def test_the_matrix_free_route_of_implicit_euler_agrees_with_the_direct_one(monkeypatch):
    z0 = np.linspace(-1, 1, 40)
    krylov = final(diffusion, z0, 0.2, ImplicitEuler(0.05))
    monkeypatch.setattr(implicit_euler, "DIRECT_UP_TO", 40)
    direct = final(diffusion, z0, 0.2, ImplicitEuler(0.05))
    np.testing.assert_allclose(krylov, direct, rtol=1e-9, atol=1e-11)
    # The method's own equation holds in each step.
    z1 = ImplicitEuler(0.05).step(diffusion, 0.0, z0, 0.05)
    gap = z1 - z0 - 0.05 * diffusion(0.05, z1)
    assert np.linalg.norm(gap) < 1e-8 * np.linalg.norm(z0)


def test_implicit_euler_takes_a_flow_that_does_not_depend_on_the_state():
    run = integrate(lambda t, z: np.array([2.0 * t]), [0.0], [0.0, 1.0], method=ImplicitEuler(0.25))
    assert run.final_state[0] == pytest.approx(2 * 0.25 * (0.25 + 0.5 + 0.75 + 1.0))


def test_newton_without_a_solution_says_where_and_what_to_do():
    """z1 = z + h z1^2 has no real solution once 4 h z > 1."""
    run = integrate(lambda t, z: z * z, [1.0], [0.0, 0.1, 5.0], method=ImplicitEuler(0.1))
    assert "Newton's method did not converge in the step from t = " in run.stopped
    assert "smaller step_size" in run.stopped
    assert run.times[-1] < 1.0
    assert np.isfinite(run.states).all()
    with pytest.raises(ArithmeticError, match="did not converge"):
        ImplicitEuler(1.0).step(lambda t, z: z * z, 0.0, np.array([1.0]), 1.0)


@pytest.mark.parametrize(("method", "order"), [(Euler, 1), (Heun, 3), (RK4, 5)])
def test_the_energy_error_of_an_oscillator_follows_from_the_stability_function(method, order):
    """|R(ih)|^2 - 1 is h^2, h^4/4 and -h^6/72 a step, so the drift has order 1, 3 and 5."""
    step_sizes = [0.1, 0.05, 0.025]
    ends = [final(oscillator, [1.0, 0.0], 1.0, method(h)) for h in step_sizes]
    drift = [abs(z @ z - 1) for z in ends]
    assert slope(step_sizes, drift) == pytest.approx(order, abs=0.1)


def test_the_invariant_of_lotka_volterra_is_conserved_within_the_tolerance():
    method = DormandPrince(rtol=1e-10, atol=1e-12)
    run = integrate(lotka_volterra, [1.2, 0.9], np.linspace(0, 30, 61), method=method)
    invariant = lotka_volterra_invariant(run.states)
    assert np.ptp(invariant) < 1e-8


def test_a_flow_run_backwards_returns_to_the_start():
    method = DormandPrince(rtol=1e-11, atol=1e-12)
    there = final(lotka_volterra, [1.2, 0.9], 6.0, method)
    back = final(lambda t, z: -lotka_volterra(-t, z), there, 6.0, method)
    np.testing.assert_allclose(back, [1.2, 0.9], atol=1e-9)


@pytest.mark.parametrize("method", [Euler(0.1), Heun(0.1), RK4(0.1)])
def test_the_derivative_of_a_flow_map_agrees_with_finite_differences(method):
    system = flow_map(pendulum, 0.75, method=method)
    assert system.steps == 8
    z, v, h = np.array([1.0, 0.3]), np.array([0.4, -0.7]), 1e-6
    value, along = jvp(system, (z,), (v,))
    np.testing.assert_array_equal(value, system(z))
    np.testing.assert_allclose(along, (system(z + h * v) - system(z - h * v)) / (2 * h), rtol=1e-8)


def test_a_dormand_prince_step_has_derivatives():
    a = np.array([[-1.0, 2.0], [0.5, -3.0]])
    j = jacobian(lambda z: DormandPrince().step(lambda t, z: a @ z, 0.0, z, 0.01))(np.ones(2))
    np.testing.assert_allclose(j, matrix_exponential(0.01 * a), atol=1e-13)


def test_the_multipliers_of_a_flow_map_are_exponentials_of_the_rates_of_the_flow():
    a = np.array([[-0.2, 1.0], [-1.0, -0.2]])
    system = flow_map(lambda t, z: a @ z, 2.0, method=RK4(0.01))
    multipliers = np.linalg.eigvals(jacobian(system)(np.zeros(2)))
    expected = np.exp(2.0 * np.array([-0.2 - 1j, -0.2 + 1j]))
    np.testing.assert_allclose(np.sort_complex(multipliers), np.sort_complex(expected), atol=1e-9)


def test_a_flow_map_repeats_what_integrate_does():
    z0 = np.array([1.2, 0.9])
    for method in (Euler(0.05), Heun(0.05), RK4(0.05), ImplicitEuler(0.05)):
        run = integrate(lotka_volterra, z0, [0.0, 1.0], method=method)
        np.testing.assert_allclose(
            flow_map(lotka_volterra, 1.0, method=method)(z0), run.final_state, rtol=1e-13
        )


def test_bad_settings_say_what_is_wrong():
    cases = {
        "Euler: step_size must be positive and finite, got 0": lambda: Euler(0),
        "Heun: step_size must be positive and finite, got -1": lambda: Heun(-1),
        "RK4: step_size must be positive and finite, got nan": lambda: RK4(float("nan")),
        "ImplicitEuler: step_size must be positive": lambda: ImplicitEuler(float("inf")),
        "ImplicitEuler: tolerance must be between": lambda: ImplicitEuler(0.1, tolerance=0.0),
        "needs rtol >= 0 and atol > 0": lambda: DormandPrince(atol=0.0),
        "first_step must be positive": lambda: DormandPrince(first_step=-1.0),
        "max_steps must be at least 1": lambda: DormandPrince(max_steps=0),
        "flow_map: the duration must be positive": lambda: flow_map(
            pendulum, -1.0, method=RK4(0.1)
        ),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match=r"flow_map: needs a method of fixed steps, got DormandPr"):
        flow_map(pendulum, 1.0, method=DormandPrince())
    with pytest.raises(TypeError, match="ImplicitEuler: a step is solved by iteration"):
        jvp(flow_map(pendulum, 0.1, method=ImplicitEuler(0.1)), (np.ones(2),), (np.ones(2),))
