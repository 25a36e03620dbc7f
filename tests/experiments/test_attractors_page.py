"""Attractors: what a fixed point recalls, what its energy does, and what a ring of them forgets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import Euler, integrate
from learndyn.experiments import attractor_energy, attractor_noise, attractor_recall, attractor_ring
from learndyn.neural.rate import ContinuousHopfield, bump_half_width

# Fixed points as memories


@pytest.fixture(scope="module")
def recall():
    return attractor_recall.recall_map(trials=10)


def test_the_first_step_raises_the_overlap_as_the_error_function_says(recall):
    """Ten patterns of 400 signs: the mean overlap has a standard error below 0.02."""
    np.testing.assert_allclose(recall.first, recall.predicted_first, atol=0.06)
    assert np.abs(recall.first - recall.predicted_first).mean() < 0.02


def test_a_lightly_loaded_network_completes_a_cue_and_an_overloaded_one_does_not(recall):
    cues = list(recall.cues)
    light, overloaded = recall.final[0], recall.final[-1]
    assert light[cues.index(0.45)] > 0.98
    assert overloaded[cues.index(1.0)] < 0.8
    assert abs(light[cues.index(0.05)]) < 0.5


def test_the_load_that_is_held_falls_towards_the_theory_from_above():
    result = attractor_recall.capacity_curve((100, 600), trials=(60, 12))
    assert result.halfway[0] > result.halfway[1] > 0.138
    assert (result.recalled[:, 0] == 1.0).all() and (result.recalled[:, -1] < 0.7).all()


def test_a_load_that_loses_nothing_has_no_halfway():
    result = attractor_recall.capacity_curve((60,), (0.02, 0.04), trials=(4,))
    assert np.isnan(result.halfway).all() and (result.recalled == 1.0).all()


def test_all_at_once_symmetric_weights_end_in_a_cycle_of_at_most_two():
    result = attractor_recall.synchronous_periods()
    assert set(result.symmetric) == {1, 2} and sum(result.symmetric.values()) == 200
    assert max(result.unrestricted) > 2


# The energy


def test_the_circuit_obeys_its_energy_and_leaves_the_gradient():
    law = attractor_energy.descent_law()
    assert law.rate_error < 1e-9
    assert law.loss_error < 1e-7
    assert law.metric_error < 1e-7
    assert 45.0 < law.angle < 90.0


def test_the_gradient_flow_stalls_where_a_neuron_is_saturated():
    result = attractor_energy.run()
    circuit = [result.settling(row) for row in result.circuit_energy]
    gradient = [result.settling(row) for row in result.gradient_energy]
    assert max(circuit) < 4.0
    assert max(gradient) > 5 * max(circuit)
    for rows in (result.circuit_energy, result.gradient_energy):
        assert np.diff(rows, axis=1).max() < 1e-6


def test_the_energy_rises_under_long_steps_though_the_state_of_rest_is_stable():
    result = attractor_energy.euler_energy()
    short, long = result.step_sizes
    assert short < result.safe < long < result.limit.predicted
    assert result.limit.measured == pytest.approx(result.limit.predicted, rel=1e-9)
    assert np.diff(result.energies[0]).max() < 1e-12
    assert np.diff(result.energies[1]).max() > 0.5
    assert result.energies[1][-6:].min() > result.energies[1][0]  # and it never comes back


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 8), gain=st.floats(0.3, 4.0))
def test_no_step_below_the_safe_one_makes_the_energy_rise(seed, n, gain):
    rng = np.random.default_rng(seed)
    a = 1.5 * rng.standard_normal((n, n))
    net = ContinuousHopfield((a + a.T) / 2.0, gain=gain, bias=rng.standard_normal(n), tau=0.7)
    h = attractor_energy.safe_step(net)
    times = h * np.arange(25)
    energy = integrate(
        net, 2.0 * rng.standard_normal(n), times, method=Euler(h), observe={"E": net.energy}
    ).observables["E"]
    assert np.diff(energy).max() < 1e-10 * (1.0 + np.abs(energy).max())


# The ring


def test_a_bump_appears_at_j1_of_2_with_the_predicted_width():
    result = attractor_ring.onset()
    flat = result.J1 < 2.0
    assert (result.half_widths[flat] == np.pi).all() and result.modulation[flat].max() < 1e-5
    widths = [bump_half_width(j) for j in result.J1[~flat]]
    np.testing.assert_allclose(result.half_widths[~flat], widths, atol=3e-3)
    np.testing.assert_allclose(result.rates, result.predicted_rates, atol=1e-4)
    # The bump is born with a finite size: I / (1 - J0) as J1 falls to 2.
    assert result.curve[0, 2] == pytest.approx(1.0 / (1.0 - result.J0), rel=0.01)


@pytest.mark.parametrize("n", [16, 32, 64])
def test_on_a_lattice_the_slowest_mode_is_not_neutral_and_is_known(n):
    result = attractor_ring.pinning(n)
    assert result.eigenvalue == pytest.approx(result.predicted_eigenvalue, abs=1e-9)
    assert result.eigenvalue < -0.01
    assert 0.8 * result.spacing / 2 < result.drift <= result.spacing / 2


def test_at_j1_of_3_and_16_neurons_it_is_minus_one_sixteenth():
    assert attractor_ring.pinning(16).eigenvalue == pytest.approx(-1.0 / 16.0, abs=1e-12)


def test_at_j1_of_4_a_lattice_has_an_eigenvalue_of_zero():
    assert attractor_ring.pinning(16, J1=4.0).eigenvalue == pytest.approx(0.0, abs=1e-12)


def test_a_velocity_is_integrated():
    result = attractor_ring.integration(
        lambda t: 0.6 * np.cos(0.5 * t) + 0.2, lambda t: 1.2 * np.sin(0.5 * t) + 0.2 * t
    )
    assert result.error < 1e-3
    assert np.ptp(result.integral) > np.pi


def test_a_bump_gets_over_the_hill_just_above_its_fastest_roll():
    fastest = attractor_ring.fastest_roll(16)
    parts = attractor_ring.depinning(16, speeds=[0.9 * fastest, 1.1 * fastest, 10.0 * fastest])
    assert parts[0] < 0.15 and parts[1] > 0.3 and parts[2] > 0.95


def test_a_noisy_memory_diffuses_at_the_predicted_rate():
    for result in attractor_noise.sizes():
        assert abs(result.rate / result.predicted - 1.0) < 4.0 * result.standard_error
        # In proportion to time: the first half gives the same rate.
        half = len(result.times) // 2
        ratio = result.variances[half] / result.times[half] / result.predicted
        assert ratio == pytest.approx(1.0, abs=0.25)


def test_the_rate_of_diffusion_goes_as_one_over_the_neurons():
    few, many = attractor_noise.run(16), attractor_noise.run(64, seed=2)
    error = 4.0 * np.hypot(few.standard_error, many.standard_error)
    assert few.rate / many.rate == pytest.approx(4.0, rel=error)


def test_the_same_seed_gives_the_same_bits():
    first, second = (attractor_noise.run(16, trials=5, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.variances, second.variances)
