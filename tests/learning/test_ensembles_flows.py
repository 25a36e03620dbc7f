"""Following many members of a flow at once is following each of them alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff.tree import tree_map
from learndyn.dynamics import RK4, DormandPrince, Euler, Heun, ImplicitEuler, integrate
from learndyn.learning import MLP, gradient_flow, mean_squared_error
from learndyn.learning.ensembles import ensemble_gradient_flow, integrate_ensemble, vectorised
from learndyn.neural.rate import ContinuousTimeRNN, side_by_side

TIMES = np.linspace(0.0, 3.0, 7)
RNG = np.random.default_rng(0)


def forced(t, z, rate):
    """Decay with a force that depends on time."""
    return -rate * z + np.sin(3.0 * t) * z * z


@pytest.mark.parametrize("method", [Euler(0.01), Heun(0.02), RK4(0.05)], ids=repr)
@settings(max_examples=10, deadline=None)
@given(rates=st.lists(st.floats(0.1, 3.0), min_size=1, max_size=5))
def test_with_fixed_steps_a_member_has_the_bits_of_its_own_run(method, rates):
    flow = vectorised(forced, len(rates), rate=rates)
    start = np.linspace(-0.5, 0.5, 2 * len(rates)).reshape(-1, 2)
    run = integrate_ensemble(flow, start, TIMES, method=method)
    for i, rate in enumerate(rates):
        alone = integrate(lambda t, z, r=rate: forced(t, z, r), start[i], TIMES, method=method)
        np.testing.assert_array_equal(run.states[:, i], alone.states)
    assert run.stopped is None
    assert run.alive.all()


@pytest.mark.parametrize("method", [RK4(0.05), DormandPrince(rtol=1e-10, atol=1e-12)], ids=repr)
def test_the_gradient_flow_of_each_net_is_its_own(method):
    model = MLP((2, 3, 1))
    x, y = RNG.standard_normal((6, 2)), RNG.standard_normal((6, 1))

    def loss(theta):
        return mean_squared_error(model(theta, x), y, axis=(-2, -1))

    theta = model.init(np.random.default_rng(1), ensemble=(4,))
    flow = ensemble_gradient_flow(loss, theta)
    run = integrate_ensemble(flow, flow.initial_state, TIMES, method=method, observe={"loss": flow.losses})
    for i in range(4):
        own = gradient_flow(loss, tree_map(lambda leaf, i=i: leaf[i], theta))
        alone = integrate(own, own.initial_state, TIMES, method=method)
        np.testing.assert_allclose(run.states[:, i], alone.states, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(
            run.observables["loss"][:, i], [own.loss(z) for z in alone.states], rtol=1e-8
        )
    assert (np.diff(run.observables["loss"], axis=0) < 0).all()


@pytest.mark.parametrize("method", [Euler(0.01), RK4(0.01)], ids=repr)
@given(bad=st.integers(0, 3))
@settings(max_examples=8, deadline=None)
def test_with_fixed_steps_a_member_that_blows_up_changes_no_bit_of_the_others(method, bad):
    start = np.array([[-1.0], [0.2], [-0.5], [0.1]])
    flow = vectorised(lambda t, z: z * z, 4)
    usual = integrate_ensemble(flow, start, TIMES, method=method)
    wild = start.copy()
    wild[bad] = 2.0
    run = integrate_ensemble(flow, wild, TIMES, method=method)
    others = np.arange(4) != bad
    np.testing.assert_array_equal(run.states[:, others], usual.states[:, others])
    np.testing.assert_array_equal(run.alive, others)
    alone = integrate(lambda t, z: z * z, wild[bad], TIMES, method=method)
    assert run.ended[bad] == pytest.approx(alone.times[-1], rel=1e-12)
    assert 0.5 < run.ended[bad] < 0.7  # the solution 1 / (1/2 - t), a little late
    assert np.isnan(run.states[TIMES >= run.ended[bad], bad]).all()


def test_with_adaptive_steps_a_member_ends_where_its_solution_does_and_the_others_go_on():
    """z' = z^2 has the solution 1 / (1/z0 - t)."""
    start = np.array([[1.0], [-1.0], [0.1], [0.4], [2.0]])
    run = integrate_ensemble(vectorised(lambda t, z: z * z, 5), start, np.linspace(0.0, 3.05, 12))
    np.testing.assert_allclose(run.ended, [1.0, np.inf, np.inf, 2.5, 0.5], rtol=1e-5)
    assert run.times[-1] == 3.05
    assert run.stopped is None
    for i in range(5):
        own = run.member(i)
        np.testing.assert_allclose(own.states[:, 0], 1.0 / (1.0 / start[i, 0] - own.times), rtol=2e-4)
    np.testing.assert_allclose(run.states[:, 1, 0], -1.0 / (1.0 + run.times), rtol=1e-6)


