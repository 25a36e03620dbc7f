"""The first step that Dormand and Prince's method tries follows Hairer, Norsett and Wanner's formula (II.4)."""

import numpy as np
import pytest

from learndyn.dynamics.integrators.control import first_step_size


@pytest.mark.parametrize("speed", [0.03, 1.0, 200.0])
def test_on_a_straight_line_the_guess_is_the_fifth_root_of_a_hundredth_of_the_inverse_speed(speed):
    """z' is constant, so z'' = 0 and h = (0.01 / |z'|)^(1/5), as long as 100 trial steps are longer."""
    z, v = np.full(3, 1e3 * speed), np.full(3, speed)
    h = first_step_size(lambda t, y: v, 0.0, z, v, 1e9, 0.0, 1.0)
    assert h == pytest.approx((0.01 / speed) ** 0.2, rel=1e-12)


def test_the_guess_never_exceeds_the_span_or_a_hundred_trial_steps():
    z, v = np.array([1.0]), np.array([1.0])
    assert first_step_size(lambda t, y: v, 0.0, z, v, 1e-3, 0.0, 1.0) == 1e-3
    slow = np.array([1e-3])
    assert first_step_size(lambda t, y: slow, 0.0, z * 1e-3, slow, 1e9, 0.0, 1.0) == pytest.approx(
        min(100 * 0.01, 10**0.2)
    )


def test_a_state_at_rest_gets_the_smallest_guess():
    z = np.zeros(2)
    assert first_step_size(lambda t, y: 0.0 * y, 0.0, z, z, 1e9, 1e-6, 1e-9) == pytest.approx(1e-6)


def test_a_flow_that_explodes_at_the_trial_gets_the_trial():
    z, v = np.array([1.0]), np.array([1.0])
    h = first_step_size(lambda t, y: np.array([np.inf]), 0.0, z, v, 1e9, 0.0, 1.0)
    assert h == pytest.approx(0.01)
