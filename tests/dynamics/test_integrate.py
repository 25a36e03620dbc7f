"""What a run along a flow records, how it ends, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Parameter, Tensor, stack
from learndyn.dynamics import (
    RK4,
    DormandPrince,
    Euler,
    Flow,
    Heun,
    ImplicitEuler,
    integrate,
)

from .flows import (
    lotka_volterra,
    oscillator,
    pendulum,
    pendulum_angle,
    pendulum_state,
    reference,
    slope,
)

METHODS = [Euler(0.1), Heun(0.1), RK4(0.1), ImplicitEuler(0.1), DormandPrince()]
FIXED = METHODS[:4]


def decay(t, z):
    return -z


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_record_times_are_exact_and_the_first_state_is_the_initial_one(method):
    times = [0.5, 0.51, 1.7, 3.0]
    run = integrate(decay, [2.0, 3.0], times, method=method)
    np.testing.assert_array_equal(run.times, times)
    np.testing.assert_array_equal(run.states[0], [2.0, 3.0])
    assert run.stopped is None
    assert run.states.shape == (4, 2)
    np.testing.assert_allclose(
        run.states, np.array([2.0, 3.0]) * np.exp(-(run.times[:, None] - 0.5)), rtol=0.2
    )


@pytest.mark.parametrize("method", FIXED, ids=lambda m: type(m).__name__)
def test_a_run_of_fixed_steps_can_be_split_without_changing_a_bit(method):
    times = np.array([0.0, 0.3, 0.77, 1.5, 2.0])
    whole = integrate(lotka_volterra, [1.2, 0.9], times, method=method)
    first = integrate(lotka_volterra, [1.2, 0.9], times[:3], method=method)
    rest = integrate(lotka_volterra, first.final_state, times[2:], method=method)
    np.testing.assert_array_equal(np.vstack([first.states, rest.states[1:]]), whole.states)


def test_an_adaptive_run_can_be_split_within_its_tolerance():
    method = DormandPrince(rtol=1e-10, atol=1e-12)
    whole = integrate(lotka_volterra, [1.2, 0.9], [0.0, 2.0, 5.0], method=method)
    rest = integrate(lotka_volterra, whole.states[1], [2.0, 5.0], method=method)
    np.testing.assert_allclose(rest.final_state, whole.final_state, rtol=1e-8)


def test_records_do_not_shorten_adaptive_steps():
    """Records come from the curve between steps, so they cost no evaluation."""
    few = integrate(pendulum, [1.5, 0.0], [0.0, 10.0])
    many = integrate(pendulum, [1.5, 0.0], np.linspace(0.0, 10.0, 5001))
    assert few.evaluations == many.evaluations
    np.testing.assert_array_equal(few.final_state, many.final_state)


@pytest.mark.parametrize(
    ("method", "stages"), [(Euler(0.1), 1), (Heun(0.1), 2), (RK4(0.1), 4)], ids=str
)
def test_an_explicit_step_costs_one_evaluation_a_stage(method, stages):
    calls = []
    run = integrate(lambda t, z: calls.append(t) or -z, [1.0], [0.0, 1.0], method=method)
    assert run.evaluations == len(calls) == 10 * stages


def test_the_last_stage_of_a_dormand_prince_step_is_the_first_of_the_next():
    run = integrate(
        decay, [1.0], [0.0, 1.0], method=DormandPrince(first_step=0.1, max_steps=3), dense=True
    )
    assert run.evaluations == 1 + 6 * 3


def test_dense_output_of_dormand_prince_has_order_four():
    """One step, its curve against an elliptic function: the error inside falls as h^5."""
    step_sizes, errors = [0.4, 0.2, 0.1], []
    for h in step_sizes:
        run = integrate(
            pendulum,
            pendulum_state(1.5, 1.0),  # in mid-swing: at rest the motion is even in time
            [1.0, 1.0 + h],
            method=DormandPrince(rtol=1.0, atol=1.0, first_step=h),
            dense=True,
        )
        assert run.evaluations == 7  # one step
        t = np.linspace(1.0, 1.0 + h, 9)
        exact = [pendulum_angle(1.5, s) for s in t]
        errors.append(np.max(np.abs(run(t)[:, 0] - exact)))
    assert slope(step_sizes, errors) == pytest.approx(5.0, abs=0.25)


@pytest.mark.parametrize(("method", "order"), [(RK4, 4), (Heun, 2), (Euler, 1), (ImplicitEuler, 1)])
def test_dense_output_of_fixed_steps_has_the_order_of_the_method(method, order):
    step_sizes, errors = [0.1, 0.05, 0.025], []
    for h in step_sizes:
        run = integrate(oscillator, [1.0, 0.0], [0.0, 3.0], method=method(h), dense=True)
        t = np.linspace(0, 3, 101)
        errors.append(np.max(np.abs(run(t)[:, 0] - np.cos(t))))
    assert slope(step_sizes, errors) == pytest.approx(order, abs=0.2)


def test_dense_output_stays_within_the_tolerance_between_records():
    run = integrate(
        oscillator, [1.0, 0.0], [0.0, 20.0], method=DormandPrince(rtol=1e-9, atol=1e-9), dense=True
    )
    t = np.linspace(0.0, 20.0, 2001)
    assert np.max(np.abs(run(t) - np.stack([np.cos(t), -np.sin(t)], axis=1))) < 2e-8


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_dense_output_passes_through_the_records_and_keeps_the_shape_of_the_times(method):
    times = np.linspace(0.0, 1.0, 6)
    run = integrate(decay, [1.0, 2.0], times, method=method, dense=True)
    np.testing.assert_allclose(run(times), run.states, rtol=1e-13)
    np.testing.assert_array_equal(run(1.0), run.final_state)
    assert run(0.5).shape == (2,)
    assert run([[0.1, 0.2, 0.3]]).shape == (1, 3, 2)
    for outside in (-1e-9, 1.1, np.nan):
        with pytest.raises(ValueError, match="1 of 2 times are outside the run.*covers 0 to 1"):
            run([0.5, outside])


def test_keeping_dense_output_costs_a_fixed_method_one_evaluation_in_all():
    plain = integrate(decay, [1.0], [0.0, 1.0], method=RK4(0.1))
    dense = integrate(decay, [1.0], [0.0, 1.0], method=RK4(0.1), dense=True)
    assert dense.evaluations == plain.evaluations + 1


def test_observables_are_measured_at_each_record():
    run = integrate(
        oscillator,
        [1.0, 0.0],
        np.linspace(0, 6, 4),
        observe={"energy": lambda z: z @ z, "state": lambda z: z},
        method=DormandPrince(rtol=1e-9, atol=1e-9),
    )
    np.testing.assert_allclose(run.observables["energy"], 1.0, atol=1e-7)
    np.testing.assert_array_equal(run.observables["state"], run.states)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_the_first_step_that_asks_for_it_ends_the_run(method):
    run = integrate(
        decay, [1.0], [0.0, 0.2, 50.0], method=method, stop_when=lambda z: z[0] < 0.5
    )
    assert run.final_state[0] < 0.5
    assert 0.2 < run.times[-1] < 5
    assert run.times.shape == run.states[:, 0].shape == (3,)
    assert "stop_when was true" in run.stopped


def test_a_solution_that_blows_up_ends_the_run_there():
    """z' = z^2 from 1 is 1 / (1 - t)."""
    run = integrate(lambda t, z: z * z, [1.0], [0.0, 0.5, 2.0], dense=True)
    assert "the step size fell to" in run.stopped
    assert run.times[-1] == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(run.states).all()
    assert run.states[1, 0] == pytest.approx(2.0, rel=1e-5)
    assert run(0.75)[0] == pytest.approx(4.0, rel=1e-4)


