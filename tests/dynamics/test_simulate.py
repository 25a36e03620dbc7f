"""Laws of iterating a map."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Map, simulate

ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])


def test_a_linear_map_gives_powers_of_its_matrix():
    a = np.array([[0.9, 0.2], [-0.1, 0.8]])
    run = simulate(lambda z: a @ z, [1.0, -1.0], 7)
    for t, z in zip(run.times, run.states, strict=True):
        np.testing.assert_allclose(z, np.linalg.matrix_power(a, t) @ [1.0, -1.0], rtol=1e-13)


def test_a_quarter_turn_has_period_four_exactly():
    run = simulate(lambda z: ROTATION @ z, [1.0, 2.0], 400)
    np.testing.assert_array_equal(run.states[::4], np.tile([1.0, 2.0], (101, 1)))


@given(steps=st.integers(0, 40), every=st.integers(1, 50), first=st.integers(0, 40))
def test_a_run_can_be_split_and_thinned_without_changing_a_bit(steps, every, first):
    def logistic(z):
        return 3.9 * z * (1.0 - z)

    whole = simulate(logistic, [0.3], steps)
    thinned = simulate(logistic, [0.3], steps, every=every)
    np.testing.assert_array_equal(thinned.states, whole.states[thinned.times])
    assert thinned.times[0] == 0
    assert thinned.times[-1] == steps
    first = min(first, steps)
    rest = simulate(logistic, simulate(logistic, [0.3], first).final_state, steps - first)
    np.testing.assert_array_equal(rest.final_state, whole.final_state)


def test_observables_are_measured_at_each_record():
    run = simulate(
        lambda z: ROTATION @ z,
        [3.0, 4.0],
        5,
        observe={"norm": np.linalg.norm, "twice": lambda z: 2 * z},
        every=2,
    )
    np.testing.assert_array_equal(run.times, [0, 2, 4, 5])
    np.testing.assert_array_equal(run.observables["norm"], [5.0] * 4)
    np.testing.assert_array_equal(run.observables["twice"], 2 * run.states)


def test_the_initial_state_is_not_changed_by_a_map_that_works_in_place():
    def careless(z):
        z *= 2.0
        return z

    z0 = np.array([1.0])
    run = simulate(careless, z0, 3)
    assert z0[0] == 1.0
    np.testing.assert_array_equal(run.states[:, 0], [1.0, 2.0, 4.0, 8.0])


def test_a_diverging_run_is_recorded_as_it_is():
    with np.errstate(over="ignore"):
        run = simulate(lambda z: z * z, [2.0], 20)
    assert run.final_state[0] == np.inf


def test_any_function_is_a_map():
    assert isinstance(lambda z: z, Map)


def test_bad_input_says_what_to_do():
    with pytest.raises(TypeError, match="simulate: the initial state has dtype int64. Pass floats"):
        simulate(lambda z: z, np.array([1, 2]), 3)
    with pytest.raises(ValueError, match=r"must be a vector, got shape \(2, 2\).*ravel"):
        simulate(lambda z: z, np.ones((2, 2)), 3)
    with pytest.raises(ValueError, match="steps >= 0 and every >= 1, got steps=-1, every=1"):
        simulate(lambda z: z, [1.0], -1)
    with pytest.raises(ValueError, match=r"at step 1 the map took a state of shape \(2,\) to .*\(1,\)"):
        simulate(lambda z: z[:1], [1.0, 2.0], 3)
