"""Rules whose numbers are columns, and functions on rows."""

from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Tensor, grad, jacobian, simulate
from learndyn.learning import (
    Adam,
    Clipped,
    Cosine,
    GradientDescent,
    HeavyBall,
    NesterovScheme,
    Scheduled,
    StepDecay,
    clip_norm,
)
from learndyn.learning.ensembles import (
    RowClipped,
    clip_rows,
    simulate_ensemble,
    stack_rules,
    vectorised,
)
from learndyn.learning.ensembles.stacked_rules import take_members


def test_numbers_that_differ_become_columns_and_common_ones_stay():
    rule = stack_rules([Adam(0.1, 0.9), Adam(0.2, 0.8), Adam(0.1, 0.9)])
    np.testing.assert_array_equal(rule.step_size, [[0.1], [0.2], [0.1]])
    np.testing.assert_array_equal(rule.beta1, [[0.9], [0.8], [0.9]])
    assert rule.beta2 == 0.999
    assert rule.bias_correction is True
    same = stack_rules([HeavyBall(0.1)] * 3)
    assert same == HeavyBall(0.1)


@given(order=st.permutations(range(4)), count=st.integers(1, 4))
def test_a_stacked_rule_for_some_members_is_the_stack_of_their_rules(order, count):
    schedules = [Cosine(9), StepDecay(3), Cosine(9), Cosine(5)]
    rules = [Scheduled(Clipped(HeavyBall(0.1 * (i + 1), 0.2 * i), i + 1.0), schedules[i]) for i in range(4)]
    kept = np.array(order[:count])
    some = take_members(stack_rules(rules), kept)
    fresh = stack_rules([rules[i] for i in kept])
    t = np.full((count, 1), 4.0)
    np.testing.assert_array_equal(some.schedule(t) * np.ones_like(t), fresh.schedule(t) * np.ones_like(t))
    for name in (f.name for f in fields(HeavyBall)):
        a, b = getattr(some.rule.rule, name), getattr(fresh.rule.rule, name)
        np.testing.assert_array_equal(np.broadcast_to(a, (count, 1)), np.broadcast_to(b, (count, 1)))
    assert isinstance(some.rule, RowClipped)
    np.testing.assert_array_equal(
        np.broadcast_to(some.rule.max_norm, (count, 1)), np.array(kept)[:, None] + 1.0
    )