def test_a_velocity_that_is_not_finite_ends_an_adaptive_run_before_it():
    run = integrate(lambda t, z: np.sqrt(1.0 - t) + 0.0 * z, [0.0], [0.0, 0.5, 2.0])
    assert run.times[-1] == pytest.approx(1.0, abs=1e-9)
    assert run.final_state[0] == pytest.approx(2 / 3, abs=1e-5)
    assert "at t = 1 of 2; beyond it the flow is not finite" in run.stopped
    at_once = integrate(lambda t, z: np.nan * z, [1.0], [3.0, 4.0])
    assert at_once.stopped == "the velocity at the start, t = 3, is not finite"
    np.testing.assert_array_equal(at_once.times, [3.0])


@pytest.mark.parametrize("method", FIXED[:3], ids=lambda m: type(m).__name__)
def test_a_run_of_fixed_steps_ends_with_the_first_state_that_is_not_finite(method):
    run = integrate(
        lambda t, z: stack([z[0] * z[0], 0.0 * z[1]]),
        [3.0, 1.0],
        [0.0, 9.0],
        method=method,
        dense=True,
    )
    assert not np.isfinite(run.final_state[0])
    assert "of 2 components" in run.stopped
    assert f"at t = {run.times[-1]:.6g}" in run.stopped
    assert 2.9 < run(0.0)[0] < run(0.2)[0]  # what was good can still be asked for


