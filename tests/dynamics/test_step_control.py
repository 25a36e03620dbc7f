"""Laws of step control (Gustafsson, 1991): what is accepted, and what length comes next."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.dynamics import DormandPrince, integrate
from learndyn.dynamics.integrators.control import StepControl, StiffnessTest


@given(st.floats(0.0, 1e6))
def test_a_step_is_accepted_if_and_only_if_its_scaled_error_is_at_most_one(error):
    control = StepControl()
    control.next_step_size(0.1, error)
    assert control.finite
    assert control.accepted == (error <= 1.0)


def test_an_error_of_exactly_one_is_accepted_and_one_that_is_no_number_is_not():
    control = StepControl()
    control.next_step_size(0.1, 1.0)
    assert control.accepted
    assert control.next_step_size(0.1, np.nan) < 0.1
    assert not control.accepted
    assert not control.finite


@given(st.floats(1.0001, 1e6))
def test_a_rejected_step_is_tried_shorter_and_the_next_is_not_longer(error):
    control = StepControl()
    shorter = control.next_step_size(1.0, error)
    assert 0.0 < shorter < 1.0
    assert control.next_step_size(shorter, 1e-9) <= shorter
    assert control.next_step_size(shorter, 1e-9) > shorter  # trusted again after one that held


@given(st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_of_two_accepted_or_two_rejected_steps_the_larger_error_never_gives_the_longer_next(one, other):
    low, high = sorted((one, other))
    if (low <= 1.0) == (high <= 1.0):
        assert StepControl().next_step_size(1.0, high) <= StepControl().next_step_size(1.0, low)


@pytest.mark.parametrize("width", [0.003, 0.01, 0.03])
def test_a_peak_that_comes_after_a_rest_is_integrated_although_long_steps_led_up_to_it(width):
    """z' = 1 / (1 + ((t - 1/2) / w)^2), of known integral: steps that grew before the peak must be taken back."""
    flow = lambda t, z: np.array([1.0 / (1.0 + ((t - 0.5) / width) ** 2)])
    run = integrate(flow, [0.0], [0.0, 1.0], method=DormandPrince(rtol=1e-7, atol=1e-10))
    assert run.final_state[0] == pytest.approx(2.0 * width * np.arctan(0.5 / width), rel=1e-6)


@pytest.mark.parametrize(("held_at", "stiff"), [(1.0, False), (2.49, False), (2.51, True), (3.3, True)])
def test_a_flow_is_taken_for_stiff_where_stability_holds_the_mean_of_h_lambda_above_two_and_a_half(
    held_at, stiff
):
    """|k7 - k6| = |lambda| |g7 - g6|, swinging by a tenth from step to step."""
    test, dz = StiffnessTest(), np.array([1.0, -2.0])
    for step in range(200):
        test.look(float(step), 0.5, (held_at + 0.1 * (-1.0) ** step) / 0.5 * dz, dz)
    assert (test.since is not None) == stiff
    assert not stiff or test.rate == pytest.approx(held_at / 0.5, rel=0.05)
