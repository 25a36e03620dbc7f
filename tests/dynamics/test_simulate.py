"""Laws of iterating a map."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Map, Tensor, simulate

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


def test_a_run_stops_at_the_first_state_that_is_not_finite_and_says_where():
    """2^(2^t) overflows at t = 10."""
    run = simulate(lambda z: np.array([z[0] * z[0], z[1]]), [2.0, 1.0], 1000, every=7)
    np.testing.assert_array_equal(run.times, [0, 7, 10])
    assert run.stopped == "at step 10, 1 of 2 components is NaN or infinite"
    np.testing.assert_array_equal(run.final_state, [np.inf, 1.0])
    assert run.states.base is None  # the storage of the other 134 records is not kept alive


def test_a_run_that_records_goes_on_past_infinity():
    run = simulate(lambda z: z * z, [2.0, 0.5], 20, nonfinite="record")
    assert run.stopped is None
    assert run.times[-1] == 20
    np.testing.assert_array_equal(run.final_state, [np.inf, 0.0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_bad_initial_state_ends_the_run_at_once(value):
    run = simulate(lambda z: z, [1.0, value], 5)
    np.testing.assert_array_equal(run.times, [0])
    assert run.stopped == "at step 0, 1 of 2 components is NaN or infinite"


def test_large_numbers_are_not_taken_for_infinite_ones():
    run = simulate(lambda z: -z, [1e200, 1e300], 4)
    assert run.stopped is None
    np.testing.assert_array_equal(run.final_state, [1e200, 1e300])


@given(every=st.integers(1, 20), limit=st.floats(1.0, 1e4))
def test_the_first_state_that_asks_for_it_ends_the_run(every, limit):
    run = simulate(lambda z: 2 * z, [1.0], 50, every=every, stop_when=lambda z: z[0] >= limit)
    step = int(np.ceil(np.log2(limit)))
    assert run.times[-1] == step
    assert run.final_state[0] == 2.0**step >= limit
    assert run.stopped == f"at step {step}, stop_when was true"
    assert np.all(run.states[:-1] < limit)
    np.testing.assert_array_equal(run.states[:, 0], 2.0**run.times)


def test_a_condition_that_never_holds_changes_nothing():
    run = simulate(lambda z: ROTATION @ z, [1.0, 2.0], 9, stop_when=lambda z: False)
    assert run.stopped is None
    plain = simulate(lambda z: ROTATION @ z, [1.0, 2.0], 9)
    np.testing.assert_array_equal(run.states, plain.states)


def test_an_error_of_the_map_says_at_which_step_it_arose():
    def fragile(z):
        if z[0] > 2:
            raise RuntimeError("too large")
        return z + 1

    with pytest.raises(RuntimeError, match="too large") as caught:
        simulate(fragile, [0.0], 10)
    assert caught.value.__notes__ == ["simulate: raised at step 4"]


def test_a_caller_who_wants_floating_point_errors_gets_them():
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        simulate(lambda z: z * z, [2.0], 20)


def test_observables_are_kept_as_float64_and_measured_at_records_only():
    calls = []
    run = simulate(
        lambda z: z + 1,
        [0.0],
        10,
        every=5,
        observe={"count": lambda z: calls.append(1) or len(calls), "large": lambda z: z > 4},
    )
    assert len(calls) == 3
    assert {values.dtype for values in run.observables.values()} == {np.dtype(np.float64)}
    np.testing.assert_array_equal(run.observables["large"][:, 0], [0.0, 1.0, 1.0])


def test_a_map_may_return_tensors_lists_and_other_floats():
    for system in (Tensor, list, np.float32, lambda z: z.astype(int)):
        run = simulate(system, [1.0, 2.0], 3)
        assert run.states.dtype == np.float64
        np.testing.assert_array_equal(run.final_state, [1.0, 2.0])


def test_a_run_without_dense_output_cannot_be_called():
    with pytest.raises(ValueError, match="kept no dense output"):
        simulate(lambda z: z, [1.0], 1)(0.5)


def test_any_function_is_a_map():
    assert isinstance(lambda z: z, Map)


def test_bad_input_says_what_to_do():
    with pytest.raises(TypeError, match="simulate: the initial state has dtype int64. Pass floats"):
        simulate(lambda z: z, np.array([1, 2]), 3)
    with pytest.raises(ValueError, match=r"must be a vector, got shape \(2, 2\).*ravel"):
        simulate(lambda z: z, np.ones((2, 2)), 3)
    with pytest.raises(ValueError, match="steps >= 0 and every >= 1, got steps=-1, every=1"):
        simulate(lambda z: z, [1.0], -1)
    with pytest.raises(ValueError, match=r"at step 1 the map took a state of shape \(2,\) to"):
        simulate(lambda z: z[:1], [1.0, 2.0], 3)
    with pytest.raises(TypeError, match=r"steps and every are counts, got steps=2\.5"):
        simulate(lambda z: z, [1.0], 2.5)
    with pytest.raises(ValueError, match="nonfinite must be 'stop' or 'record', got 'raise'"):
        simulate(lambda z: z, [1.0], 1, nonfinite="raise")
    with pytest.raises(TypeError, match="at step 1 the map returned NoneType of dtype object"):
        simulate(lambda z: None, [1.0], 1)
    with pytest.raises(TypeError, match="dtype complex128"):
        simulate(lambda z: z * 1j, [1.0], 1)
    shapes = iter([1.0, [1.0, 2.0]])
    with pytest.raises(ValueError, match=r"'a' had shape \(\) and has shape \(2,\) at 1"):
        simulate(lambda z: z, [1.0], 1, observe={"a": lambda z: next(shapes)})
