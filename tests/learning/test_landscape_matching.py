"""Assignment against brute force and duality; nets brought in the order of one another."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning import MLP, Adam, ConvNet, Layer, train, xavier_normal
from learndyn.learning.landscape import assignment, barrier, batched_loss, match_permutation
from learndyn.learning.landscape.assignment import shortest_augmenting_paths
from learndyn.learning.symmetry.permutations import permute_units

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(1, 6), st.integers(0, 1), st.booleans())
def test_no_assignment_is_cheaper(seed, n, more, ties):
    rng = np.random.default_rng(seed)
    shape = (n, n + more)
    cost = rng.integers(0, 3, shape).astype(float) if ties else rng.standard_normal(shape)
    orders = np.array(list(permutations(range(n + more), n)))
    totals = cost[np.arange(n), orders].sum(axis=1)
    for maximise, best in ((False, totals.min()), (True, totals.max())):
        columns = assignment(cost, maximise=maximise)
        assert len(set(columns.tolist())) == n
        assert cost[np.arange(n), columns].sum() == pytest.approx(best, abs=1e-12)


@given(SEEDS, st.integers(1, 40), st.integers(0, 10), st.sampled_from(["normal", "ties", "rank"]))
def test_prices_prove_that_the_assignment_is_the_cheapest(seed, n, more, kind):
    """Weak duality: if u_i + v_j <= c_ij and v <= 0, no assignment costs less than u.1 + v.1."""
    rng = np.random.default_rng(seed)
    cost = rng.standard_normal((n, n + more))
    if kind == "ties":
        cost = np.round(cost)
    elif kind == "rank":
        cost = np.outer(rng.standard_normal(n), rng.standard_normal(n + more))
    columns, u, v = shortest_augmenting_paths(cost)
    assert len(set(columns.tolist())) == n
    assert (cost - u[:, None] - v).min() > -1e-10
    assert (v <= 0.0).all()
    assert cost[np.arange(n), columns].sum() == pytest.approx(u.sum() + v.sum(), abs=1e-9)


def test_a_rank_one_profit_is_assigned_in_sorted_order():
    """The rearrangement inequality: the largest to the largest. 150 rows."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 150))
    columns = assignment(np.outer(a, b), maximise=True)
    np.testing.assert_array_equal(np.argsort(b[columns]), np.argsort(a))


def test_an_empty_problem_has_an_empty_answer_and_the_input_is_not_changed():
    assert assignment(np.zeros((0, 3))).shape == (0,)
    cost = np.array([[1, 2], [3, 5]])
    np.testing.assert_array_equal(assignment(cost), [1, 0])
    np.testing.assert_array_equal(cost, [[1, 2], [3, 5]])


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        (np.ones((3, 2)), "3 rows cannot each have one of 2 columns"),
        (np.ones(3), r"got shape \(3,\)"),
        ([[1.0, np.inf]], "Give forbidden pairs a large finite cost"),
    ],
)
def test_a_bad_cost_is_named(cost, message):
    with pytest.raises(ValueError, match=message):
        assignment(cost)


def random_net(rng, widths, activation="tanh", bias=True):
    model = MLP(widths, activation, bias=bias)
    theta = [
        Layer(w, b if b is None else rng.standard_normal(b.shape)) for w, b in model.init(rng)
    ]
    return model, theta


@given(SEEDS, st.lists(st.integers(2, 9), min_size=1, max_size=3), st.booleans())
def test_the_barrier_to_ones_permuted_self_is_zero(seed, hidden, bias):
    rng = np.random.default_rng(seed)
    model, theta = random_net(rng, (3, *hidden, 2), bias=bias)
    orders = [rng.permutation(n) for n in hidden]
    found = match_permutation(model, theta, permute_units(theta, orders))
    assert found.converged
    # With several hidden layers the sweeps may end in a local optimum; with one they cannot.
    if len(hidden) == 1:
        np.testing.assert_array_equal(orders[0][found.permutations[0]], np.arange(hidden[0]))
        assert found.distances[1] == 0.0
        x, t = rng.standard_normal((10, 3)), rng.standard_normal((10, 2))
        assert barrier(batched_loss(model, x, t), theta, found.theta).height < 1e-12