def test_a_tolerance_beyond_the_digits_there_are_ends_the_run():
    for first_step in (None, 0.1):
        method = DormandPrince(rtol=0.0, atol=1e-300, first_step=first_step)
        run = integrate(pendulum, [1.5, 0.0], [0.0, 1.0], method=method)
        assert "the tolerance is out of reach there" in run.stopped
        assert run.times[-1] < 1.0


def test_a_stiff_flow_that_needs_too_many_steps_is_named_so():
    run = integrate(
        lambda t, z: -1000.0 * (z - np.cos(t)), [0.0], [0.0, 1.0, 50.0],
        method=DormandPrince(max_steps=700),
    )  # fmt: skip
    assert "used all max_steps=700 steps" in run.stopped
    assert "The flow is stiff from about t = " in run.stopped
    assert "|lambda| near 1e+03" in run.stopped
    assert "Use ImplicitEuler" in run.stopped
    assert run.states[1, 0] == pytest.approx(np.cos(1.0), abs=2e-3)


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-9])
def test_a_flow_that_is_not_stiff_is_not_called_stiff(rtol):
    run = integrate(
        lotka_volterra, [1.2, 0.9], [0.0, 1e6], method=DormandPrince(rtol=rtol, max_steps=300)
    )
    assert "used all max_steps=300" in run.stopped
    assert "is stiff from" not in run.stopped
    assert run.times[-1] > 10


def test_the_first_step_is_short_where_the_flow_is_fast():
    """The guess scales with the unit of time."""
    counts = []
    for rate in (1.0, 1e6):
        run = integrate(
            lambda t, z, rate=rate: rate * oscillator(t, z), [1.0, 0.0], [0.0, 10.0 / rate]
        )
        counts.append(run.evaluations)
        np.testing.assert_allclose(run.final_state, [np.cos(10), -np.sin(10)], atol=1e-4)
    assert counts[0] == pytest.approx(counts[1], abs=12)


@given(z=st.lists(st.floats(-5, 5), min_size=1, max_size=4), duration=st.floats(0.1, 3.0))
def test_a_flow_of_zero_leaves_the_state_alone(z, duration):
    for method in METHODS:
        run = integrate(lambda t, z: 0.0 * z, z, [0.0, duration], method=method)
        np.testing.assert_array_equal(run.final_state, z)


def test_one_record_time_is_a_run_of_no_length():
    run = integrate(decay, [1.0], [2.0], dense=True)
    np.testing.assert_array_equal(run.times, [2.0])
    np.testing.assert_array_equal(run(2.0), [1.0])


