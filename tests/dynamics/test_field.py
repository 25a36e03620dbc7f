"""Laws of a flow under integration: a velocity is remembered for its own time and state, and for no other."""

import numpy as np
import pytest

from learndyn.dynamics.integrators.field import Field


def test_the_same_state_and_time_cost_one_evaluation():
    field = Field(lambda t, z: t * z)
    z = np.array([2.0, 3.0])
    first = field(1.5, z)
    assert field(1.5, z) is first
    assert field.evaluations == 1


@pytest.mark.parametrize("other", [1.0, 2.0])
def test_the_same_state_at_another_time_has_a_velocity_of_its_own(other):
    field = Field(lambda t, z: t * z)
    z = np.array([2.0, 3.0])
    field(1.5, z)
    np.testing.assert_array_equal(field(other, z), other * z)
    assert field.evaluations == 2


def test_an_equal_state_that_is_another_array_is_not_mistaken_for_it():
    field = Field(lambda t, z: z + t)
    z = np.array([2.0, 3.0])
    np.testing.assert_array_equal(field(0.0, z), field(0.0, z.copy()))
    assert field.evaluations == 2


def test_a_flow_that_works_in_place_is_an_error_and_not_a_wrong_number():
    def flow(t, z):
        z *= 2.0
        return z

    with pytest.raises(ValueError, match="read-only"):
        Field(flow)(0.0, np.array([1.0]))