def test_a_flow_that_is_not_finite_somewhere_ends_the_member_that_gets_there():
    def falling(t, z):
        return np.where(z > 0, -np.ones_like(z), np.nan)

    run = integrate_ensemble(vectorised(falling, 3), np.array([[1.3], [9.0], [2.2]]), np.linspace(0, 4, 9))
    np.testing.assert_allclose(run.ended, [1.3, np.inf, 2.2], rtol=1e-6)
    np.testing.assert_allclose(run.states[:, 1, 0], 9.0 - run.times, rtol=1e-12)


def test_the_error_of_one_member_is_not_diluted_by_those_at_rest():
    """An rms over all components would allow a hundred members ten times the error."""

    def turn(t, z):
        return np.stack([z[..., 1], -z[..., 0]], axis=-1)

    start = np.zeros((100, 2))
    start[37] = 1.0, 0.0
    method = DormandPrince(rtol=1e-6, atol=1e-9)
    times = np.array([0.0, 20.0])
    exact = [np.cos(20.0), -np.sin(20.0)]
    together = integrate_ensemble(vectorised(turn, 100), start, times, method=method)
    alone = integrate(turn, start[37], times, method=method)
    error = np.abs(together.final_state[37] - exact).max()
    assert 0 < error <= 1.2 * np.abs(alone.final_state - exact).max()


def test_a_run_that_uses_all_its_steps_ends_for_all_as_one_of_a_single_member_does():
    flow = vectorised(lambda t, z, rate: -rate * z, 2, rate=[1e5, 2e5])
    run = integrate_ensemble(flow, np.ones((2, 1)), [0.0, 100.0], method=DormandPrince(max_steps=2000))
    assert "used all max_steps=2000 steps" in run.stopped
    assert run.alive.all()


def test_members_that_begin_without_numbers_are_gone_and_a_run_without_members_ends():
    flow = vectorised(lambda t, z: -z, 3)
    start = np.array([[1.0], [np.nan], [2.0]])
    for method in (RK4(0.1), DormandPrince()):
        run = integrate_ensemble(flow, start, TIMES, method=method)
        assert run.ended.tolist() == [np.inf, 0.0, np.inf]
        np.testing.assert_allclose(run.states[:, [0, 2], 0], np.outer(np.exp(-TIMES), [1, 2]), rtol=1e-4)
        assert np.isnan(run.states[:, 1]).all()
    run = integrate_ensemble(vectorised(lambda t, z: z * z, 2), [[2.0], [4.0]], TIMES)
    assert "no member was left" in run.stopped
    np.testing.assert_allclose(run.ended, [0.5, 0.25], rtol=1e-5)


def test_a_recurrent_network_in_several_trials_is_a_special_case():
    network = ContinuousTimeRNN(RNG.standard_normal((4, 4)) / 2.0, tau=1.0)
    rows = RNG.standard_normal((3, 4))
    run = integrate_ensemble(vectorised(network, 3), rows, TIMES, method=RK4(0.05))
    by_hand = integrate(side_by_side(network, 3), rows.reshape(-1), TIMES, method=RK4(0.05))
    np.testing.assert_array_equal(run.states.reshape(len(TIMES), -1), by_hand.states)


def test_bad_flows_and_methods_say_what_is_wrong():
    flow = vectorised(lambda t, z: -z, 2)
    with pytest.raises(TypeError, match=r"needs RK4, Heun, Euler or DormandPrince, got ImplicitEuler"):
        integrate_ensemble(flow, np.ones((2, 1)), TIMES, method=ImplicitEuler(0.1))
    with pytest.raises(TypeError, match="integrate_ensemble: function is no ensemble"):
        integrate_ensemble(lambda t, z: -z, np.ones((2, 1)), TIMES)
    with pytest.raises(ValueError, match="integrate: the times must increase"):
        integrate_ensemble(flow, np.ones((2, 1)), [0.0, 0.0])
    with pytest.raises(ValueError, match="integrate: the times must be a vector"):
        integrate_ensemble(flow, np.ones((2, 1)), [])
    matrix = np.array([[0.5, 0.2], [-0.2, 0.5]])
    with pytest.raises(ValueError, match="Each member must depend on its own row alone"):
        integrate_ensemble(vectorised(lambda t, z: matrix @ z, 2), RNG.standard_normal((2, 2)), TIMES)
