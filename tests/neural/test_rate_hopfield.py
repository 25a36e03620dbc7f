"""Symmetric connections have an energy that the flow never climbs, though long steps may."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import check_grads, grad
from learndyn.dynamics import DormandPrince, Euler, equilibrium, integrate
from learndyn.neural.rate import (
    AsynchronousHopfield,
    ContinuousHopfield,
    SynchronousHopfield,
    bit_error_probability,
    capacity,
    eventual_cycle,
    flip_signs,
    hebbian_weight,
    overlap,
    random_patterns,
    two_state_energy,
    two_step_energy,
)

SEEDS = st.integers(0, 2**32 - 1)
TIGHT = DormandPrince(rtol=1e-10, atol=1e-12)


def symmetric(rng, n, size=1.0):
    a = rng.standard_normal((n, n)) * size
    return (a + a.T) / 2


@given(seed=SEEDS, n=st.integers(1, 8), gain=st.floats(0.2, 5.0), size=st.floats(0.1, 3.0))
def test_the_energy_changes_at_the_rate_of_its_law(seed, n, gain, size):
    """grad E . dx/dt = -tau sum phi'(x) (dx/dt)^2, exactly: two routes to one number."""
    rng = np.random.default_rng(seed)
    net = ContinuousHopfield(
        symmetric(rng, n, size), gain=gain, bias=rng.standard_normal(n), tau=0.7
    )
    x = 2.0 * rng.standard_normal(n)
    velocity = net(0.0, x)
    slope = grad(net.energy)(x)
    scale = np.abs(slope * velocity).sum() + 1e-12
    assert abs(slope @ velocity - net.energy_rate(x)) < 1e-11 * scale + 1e-14
    assert net.energy_rate(x) <= 0.0


@given(seed=SEEDS, n=st.integers(2, 8), size=st.floats(0.5, 3.0))
def test_the_energy_never_rises_along_the_flow(seed, n, size):
    rng = np.random.default_rng(seed)
    net = ContinuousHopfield(symmetric(rng, n, size), gain=1.5)
    run = integrate(
        net,
        rng.standard_normal(n),
        np.linspace(0.0, 8.0, 60),
        observe={"E": net.energy},
        method=TIGHT,
    )
    energy = run.observables["E"]
    assert np.diff(energy).max() < 1e-7 * (1.0 + np.abs(energy).max())


def test_the_energy_lost_along_a_run_is_the_integral_of_its_rate():
    rng = np.random.default_rng(3)
    net = ContinuousHopfield(symmetric(rng, 12, 1.0), bias=0.1 * rng.standard_normal(12))

    def with_loss(t, z):
        return np.append(net(t, z[:-1]), net.energy_rate(z[:-1]))

    x0 = rng.standard_normal(12)
    end = integrate(with_loss, np.append(x0, 0.0), [0.0, 10.0], method=TIGHT).final_state
    assert net.energy(end[:-1]) - net.energy(x0) == pytest.approx(end[-1], abs=1e-7)
    assert end[-1] < -0.1


def test_the_energy_rises_under_steps_of_euler_that_are_too_long():
    """Two neurons that inhibit each other: the common mode has the rate -(1 + 2.2)."""
    net = ContinuousHopfield(np.array([[0.0, -2.2], [-2.2, 0.0]]), bias=np.array([0.3, 0.3]))
    times = np.linspace(0.0, 30.0, 21)
    energy = {}
    for h in (1.5, 0.05):
        run = integrate(net, [0.4, 0.35], times, method=Euler(h), observe={"E": net.energy})
        energy[h] = run.observables["E"]
    assert np.diff(energy[1.5]).max() > 0.1
    assert np.diff(energy[0.05]).max() < 1e-12


def test_the_energy_is_smooth_and_finite_far_out():
    net = ContinuousHopfield(symmetric(np.random.default_rng(0), 3), gain=2.0)
    check_grads(net.energy, np.array([0.3, -1.2, 0.8]))
    assert np.isfinite(net.energy(np.array([800.0, -800.0, 1.0])))


def test_it_is_the_recurrent_network_with_symmetric_weights():
    rng = np.random.default_rng(4)
    net = ContinuousHopfield(symmetric(rng, 5), gain=2.0, bias=rng.standard_normal(5), tau=3.0)
    x = rng.standard_normal(5)
    np.testing.assert_allclose(net(0.0, x), net.network()(0.0, x), rtol=1e-14)


def test_stored_patterns_are_equilibria_nearby_and_attract_a_cue():
    patterns = random_patterns(3, 100, 0)
    net = ContinuousHopfield(hebbian_weight(patterns), gain=4.0)
    cue = flip_signs(patterns[1], 0.2, 1)
    run = integrate(net, 0.5 * cue, [0.0, 30.0])
    assert overlap(patterns, np.sign(run.final_state))[1] == 1.0
    rest = equilibrium(net, run.final_state)
    assert rest.converged and np.abs(rest.state - run.final_state).max() < 1e-3


# Two-state neurons


