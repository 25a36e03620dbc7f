"""Bodies that torques move: equations against a Lagrangian, conservation, and small oscillations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn import RK4, DormandPrince, Tensor, check_grads, cos, integrate, jacobian, jvp, linearise
from learndyn.dynamics import Euler, Heun, Regime, classify_system, equilibrium, flow_map, spectrum
from learndyn.neural.control import (
    ArmKinematics,
    DoublePendulum,
    LagrangianMechanism,
    Pendulum,
    TwoLinkArm,
    driven,
    held_step,
)

ANGLE = st.floats(-4.0, 4.0)
STATE = st.lists(ANGLE, min_size=4, max_size=4).map(np.array)
PAIR = st.lists(ANGLE, min_size=2, max_size=2).map(np.array)
UNEVEN = DoublePendulum(mass1=1.3, mass2=0.6, length1=0.7, length2=1.1)
ARM = TwoLinkArm()
FREE_ARM = TwoLinkArm(friction=(0.0, 0.0))


def order(errors, steps):
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


# --- equations of motion ------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(STATE, PAIR)
def test_the_double_pendulums_equations_are_those_of_its_lagrangian(z, u):
    """The upper motor pushes both rods: its reaction on the lower joint is the -u2 of Q1."""
    route = LagrangianMechanism(UNEVEN.lagrangian, 2)
    forces = np.array([u[0] - u[1], u[1]])
    expected = route.velocity(z, forces)
    np.testing.assert_allclose(UNEVEN.velocity(z, u), expected, rtol=1e-11, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(STATE, PAIR)
def test_the_arms_equations_are_those_of_its_kinetic_energy(z, u):
    arm = TwoLinkArm(ArmKinematics(0.5, 0.4), (1.5, 0.8), (0.2, 0.15), (0.03, 0.01), (0.0, 0.0))
    first_centre, second_centre = ArmKinematics(0.2, 1e-300), ArmKinematics(0.5, 0.15)

    def energy(q, v):
        """From the velocities of the two centres of mass, not from the mass matrix."""
        first, second = first_centre.jacobian(q) @ v, second_centre.jacobian(q) @ v
        translation = 1.5 * (first * first).sum() + 0.8 * (second * second).sum()
        return 0.5 * (translation + 0.03 * v[0] ** 2 + 0.01 * (v[0] + v[1]) ** 2)

    expected = LagrangianMechanism(energy, 2).velocity(z, u)
    np.testing.assert_allclose(arm.velocity(z, u), expected, rtol=1e-10, atol=1e-9)
    assert arm.kinetic_energy(z) == pytest.approx(energy(z[:2], z[2:]), rel=1e-12, abs=1e-14)


def test_the_pendulums_equation_is_that_of_its_lagrangian():
    body = Pendulum(mass=0.7, length=1.4, gravity=3.0)

    def lagrangian(q, v):
        return (0.5 * 0.7 * 1.4**2 * v * v + 0.7 * 3.0 * 1.4 * cos(q)).sum()

    route = LagrangianMechanism(lagrangian, 1)
    for z in np.random.default_rng(0).uniform(-3, 3, (8, 2)):
        np.testing.assert_allclose(body.velocity(z, [0.4]), route.velocity(z, np.array([0.4])), rtol=1e-13)
        assert route.energy(z) == pytest.approx(body.energy(z), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(STATE, PAIR)
def test_mass_times_acceleration_plus_coriolis_plus_friction_is_the_torque(z, u):
    q, v = z[:2], z[2:]
    acceleration = ARM.velocity(z, u)[2:]
    friction = np.array([[0.05, 0.025], [0.025, 0.05]]) @ v
    total = ARM.mass_matrix(q) @ acceleration + ARM.coriolis_matrix(q, v) @ v + friction
    np.testing.assert_allclose(total, u, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(STATE)
def test_the_mass_matrix_is_symmetric_positive_definite_and_coriolis_forces_do_no_work(z):
    q, v = z[:2], z[2:]
    m, rate = jvp(ARM.mass_matrix, (q,), (v,))
    np.testing.assert_array_equal(m, m.T)
    assert np.linalg.eigvalsh(m).min() > 0.01
    skew = rate - 2.0 * ARM.coriolis_matrix(q, v)
    np.testing.assert_allclose(skew, -skew.T, atol=1e-14)
    assert not np.allclose(skew, 0.0) or abs(math.sin(q[1])) < 1e-3 or np.abs(v).max() < 1e-3


@settings(max_examples=20, deadline=None)
@given(STATE, PAIR)
def test_the_power_is_what_torques_give_less_what_friction_takes(z, u):
    _, power = jvp(ARM.kinetic_energy, (z,), (ARM.velocity(z, u),))
    v = z[2:]
    lost = 0.05 * (v @ v) + 2 * 0.025 * v[0] * v[1]
    assert power == pytest.approx(u @ v - lost, abs=1e-11)
    _, power = jvp(UNEVEN.energy, (z,), (UNEVEN.velocity(z, u),))
    assert power == pytest.approx(u[0] * v[0] + u[1] * (v[1] - v[0]), abs=1e-9)


# --- flows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "h", "low", "high"), [(Euler, 4e-3, 1, 1), (Heun, 1e-2, 2, 2), (RK4, 2e-2, 4, 5)]
)
def test_the_double_pendulums_energy_drifts_at_the_order_of_the_integrator(method, h, low, high):
    """In the mean over many states: that of one state passes through 0 on its way.

    RK4 is between 4 and 5: its error of order 4 is nearly all phase, which costs no energy.
    """
    body, z0 = DoublePendulum(), np.random.default_rng(0).uniform(-1.5, 1.5, (4, 300))
    steps = h * 0.5 ** np.arange(3)
    drifts = [
        np.sqrt(np.mean((body.energy(flow_map(body, 1.0, method=method(s))(z0)) - body.energy(z0)) ** 2))
        for s in steps
    ]
    assert low - 0.15 < order(drifts, steps) < high + 0.15


def test_an_accurate_flow_conserves_energy():
    tight = DormandPrince(rtol=1e-11, atol=1e-11)
    for body, z0 in ((UNEVEN, [2.0, 2.5, 0.0, 0.0]), (FREE_ARM, [0.3, 1.0, 2.0, -4.0])):
        energy = body.energy if body is UNEVEN else body.kinetic_energy
        run = integrate(body, z0, np.linspace(0.0, 5.0, 6), method=tight, observe={"e": energy})
        assert np.ptp(run.observables["e"]) < 1e-8


def test_small_swings_have_the_textbook_frequencies():
    """sqrt(g / l); for two equal pendulums omega^2 = (2 -+ sqrt 2) g / l."""
    values = spectrum(linearise(Pendulum(length=2.0), np.zeros(2), t=0.0))
    np.testing.assert_allclose(
        values.imag, [Pendulum(length=2.0).frequency, -math.sqrt(9.81 / 2)], rtol=1e-13
    )
    values = spectrum(linearise(DoublePendulum(), np.zeros(4), t=0.0))
    expected = np.sqrt(9.81 * (2.0 + np.sqrt(2.0) * np.array([1, 1, -1, -1])))
    np.testing.assert_allclose(np.abs(values.imag), expected, rtol=1e-12)
    np.testing.assert_allclose(values.real, 0.0, atol=1e-12)


def test_hanging_is_stable_with_friction_and_neutral_without_and_standing_is_unstable():
    def regime(body, angle):
        return classify_system(
            linearise(body, np.array([angle, 0.0]), t=0.0), continuous=True, horizon=10
        ).regime

    assert regime(Pendulum(damping=0.2), 0.0) is Regime.OSCILLATING
    assert regime(Pendulum(damping=20.0), 0.0) is Regime.SMOOTH
    assert regime(Pendulum(), 0.0) is Regime.NEUTRAL
    assert regime(Pendulum(damping=0.2), math.pi) is Regime.DIVERGING


def test_a_constant_torque_holds_the_pendulum_where_it_balances_gravity():
    flow = driven(Pendulum(damping=0.3), [9.81 * math.sin(0.6)])
    found = equilibrium(flow, np.array([0.4, 0.0]))
    np.testing.assert_allclose(found.state, [0.6, 0.0], atol=1e-9)


def test_feedback_that_outweighs_gravity_makes_standing_stable():
    flow = driven(Pendulum(), lambda t, z: -20.0 * (z[:1] - math.pi) - 5.0 * z[1:])
    upright = linearise(flow, np.array([math.pi, 0.0]), t=0.0)
    np.testing.assert_allclose(upright.to_matrix(), [[0, 1], [9.81 - 20.0, -5.0]], atol=1e-12)


def test_a_held_step_is_the_flow_under_a_constant_torque():
    z, u = np.array([0.3, 1.2, -0.5, 0.8]), np.array([0.4, -0.2])
    step = held_step(ARM, 0.1, method=RK4(0.005))
    tight = DormandPrince(rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        step(z, u), integrate(driven(ARM, u), z, [0.0, 0.1], method=tight).final_state, rtol=1e-8
    )


@pytest.mark.parametrize("body", [Pendulum(damping=0.1), UNEVEN, ARM], ids=lambda b: type(b).__name__)
def test_bodies_take_tensors_and_batches_and_have_right_derivatives(body):
    rng = np.random.default_rng(1)
    n = 2 * body.coordinates
    z, u = rng.uniform(-2, 2, (n, 5)), rng.uniform(-1, 1, (n // 2, 5))
    together = body.velocity(z, u)
    assert together.shape == (n, 5)
    for i in range(5):
        np.testing.assert_allclose(body.velocity(z[:, i], u[:, i]), together[:, i], rtol=1e-13)
    assert isinstance(body.velocity(Tensor(z), u), Tensor)
    np.testing.assert_array_equal(body(0.0, z), body.velocity(z, np.zeros(n // 2)))
    check_grads(body.velocity, z[:, 0], u[:, 0])


def test_derivatives_of_a_mechanism_known_by_its_lagrangian_are_right():
    z = np.array([0.4, -0.7, 0.5, 0.9])
    by_hand = jacobian(UNEVEN.velocity)(z, np.zeros(2))
    found = linearise(LagrangianMechanism(UNEVEN.lagrangian, 2), z, t=0.0).to_matrix()
    np.testing.assert_allclose(found, by_hand, atol=1e-10)


# --- kinematics ---------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(PAIR)
def test_the_arms_jacobian_is_the_derivative_of_its_hand(q):
    arm = ArmKinematics(0.8, 1.3)
    np.testing.assert_allclose(arm.jacobian(q), jacobian(arm.hand)(q), atol=1e-14)
    assert np.linalg.det(arm.jacobian(q)) == pytest.approx(0.8 * 1.3 * math.sin(q[1]), abs=1e-13)


@settings(max_examples=25, deadline=None)
@given(ANGLE, st.floats(0.01, 3.1), st.sampled_from([1, -1]))
def test_the_posture_of_a_place_brings_the_hand_there(q1, bend, elbow):
    arm = ArmKinematics(0.8, 1.3)
    place = arm.hand(np.array([q1, elbow * bend]))
    found = arm.posture(place, elbow=elbow)
    np.testing.assert_allclose(arm.hand(found), place, atol=1e-12)
    assert found[1] == pytest.approx(elbow * bend, abs=1e-9)


def test_the_isotropic_arm_moves_equally_easily_in_all_directions():
    arm, q = ArmKinematics.isotropic(0.6)
    j = arm.jacobian(q)
    np.testing.assert_allclose(j @ j.T, 0.36 * np.eye(2), atol=1e-15)


# --- bad input ----------------------------------------------------------------------------


def test_bad_input_says_what_is_wrong():
    cases = {
        "Pendulum: mass must be positive and finite, got 0": lambda: Pendulum(mass=0),
        "Pendulum: damping must be finite and not negative, got -1": lambda: Pendulum(damping=-1),
        "DoublePendulum: length2 must be positive": lambda: DoublePendulum(length2=math.nan),
        "TwoLinkArm: link 1 has centre 0 and inertia 0": lambda: TwoLinkArm(
            centres=(0.1, 0.0), inertias=(0.1, 0.0)
        ),
        "friction matrix .* is not positive semidefinite": lambda: TwoLinkArm(friction=(0.1, 0.2)),
        "TwoLinkArm: the state .* has 4 components on its first axis, got shape \\(2,\\)": lambda: (
            ARM.velocity(np.zeros(2), np.zeros(2))
        ),
        "Pendulum: the torque has 1 components": lambda: Pendulum().velocity(np.zeros(2), np.zeros(2)),
        "ArmKinematics: the posture has 2": lambda: ArmKinematics().hand(np.zeros(3)),
        "needs a place at a distance from 0 to 2 m": lambda: ArmKinematics().posture([3.0, 0.0]),
        "LagrangianMechanism: needs at least one coordinate": lambda: LagrangianMechanism(cos, 0),
        "the state \\(q, v\\) has shape \\(4,\\), got shape \\(3,\\)": lambda: LagrangianMechanism(
            UNEVEN.lagrangian, 2
        )(0.0, np.zeros(3)),
        "driven: Pendulum takes torques of shape \\(1,\\), got shape \\(2,\\)": lambda: driven(
            Pendulum(), [1.0, 2.0]
        ),
        "the duration must be positive": lambda: held_step(Pendulum(), 0.0, method=RK4(0.1)),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match=r"driven: Pendulum is no mechanism\. Pass an instance"):
        driven(Pendulum)
    with pytest.raises(TypeError, match="held_step: function is no mechanism"):
        held_step(lambda t, z: z, 0.1, method=RK4(0.1))
    with pytest.raises(TypeError, match="needs a method of fixed steps"):
        held_step(Pendulum(), 0.1, method=DormandPrince())
