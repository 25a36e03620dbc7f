"""Closed forms of deep linear networks, and what their flow conserves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.dynamics import RK4, DormandPrince, integrate
from learndyn.learning.deep_linear import (
    balance,
    balance_drift,
    balanced_start,
    deep_linear_loss,
    half_rise_time,
    mode_flow,
    mode_strength,
    mode_strengths,
    rise_time,
)
from learndyn.learning.gradient_flow import gradient_flow

TARGET = np.random.default_rng(0).standard_normal((4, 3))
VALUES = np.linalg.svd(TARGET, compute_uv=False)
FINE = DormandPrince(rtol=1e-11, atol=1e-13)


def random_weights(seed, widths=(3, 5, 4)):
    rng = np.random.default_rng(seed)
    return [0.5 * rng.standard_normal((m, n)) for n, m in pairwise(widths)]


def test_every_mode_of_a_two_layer_net_follows_saxes_sigmoid():
    """a(t) = s e^{2st}/(e^{2st} - 1 + s/a0), in the full gradient flow of both layers."""
    a0 = 1e-3
    flow = gradient_flow(deep_linear_loss(TARGET), balanced_start(TARGET, a0))
    times = np.linspace(0.0, 4.0, 21)
    run = integrate(flow, flow.initial_state, times, method=RK4(0.01))
    for t, z in zip(times, run.states, strict=True):
        exact = [mode_strength(t, s, a0) for s in VALUES]
        np.testing.assert_allclose(mode_strengths(flow.parameters(z), TARGET), exact, atol=1e-6)


@given(s=st.floats(0.1, 10.0), ratio=st.floats(1e-6, 0.4))
def test_half_of_a_mode_is_learned_at_the_half_rise_time(s, ratio):
    a0 = ratio * s
    time = half_rise_time(s, a0)
    assert mode_strength(time, s, a0) == pytest.approx(s / 2.0, rel=1e-9)
    assert rise_time(s, a0, depth=2) == pytest.approx(time, rel=1e-9, abs=1e-12)


def test_the_half_rise_is_where_the_flow_crosses_it():
    s, a0 = VALUES[0], 1e-3
    flow = gradient_flow(deep_linear_loss(TARGET), balanced_start(TARGET, a0))
    run = integrate(flow, flow.initial_state, [0.0, 4.0], method=FINE, dense=True)
    times = np.linspace(0.0, 4.0, 4001)
    largest = [mode_strengths(flow.parameters(run(t)), TARGET)[0] for t in times[::40]]
    crossing = np.interp(s / 2, largest, times[::40])
    assert crossing == pytest.approx(half_rise_time(s, a0), rel=2e-3)


def test_the_sigmoid_stays_finite_at_late_times():
    assert mode_strength(1e6, 2.0, 1e-3) == 2.0
    np.testing.assert_array_equal(mode_strength([0.0, 1e6], 2.0, 1e-3), [1e-3, 2.0])


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_a_mode_of_a_deep_balanced_net_follows_its_own_ode(depth):
    """da/dt = N a^(2 - 2/N) (s - a), against the flow of all weights."""
    start = balanced_start(TARGET, 0.05, depth=depth)
    assert all(np.abs(d).max() < 1e-12 for d in balance(start))
    flow = gradient_flow(deep_linear_loss(TARGET), start)
    times = [0.0, 0.5, 1.5, 3.0]
    run = integrate(flow, flow.initial_state, times, method=FINE)
    whole = np.array([mode_strengths(flow.parameters(z), TARGET) for z in run.states])
    for i, s in enumerate(VALUES):
        mode = integrate(mode_flow(s, depth=depth), [0.05], times, method=FINE)
        np.testing.assert_allclose(whole[:, i], mode.states[:, 0], atol=1e-8)
    if depth == 2:
        for s, row in zip(VALUES, whole.T, strict=True):
            np.testing.assert_allclose(row, mode_strength(times, s, 0.05), atol=1e-8)


@pytest.mark.parametrize(("depth", "s"), [(2, 1.5), (3, 1.0), (5, 0.7)])
def test_the_rise_time_is_that_of_the_ode(depth, s):
    time = rise_time(s, 0.01, depth=depth, fraction=0.9)
    run = integrate(mode_flow(s, depth=depth), [0.01], [0.0, time], method=FINE)
    assert run.final_state[0] == pytest.approx(0.9 * s, rel=1e-7)


@pytest.mark.parametrize("depth", [3, 4])
def test_the_plateau_grows_as_a_power_of_the_start(depth):
    """a0^-(1 - 2/N) in the limit; .349 and .503 where .333 and .5 are predicted."""
    times = [rise_time(1.0, a0, depth=depth) for a0 in (1e-4, 1e-6)]
    exponent = np.log(times[1] / times[0]) / np.log(100.0)
    assert exponent == pytest.approx(1.0 - 2.0 / depth, abs=0.12)
    limit = 1e-12 ** -(1 - 2 / depth) / (depth - 2)
    assert rise_time(1.0, 1e-12, depth=depth) == pytest.approx(limit, rel=1e-3)


@pytest.mark.parametrize("widths", [(3, 5, 4), (3, 4, 2, 4)])
def test_gradient_flow_conserves_the_balance(widths):
    """W_l W_l' - W_{l+1}' W_{l+1} (Arora, 2018; Du, 2018)."""
    flow = gradient_flow(deep_linear_loss(TARGET), random_weights(1, widths))
    run = integrate(flow, flow.initial_state, [0.0, 1.0, 5.0], method=FINE)
    before = balance(flow.parameters(run.states[0]))
    for z in run.states[1:]:
        for first, later in zip(before, balance(flow.parameters(z)), strict=True):
            np.testing.assert_allclose(later, first, atol=1e-8)


@given(seed=st.integers(0, 10_000), eta=st.floats(1e-3, 0.2), deep=st.booleans())
def test_a_step_of_descent_adds_exactly_the_drift(seed, eta, deep):
    weights = random_weights(seed, (3, 4, 2, 4) if deep else (3, 5, 4))
    gradients = ld.grad(deep_linear_loss(TARGET))(weights)
    after = [w - eta * g for w, g in zip(weights, gradients, strict=True)]
    rows = zip(balance(weights), balance(after), balance_drift(gradients, eta), strict=True)
    for before, later, drift in rows:
        np.testing.assert_allclose(later - before, drift, atol=1e-12)


def test_over_a_fixed_time_descent_drifts_with_order_one():
    weights = random_weights(2)
    start, drifts = balance(weights)[0], []
    for steps in (200, 400, 800):
        training = ld.training_map(deep_linear_loss(TARGET), ld.GradientDescent(2.0 / steps), weights)
        end = ld.simulate(training, training.initial_state, steps).final_state
        drifts.append(np.linalg.norm(balance(training.parameters(end))[0] - start))
    assert np.log2(drifts[1] / drifts[2]) == pytest.approx(1.0, abs=0.08)


def test_bad_input_says_what_to_do():
    cases = {
        r"balance: needs two or more matrices .*got shapes \[\(2, 3\)\]": lambda: balance([np.ones((2, 3))]),
        r"balance_drift: .*got shapes \[\(2, 3\), \(2, 3\)\]": lambda: balance_drift(
            [np.ones((2, 3))] * 2, 0.1
        ),
        r"half_rise_time: a mode that starts at a0=0.6 has half": lambda: half_rise_time(1.0, 0.6),
        r"mode_strength: a0 must be positive and finite, got 0": lambda: mode_strength(1.0, 1.0, 0.0),
        r"balanced_start: depth must be 2 or more layers, got 1": lambda: balanced_start(
            TARGET, 0.1, depth=1
        ),
        r"mode_flow: s must be positive": lambda: mode_flow(-1.0, depth=2),
        r"rise_time: needs a0/s < fraction < 1": lambda: rise_time(1.0, 0.1, depth=2, fraction=1.0),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
