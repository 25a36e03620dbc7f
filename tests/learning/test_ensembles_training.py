"""Training many members at once is training each of them alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn import jacobian, simulate, training_map
from learndyn.autodiff.tree import leaves, tree_map
from learndyn.experiments import xor
from learndyn.learning import (
    MLP,
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    ClippedByValue,
    Constant,
    Cosine,
    Exponential,
    GradientDescent,
    HeavyBall,
    LinearWarmup,
    Minibatches,
    Nesterov,
    NesterovScheme,
    RMSProp,
    Scheduled,
    StepDecay,
    mean_squared_error,
    standard_normal,
)
from learndyn.learning.ensembles import ensemble_map, simulate_ensemble, stack_members

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((6, 2)), RNG.standard_normal((6, 1))
SCHEDULES = [Constant(), Cosine(600, low=0.2), StepDecay(300, 0.5), LinearWarmup(40, Exponential(0.999))]

eta = st.floats(1e-3, 2e-2)
share = st.floats(0.0, 0.9)
schedule = st.sampled_from(SCHEDULES)
RULES = {
    "descent": st.builds(GradientDescent, eta),
    "heavy ball": st.builds(HeavyBall, eta, share),
    "nesterov": st.builds(Nesterov, eta, share),
    "nesterov's scheme": st.builds(NesterovScheme, eta),
    "rmsprop": st.builds(RMSProp, st.floats(1e-4, 1e-3), share, st.floats(1e-3, 1e-2)),
    "adam": st.builds(Adam, st.floats(1e-4, 3e-3), share, st.floats(0.9, 0.999), st.floats(1e-4, 1e-2)),
    "adamw": st.builds(
        AdamW, st.floats(1e-4, 3e-3), share, epsilon=st.just(1e-3), weight_decay=st.floats(0.0, 0.1)
    ),
    "amsgrad": st.builds(AMSGrad, st.floats(1e-4, 3e-3), share, epsilon=st.floats(1e-4, 1e-2)),
    "scheduled heavy ball": st.builds(Scheduled, st.builds(HeavyBall, eta, share), schedule),
    "scheduled adam": st.builds(
        Scheduled, st.builds(Adam, st.floats(1e-4, 3e-3), epsilon=st.just(1e-3)), schedule
    ),
    "clipped": st.builds(Clipped, st.builds(HeavyBall, eta, share), st.floats(0.05, 2.0)),
    "clipped by value": st.builds(ClippedByValue, st.builds(Nesterov, eta, share), st.floats(0.05, 2.0)),
    "scheduled clipped": st.builds(
        Scheduled, st.builds(Clipped, st.builds(GradientDescent, eta), st.floats(0.05, 2.0)), schedule
    ),
}
FEW = [
    GradientDescent(0.1),
    HeavyBall(0.1, 0.8),
    Adam(0.01, epsilon=1e-3),
    AMSGrad(0.01, epsilon=1e-3),
    Scheduled(Clipped(HeavyBall(0.1), 0.3), Cosine(40)),
]


def problem(width, members, seed=1, activation="tanh"):
    """A loss that keeps its leading axis, and parameters."""
    model = MLP((2, width, 1), activation)
    theta = model.init(np.random.default_rng(seed), ensemble=(members,))
    return lambda theta, x=X, y=Y: mean_squared_error(model(theta, x), y, axis=(-2, -1)), theta


def member(theta, i):
    return tree_map(lambda leaf: leaf[i], theta)


def run_together(loss, rules, theta, steps, **options):
    ensemble = ensemble_map(loss, rules, theta)
    return ensemble, simulate_ensemble(ensemble, ensemble.initial_state, steps, **options)


def run_alone(loss, rule, theta, steps, **options):
    training = training_map(loss, rule, theta)
    return simulate(training, training.initial_state, steps, **options)


@pytest.mark.parametrize("kind", RULES)
@settings(max_examples=3, deadline=None)
@given(data=st.data(), width=st.integers(1, 4), members=st.integers(1, 5), seed=st.integers(0, 99))
def test_a_member_makes_the_thousand_steps_of_its_own_run(kind, data, width, members, seed):
    rules = data.draw(st.lists(RULES[kind], min_size=members, max_size=members))
    i = data.draw(st.integers(0, members - 1))
    loss, theta = problem(width, members, seed)
    _, run = run_together(loss, rules, theta, 1000, every=250)
    alone = run_alone(loss, rules[i], member(theta, i), 1000, every=250)
    np.testing.assert_array_equal(run.times, alone.times)
    np.testing.assert_allclose(run.states[:, i], alone.states, rtol=1e-10, atol=1e-10)
    assert run.alive.all()
    assert run.stopped is None


@settings(max_examples=25, deadline=None)
@given(
    bad=st.integers(0, 4),
    rule=st.sampled_from([GradientDescent, HeavyBall, Nesterov]),
    wild=st.sampled_from([1e3, 1e9, 1e160]),
    width=st.integers(1, 5),
)
def test_a_member_that_diverges_changes_no_bit_of_the_others(bad, rule, wild, width):
    loss, theta = problem(width, 5, activation="relu")
    calm = [rule(s) for s in (0.01, 0.02, 0.005, 0.015, 0.01)]
    mixed = [rule(wild) if i == bad else r for i, r in enumerate(calm)]
    _, usual = run_together(loss, calm, theta, 150)
    _, run = run_together(loss, mixed, theta, 150)
    others = np.arange(5) != bad
    np.testing.assert_array_equal(run.states[:, others], usual.states[:, others])
    np.testing.assert_array_equal(run.alive, others)
    # It is reported at the step at which its own run ends, and is nan from there on.
    alone = run_alone(loss, mixed[bad], member(theta, bad), 150)
    assert run.ended[bad] == alone.times[-1]
    assert np.isnan(run.states[alone.times[-1] :, bad]).all()
    own = run.member(bad)
    np.testing.assert_array_equal(own.times, alone.times[:-1])
    np.testing.assert_allclose(own.states, alone.states[:-1], rtol=1e-10)
    assert f"member {bad}: its first state that is not finite is that at {alone.times[-1]}" in run.report()


def test_a_member_that_is_gone_is_not_computed_any_more():
    """A cost of its own could only come from there."""
    rows = []
    loss, theta = problem(2, 4)

    def counted(theta):
        rows.append(len(theta[0].weight))
        return loss(theta)

    rules = [GradientDescent(s) for s in (0.01, 1e200, 0.02, 0.03)]
    _, run = run_together(counted, rules, theta, 20)
    gone = int(run.ended[1])
    assert rows[-20 + gone :] == [3] * (20 - gone)
    assert rows[-20 : -20 + gone] == [4] * gone


@pytest.mark.parametrize("rule", FEW, ids=lambda rule: type(rule).__name__)
def test_the_jacobian_has_the_block_of_each_member_and_zeros_between(rule):
    loss, theta = problem(2, 3)
    ensemble = ensemble_map(loss, rule, theta)
    run = simulate_ensemble(ensemble, ensemble.initial_state, 3)
    z = run.final_state
    whole = jacobian(ensemble)(z.reshape(-1)).reshape(3, z.shape[1], 3, z.shape[1])
    for i in range(3):
        block = jacobian(training_map(loss, rule, member(theta, i)))(z[i])
        np.testing.assert_allclose(whole[i, :, i], block, rtol=1e-9, atol=1e-12)
        assert not whole[i, :, [j for j in range(3) if j != i]].any()


@pytest.mark.parametrize("rule", FEW, ids=lambda rule: type(rule).__name__)
def test_a_row_is_laid_out_as_the_state_of_its_own_run(rule):
    loss, theta = problem(3, 4)
    ensemble = ensemble_map(loss, rule, theta)
    for i in range(4):
        training = training_map(loss, rule, member(theta, i))
        np.testing.assert_array_equal(ensemble.initial_state[i], training.initial_state)
    for own, given_leaf in zip(
        leaves(ensemble.parameters(ensemble.initial_state)), leaves(theta), strict=True
    ):
        np.testing.assert_array_equal(own, given_leaf)


def test_losses_and_gradients_are_those_of_the_members():
    loss, theta = problem(3, 4)
    ensemble = ensemble_map(loss, HeavyBall(0.1), theta)
    losses, slopes = ensemble.value_and_gradient(ensemble.initial_state)
    np.testing.assert_array_equal(ensemble.losses(ensemble.initial_state), losses)
    for i in range(4):
        training = training_map(loss, HeavyBall(0.1), member(theta, i))
        value, slope = training.value_and_gradient(training.initial_state)
        np.testing.assert_allclose(losses[i], value, rtol=1e-14)
        np.testing.assert_allclose(slopes[i], slope, rtol=1e-12, atol=1e-15)


def test_with_batches_each_member_makes_the_steps_of_its_own_run_on_them():
    loss, theta = problem(3, 3)
    batches = Minibatches(X, Y, batch_size=4, rng=0)
    rules = [Adam(s) for s in (0.001, 0.01, 1e200)]
    ensemble = ensemble_map(loss, rules, theta, batches=batches)
    run = simulate_ensemble(ensemble, ensemble.initial_state, 50, observe={"loss": ensemble.losses})
    for i in range(2):
        training = training_map(loss, rules[i], member(theta, i), batches=batches)
        alone = simulate(training, training.initial_state, 50)
        np.testing.assert_allclose(run.states[:, i], alone.states, rtol=1e-10, atol=1e-12)
        values = [training.value_and_gradient(z)[0] for z in alone.states]
        np.testing.assert_allclose(run.observables["loss"][:, i], values, rtol=1e-10)
    assert np.isnan(run.observables["loss"][int(run.ended[2]) :, 2]).all()
    z = ensemble.initial_state.copy()
    z[1, -1] = 3.0
    with pytest.raises(ValueError, match="the members are at different steps, from 0 to 3"):
        ensemble(z)


def test_the_xor_experiment_is_a_special_case():
    model = MLP((2, 3, 1))
    theta = model.init(np.random.default_rng(0), ensemble=(20,), initialiser=standard_normal)

    def loss(theta):
        return mean_squared_error(model(theta, xor.INPUTS), xor.TARGETS, axis=(-2, -1))

    ensemble = ensemble_map(loss, GradientDescent(0.1), theta)
    run = simulate_ensemble(
        ensemble, ensemble.initial_state, 1000, every=100, observe={"loss": ensemble.losses}
    )
    by_hand = xor.run(3, networks=20, steps=1000)
    np.testing.assert_array_equal(run.times, by_hand.steps)
    np.testing.assert_allclose(run.observables["loss"], by_hand.losses, rtol=1e-10)


def test_a_member_that_is_let_go_stays_and_the_others_go_on():
    loss, theta = problem(3, 6)
    ensemble, free = run_together(loss, GradientDescent(0.05), theta, 400, every=20)
    losses = np.stack([ensemble.losses(z) for z in free.states])
    goal = np.median(losses[10])
    run = simulate_ensemble(
        ensemble,
        ensemble.initial_state,
        400,
        every=20,
        stop_when=lambda rows: ensemble.select(np.arange(len(rows))).losses(rows) < goal,
    )
    below = losses < goal
    assert below.any(axis=0).sum() >= 3
    for i in range(6):
        if below[:, i].any():
            first = int(np.argmax(below[:, i]))
            assert run.left[i] == run.times[first]
            np.testing.assert_array_equal(run.states[: first + 1, i], free.states[: first + 1, i])
            assert (run.states[first:, i] == free.states[first, i]).all()
            assert run.member(i).stopped == f"it was let go at {run.times[first]:g}"
        else:
            assert np.isinf(run.left[i])
            np.testing.assert_array_equal(run.states[:, i], free.states[:, i])


def test_a_run_ends_early_only_when_no_member_is_left():
    loss, theta = problem(2, 3)
    _, run = run_together(loss, [GradientDescent(s) for s in (1e200, 1e250, 1e300)], theta, 1000)
    last = int(np.max(run.ended))
    assert run.stopped == f"at step {last}, no member was left"
    assert run.times[-1] == last < 1000
    assert not run.alive.any()
    ensemble = ensemble_map(loss, GradientDescent(0.1), theta)
    run = simulate_ensemble(
        ensemble, ensemble.initial_state, 1000, every=7, stop_when=lambda rows: np.ones(len(rows), bool)
    )
    assert run.times[-1] < 1000
    assert run.left.tolist() == [0.0] * 3
    np.testing.assert_array_equal(run.final_state, ensemble.initial_state)


def test_a_member_that_begins_without_numbers_is_gone_at_step_zero():
    loss, theta = problem(2, 3)
    ensemble, usual = run_together(loss, GradientDescent(0.1), theta, 5)
    z = ensemble.initial_state.copy()
    z[1, 0] = np.inf
    run = simulate_ensemble(ensemble, z, 5)
    assert run.ended.tolist() == [np.inf, 0.0, np.inf]
    assert np.isnan(run.states[:, 1]).all()
    np.testing.assert_array_equal(run.states[:, [0, 2]], usual.states[:, [0, 2]])


def test_trees_of_several_seeds_are_joined_leaf_by_leaf():
    model = MLP((2, 3, 1))
    trees = [model.init(np.random.default_rng(seed)) for seed in range(3)]
    together = stack_members(trees)
    for i, tree in enumerate(trees):
        for own, leaf in zip(leaves(member(together, i)), leaves(tree), strict=True):
            np.testing.assert_array_equal(own, leaf)
    with pytest.raises(ValueError, match="stack_members: received no trees"):
        stack_members([])
    with pytest.raises(ValueError, match="tree_map: the trees differ"):
        stack_members([trees[0], trees[1][:1]])


def test_a_loss_that_forgets_the_leading_axis_says_so():
    loss, theta = problem(2, 3)
    ensemble = ensemble_map(lambda theta: loss(theta).sum(), GradientDescent(0.1), theta)
    with pytest.raises(ValueError, match=r"loss of 3 members has shape \(\) instead of \(3,\).*axis="):
        ensemble(ensemble.initial_state)
    constant = ensemble_map(lambda theta: np.ones(3), GradientDescent(0.1), theta)
    with pytest.raises(ValueError, match="the losses do not depend on the parameters"):
        constant(constant.initial_state)


def test_a_loss_that_mixes_members_is_refused_before_the_run():
    loss, theta = problem(2, 3)
    mixing = ensemble_map(lambda t: loss(t) * loss(t).mean(), GradientDescent(1e-6), theta)
    with pytest.raises(ValueError, match="member 0 alone does something else than among 3 members"):
        simulate_ensemble(mixing, mixing.initial_state, 5)


def test_bad_trees_rules_and_states_say_what_is_wrong():
    loss, theta = problem(2, 3)
    one = member(theta, 0)
    with pytest.raises(ValueError, match=r"one common leading axis of members, got \[0\].weight \(2, 2\)"):
        ensemble_map(loss, GradientDescent(0.1), one)
    with pytest.raises(ValueError, match="ensemble_map: the tree holds no arrays"):
        ensemble_map(loss, GradientDescent(0.1), [])
    with pytest.raises(ValueError, match="received 2 rules for 3 members. Pass one for all"):
        ensemble_map(loss, [GradientDescent(0.1)] * 2, theta)
    with pytest.raises(TypeError, match="GradientDescent is no update rule. Pass instances"):
        ensemble_map(loss, GradientDescent, theta)
    ensemble = ensemble_map(loss, HeavyBall(0.1), theta)
    with pytest.raises(ValueError, match=r"rows of 9 numbers, but HeavyBall on 9 parameters has .* 18"):
        ensemble(np.ones((3, 9)))
    with pytest.raises(ValueError, match=r"state of shape \(2, 18\) for 3 members"):
        ensemble(np.ones((2, 18)))
    with pytest.raises(TypeError, match="the initial states have dtype int64. Pass floats"):
        simulate_ensemble(ensemble, np.ones((3, 18), dtype=np.int64), 5)
    with pytest.raises(TypeError, match="simulate_ensemble: TrainingMap is no ensemble"):
        training = training_map(loss, HeavyBall(0.1), one)
        simulate_ensemble(training, training.initial_state, 5)
    with pytest.raises(ValueError, match=r"stop_when took 3 rows to shape \(\)"):
        simulate_ensemble(ensemble, ensemble.initial_state, 5, stop_when=lambda rows: True)
    with pytest.raises(IndexError):
        simulate_ensemble(ensemble, ensemble.initial_state, 1).member(3)
