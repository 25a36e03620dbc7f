"""Laws that every credit rule holds to, and closed forms of those that pass errors back."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import learndyn as ld
from learndyn.autodiff.tree import paths, tree_map
from learndyn.learning import MLP, lecun_normal
from learndyn.neural.credit import (
    Backprop,
    DirectFeedback,
    FeedbackAlignment,
    Hebb,
    Oja,
    SignSymmetric,
    ThreeFactor,
    WeightPerturbation,
    alignment,
    angle,
    measure_alignment,
)
from learndyn.neural.credit.rule import CreditRule

from .credit_cases import ALL, TEACHER, case, flat, name

SEEDS = st.integers(0, 10**6)
PASSING = [rule for rule in TEACHER if not rule.needs.noise]
every_rule = pytest.mark.parametrize("rule", ALL, ids=name)


@every_rule
def test_a_proposal_is_a_tree_like_theta_and_changes_no_argument(rule):
    model, theta, x, y = case(rule)
    state = rule.init(model, np.random.default_rng(1))
    given = copy.deepcopy((theta, x, y, state))
    proposal = rule.propose(model, theta, x, y, state, np.random.default_rng(2))
    assert paths(proposal.update) == paths(theta)
    assert [np.shape(a) for a in flat_leaves(proposal.update)] == [a.shape for a in flat_leaves(theta)]
    for before, after in zip(flat_leaves(given), flat_leaves((theta, x, y, state)), strict=True):
        np.testing.assert_array_equal(before, after)
    assert sum(proposal.cost) >= 1


@every_rule
def test_the_same_seed_gives_the_same_bits(rule):
    model, theta, x, y = case(rule)
    state = rule.init(model, np.random.default_rng(1))
    first, second = (
        flat(rule.propose(model, theta, x, y, state, np.random.default_rng(2)).update) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    if rule.needs.noise:
        other = rule.propose(model, theta, x, y, state, np.random.default_rng(3)).update
        assert np.abs(flat(other) - first).max() > 0


@pytest.mark.parametrize("rule", [*PASSING, Hebb(), Oja()], ids=name)
def test_the_credit_of_a_batch_is_the_mean_of_the_credits_of_its_examples(rule):
    model, theta, x, y = case(rule)
    state = rule.init(model, np.random.default_rng(1))

    def update(rows):
        targets = None if y is None else y[rows]
        return flat(rule.propose(model, theta, x[rows], targets, state, None).update)

    alone = np.mean([update(slice(i, i + 1)) for i in range(len(x))], axis=0)
    np.testing.assert_allclose(update(slice(None)), alone, rtol=0, atol=1e-11)


@every_rule
def test_the_gradient_of_a_rule_is_that_of_its_objective(rule):
    """Against a central difference along a random direction."""
    model, theta, x, y = case(rule)
    rng = np.random.default_rng(5)
    direction = tree_map(lambda leaf: rng.standard_normal(leaf.shape), theta)
    h = 1e-5
    there, back = (
        float(rule.objective(model, tree_map(lambda t, d, s=s: t + s * d, theta, direction), x, y))
        for s in (h, -h)
    )
    slope = flat(rule.gradient(model, theta, x, y)) @ flat(direction)
    assert (there - back) / (2 * h) == pytest.approx(slope, rel=1e-6)


@every_rule
def test_what_a_rule_needs_is_data_that_needs_no_net(rule):
    def fits(rule: CreditRule) -> CreditRule:
        return rule

    assert set(fits(rule).needs.names()) <= {
        *("weight transport", "weight signs", "feedback weights", "error vector", "global scalar"),
        *("separate phases", "stored activities", "symmetric weights", "noise"),
    }


def reference_deltas(theta, x, y, path):
    """Errors of a tanh net with a linear output, in NumPy; ``path`` says how they come down."""
    activities = [x]
    for i, (weight, bias) in enumerate(theta):
        h = activities[-1] @ weight + bias
        activities.append(h if i + 1 == len(theta) else np.tanh(h))
    top = (activities[-1] - y) / len(x)
    return activities, path(top, [1 - a**2 for a in activities[1:-1]])


def held(rule, seed, path):
    model, theta, x, y = case(rule, seed=seed)
    state = rule.init(model, np.random.default_rng(seed + 1))
    update = rule.propose(model, theta, x, y, state, None).update
    activities, deltas = reference_deltas(theta, x, y, lambda top, slopes: path(top, slopes, theta, state))
    for layer, before, delta in zip(update, activities[:-1], deltas, strict=True):
        outer = sum(np.outer(a, d) for a, d in zip(before, delta, strict=True))
        np.testing.assert_allclose(layer.weight, -outer, rtol=0, atol=1e-14)
        np.testing.assert_allclose(layer.bias, -delta.sum(0, keepdims=True), rtol=0, atol=1e-14)


@given(SEEDS)
def test_backprop_sends_errors_through_the_transposed_weights(seed):
    def path(top, slopes, theta, state):
        second = top @ theta[2].weight.T * slopes[1]
        return [second @ theta[1].weight.T * slopes[0], second, top]

    held(Backprop(), seed, path)


@given(SEEDS)
def test_feedback_alignment_sends_errors_through_its_own_weights(seed):
    def path(top, slopes, theta, state):
        second = top @ state[1] * slopes[1]
        return [second @ state[0] * slopes[0], second, top]

    held(FeedbackAlignment(), seed, path)


@given(SEEDS)
def test_direct_feedback_sends_the_output_error_to_each_layer(seed):
    def path(top, slopes, theta, state):
        return [top @ state[0] * slopes[0], top @ state[1] * slopes[1], top]

    held(DirectFeedback(), seed, path)


@given(SEEDS, st.sampled_from([lecun_normal, None]))
def test_sign_symmetric_feedback_has_the_signs_of_the_weights_and_magnitudes_of_its_own(seed, magnitudes):
    def path(top, slopes, theta, state):
        assert all((m >= 0).all() for m in state)
        second = top @ (state[1] * np.sign(theta[2].weight.T)) * slopes[1]
        return [second @ (state[0] * np.sign(theta[1].weight.T)) * slopes[0], second, top]

    held(SignSymmetric(magnitudes=magnitudes), seed, path)


def test_feedback_through_the_transposed_weights_is_backprop():
    model, theta, x, y = case(Backprop())
    state = tuple(layer.weight.T for layer in theta[1:])
    update = FeedbackAlignment().propose(model, theta, x, y, state).update
    np.testing.assert_allclose(flat(update), -flat(Backprop().gradient(model, theta, x, y)), atol=1e-15)


def test_direct_feedback_with_one_hidden_layer_is_feedback_alignment():
    model = MLP((3, 5, 2))
    theta = model.init(np.random.default_rng(0))
    _, _, x, y = case(Backprop())
    state = FeedbackAlignment().init(model, np.random.default_rng(1))
    first, second = (
        rule.propose(model, theta, x, y, state) for rule in (FeedbackAlignment(), DirectFeedback())
    )
    np.testing.assert_array_equal(flat(first.update), flat(second.update))


def test_a_loss_of_decisions_works_as_well():
    def loss(logits, labels):
        return ld.cross_entropy(logits, labels, axis=())

    rule = FeedbackAlignment(loss=loss)
    model, theta, x, _ = case(rule)
    labels = np.array([0, 1, 1, 0])
    state = tuple(layer.weight.T for layer in theta[1:])
    found, _ = measure_alignment(rule, model, theta, x, labels, state)
    assert found.whole < 1e-6
    whole = ld.cross_entropy(model(theta, x), labels)
    assert rule.objective(model, theta, x, labels) == pytest.approx(float(whole), rel=1e-15)


@given(SEEDS)
def test_hebb_and_oja_are_the_products_that_they_claim(seed):
    model, theta, x, _ = case(Hebb(), seed=seed)
    w = theta[0].weight
    c = x.T @ x / len(x)
    np.testing.assert_allclose(Hebb().propose(model, theta, x).update[0].weight, c @ w, atol=1e-13)
    expected = c @ w - w @ (w.T @ c @ w)
    np.testing.assert_allclose(Oja().propose(model, theta, x).update[0].weight, expected, atol=1e-13)


@given(SEEDS)
def test_oja_descends_the_reconstruction_error_where_its_weights_are_orthonormal(seed):
    model, theta, x, _ = case(Oja(), seed=seed)
    basis = np.linalg.qr(theta[0].weight)[0]
    on = [theta[0]._replace(weight=basis)]
    update = Oja().propose(model, on, x).update
    np.testing.assert_allclose(flat(update), -flat(Oja().gradient(model, on, x)), atol=1e-13)
    off = [theta[0]._replace(weight=1.5 * basis)]
    assert measure_alignment(Oja(), model, off, x, None)[0].whole > 1e-3


def test_the_angle_of_a_small_turn_keeps_its_digits():
    for turn in (1e-12, 1e-3, 60.0, 180.0 - 1e-9):
        other = [np.cos(np.radians(turn)), np.sin(np.radians(turn))]
        assert angle(np.array([2.0, 0.0]), 3 * np.array(other)) == pytest.approx(turn, rel=1e-12)
    assert np.isnan(angle(np.zeros(2), np.ones(2)))


def test_each_layer_has_its_own_angle():
    model, theta, x, y = case(Backprop())
    gradient = Backprop().gradient(model, theta, x, y)
    update = [gradient[0], *tree_map(lambda g: -2 * g, gradient[1:])]
    found = alignment(update, gradient)
    np.testing.assert_allclose(found.layers, [180.0, 0.0, 0.0], atol=1e-6)
    share = flat(gradient[0]) @ flat(gradient[0]) / (flat(gradient) @ flat(gradient))
    cosine = (2 * (1 - share) - share) / np.sqrt(4 * (1 - share) + share)
    assert found.whole == pytest.approx(np.degrees(np.arccos(cosine)), rel=1e-12)


def test_what_no_rule_can_take_is_refused():
    model, theta, x, y = case(Backprop())
    rule = FeedbackAlignment()
    state = rule.init(model, np.random.default_rng(0))
    with pytest.raises(ValueError, match="one batch, shape"):
        rule.propose(model, theta, x[0], y, state)
    with pytest.raises(ValueError, match="one row of targets for each input"):
        rule.propose(model, theta, x, y[:2], state)
    with pytest.raises(ValueError, match=r"shapes \[\(3, 4\)\], the net needs \[\(3, 4\), \(2, 3\)\]"):
        rule.propose(model, theta, x, y, state[:1])
    with pytest.raises(ValueError, match="without ensemble axes"):
        Backprop().propose(model, model.init(np.random.default_rng(0), ensemble=(2,)), x, y)
    with pytest.raises(ValueError, match="one number for each example"):
        FeedbackAlignment(loss=ld.mean_squared_error).propose(model, theta, x, y, state)
    with pytest.raises(TypeError, match="needs a random generator"):
        WeightPerturbation().propose(model, theta, x, y)
    with pytest.raises(TypeError, match="needs a random generator"):
        rule.init(model, None)
    with pytest.raises(ValueError, match="noise must be positive"):
        WeightPerturbation(noise=0.0)
    with pytest.raises(ValueError, match="one linear layer without bias"):
        Oja().propose(model, theta, x)
    with pytest.raises(ValueError, match="fire with a probability"):
        ThreeFactor().propose(model, theta, x, y, np.zeros(()), np.random.default_rng(0))
    with pytest.raises(TypeError, match="Pass an instance, such as"):
        measure_alignment(Backprop, model, theta, x, y)
    with pytest.raises(ValueError, match="parameters of one net"):
        alignment(theta, theta[:1])


def flat_leaves(tree):
    return [np.asarray(leaf) for leaf in ld.autodiff.tree.leaves(tree)]
