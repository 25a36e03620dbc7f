"""Events are located between steps, to the accuracy of the curve there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import stack
from learndyn.dynamics import RK4, DormandPrince, Euler, Event, ImplicitEuler, integrate
from learndyn.dynamics.events import find_root

from .flows import oscillator, slope

TIGHT = DormandPrince(rtol=1e-12, atol=1e-12)
ZEROS = (np.arange(6) + 0.5) * np.pi  # of cos t up to t = 20


def test_a_harmonic_oscillator_crosses_zero_at_odd_multiples_of_a_quarter_turn():
    run = integrate(
        oscillator,
        [1.0, 0.0],
        [0.0, 20.0],
        method=TIGHT,
        events={
            "position": lambda t, z: z[0],
            "falling": Event(lambda t, z: z[0], direction=-1),
            "rising": Event(lambda t, z: z[0], direction=1),
            "turning": lambda t, z: z[1],
        },
    )
    np.testing.assert_allclose(run.events["position"].times, ZEROS, atol=1e-9)
    np.testing.assert_array_equal(run.events["falling"].times, run.events["position"].times[::2])
    np.testing.assert_array_equal(run.events["rising"].times, run.events["position"].times[1::2])
    # The zero at the start is no crossing.
    np.testing.assert_allclose(run.events["turning"].times, np.arange(1, 7) * np.pi, atol=1e-9)
    np.testing.assert_allclose(
        run.events["turning"].states, [[(-1.0) ** k, 0.0] for k in range(1, 7)], atol=1e-9
    )
    assert run.stopped is None


@pytest.mark.parametrize(("method", "order"), [(RK4, 4), (Euler, 1), (ImplicitEuler, 1)])
def test_the_time_of_an_event_has_the_order_of_the_method(method, order):
    """The cubic between fixed steps costs no order."""
    step_sizes = [0.1, 0.05, 0.025] if order > 1 else [0.02, 0.01, 0.005]
    errors = []
    for h in step_sizes:
        run = integrate(
            lambda t, z: stack([z[1], -z[0] - 0.3 * z[1]]),
            [1.0, 0.0],
            [0.0, 2.5],
            method=method(h),
            events={"zero": lambda t, z: z[0]},
        )
        omega = np.sqrt(1 - 0.15**2)  # cos(omega t) + (0.15 / omega) sin(omega t) = 0
        exact = (np.pi - np.arctan(omega / 0.15)) / omega
        errors.append(abs(run.events["zero"].times[0] - exact))
    assert slope(step_sizes, errors) == pytest.approx(order, abs=0.25)


def test_a_terminal_event_ends_the_run_there():
    """A ball from height 1 with g = 2 lands at t = 1 with speed 2."""
    run = integrate(
        lambda t, z: stack([z[1], -2.0 + 0.0 * z[0]]),
        [1.0, 0.0],
        np.linspace(0.0, 5.0, 26),
        events={
            "landing": Event(lambda t, z: z[0], terminal=True),
            "after": lambda t, z: t - 1.0 - 1e-6,
            "before": lambda t, z: t - 0.75,
        },
        observe={"energy": lambda z: 2 * z[0] + z[1] ** 2 / 2},
        dense=True,
    )
    assert run.stopped.startswith("at t = 1")
    assert "terminal event 'landing'" in run.stopped
    assert run.times[-1] == run.events["landing"].times[0] == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(run.final_state, [0.0, -2.0], atol=1e-12)
    np.testing.assert_allclose(run.times[:-1], np.arange(5) * 0.2)
    np.testing.assert_allclose(run.observables["energy"], 2.0)
    np.testing.assert_allclose(run.events["before"].times, [0.75])
    assert run.events["after"].times.size == 0
    assert run.events["after"].states.shape == (0, 2)
    with pytest.raises(ValueError, match="outside the run"):
        run(1.01)


def test_an_event_at_the_end_of_a_step_is_seen_once():
    """Fixed steps of 1/4 hit t = 1/2 exactly."""
    run = integrate(
        lambda t, z: 1.0 + 0.0 * z,
        [0.0],
        [0.0, 1.0],
        method=Euler(0.25),
        events={"half": lambda t, z: z[0] - 0.5, "falling": Event(lambda t, z: 0.5 - t, -1)},
    )
    np.testing.assert_array_equal(run.events["half"].times, [0.5])
    np.testing.assert_array_equal(run.events["half"].states, [[0.5]])
    np.testing.assert_array_equal(run.events["falling"].times, [0.5])


def test_events_do_not_change_the_run():
    plain = integrate(oscillator, [1.0, 0.0], np.linspace(0, 9, 7))
    watched = integrate(
        oscillator, [1.0, 0.0], np.linspace(0, 9, 7), events={"x": lambda t, z: z[0]}
    )
    np.testing.assert_array_equal(plain.states, watched.states)
    assert plain.evaluations == watched.evaluations


@given(root=st.floats(0.01, 0.99), power=st.sampled_from([1, 3, 5]))
def test_a_root_is_found_to_the_spacing_of_the_numbers(root, power):
    def g(x):
        return (x - root) ** power

    found = find_root(g, 0.0, 1.0, g(0.0), g(1.0))
    assert found == pytest.approx(root, abs=1e-15 if power == 1 else 1e-3)


@given(root=st.floats(-0.9, 0.9))
def test_a_jump_and_a_steep_function_are_bisected(root):
    def jump(x):
        return 1.0 if x > root else -1.0

    def steep(x):
        return np.expm1(50 * (x - root))

    for g in (jump, steep):
        calls = []

        def counted(x, g=g, calls=calls):
            calls.append(x)
            return g(x)

        found = find_root(counted, -1.0, 1.0, g(-1.0), g(1.0))
        assert found == pytest.approx(root, abs=1e-14)
        assert len(calls) < 60


def test_bad_events_say_what_is_wrong():
    with pytest.raises(ValueError, match="the direction must be -1, 0 or 1, got 2"):
        Event(lambda t, z: z[0], direction=2)
    with pytest.raises(TypeError, match="needs a function g"):
        integrate(oscillator, [1.0, 0.0], [0.0, 1.0], events={"x": 3.0})
    with pytest.raises(ValueError, match=r"the event 'x' returned shape \(2,\)"):
        integrate(oscillator, [1.0, 0.0], [0.0, 1.0], events={"x": lambda t, z: z})
    with pytest.raises(ValueError, match="the event 'x' is NaN at t = 0"):
        integrate(oscillator, [1.0, 0.0], [0.0, 1.0], events={"x": lambda t, z: np.nan})
