"""Motor adaptation: time constants and asymptotes, savings and recovery, and how much to correct."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn import linearise, simulate, spectral_radius
from learndyn.dynamics import Regime, classify_multiplier, classify_system
from learndyn.neural.control import (
    MotorNoise,
    Phase,
    adaptation,
    adaptation_experiment,
    recovery,
    sweep_corrections,
)

ONE = adaptation(0.95, 0.12, perturbation=30.0)  # A - B = .83
TWO = adaptation([0.59, 0.992], [0.21, 0.02])  # Smith et al. (2006): fast, slow
NOISE = MotorNoise(planning=0.2, execution=1.0)


# --- one memory ---------------------------------------------------------------------------


def test_the_time_constant_is_minus_one_over_ln_of_a_minus_b():
    assert ONE.time_constants[0] == pytest.approx(-1.0 / math.log(0.83), rel=1e-13)
    assert round(ONE.time_constants[0], 3) == 5.367
    left = simulate(ONE, [0.0], 60).states[:, 0] - ONE.asymptote[0]
    rates = -1.0 / np.log(left[1:41] / left[:40])
    np.testing.assert_allclose(rates, ONE.time_constants[0], rtol=1e-9)


def test_the_asymptote_is_b_over_one_minus_a_plus_b_and_not_all_of_the_perturbation():
    share = 0.12 / (1 - 0.95 + 0.12)
    np.testing.assert_allclose(ONE.asymptote, 30.0 * share, rtol=1e-14)
    np.testing.assert_allclose(simulate(ONE, [0.0], 400).final_state, 30.0 * share, rtol=1e-12)
    np.testing.assert_allclose(adaptation(1.0, 0.1, perturbation=7.0).asymptote, 7.0, rtol=1e-15)


def test_memories_that_never_forget_share_all_of_the_perturbation_as_their_learning_rates():
    model = adaptation([1.0, 1.0, 0.8], [0.1, 0.3, 0.2], perturbation=4.0)
    np.testing.assert_allclose(model.asymptote, [1.0, 3.0, 0.0], atol=1e-14)
    np.testing.assert_allclose(simulate(model, np.zeros(3), 400).final_state, model.asymptote, atol=1e-12)
    # What one of the two has too much and the other too little is never noticed: a neutral mode.
    assert np.exp(-1.0 / model.time_constants[0]) == pytest.approx(1.0, abs=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 0.999), st.floats(0.01, 0.5)), min_size=1, max_size=4))
def test_the_asymptote_is_the_fixed_point_and_the_slowest_mode_the_spectral_radius(pairs):
    a, b = np.array(pairs).T
    model = adaptation(a, b, perturbation=-2.0)
    np.testing.assert_allclose(model(model.asymptote), model.asymptote, atol=1e-12)
    radius = spectral_radius(linearise(model, np.zeros(len(a))))
    slowest = model.time_constants[0]  # 0 if all is gone after one trial
    # Memories that are alike make the matrix nearly defective.
    assert (math.exp(-1.0 / slowest) if slowest else 0.0) == pytest.approx(radius, abs=2e-7)


def test_learning_rates_beyond_retention_oscillate_and_beyond_one_plus_it_diverge():
    def regime(a, b):
        return classify_system(linearise(adaptation(a, b), np.zeros(1))).regime

    assert regime(0.9, 0.5) is Regime.SMOOTH
    assert regime(0.3, 0.9) is Regime.OSCILLATING
    assert classify_multiplier(0.9 - 2.0).regime is Regime.DIVERGING  # why B <= 1 is asked for


# --- two memories -------------------------------------------------------------------------


def run(*phases):
    system = adaptation_experiment(TWO, phases)
    return simulate(system, system.initial_state, system.trials).states


def extinction():
    """How many trials of the opposite perturbation bring the output of 200 trials back to 0."""
    output = run(Phase(200, 1.0), Phase(40, -1.0))[200:, :2].sum(axis=1)
    return int(np.flatnonzero(output <= 0.0)[0])


def test_a_constant_phase_is_the_map_of_its_perturbation():
    states = run(Phase(50, 1.0))
    np.testing.assert_allclose(states[:, :2], simulate(TWO, np.zeros(2), 50).states, atol=1e-15)
    np.testing.assert_array_equal(states[:, 2], np.arange(51))


def test_the_fast_memory_learns_first_and_the_slow_one_in_the_end():
    states = run(Phase(400, 1.0))
    assert states[5, 0] > 2 * states[5, 1]
    assert states[-1, 1] > 2 * states[-1, 0]


def test_relearning_after_extinction_is_faster_than_learning():
    """Savings: at equal output the slow memory has kept something, so the output rises faster."""
    trials = extinction()
    states = run(Phase(200, 1.0), Phase(trials, -1.0), Phase(20, 1.0))
    output = states[:, :2].sum(axis=1)
    begin = 200 + trials
    assert output[begin] <= 0.0
    gain_first = output[10] - output[0]
    gain_again = output[begin + 10] - output[begin]
    assert gain_again > 1.2 * gain_first
    # From equal outputs and under equal perturbations only the split differs: the slow memory's surplus
    # d is the fast one's lack, and after one trial it has gained (A_s - A_f) d on the first learning.
    model, d = adaptation([0.59, 0.992], [0.21, 0.02]), 0.3
    lead = model(np.array([-d, d])).sum() - model(np.zeros(2)).sum()
    assert lead == pytest.approx((0.992 - 0.59) * d, rel=1e-13)


def test_one_memory_has_no_savings():
    single = adaptation(0.95, 0.12)
    system = adaptation_experiment(single, [Phase(100, 1.0), Phase(3, -1.0), Phase(500), Phase(20, 1.0)])
    output = simulate(system, system.initial_state, system.trials).states[:, 0]
    np.testing.assert_allclose(np.diff(output[603:]), np.diff(output[:21]), atol=1e-14)


def test_what_was_extinguished_recovers_when_errors_are_clamped_to_zero():
    trials = extinction()
    states = run(Phase(200, 1.0), Phase(trials, -1.0), Phase(150, clamped=True))
    begin = 200 + trials
    rebound = states[begin:, :2].sum(axis=1)
    assert rebound[0] <= 0.0
    assert rebound.max() > 0.1
    # In the clamp each memory decays by itself, whatever the other does.
    t = np.arange(151)
    expected = states[begin, 0] * 0.59**t + states[begin, 1] * 0.992**t
    np.testing.assert_allclose(rebound, expected, atol=1e-13)


def test_the_rebound_of_memories_that_cancel_has_its_peak_where_it_is_predicted():
    start = np.array([-0.4, 0.4, 0.0])
    system = adaptation_experiment(TWO, [Phase(80, clamped=True)])
    output = simulate(system, start, 80).states[:, :2].sum(axis=1)
    np.testing.assert_allclose(output, recovery(TWO, 0.4, np.arange(81)), atol=1e-14)
    peak = math.log(math.log(0.59) / math.log(0.992)) / math.log(0.992 / 0.59)
    assert abs(int(np.argmax(output)) - peak) <= 1.0
    around = recovery(TWO, 0.4, [peak - 0.1, peak, peak + 0.1])
    assert around[1] > around[0]
    assert around[1] > around[2]


# --- noise --------------------------------------------------------------------------------


def test_the_best_correction_is_the_kalman_gain_where_errors_are_white():
    assert round(NOISE.kalman_gain, 3) == 0.358
    sweep = sweep_corrections(NOISE, np.linspace(0.16, 0.56, 9), trials=1000, learners=100)
    assert sweep.best_rate == pytest.approx(NOISE.kalman_gain, rel=0.03)
    assert sweep.white_rate == pytest.approx(NOISE.kalman_gain, rel=0.03)
    np.testing.assert_allclose(sweep.variances, NOISE.plan_variance(sweep.learning_rates) + 1.0, rtol=0.02)
    np.testing.assert_allclose(sweep.autocorrelations, NOISE.autocorrelation(sweep.learning_rates), atol=0.02)


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 5.0), st.floats(1e-3, 5.0), st.floats(0.1, 1.0))
def test_at_the_kalman_gain_the_variance_is_least_and_the_autocorrelation_zero(q, r, a):
    noise = MotorNoise(q, r, a)
    gain, p = noise.kalman_gain, noise.prior_variance
    assert p == pytest.approx(a * a * p * r / (p + r) + q, rel=1e-11)  # Riccati
    assert noise.plan_variance(gain) == pytest.approx(p, rel=1e-10)
    assert noise.autocorrelation(gain) == pytest.approx(0.0, abs=1e-10)
    for other in (gain - 1e-3, gain + 1e-3):
        assert noise.plan_variance(other) > noise.plan_variance(gain)
    assert noise.autocorrelation(gain - 1e-3) > 0.0 > noise.autocorrelation(gain + 1e-3)


@pytest.mark.parametrize(("q", "r", "a"), [(0.2, 1.0, 1.0), (1e-9, 3.0, 0.5), (2.0, 0.1, 0.9)])
def test_the_riccati_iteration_ends_at_the_closed_form(q, r, a):
    end = simulate(lambda p: a * a * p * r / (p + r) + q, [1.0], 2000).final_state[0]
    assert MotorNoise(q, r, a).prior_variance == pytest.approx(end, rel=1e-12)


def test_who_corrects_too_little_drifts_and_who_corrects_too_much_oscillates():
    rates = np.array([0.1, NOISE.kalman_gain, 0.9])
    low, white, high = NOISE.autocorrelation(rates)
    assert low > 0.1
    assert abs(white) < 1e-12
    assert high < -0.1


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    first, again, other = (
        sweep_corrections(NOISE, [0.2, 0.3, 0.4], trials=20, learners=3, rng=seed) for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first.variances, again.variances)
    assert (first.variances != other.variances).all()


# --- bad input ----------------------------------------------------------------------------


def test_bad_input_says_what_is_wrong():
    cases = {
        "one retention and one learning rate per memory, got shapes \\(2,\\)": lambda: adaptation(
            [0.5, 0.9], 0.1
        ),
        "needs retention in \\[0, 1\\] and learning rates in \\(0, 1\\]": lambda: adaptation(1.1, 0.1),
        "the perturbation must be finite": lambda: adaptation(0.9, 0.1, perturbation=math.nan),
        "Phase: needs at least one trial": lambda: Phase(0),
        "needs at least one Phase": lambda: adaptation_experiment(TWO, []),
        "recovery: needs two memories, got 1": lambda: recovery(ONE, 0.3, [1]),
        "MotorNoise: execution must be positive": lambda: MotorNoise(1.0, 0.0),
        "MotorNoise: planning must be finite and not negative": lambda: MotorNoise(-1.0, 1.0),
        "retention must be in \\[0, 1\\], got 2": lambda: MotorNoise(1.0, 1.0, 2.0),
        "needs \\|A - B\\| < 1": lambda: NOISE.plan_variance(2.0),
        "three or more increasing learning rates": lambda: sweep_corrections(NOISE, [0.2, 0.1, 0.3]),
        "needs trials >= 2": lambda: sweep_corrections(NOISE, [0.1, 0.2, 0.3], trials=1),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="needs Phases, got int"):
        adaptation_experiment(TWO, [3])
