"""Laws of learning by a credit rule as a dynamical system: maps, flows and what they conserve."""

from functools import partial

import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import DormandPrince, integrate, linearise, simulate, spectrum
from learndyn.learning import (
    MLP,
    GradientDescent,
    HeavyBall,
    Layer,
    Minibatches,
    gradient_flow,
    training_map,
)
from learndyn.neural.credit import (
    Backprop,
    EquilibriumPropagation,
    FeedbackAlignment,
    Hebb,
    NodePerturbation,
    Oja,
    PredictiveCoding,
    SignSymmetric,
    ThreeFactor,
    angle,
    credit_flow,
    credit_map,
    feedback_balance,
)

from .credit_cases import ALL, case, flat, linear_case, name


def uniform(size, rng, ensemble, fan_in, fan_out):
    """An initialiser, as Lillicrap et al. (2016) draw weights."""
    return rng.uniform(-size, size, (*ensemble, fan_in, fan_out)), np.zeros((*ensemble, 1, fan_out))


def test_forward_weights_turn_towards_the_feedback_weights():
    """30-20-10 linear, eta = .002, 3000 steps: from about 90 degrees to below 45 (Lillicrap, 2016)."""
    model = MLP((30, 20, 10), "linear", bias=False)
    rule = FeedbackAlignment(feedback=partial(uniform, 0.5))
    x = np.sqrt(30) * np.eye(30)  # white: the mean over this batch is that over Gaussian inputs
    starts, ends = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        theta = model.init(rng, initialiser=partial(uniform, 0.01))
        y = x @ rng.uniform(-1, 1, (30, 10))
        system = credit_map(rule, GradientDescent(0.002), model, theta, (x, y), rng=rng)
        (feedback,) = system.credit_state(system.initial_state)
        run = simulate(system, system.initial_state, 3000, every=3000)
        first, last = (
            angle(system.parameters(z)[1].weight, feedback.T) for z in (run.states[0], run.final_state)
        )
        starts.append(first)
        ends.append(last)
        assert system.objective(run.final_state) < 1e-4 * system.objective(system.initial_state)
    assert np.mean(starts) == pytest.approx(90.0, abs=5.0)
    assert np.median(ends) == pytest.approx(29.0, abs=4.0)
    assert max(ends) < 45.0


@pytest.fixture
def deep():
    """A deep linear net under feedback alignment: rule, its flow, and the feedback weights."""
    rng = np.random.default_rng(1)
    model, theta, x, y = linear_case(rng, (4, 3, 3, 2), 6, size=0.4)
    rule = FeedbackAlignment()
    feedback = rule.init(model, rng)
    return rule, model, theta, x, y, feedback


def drift(theta, start, feedback):
    pairs = zip(feedback_balance(theta, feedback), feedback_balance(start, feedback), strict=True)
    return max(np.abs(now - then).max() for now, then in pairs)


def test_the_flow_of_feedback_alignment_conserves_its_balance(deep):
    """W F + (W F)' - W0' W0, for each hidden layer of a deep linear net."""
    rule, model, theta, x, y, feedback = deep
    flow = credit_flow(rule, model, theta, x, y, credit_state=feedback)
    method = DormandPrince(rtol=1e-11, atol=1e-12)
    run = integrate(flow, flow.initial_state, [0.0, 5.0, 20.0], method=method)
    for z in run.states:
        assert drift(flow.parameters(z), theta, feedback) < 1e-9
    moved = flow.parameters(run.final_state)
    assert min(np.abs(a.weight - b.weight).max() for a, b in zip(moved, theta, strict=True)) > 0.05
    assert flow.objective(run.final_state) < flow.objective(flow.initial_state)


