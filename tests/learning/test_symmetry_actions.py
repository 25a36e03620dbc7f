"""Renumbered units: group laws, the function, and the steps of every rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import MLP, GradientDescent, Tensor, jvp, mean_squared_error, ravel, training_map
from learndyn.autodiff.tree import leaves
from learndyn.learning import (
    RNN,
    Adam,
    AdamW,
    AMSGrad,
    Clipped,
    Cosine,
    HeavyBall,
    Minibatches,
    Nesterov,
    RMSProp,
    Scheduled,
    standard_normal,
)
from learndyn.learning.symmetry import (
    PermutationAction,
    antisymmetric_basis,
    antisymmetric_part,
    equivariance_defect,
    exchange_actions,
    measure_column_splits,
    orbits,
    permutation_action,
    permute_units,
    state_action,
    symmetric_basis,
    symmetric_part,
)

RULES = [
    GradientDescent(0.1),
    HeavyBall(0.1, 0.9),
    Nesterov(0.1, 0.9),
    RMSProp(0.01),
    Adam(0.01),
    AMSGrad(0.01),
    AdamW(0.01, weight_decay=0.1),
    Scheduled(Adam(0.01), Cosine(50)),
    Clipped(HeavyBall(0.1, 0.9), 0.5),
]
architectures = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(lambda h: (2, *h, 3))


def net(widths, seed, *, bias=True, ensemble=()):
    """A model, parameters that are all different, and two random permutations of its units."""
    rng = np.random.default_rng(seed)
    model = MLP(widths, "tanh", bias=bias)
    theta = model.init(rng, initialiser=standard_normal, ensemble=ensemble)
    orders = [[rng.permutation(width) for width in widths[1:-1]] for _ in range(2)]
    return model, theta, orders, rng


@given(widths=architectures, seed=st.integers(0, 10**6), bias=st.booleans())
def test_a_net_with_renumbered_units_computes_the_same_function(widths, seed, bias):
    model, theta, (p, _), rng = net(widths, seed, bias=bias)
    x = rng.standard_normal((6, 2))
    moved = permute_units(theta, p)
    np.testing.assert_allclose(model(moved, x), model(theta, x), rtol=1e-12, atol=1e-13)
    hidden = model.trace(theta, x).activations[1:-1]
    hidden_moved = model.trace(moved, x).activations[1:-1]
    for h, h_moved, order in zip(hidden, hidden_moved, p, strict=True):
        np.testing.assert_allclose(h_moved, h[:, order], atol=1e-14)


@given(
    widths=architectures,
    seed=st.integers(0, 10**6),
    ensemble=st.sampled_from([(), (2,), (2, 3)]),
)
def test_renumbering_is_a_group_action(widths, seed, ensemble):
    """1 z = z; Q (P z) is the action of p[q]; P^{-1} P = 1; P' = P^{-1}."""
    _, theta, (p, q), rng = net(widths, seed, ensemble=ensemble)
    z, unravel = ravel(theta)

    def act(orders):
        return permutation_action(theta, orders)

    identity = act([None] * len(p))
    np.testing.assert_array_equal(identity(z), z)
    first, second = act(p), act(q)
    both = act([a[b] for a, b in zip(p, q, strict=True)])
    np.testing.assert_array_equal(second(first(z)), both(z))
    np.testing.assert_array_equal((second @ first).indices, both.indices)
    np.testing.assert_array_equal(first.inverse()(first(z)), z)
    inverse = act([np.argsort(a) for a in p])
    np.testing.assert_array_equal(inverse.indices, first.inverse().indices)
    for moved, expected in zip(
        leaves(unravel(first(z))), leaves(permute_units(theta, p)), strict=True
    ):
        np.testing.assert_array_equal(moved, expected)
    u = rng.standard_normal(z.size)
    assert u @ first(z) == pytest.approx(first.inverse()(u) @ z, rel=1e-12, abs=1e-12)


def test_an_action_is_the_linear_map_of_its_matrix_and_takes_tensors():
    _, theta, (p, _), _ = net((2, 4, 3, 3), 3)
    action = permutation_action(theta, p)
    z = ravel(theta)[0]
    np.testing.assert_array_equal(action.to_matrix() @ z, action(z))
    np.testing.assert_array_equal(action(Tensor(z)).numpy(), action(z))
    v = np.arange(z.size, dtype=float)
    np.testing.assert_array_equal(jvp(action, (z,), (v,))[1], action(v))