@given(seed=SEEDS, n=st.integers(2, 20))
def test_one_after_another_the_energy_never_rises_and_the_run_ends_in_a_fixed_point(seed, n):
    rng = np.random.default_rng(seed)
    w = symmetric(rng, n)
    np.fill_diagonal(w, 0.0)
    bias = rng.standard_normal(n)
    s0 = rng.choice([-1.0, 1.0], n)
    for i in rng.permutation(n):  # unit by unit, not only sweep by sweep
        s1 = AsynchronousHopfield(w, bias, order=[i])(s0)
        rise = two_state_energy(w, s1, bias=bias) - two_state_energy(w, s0, bias=bias)
        assert rise < 1e-12
        s0 = s1
    network = AsynchronousHopfield(w, bias, order=rng.permutation(n))
    assert eventual_cycle(network, s0).period == 1


def test_all_at_once_the_period_is_at_most_two():
    """200 random networks; both periods occur, and two successive states have an energy."""
    rng = np.random.default_rng(5)
    periods = []
    for _ in range(200):
        n = int(rng.integers(2, 30))
        w, bias = symmetric(rng, n), 0.3 * rng.standard_normal(n)
        cycle = eventual_cycle(SynchronousHopfield(w, bias), rng.choice([-1.0, 1.0], n))
        periods.append(cycle.period)
        orbit = np.vstack([cycle.states, cycle.states[cycle.transient]])
        energy = two_step_energy(w, orbit[:-1], orbit[1:], bias=bias)
        assert np.diff(energy).max(initial=0.0) < 1e-11
    assert set(periods) == {1, 2}


def test_without_symmetry_longer_periods_occur():
    ring = np.roll(np.eye(5), 1, axis=0)  # each neuron copies the one before it
    cycle = eventual_cycle(SynchronousHopfield(ring), [1.0, -1.0, -1.0, -1.0, -1.0])
    assert (cycle.transient, cycle.period) == (0, 5)


def test_a_neuron_without_input_stays_as_it_is():
    s = np.array([1.0, -1.0])
    np.testing.assert_array_equal(SynchronousHopfield(np.zeros((2, 2)))(s), s)
    np.testing.assert_array_equal(AsynchronousHopfield(np.zeros((2, 2)))(s), s)


# Memory


def test_the_part_of_bits_that_flip_in_the_first_step_is_the_gaussian_tail():
    n, p = 400, 80
    patterns = random_patterns(p, n, 7)
    step = SynchronousHopfield(hebbian_weight(patterns))
    wrong = np.mean([np.mean(step(xi) != xi) for xi in patterns])
    predicted = bit_error_probability(p, n)
    deviation = np.sqrt(predicted * (1 - predicted) / (n * p))
    assert predicted == pytest.approx(0.0130, abs=1e-3)
    assert abs(wrong - predicted) < 5 * deviation


def test_recall_holds_below_the_critical_load_and_fails_above_it():
    """The transition at 0.138 n is sharp for large n only: 0.08 and 0.25 are clear of it."""
    n = 500

    def recalled(load):
        p = round(load * n)
        patterns = random_patterns(p, n, 8)
        network = AsynchronousHopfield(hebbian_weight(patterns))
        ends = [eventual_cycle(network, xi).states[-1] for xi in patterns[:5]]
        return np.mean([overlap(patterns, s)[k] for k, s in enumerate(ends)])

    assert recalled(0.08) > 0.98
    assert recalled(0.25) < 0.7


def test_the_three_capacities_are_ordered_by_what_they_ask():
    for n in (100, 10_000):
        assert capacity(n, "all") < capacity(n, "pattern") < capacity(n)
    assert capacity(1000) == pytest.approx(138.0)
    assert capacity(1000, "pattern") == pytest.approx(2 * capacity(1000, "all"))


def test_hebbian_weights_are_symmetric_without_self_connections():
    w = hebbian_weight(random_patterns(4, 16, 0))
    np.testing.assert_array_equal(w, w.T)
    np.testing.assert_array_equal(np.diagonal(w), 0.0)


def test_errors():
    with pytest.raises(ValueError, match="must be symmetric"):
        ContinuousHopfield(np.array([[0.0, 1.0], [0.0, 0.0]]))
    with pytest.raises(ValueError, match="gain must be positive"):
        ContinuousHopfield(np.eye(2), gain=0.0)
    with pytest.raises(ValueError, match="must be symmetric"):
        two_state_energy(np.array([[0.0, 1.0], [0.0, 0.0]]), np.ones(2))
    with pytest.raises(ValueError, match="order must be a vector of neurons"):
        AsynchronousHopfield(np.eye(2), order=[2])
    with pytest.raises(ArithmeticError, match="no state came back"):
        eventual_cycle(lambda s: s + 1.0, [0.0], max_steps=5)
    with pytest.raises(ValueError, match=r"\+1 and -1"):
        hebbian_weight(np.ones(3))
    with pytest.raises(ValueError, match="entries"):
        overlap(np.ones((1, 3)), np.ones(4))
    with pytest.raises(ValueError, match="between 0 and 1"):
        flip_signs(np.ones(3), 1.5, 0)
    with pytest.raises(ValueError, match="criterion"):
        capacity(10, "some")
