"""Minibatches are a pure function of (seed, step)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning import Minibatches

X = np.arange(23.0)[:, None] * [1.0, 10.0]


@given(
    examples=st.integers(1, 30), seed=st.integers(0, 2**63), epoch=st.integers(0, 5), data=st.data()
)
def test_an_epoch_holds_each_example_once(examples, seed, epoch, data):
    size = data.draw(st.integers(1, examples))
    batches = Minibatches(np.arange(examples), batch_size=size, rng=seed)
    first = epoch * batches.batches_per_epoch
    parts = [batches.indices(first + k) for k in range(batches.batches_per_epoch)]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(examples))
    assert [len(p) for p in parts[:-1]] == [size] * (len(parts) - 1)


@given(order=st.permutations(range(20)))
def test_a_batch_does_not_depend_on_what_was_asked_before(order):
    one, other = (Minibatches(X, batch_size=5, rng=3) for _ in range(2))
    wanted = [one(t)[0] for t in range(20)]
    for t in order:
        np.testing.assert_array_equal(other(t)[0], wanted[t])


def test_epochs_and_seeds_have_orders_of_their_own():
    batches = Minibatches(X, batch_size=23, rng=0)
    orders = {tuple(batches.indices(t)) for t in range(10)}
    orders |= {tuple(Minibatches(X, batch_size=23, rng=s).indices(0)) for s in range(1, 10)}
    assert len(orders) == 19


def test_arrays_stay_together():
    x, y = Minibatches(X, X[:, 0] ** 2, batch_size=4, rng=1)(7)
    np.testing.assert_array_equal(y, x[:, 0] ** 2)
    assert x.shape == (4, 2)


def test_without_shuffling_the_order_is_that_of_the_data_and_the_rest_may_be_dropped():
    batches = Minibatches(X, batch_size=10, shuffle=False)
    assert [batches.indices(t)[0] for t in range(4)] == [0, 10, 20, 0]
    assert len(batches.indices(2)) == 3
    dropped = Minibatches(X, batch_size=10, shuffle=False, drop_last=True)
    assert [dropped.indices(t)[0] for t in range(4)] == [0, 10, 0, 10]


def test_a_generator_gives_one_seed_that_can_be_used_again():
    rng = np.random.default_rng(5)
    drawn = Minibatches(X, batch_size=4, rng=rng)
    again = Minibatches(X, batch_size=4, rng=drawn.seed)
    np.testing.assert_array_equal(drawn.indices(9), again.indices(9))
    assert Minibatches(X, batch_size=4, rng=rng).seed != drawn.seed


def test_later_changes_of_the_data_are_not_seen():
    x = X.copy()
    batches = Minibatches(x, batch_size=23, shuffle=False)
    x[:] = 0.0
    np.testing.assert_array_equal(batches(0)[0], X)


def test_bad_input_says_what_is_wrong():
    values = {
        r"equally many examples along axis 0, got shapes \[\(23, 2\), \(22, 2\)\]": lambda: Minibatches(
            X, X[1:], batch_size=2, rng=0
        ),
        r"got shapes \[\]": lambda: Minibatches(batch_size=2, rng=0),
        r"got shapes \[\(\)\]": lambda: Minibatches(1.0, batch_size=1, rng=0),
        "batch_size must be from 1 to the number of examples, 23, got 24": lambda: Minibatches(
            X, batch_size=24, rng=0
        ),
        "a seed must not be negative, got rng=-1": lambda: Minibatches(X, batch_size=2, rng=-1),
        "steps are counted from 0, got -1": lambda: Minibatches(X, batch_size=2, rng=0)(-1),
    }
    for message, call in values.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="shuffling needs rng"):
        Minibatches(X, batch_size=2)
    with pytest.raises(TypeError, match="batch_size must be an integer, got 2.5"):
        Minibatches(X, batch_size=2.5, rng=0)