@given(seed=st.integers(0, 10**6), bias=st.booleans())
def test_a_recurrent_net_with_renumbered_units_computes_the_same_function(seed, bias):
    rng = np.random.default_rng(seed)
    model = RNN(2, 4, 3, bias=bias)
    theta = model.init(rng, initialiser=standard_normal)
    p, x = rng.permutation(4), rng.standard_normal((5, 3, 2))
    moved = permute_units(theta, [p])
    out, hidden = model(theta, x, return_hidden=True)
    out_moved, hidden_moved = model(moved, x, return_hidden=True)
    np.testing.assert_allclose(hidden_moved, hidden[..., p], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(out_moved, out, rtol=1e-11, atol=1e-12)
    action = permutation_action(theta, [p])
    np.testing.assert_array_equal(action(ravel(theta)[0]), ravel(moved)[0])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@given(widths=architectures, seed=st.integers(0, 10**6), batches=st.booleans())
def test_a_step_of_every_rule_commutes_with_renumbering(rule, widths, seed, batches):
    model, theta, (p, _), rng = net(widths, seed)
    x, y = rng.standard_normal((8, 2)), rng.standard_normal((8, 3))

    def loss(theta, x=x, y=y):
        return mean_squared_error(model(theta, x), y)

    drawn = Minibatches(x, y, batch_size=3, rng=seed) if batches else None
    training = training_map(loss, rule, theta, batches=drawn)
    action = state_action(training, permutation_action(theta, p))
    # A state in mid-run: moments positive, counts whole numbers.
    z = rng.uniform(0.5, 1.5, training.initial_state.size)
    z[: len(ravel(theta)[0])] = ravel(theta)[0]
    counts = np.array([part.shape == () for part in leaves(training.state(z))]).sum() + batches
    for k in range(counts):
        z[-1 - k] = 3.0
    assert equivariance_defect(training, action, z) < 2e-15
    np.testing.assert_allclose(training(action(z)), action(training(z)), rtol=1e-11, atol=1e-13)


def test_the_defect_sees_a_map_without_the_symmetry():
    """T = D z with a diagonal D: T P - P T is D P - P D, of known size."""
    d = np.array([1.0, 2.0, 4.0])
    action = PermutationAction(np.array([1, 0, 2]))
    z = np.array([3.0, 4.0, 0.0])
    # D P z = (4, 6, 0), P D z = (8, 3, 0): the difference has length 5, as z has.
    assert equivariance_defect(lambda z: d * z, action, z) == pytest.approx(1.0)
    assert equivariance_defect(lambda z: z * z * z, action, z) == 0.0
    with pytest.raises(ValueError, match="z is 0"):
        equivariance_defect(lambda z: z, action, np.zeros(3))


def test_weights_that_are_cut_for_one_unit_break_the_symmetry():
    model, theta, _, rng = net((2, 2, 3), 0)
    x, y = rng.standard_normal((8, 2)), rng.standard_normal((8, 3))
    mask = np.array([[1.0, 0.0], [0.0, 1.0]])

    def loss(theta):
        cut = [theta[0]._replace(weight=theta[0].weight * mask), theta[1]]
        return mean_squared_error(model(cut, x), y)

    training = training_map(loss, GradientDescent(0.1), theta)
    action = permutation_action(theta, [[1, 0]])
    assert equivariance_defect(training, action, training.initial_state) > 1e-3


@given(
    widths=st.lists(st.integers(2, 5), min_size=1, max_size=2).map(lambda h: (2, *h, 2)),
    seed=st.integers(0, 10**6),
    data=st.data(),
)
def test_the_two_parts_are_the_orthogonal_projections_of_the_group(widths, seed, data):
    _, theta, _, rng = net(widths, seed)
    pairs = []
    for _ in range(data.draw(st.integers(1, 3))):
        layer = data.draw(st.integers(0, len(widths) - 3))
        i, j = data.draw(st.permutations(range(widths[layer + 1])))[:2]
        pairs.append((layer, i, j))
    actions = exchange_actions(theta, pairs)
    z = rng.standard_normal(actions[0].size)
    s, a = symmetric_part(z, actions), antisymmetric_part(z, actions)
    np.testing.assert_allclose(s + a, z, atol=1e-15)
    for action in actions:
        np.testing.assert_array_equal(action(s), s)
    np.testing.assert_array_equal(symmetric_part(s, actions), s)
    np.testing.assert_allclose(symmetric_part(a, actions), 0.0, atol=1e-15)
    even, odd = symmetric_basis(actions), antisymmetric_basis(actions)
    whole = np.hstack([even, odd])
    np.testing.assert_allclose(whole.T @ whole, np.eye(z.size), atol=1e-14)
    np.testing.assert_allclose(even @ (even.T @ z), s, atol=1e-14)
    np.testing.assert_allclose(odd @ (odd.T @ z), a, atol=1e-14)
    # S is the mean over the group, here by brute force over the group's elements.
    group = {tuple(range(z.size))}
    while True:
        larger = group | {tuple(np.array(g)[action.indices]) for g in group for action in actions}
        if larger == group:
            break
        group = larger
    np.testing.assert_allclose(np.mean([z[list(g)] for g in group], axis=0), s, atol=1e-14)


def test_for_one_pair_the_exchange_is_minus_one_on_the_antisymmetric_part():
    _, theta, _, rng = net((3, 4, 2), 1)
    (action,) = exchange_actions(theta, (0, 1, 3))
    z = rng.standard_normal(action.size)
    a = antisymmetric_part(z, action)
    np.testing.assert_allclose(action(a), -a, atol=1e-15)
    # 3 incoming weights (2 inputs here) and a bias, and one weight to each output.
    assert antisymmetric_basis(action).shape[1] == 2 + 1 + 3
    assert orbits(action).max() + 1 == action.size - 6


def test_equal_numbers_come_back_to_the_bit():
    action = PermutationAction(np.array([1, 2, 0]))
    z = np.full(3, 0.1)
    np.testing.assert_array_equal(symmetric_part(z, action), z)
    np.testing.assert_array_equal(antisymmetric_part(z, action), 0.0)


def test_what_does_not_fit_is_named():
    _, theta, (p, _), _ = net((2, 3, 3), 0)
    training = training_map(lambda t: (t[0].weight * t[0].weight).sum(), Adam(0.1), theta)
    action = permutation_action(theta, p)
    with pytest.raises(ValueError, match=r"2 permutations for hidden layers of widths \(3,\)"):
        permute_units(theta, [p[0], p[0]])
    with pytest.raises(ValueError, match=r"hidden layer 0 has 3 units, and \[0, 0, 1\]"):
        permute_units(theta, [[0, 0, 1]])
    with pytest.raises(ValueError, match=r"hidden layer 0 has 3 units"):
        permute_units(theta, [[0.0, 1.0, 2.0]])
    with pytest.raises(TypeError, match="theta is a ndarray. Pass the parameters of an MLP"):
        permute_units(np.ones(3), [None])
    with pytest.raises(ValueError, match="columns of one are the rows of the next"):
        permute_units([theta[0], theta[0]], [None])
    with pytest.raises(ValueError, match=r"\(0, 1, 1\) names no two units"):
        exchange_actions(theta, (0, 1, 1))
    with pytest.raises(ValueError, match=r"\(1, 0, 1\) names no two units"):
        exchange_actions(theta, [(1, 0, 1)])
    with pytest.raises(ValueError, match="received no pairs"):
        exchange_actions(theta, [])
    with pytest.raises(ValueError, match="use state_action"):
        action(training.initial_state)
    with pytest.raises(ValueError, match="use state_action"):
        symmetric_part(training.initial_state, action)
    with pytest.raises(TypeError, match="needs one PermutationAction or more"):
        symmetric_part(np.ones(3), [])
    with pytest.raises(ValueError, match="must hold each of 0"):
        PermutationAction(np.array([0, 2]))
    with pytest.raises(ValueError, match="is on 4 parameters, the training map has 21"):
        state_action(training, PermutationAction(np.arange(4)))


def test_a_matrix_product_splits_equal_columns_by_rounding_at_most():
    shapes = [(m, k, n) for m in (1, 4, 7, 32) for k in (2, 5, 17, 64) for n in (2, 3, 9, 33)]
    found = measure_column_splits(shapes)
    assert found.splits.shape == (64,)
    # Each column is within inner * 2^-53 * |x| |w| of the truth, to first order (Higham, 3.5).
    assert np.all(found.splits <= 2.01)
    assert found.share == np.count_nonzero(found.splits) / 64  # which ones depends on the machine
    with pytest.raises(ValueError, match=r"columns >= 2, got \[\(3, 2, 1\)\]"):
        measure_column_splits([(3, 2, 1)])
    with pytest.raises(ValueError, match="got none"):
        measure_column_splits([])