def test_descent_lets_the_balance_drift_at_order_1_in_the_step(deep):
    rule, model, theta, x, y, feedback = deep
    drifts = []
    for steps in (400, 800, 1600):
        system = credit_map(rule, GradientDescent(4.0 / steps), model, theta, (x, y), credit_state=feedback)
        end = simulate(system, system.initial_state, steps, every=steps).final_state
        drifts.append(drift(system.parameters(end), theta, feedback))
    np.testing.assert_allclose(np.log2(np.array(drifts[:-1]) / drifts[1:]), 1.0, atol=0.1)


def test_the_jacobian_of_feedback_alignment_is_not_symmetric_and_that_of_backprop_is(deep):
    """Feedback alignment descends no function of the weights."""
    rule, model, theta, x, y, feedback = deep
    for which, state, symmetric in ((rule, feedback, False), (Backprop(), (), True)):
        flow = credit_flow(which, model, theta, x, y, credit_state=state)
        jacobian = linearise(flow, flow.initial_state, t=0.0).to_matrix()
        gap = np.abs(jacobian - jacobian.T).max() / np.abs(jacobian).max()
        assert (gap < 1e-12) == symmetric


def test_backprop_in_continuous_time_is_gradient_flow_and_in_steps_training():
    model, theta, x, y = case(Backprop())
    rule = Backprop()

    def loss(parameters):
        return rule.objective(model, parameters, x, y)

    flow, exact = credit_flow(rule, model, theta, x, y), gradient_flow(loss, theta)
    z = flow.initial_state
    np.testing.assert_array_equal(flow(0.0, z), exact(0.0, z))
    optimiser = HeavyBall(0.1, momentum=0.9)
    system = credit_map(rule, optimiser, model, theta, (x, y))
    training = training_map(loss, optimiser, theta)
    np.testing.assert_allclose(
        simulate(system, system.initial_state, 20).states,
        simulate(training, training.initial_state, 20).states,
        rtol=0,
        atol=1e-14,
    )
    assert flat(system.gradient(system.initial_state)) == pytest.approx(-flow(0.0, z), rel=1e-14)