def test_a_flow_may_write_each_velocity_into_the_same_buffer():
    buffer = np.empty(2)

    def reusing(t, z):
        buffer[0], buffer[1] = z[1], -z[0]
        return buffer

    for method in (RK4(0.1), DormandPrince()):
        plain = integrate(oscillator, [1.0, 0.0], [0.0, 2.0], method=method)
        np.testing.assert_array_equal(
            integrate(reusing, [1.0, 0.0], [0.0, 2.0], method=method).states, plain.states
        )


def test_a_flow_that_works_on_the_state_in_place_is_an_error():
    def careless(t, z):
        z *= -1.0
        return z

    with pytest.raises(ValueError, match="read-only") as caught:
        integrate(careless, [1.0], [0.0, 1.0])
    assert caught.value.__notes__ == ["integrate: raised in the step that began at t = 0"]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: type(m).__name__)
def test_a_flow_may_close_over_parameters(method):
    rate = Parameter(np.array([-1.0]), name="rate")
    run = integrate(lambda t, z: rate * z, [1.0], [0.0, 0.5], method=method)
    plain = integrate(decay, [1.0], [0.0, 0.5], method=method)
    np.testing.assert_allclose(run.states, plain.states, rtol=1e-12)


def test_the_initial_state_is_copied_and_may_be_a_tensor():
    z0 = np.array([1.0, 0.0])
    run = integrate(oscillator, z0, [0.0, 1.0])
    run.states[:] = 7.0
    np.testing.assert_array_equal(z0, [1.0, 0.0])
    assert integrate(decay, Tensor([1.0]), [0.0, 1.0]).stopped is None


def test_any_function_of_time_and_state_is_a_flow():
    assert isinstance(decay, Flow)


def test_two_methods_agree_on_a_flow_that_depends_on_time():
    """z' = -z + sin t has the solution (sin t - cos t)/2 + c e^-t."""

    def driven(t, z):
        return -z + np.sin(t)

    exact = (np.sin(4.0) - np.cos(4.0)) / 2 + 1.5 * np.exp(-4.0)
    for method in (RK4(0.01), DormandPrince(rtol=1e-9, atol=1e-9)):
        run = integrate(driven, [1.0], [0.0, 4.0], method=method)
        assert run.final_state[0] == pytest.approx(exact, abs=1e-8)
    np.testing.assert_allclose(reference(driven, [1.0], 4.0), [exact], atol=1e-12)


def test_bad_input_says_what_to_do():
    cases = {
        r"at t = 0 the flow took a state of shape \(2,\) to one of shape \(1,\).*one velocity": (
            lambda t, z: z[:1], [1.0, 2.0], [0.0, 1.0]),
        r"must increase, but times\[1\] = 2 and times\[2\] = 2.*negate the flow": (
            decay, [1.0], [0.0, 2.0, 2.0]),
        r"must be a vector of record times, got shape \(\).*linspace": (decay, [1.0], 5.0),
        "got shape \\(0,\\)": (decay, [1.0], []),
        "the times hold a NaN": (decay, [1.0], [0.0, np.nan]),
        r"initial state must be a vector, got shape \(1, 2\).*ravel": (
            decay, [[1.0, 2.0]], [0.0, 1.0]),
    }  # fmt: skip
    for message, arguments in cases.items():
        with pytest.raises(ValueError, match=message):
            integrate(*arguments)
    with pytest.raises(TypeError, match="the initial state has dtype int64. Pass floats"):
        integrate(decay, np.array([1, 2]), [0.0, 1.0])
    with pytest.raises(TypeError, match="the flow returned NoneType of dtype object"):
        integrate(lambda t, z: None, [1.0], [0.0, 1.0])
    with pytest.raises(TypeError, match="needs a method such as DormandPrince.*got 'RK45'"):
        integrate(decay, [1.0], [0.0, 1.0], method="RK45")
    with pytest.raises(TypeError, match="learndyn|Tensor"):
        integrate(lambda t, z: np.sin(z), [1.0], [0.0, 1.0], method=ImplicitEuler(0.1))