@given(seed=st.integers(0, 99), exponent=st.sampled_from([-200, -3, 0, 3, 200]))
def test_rows_are_clipped_as_each_gradient_alone(seed, exponent):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((4, 3)) * 10.0 ** np.array([[0], [exponent], [-1], [1]])
    limits = rng.uniform(0.1, 3.0, (4, 1))
    found = clip_rows(rows, limits)
    for row, limit, own in zip(rows, limits[:, 0], found, strict=True):
        np.testing.assert_allclose(own, clip_norm(row, limit), rtol=1e-14)
    slopes = jacobian(lambda g: clip_rows(g, limits))(rows)
    for i in (0, 2, 3):
        alone = jacobian(lambda g, i=i: clip_norm(g, limits[i, 0]))(rows[i])
        np.testing.assert_allclose(slopes[i, :, i], alone, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_handed_on_and_touches_no_other(value):
    rows = np.array([[3.0, 4.0], [value, 1.0], [0.0, 0.0]])
    found = clip_rows(rows, 1.0)
    np.testing.assert_allclose(found[0], [0.6, 0.8], rtol=1e-15)
    np.testing.assert_array_equal(found[1:], rows[1:])
    assert isinstance(clip_rows(Tensor(rows), 1.0), Tensor)


def test_rules_that_cannot_be_one_say_why():
    with pytest.raises(ValueError, match="received no rules"):
        stack_rules([])
    with pytest.raises(TypeError, match="float is no update rule"):
        stack_rules([GradientDescent(0.1), 0.2])
    with pytest.raises(ValueError, match="received GradientDescent and HeavyBall.*one ensemble for each"):
        stack_rules([GradientDescent(0.1), HeavyBall(0.1)])
    with pytest.raises(ValueError, match="received HeavyBall and NesterovScheme"):
        stack_rules([Clipped(HeavyBall(0.1), 1.0), Clipped(NesterovScheme(0.1), 1.0)])
    with pytest.raises(ValueError, match=r"differ in bias_correction \(False, True\)"):
        stack_rules([Adam(0.1), Adam(0.1, bias_correction=False)])


def test_a_rule_of_ones_own_is_stacked_if_it_is_a_dataclass_and_shared_if_not():
    @dataclass(frozen=True)
    class Signed:
        step_size: float

        def init(self, theta):
            return (theta,)

        def step(self, state, gradient):
            return (state[0] - self.step_size * np.sign(gradient),)

    rule = stack_rules([Signed(0.1), Signed(0.3)])
    np.testing.assert_array_equal(
        rule.step((np.zeros((2, 2)),), np.array([[1.0, -2.0], [3.0, 0.0]]))[0], [[-0.1, 0.1], [-0.3, 0.0]]
    )

    class Opaque:
        def init(self, theta):
            return (theta,)

        def step(self, state, gradient):
            return state

    shared = Opaque()
    assert stack_rules([shared, shared]) is shared
    with pytest.raises(ValueError, match="Opaque is no dataclass"):
        stack_rules([Opaque(), Opaque()])


# --- any map ------------------------------------------------------------------------------


@given(r=st.lists(st.floats(0.0, 4.0), min_size=1, max_size=6), steps=st.integers(0, 60))
def test_a_row_of_logistic_maps_has_the_bits_of_each_alone(r, steps):
    ensemble = vectorised(lambda z, r: r * z * (1.0 - z), len(r), r=r)
    run = simulate_ensemble(ensemble, np.full((len(r), 1), 0.3), steps, every=3)
    for i, own in enumerate(r):
        alone = simulate(lambda z, own=own: own * z * (1.0 - z), [0.3], steps, every=3)
        np.testing.assert_array_equal(run.states[:, i], alone.states)
        np.testing.assert_array_equal(run.times, alone.times)


def test_each_member_ends_at_its_own_step():
    """2^(a^t) overflows at the first t with a^t >= 1024."""
    powers = np.array([2.0, 4.0, 1.0, 32.0])
    ensemble = vectorised(lambda z, a: z**a, 4, a=powers)
    run = simulate_ensemble(ensemble, np.full((4, 2), 2.0), 40, every=7)
    assert run.ended.tolist() == [10.0, 5.0, np.inf, 2.0]
    assert run.times[-1] == 40
    assert [np.isnan(run.states[:, i]).all(axis=1).argmax() for i in (0, 1, 3)] == [2, 1, 1]
    assert run.report().splitlines() == [
        "4 members: 1 ran to 40, 0 were let go, 3 ended with numbers that are not finite",
        "  member 3: its first state that is not finite is that at 2",
        "  member 1: its first state that is not finite is that at 5",
        "  member 0: its first state that is not finite is that at 10",
    ]


def test_numbers_whose_squares_overflow_are_not_taken_for_infinite_ones():
    ensemble = vectorised(lambda z: -z, 2)
    run = simulate_ensemble(ensemble, np.array([[1e200], [1e300]]), 3)
    assert run.alive.all()
    np.testing.assert_array_equal(run.final_state, [[-1e200], [-1e300]])


def test_observables_see_rows_with_nan_for_those_who_are_gone():
    ensemble = vectorised(lambda z: z * z, 2)
    run = simulate_ensemble(
        ensemble, np.array([[2.0], [0.5]]), 12, observe={"twice": lambda rows: 2.0 * rows[:, 0]}
    )
    np.testing.assert_array_equal(run.observables["twice"], 2.0 * run.states[:, :, 0])


def test_a_vectorised_map_is_a_map_on_flat_states():
    ensemble = vectorised(lambda z, a: a * z * z, 2, a=[1.0, 3.0])
    z = np.array([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(ensemble(z), [1.0, 4.0, 27.0, 48.0])
    np.testing.assert_array_equal(jacobian(ensemble)(z), np.diag([2.0, 4.0, 18.0, 24.0]))
    assert grad(lambda z: ensemble(z).sum())(z).tolist() == [2.0, 4.0, 18.0, 24.0]


MATRIX = np.array([[0.5, 0.2, 0.0], [-0.2, 0.5, 0.1], [0.3, 0.0, 0.1]])


@pytest.mark.parametrize(
    "mixing",
    [
        lambda z: MATRIX @ z,
        lambda z: z - z.mean(axis=0),
        lambda z: z / np.linalg.norm(z),
        lambda z: z + 1e-9 * z.sum(),
        lambda z: z[::-1],
    ],
)
def test_a_function_that_mixes_members_is_refused(mixing):
    rows = np.random.default_rng(0).standard_normal((3, 3))
    with pytest.raises(ValueError, match="Each member must depend on its own row alone"):
        simulate_ensemble(vectorised(mixing, 3), rows, 5)
    simulate_ensemble(vectorised(lambda z: z @ MATRIX.T, 3), rows, 5)


def test_bad_functions_and_parameters_say_what_is_wrong():
    with pytest.raises(TypeError, match="vectorised: members must be an integer, got 2.5"):
        vectorised(np.sin, 2.5)
    with pytest.raises(ValueError, match="needs one member or more, got members=0"):
        vectorised(np.sin, 0)
    with pytest.raises(TypeError, match="vectorised: float cannot be called"):
        vectorised(1.0, 2)
    with pytest.raises(ValueError, match=r"the parameter 'r' has shape \(3,\) for 2 members"):
        vectorised(lambda z, r: r * z, 2, r=np.ones(3))
    with pytest.raises(ValueError, match=r"took rows of shape \(2, 3\) to shape \(2,\).*leading axes"):
        simulate_ensemble(_Sums(), np.ones((2, 3)), 1)
    with pytest.raises(ValueError, match=r"state of shape \(3, 2\) for 2 members"):
        simulate_ensemble(vectorised(np.sin, 2), np.ones((3, 2)), 1)


class _Sums:
    """An ensemble that does not keep its rows."""

    members = 2

    def __call__(self, rows):
        return rows.sum(axis=1)

    def select(self, kept):
        return self