def test_oja_has_the_multipliers_of_its_averaged_map_at_the_first_eigenvector():
    """1 - eta (l1 - li) along the others, 1 - 2 eta l1 along itself (Oja, 1982)."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 5)) * np.sqrt([5.0, 3.0, 2.0, 1.0, 0.5])
    values, vectors = np.linalg.eigh(x.T @ x / 50)
    values, vectors = values[::-1], vectors[:, ::-1]
    model, eta = MLP((5, 1), "linear", bias=False), 0.02
    for k in range(5):
        theta = [Layer(vectors[:, k : k + 1], None)]
        system = credit_map(Oja(), GradientDescent(eta), model, theta, (x, None))
        z = system.initial_state
        np.testing.assert_allclose(system(z), z, atol=1e-14)
        found = np.sort(spectrum(linearise(system, z)).real)
        others = np.delete(values, k)
        expected = np.sort(np.append(1 - eta * (values[k] - others), 1 - 2 * eta * values[k]))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
        assert (found.max() < 1) == (k == 0)


def test_oja_finds_the_principal_subspace_and_hebb_grows_without_bound():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((40, 4)) * [3.0, 2.0, 0.5, 0.3]
    values, vectors = np.linalg.eigh(x.T @ x / 40)
    model = MLP((4, 2), "linear", bias=False)
    theta = model.init(rng)
    system = credit_map(Oja(), GradientDescent(0.02), model, theta, (x, None))
    w = system.parameters(simulate(system, system.initial_state, 1500).final_state)[0].weight
    np.testing.assert_allclose(w @ w.T, vectors[:, 2:] @ vectors[:, 2:].T, atol=1e-9)
    np.testing.assert_allclose(np.linalg.eigvalsh(w.T @ w), 1.0, atol=1e-9)
    assert 2 * float(system.objective(ld.dynamics.ravel([Layer(w, None)])[0])) == pytest.approx(
        values[:2].sum(), rel=1e-9
    )
    flow = credit_flow(Hebb(), model, theta, x, None)
    z = integrate(flow, flow.initial_state, [0.0, 1.0], method=DormandPrince(rtol=1e-10)).final_state
    grown = vectors @ (np.exp(values)[:, None] * (vectors.T @ theta[0].weight))
    np.testing.assert_allclose(flow.parameters(z)[0].weight, grown, rtol=1e-6)


@pytest.mark.parametrize("rule", [r for r in ALL if not isinstance(r, Hebb)], ids=name)
def test_every_rule_learns_as_a_map_and_its_runs_repeat_to_the_bit(rule):
    model, theta, x, y = case(rule, seed=4)
    if isinstance(rule, ThreeFactor):
        rule = ThreeFactor(baseline_rate=0.1)
    system = credit_map(rule, GradientDescent(0.05), model, theta, (x, y), rng=7)
    again = credit_map(rule, GradientDescent(0.05), model, theta, (x, y), rng=7)
    steps = 8 if rule.needs.symmetric_weights else 300  # feedback first has to align
    run = simulate(system, system.initial_state, steps)
    np.testing.assert_array_equal(run.states, simulate(again, again.initial_state, steps).states)
    np.testing.assert_array_equal(system(run.states[3]), run.states[4])
    assert system.objective(run.final_state) < 0.99 * system.objective(run.states[0])


def test_batches_change_with_the_step_and_the_noise_with_both():
    model, theta, x, y = case(NodePerturbation(), batch=6)
    batches = Minibatches(x, y, batch_size=2, rng=0)
    system = credit_map(Backprop(), GradientDescent(0.1), model, theta, batches)
    z = system.initial_state
    run = simulate(system, z, 3)
    assert run.states[:, -1].tolist() == [0.0, 1.0, 2.0, 3.0]
    third = Backprop().propose(model, system.parameters(run.states[2]), *batches(2)).update
    np.testing.assert_array_equal(flat(system.proposal(run.states[2]).update), flat(third))
    noisy = credit_map(NodePerturbation(), GradientDescent(0.1), model, theta, (x, y), rng=0)
    start = noisy.initial_state
    later = start.copy()
    later[-1] = 1.0
    assert np.abs(flat(noisy.proposal(start).update) - flat(noisy.proposal(later).update)).max() > 0


def test_a_step_with_sign_symmetric_feedback_can_be_differentiated():
    """``jvp`` through the map against a central difference: signs do not move."""
    model, theta, x, y = case(SignSymmetric())
    system = credit_map(SignSymmetric(), GradientDescent(0.1), model, theta, (x, y), rng=0)
    z = system.initial_state
    v = np.random.default_rng(1).standard_normal(z.size)
    h = 1e-6
    difference = (system(z + h * v) - system(z - h * v)) / (2 * h)
    np.testing.assert_allclose(linearise(system, z)(v), difference, atol=1e-8)


def test_what_makes_no_system_is_refused():
    model, theta, x, y = case(Backprop())
    make = partial(credit_map, model=model, theta=theta, data=(x, y))
    with pytest.raises(TypeError, match="draws random numbers"):
        make(FeedbackAlignment(), GradientDescent(0.1))
    with pytest.raises(TypeError, match="no credit rule"):
        make(GradientDescent(0.1), GradientDescent(0.1))
    with pytest.raises(TypeError, match="no optimiser"):
        make(Backprop(), GradientDescent)
    with pytest.raises(ValueError, match="state of shape"):
        make(Backprop(), GradientDescent(0.1))(np.zeros(3))
    with pytest.raises(ValueError, match="has no velocity"):
        credit_flow(NodePerturbation(), model, theta, x, y)
    with pytest.raises(ValueError, match="without biases"):
        feedback_balance(theta, ())
    system = make(PredictiveCoding(), GradientDescent(0.1))
    with pytest.raises(TypeError, match="records no derivative"):
        linearise(system, system.initial_state)
    assert EquilibriumPropagation().init(model, None) == ()
