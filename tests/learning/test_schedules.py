"""Schedules against their formulas, and clipping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn import Tensor, check_grads, grad
from learndyn.learning import (
    Clipped,
    ClippedByValue,
    Constant,
    Cosine,
    Exponential,
    GradientDescent,
    LinearWarmup,
    Scheduled,
    StepDecay,
    clip_norm,
)

T = np.arange(40.0)
FORMULAS = {
    Constant(): np.ones(40),
    StepDecay(10, 0.5): np.repeat([1.0, 0.5, 0.25, 0.125], 10),
    Exponential(0.9): 0.9**T,
    Cosine(20, low=0.1): np.where(T < 20, 0.55 + 0.45 * np.cos(np.pi * T / 20), 0.1),
    LinearWarmup(8): np.minimum((T + 1) / 8, 1.0),
    LinearWarmup(5, Exponential(0.5)): np.where(T < 5, (T + 1) / 5, 0.5 ** np.maximum(T - 5, 0)),
}


@pytest.mark.parametrize("schedule", FORMULAS, ids=repr)
def test_a_schedule_is_its_formula_for_numbers_arrays_and_tensors(schedule):
    np.testing.assert_allclose(schedule(T), FORMULAS[schedule], rtol=1e-14)
    np.testing.assert_array_equal([schedule(t) for t in range(40)], schedule(T))
    value = schedule(Tensor(T, requires_grad=True))
    value = value.numpy() if isinstance(value, Tensor) else value
    np.testing.assert_array_equal(value, schedule(T))


@pytest.mark.parametrize("schedule", FORMULAS, ids=repr)
def test_between_kinks_the_derivative_by_time_is_that_of_the_formula(schedule):
    check_grads(lambda t: schedule(t) + 0.0 * t, np.array([3.3, 12.6, 30.2]))


def test_a_scheduled_step_is_the_step_with_the_scaled_step_size():
    schedule = Cosine(10)
    rule = Scheduled(GradientDescent(0.3), schedule)
    state, theta = rule.init(np.array([1.0, -2.0])), np.array([1.0, -2.0])
    for t in range(12):
        gradient = np.array([np.sin(t), 1.0])
        state = rule.step(state, gradient)
        theta = theta - 0.3 * schedule(t) * gradient
        np.testing.assert_allclose(state.theta, theta, rtol=1e-14)
    assert float(state.steps) == 12.0


def test_schedules_multiply_when_nested():
    rule = Scheduled(Scheduled(GradientDescent(1.0), Exponential(0.5)), LinearWarmup(2))
    state = rule.init(np.zeros(1))
    for expected in (-0.5, -1.0, -1.25):
        state = rule.step(state, np.ones(1))
        assert state.theta[0] == pytest.approx(expected, rel=1e-15)


vectors = hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e200, 1e200))


@given(g=vectors, limit=st.floats(1e-3, 1e3))
def test_a_clipped_gradient_keeps_its_direction_and_is_no_longer_than_the_limit(g, limit):
    clipped = clip_norm(g, limit)
    scale = max(np.max(np.abs(g)), 1e-300)
    length = scale * np.linalg.norm(g / scale)
    np.testing.assert_allclose(clipped, g * min(1.0, limit / max(length, 1e-300)), rtol=1e-12)
    if length < limit * (1 - 1e-12):
        np.testing.assert_array_equal(clipped, g)


@pytest.mark.parametrize("length", [0.3, 0.99, 1.01, 40.0])
def test_the_derivative_of_clipping_is_right_on_both_sides_of_the_limit(length):
    direction = np.array([0.6, -0.48, 0.64])
    check_grads(lambda g: clip_norm(g, 1.0), length * direction)


def test_at_a_zero_gradient_clipping_is_the_identity():
    np.testing.assert_array_equal(grad(lambda g: clip_norm(g, 1.0)[0])(np.zeros(3)), [1.0, 0.0, 0.0])


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_gradient_that_is_not_finite_is_handed_on(bad):
    np.testing.assert_array_equal(clip_norm(np.array([1.0, bad]), 1.0), [1.0, bad])


def test_clipping_by_value_limits_each_coordinate():
    rule = ClippedByValue(GradientDescent(1.0), 0.5)
    after = rule.step(rule.init(np.zeros(3)), np.array([0.2, -3.0, 7.0]))
    np.testing.assert_array_equal(after.theta, [-0.2, 0.5, -0.5])


def test_clipping_inside_a_schedule_clips_before_the_step_size_is_applied():
    rule = Scheduled(Clipped(GradientDescent(1.0), 1.0), lambda t: 0.25)
    assert rule.step(rule.init(np.zeros(1)), np.array([8.0])).theta[0] == -0.25


def test_bad_schedules_say_what_is_wrong():
    cases = {
        "StepDecay: every must be a whole number of steps, 1 or more, got 0": lambda: StepDecay(0),
        "Cosine: steps must be a whole number of steps, 1 or more, got 2.5": lambda: Cosine(2.5),
        "Cosine: low must be at least 0 and below 1, got 1": lambda: Cosine(3, low=1),
        "Exponential: gamma must be positive and finite, got 0": lambda: Exponential(0),
        "LinearWarmup: steps must be": lambda: LinearWarmup(0),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="Scheduled: the schedule is a float"):
        Scheduled(GradientDescent(0.1), 0.5)
