"""Laws at the edges: what does not converge or keep its shape is an error that says so, at the place where it arose."""

import numpy as np
import pytest

from learndyn.dynamics import ImplicitEuler, LinearOperator, Regime, classify_trajectory, integrate


def test_an_operator_that_changes_the_shape_is_refused():
    operator = LinearOperator(3, lambda v: v[:2])
    with pytest.raises(ValueError, match=r"took a vector of shape \(3,\) to one of shape \(2,\)"):
        operator(np.ones(3))


def test_an_implicit_step_that_meets_what_is_no_number_ends_the_run_and_says_when():
    """z' = sqrt(z - 1) has no velocity below 1, and Newton's method may not go on with NaN."""
    with np.errstate(invalid="ignore"):
        run = integrate(lambda t, z: (z - 1.0) ** 0.5 - 5.0, [1.5], [0.0, 1.0], method=ImplicitEuler(0.5))
    assert run.stopped is not None
    assert "Newton's method did not converge in the step from t = 0" in run.stopped


def test_at_a_state_of_rest_of_many_components_an_implicit_step_changes_nothing():
    """More components than are solved for directly: the correction of a gap of zero is zero."""
    run = integrate(lambda t, z: -z, np.zeros(40), [0.0, 1.0], method=ImplicitEuler(0.25))
    np.testing.assert_array_equal(run.final_state, np.zeros(40))


@pytest.mark.parametrize("n", [2, 199, 201, 500])
def test_a_turn_has_the_same_period_in_any_number_of_components(n):
    """A rotation with shrinking radius, embedded in n dimensions: its sign changes every half turn."""
    rng = np.random.default_rng(n)
    frame = np.linalg.qr(rng.standard_normal((n, 2)))[0]
    t = np.arange(60.0)
    states = (0.95**t * np.array([np.cos(0.5 * t), np.sin(0.5 * t)])).T @ frame.T
    found = classify_trajectory(states)
    assert found.regime is Regime.OSCILLATING
    assert found.period == pytest.approx(2.0 * np.pi / 0.5, rel=0.05)
    assert found.rate == pytest.approx(np.log(0.95), rel=0.05)
