"""Laws of the regimes: what eigenvalues say, and what runs show, is the same."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import (
    LinearOperator,
    Regime,
    classify_multiplier,
    classify_rate,
    classify_system,
    classify_trajectory,
    simulate,
)

QUADRATIC = [
    (0.3, Regime.SMOOTH),
    (1.7, Regime.OSCILLATING),
    (2.0, Regime.NEUTRAL),
    (2.05, Regime.DIVERGING),
    (2.5, Regime.DIVERGING),
    (4.0, Regime.EXPLODING),
]


@pytest.mark.parametrize(("relative_step", "regime"), QUADRATIC)
def test_descent_on_a_quadratic_has_the_multiplier_1_minus_eta_lambda(relative_step, regime):
    mode = classify_multiplier(1.0 - relative_step)
    assert mode.regime is regime
    assert mode.rate == pytest.approx(math.log(abs(1.0 - relative_step)))
    assert mode.period == (math.inf if relative_step < 1 else 2.0)
    run = simulate(lambda z: (1.0 - relative_step) * z, [1.0], 700)
    seen = classify_trajectory(run)
    assert seen.regime is regime
    assert seen.rate == pytest.approx(mode.rate, abs=1e-12)
    assert seen.period == mode.period


@given(size=st.floats(1e-3, 1e3), turn=st.floats(-math.pi, math.pi), scale=st.integers(1, 10_000))
def test_the_definitions_hold(size, turn, scale):
    m = size * complex(math.cos(turn), math.sin(turn))
    mode = classify_multiplier(m, horizon=scale)
    grows = abs(m) > 1 + 1e-9
    assert (mode.regime in (Regime.DIVERGING, Regime.EXPLODING)) == grows
    assert (mode.regime is Regime.EXPLODING) == (scale * math.log(abs(m)) > math.log(1.797e308))
    if math.isfinite(mode.period):
        assert mode.period == pytest.approx(2 * math.pi / abs(turn))
        assert mode.period <= 2.0 * scale * (1 + 1e-12)


@given(rate=st.floats(-5, 0.5), frequency=st.floats(-3, 3))
def test_a_flow_and_its_time_one_map_are_in_the_same_regime(rate, frequency):
    s = complex(rate, frequency)
    flow = classify_rate(s, horizon=1000)
    mapped = classify_multiplier(flow.multiplier, horizon=1000)
    if abs(rate) > 1e-6:
        assert flow.regime is mapped.regime
        assert flow.rate == pytest.approx(mapped.rate, rel=1e-6)
    if abs(frequency) > 0.01:
        assert flow.period == pytest.approx(mapped.period)


def test_a_multiplier_on_the_unit_circle_is_neutral_not_unstable():
    for m in (1.0, -1.0, 1j, np.exp(1j), 1 + 1e-10):
        assert classify_multiplier(m).regime is Regime.NEUTRAL
    assert classify_multiplier(1j).period == pytest.approx(4.0)
    assert classify_multiplier(1 + 1e-8).regime is Regime.DIVERGING
    assert classify_multiplier(1 + 1e-8, tolerance=1e-7).regime is Regime.NEUTRAL
    assert classify_rate(2j).regime is Regime.NEUTRAL
    assert classify_rate(2j).period == pytest.approx(math.pi)


def test_edges_of_the_range():
    gone = classify_multiplier(0.0)
    assert (gone.regime, gone.rate, gone.period) == (Regime.SMOOTH, -math.inf, math.inf)
    assert classify_multiplier(math.inf).regime is Regime.EXPLODING
    assert classify_rate(1e4).regime is Regime.EXPLODING
    assert classify_rate(-1e4).regime is Regime.SMOOTH
    # Rounding may split a real double eigenvalue into a pair that turns once in 1e8 steps.
    assert classify_multiplier(0.9 + 1e-9j).regime is Regime.SMOOTH
    assert [regime.severity for regime in Regime] == [0, 1, 2, 3, 4]


def test_the_slowest_mode_decides_for_the_system():
    system = classify_system([0.9, -0.5, 0.2 + 0.3j, 0.2 - 0.3j])
    assert system.regime is Regime.SMOOTH
    assert system.rate == pytest.approx(math.log(0.9))
    assert system.counts[Regime.OSCILLATING] == 3
    assert sum(system.counts.values()) == 4
    tie = classify_system([0.6, -0.6])  # the best step on a quadratic: both ends decay alike
    assert (tie.regime, tie.period) == (Regime.OSCILLATING, 2.0)
    symmetric = classify_system([1.0, 0.3, -0.2])
    assert symmetric.regime is Regime.NEUTRAL
    assert classify_system([1.0, -1.01, 0.3]).dominant.multiplier == -1.01


def test_a_system_may_be_an_operator_a_matrix_or_a_flow():
    a = np.array([[0.0, 1.0], [-1.0, -0.2]])  # a damped oscillator
    flow = classify_system(a, continuous=True)
    assert flow.regime is Regime.OSCILLATING
    assert flow.rate == pytest.approx(-0.1)
    assert flow.period == pytest.approx(2 * math.pi / math.sqrt(1 - 0.01))
    assert classify_system(LinearOperator.from_matrix(a), continuous=True) == flow
    assert classify_system(a + 1.0 * np.eye(2)).regime is Regime.DIVERGING


@given(
    size=st.floats(0.9, 1.1).filter(lambda r: abs(math.log(r)) > 2e-3),
    turn=st.floats(0.2, 3.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_spiral_shows_its_rate_and_period_wherever_its_centre_is(size, turn, seed):
    rng = np.random.default_rng(seed)
    c, s = size * math.cos(turn), size * math.sin(turn)
    basis = np.eye(2) + 0.3 * rng.uniform(-1, 1, (2, 2))
    a = basis @ [[c, -s], [s, c]] @ np.linalg.inv(basis)
    centre = rng.standard_normal(2)
    run = simulate(lambda z: centre + a @ (z - centre), centre + [1.0, 1.0], 400)
    seen = classify_trajectory(run)
    assert seen.regime is (Regime.OSCILLATING if size < 1 else Regime.DIVERGING)
    assert seen.rate == pytest.approx(math.log(size), rel=0.1, abs=1e-3)
    assert seen.period == pytest.approx(2 * math.pi / turn, rel=0.1)


@pytest.mark.parametrize("start", [1.5, 2.0, 3.0])
def test_beyond_the_limit_a_quartic_explodes_double_exponentially(start):
    """x <- x - eta x^3 with eta x0^2 > 2: ln |x| triples each step."""
    run = simulate(lambda z: z - z**3, [start], 300)
    seen = classify_trajectory(run)
    assert seen.regime is Regime.EXPLODING
    inside = classify_trajectory(run.states[:6])  # the first five steps, all finite
    assert inside.regime is Regime.EXPLODING


def test_inside_the_limit_a_quartic_converges_though_its_multiplier_is_one():
    """x ~ t^(-1/2): linear stability says neutral, the run converges, slower than any mode."""
    assert classify_multiplier(1.0).regime is Regime.NEUTRAL
    seen = classify_trajectory(simulate(lambda z: z - 0.1 * z**3, [1.0], 2000))
    assert seen.regime is Regime.SMOOTH
    # |v| ~ t^(-3/2): the slope over the later half is about -1.5 / t with t in 1000..2000.
    assert -1.5 / 1000 < seen.rate < -1.5 / 2000


@pytest.mark.parametrize(
    ("a", "regime", "period"),
    [
        (1.8, Regime.SMOOTH, math.inf),
        (2.5, Regime.OSCILLATING, 2.0),
        (3.2, Regime.NEUTRAL, 2.0),  # a 2-cycle
        (4.0, Regime.NEUTRAL, None),  # chaos: bounded, not converging
    ],
)
def test_the_logistic_map_in_its_regimes(a, regime, period):
    seen = classify_trajectory(simulate(lambda z: a * z * (1.0 - z), [0.3], 600))
    assert seen.regime is regime
    if period is not None:
        assert seen.period == period
    if a < 3.0:  # the multiplier of the fixed point is 2 - a
        assert seen.rate == pytest.approx(math.log(abs(2.0 - a)), rel=1e-3)


def test_times_are_respected():
    """A damped oscillation sampled at unequal times, in units of time."""
    t = np.cumsum(np.random.default_rng(0).uniform(0.05, 0.15, 400))
    decay, turn = 0.1, 2.0
    states = np.exp(-decay * t)[:, None] * np.stack([np.cos(turn * t), np.sin(turn * t)], 1)
    seen = classify_trajectory(states, times=t)
    assert seen.regime is Regime.OSCILLATING
    assert seen.rate == pytest.approx(-decay, rel=0.02)
    assert seen.period == pytest.approx(2 * math.pi / turn, rel=0.05)


def test_rest_one_step_and_overflow():
    assert classify_trajectory(np.ones((5, 2))).regime is Regime.NEUTRAL
    at_once = classify_trajectory(np.array([[1.0], [0.0], [0.0], [0.0]]))
    assert (at_once.regime, at_once.rate) == (Regime.SMOOTH, -math.inf)
    assert classify_trajectory(np.array([[1.0], [np.inf], [np.nan]])).regime is Regime.EXPLODING
    big = classify_trajectory(np.array([[1e307], [-1.5e308], [1.7e308], [-1.7e308]]))
    assert big.regime in (Regime.DIVERGING, Regime.NEUTRAL, Regime.EXPLODING)


def test_convergence_is_judged_before_it_drowns_in_rounding():
    """500 steps of factor 1/2 towards 1: all but the first 40 are rounding, or nothing."""
    seen = classify_trajectory(simulate(lambda z: 1.0 - 0.5 * (z - 1.0), [3.0], 500))
    assert seen.regime is Regime.OSCILLATING
    assert seen.rate == pytest.approx(math.log(0.5), abs=1e-4)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="classify_multiplier: the multiplier is NaN"):
        classify_multiplier(math.nan)
    with pytest.raises(ValueError, match="classify_rate: the eigenvalue is NaN"):
        classify_rate(complex(0, math.nan))
    with pytest.raises(ValueError, match="horizon > 0, got 1e-09 and 0"):
        classify_multiplier(1.0, horizon=0)
    with pytest.raises(ValueError, match=r"vector of eigenvalues, got shape \(0,\)"):
        classify_system([])
    with pytest.raises(ValueError, match=r"three records or more.*\(2, 1\)"):
        classify_trajectory(np.ones((2, 1)))
    with pytest.raises(ValueError, match="the times must increase"):
        classify_trajectory(np.ones((3, 1)), times=[0, 1, 1])
