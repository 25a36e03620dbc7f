"""The coefficients of Dormand and Prince (1980), and of their continuation, obey the conditions that define them."""

import numpy as np
import pytest

from learndyn.dynamics.integrators.dormand_prince import ERROR, A, C, P

WEIGHTS = np.append(A[6], 0.0)
EXACT = {"rtol": 0.0, "atol": 2e-14}


def test_each_stage_is_at_the_time_of_its_row():
    np.testing.assert_allclose(A.sum(axis=1), C, **EXACT)


@pytest.mark.parametrize("power", [0, 1, 2, 3, 4])
def test_the_weights_integrate_powers_of_time_up_to_order_five(power):
    np.testing.assert_allclose(WEIGHTS @ C**power, 1.0 / (power + 1), **EXACT)


@pytest.mark.parametrize("power", [0, 1, 2, 3])
def test_the_error_is_zero_for_powers_that_both_formulas_integrate(power):
    np.testing.assert_allclose(ERROR @ C**power, 0.0, **EXACT)
    assert abs(ERROR @ C**4) > 1e-4


def test_the_continuation_ends_where_the_step_ends_with_the_slope_that_is_there():
    np.testing.assert_allclose(P.sum(axis=1), WEIGHTS, **EXACT)
    np.testing.assert_allclose(P @ [1.0, 2.0, 3.0, 4.0], np.eye(7)[6], **EXACT)
    np.testing.assert_allclose(P[:, 0], np.eye(7)[0], **EXACT)


@pytest.mark.parametrize("power", [0, 1, 2, 3])
def test_the_continuation_integrates_powers_of_time_exactly_at_every_moment(power):
    expected = np.zeros(4)
    expected[power] = 1.0 / (power + 1)
    np.testing.assert_allclose(P.T @ C**power, expected, **EXACT)