def test_the_order_of_three_wide_layers_is_recovered():
    rng = np.random.default_rng(0)
    model, theta = random_net(rng, (5, 30, 40, 30, 3), "relu")
    orders = [rng.permutation(n) for n in (30, 40, 30)]
    found = match_permutation(model, theta, permute_units(theta, orders))
    assert found.distances[0] > 1.0
    assert found.distances[1] == 0.0
    for order, back in zip(orders, found.permutations, strict=True):
        np.testing.assert_array_equal(order[back], np.arange(len(order)))


@given(SEEDS)
def test_matching_keeps_the_function_and_never_goes_away(seed):
    rng = np.random.default_rng(seed)
    model, one = random_net(rng, (3, 6, 5, 2))
    other = random_net(rng, (3, 6, 5, 2))[1]
    found = match_permutation(model, one, other, rng=seed)
    x = rng.standard_normal((7, 3))
    np.testing.assert_allclose(model(found.theta, x), model(other, x), rtol=1e-12, atol=1e-13)
    assert found.distances[1] <= found.distances[0]
    # The best of all orders of the first layer, the second held, is the one that was found.
    held = permute_units(other, [None, found.permutations[1]])
    distance = min(
        sum(
            ((a.weight - b.weight) ** 2).sum() + ((a.bias - b.bias) ** 2).sum()
            for a, b in zip(one, permute_units(held, [order, None]), strict=True)
        )
        for order in map(np.array, permutations(range(6)))
    ) if seed % 5 == 0 else found.distances[1] ** 2  # fmt: skip
    assert found.distances[1] ** 2 == pytest.approx(distance, rel=1e-9)


def test_nets_trained_apart_are_connected_after_matching():
    """Entezari et al. (2022), Ainsworth et al. (2023): most of the barrier is permutation."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((64, 2))
    t = np.sin(2.0 * x[:, :1]) + 0.5 * x[:, 1:]
    model = MLP((2, 64, 1), "relu")
    loss = batched_loss(model, x, t)
    one, other = (
        train(
            loss, Adam(0.01), model.init(np.random.default_rng(s), initialiser=xavier_normal), 200,
            every=200,
        ).theta
        for s in (1, 2)
    )  # fmt: skip
    assert float(loss(one)) < 0.05
    before = barrier(loss, one, other).height
    after = barrier(loss, one, match_permutation(model, one, other).theta).height
    assert before > 0.2
    assert after < 0.1 * before


def test_a_net_without_hidden_layers_has_nothing_to_match():
    model, theta = random_net(np.random.default_rng(0), (3, 2))
    found = match_permutation(model, theta, theta)
    assert found.permutations == ()
    assert found.converged


def test_bad_input_is_named():
    model, theta = random_net(np.random.default_rng(0), (3, 4, 2))
    conv = ConvNet((1, 3), (3,), outputs=2)
    with pytest.raises(TypeError, match="units of an MLP are connected, got ConvNet"):
        match_permutation(conv, theta, theta)
    many = model.init(np.random.default_rng(0), ensemble=(2,))
    with pytest.raises(ValueError, match=r"layer 0 of theta_b.*without ensemble axes"):
        match_permutation(model, theta, many)
    with pytest.raises(ValueError, match="max_sweeps must be at least 1, got 0"):
        match_permutation(model, theta, theta, max_sweeps=0)
    bad = [Layer(theta[0].weight * np.nan, theta[0].bias), theta[1]]
    with pytest.raises(ValueError, match="layer 0 of theta_a is not finite"):
        match_permutation(model, bad, theta)
