"""Laws of gather and scatter: what is picked twice gets two cotangents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.autodiff import Parameter, Tensor, check_grads, grad, hvp, log, tanh, vjp
from learndyn.autodiff.rules.indexing import (
    getitem,
    one_hot,
    scatter,
    scatter_add,
    take,
    take_along_axis,
)

from .cases.drawing import seeds, shapes, values
from .cases.indexing import indices


def test_an_element_that_is_picked_twice_gets_both_cotangents():
    np.testing.assert_array_equal(grad(lambda x: x[[0, 0, 2]].sum())(np.ones(3)), [2, 0, 1])


@given(data=st.data())
def test_the_gradient_of_a_weighted_pick_adds_each_weight_where_it_was_picked(data):
    x = data.draw(shapes.flatmap(values))
    index = data.draw(indices(x.shape))
    where = np.arange(x.size).reshape(x.shape)[index]
    weights = np.random.default_rng(0).standard_normal(where.shape)
    expected = np.zeros(x.size)
    for place, weight in zip(np.ravel(where), np.ravel(weights), strict=True):
        expected[place] += weight
    gradient = vjp(lambda x: x[index], x)[1](weights)[0]
    np.testing.assert_allclose(gradient, expected.reshape(x.shape), rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(Tensor(x)[index].numpy(), x[index])
    np.testing.assert_array_equal(getitem(x, index), x[index])


@pytest.mark.parametrize("shape", [(5,), (7, 40), (3, 4, 50)])
@pytest.mark.parametrize("count", [2, 300])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_few_and_many_picks_add_up_alike(shape, count, axis):
    """Both roads of the adjoint, for float and integer types, against a product with one-hots."""
    axis = min(axis, len(shape) - 1)
    rng = np.random.default_rng(0)
    chosen = rng.integers(-shape[axis], shape[axis], (count, 2))
    g = rng.integers(-9, 9, (*shape[:axis], count, 2, *shape[axis + 1 :]))
    hot = np.eye(shape[axis], dtype=int)[chosen]
    summed = np.tensordot(hot, g, ([0, 1], [axis, axis + 1]))
    expected = np.moveaxis(summed, 0, axis)
    for dtype in (np.float64, np.float32, np.int64):
        total = scatter(g.astype(dtype), (slice(None),) * axis + (chosen,), shape)
        assert total.dtype == dtype
        np.testing.assert_array_equal(total, expected)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.uint64])
def test_narrow_index_types_do_not_overflow(kind):
    index = np.arange(100, dtype=kind)
    gradient = grad(lambda x: x[index].sum())(np.ones((300, 4)))
    np.testing.assert_array_equal(gradient, np.repeat([1.0, 0.0], [100, 200])[:, None] * np.ones(4))


def test_the_sum_of_many_picks_is_the_same_each_time():
    rng = np.random.default_rng(0)
    index, g = rng.integers(0, 9, 4000), rng.standard_normal((4000, 3))
    first = scatter(g, index, (9, 3))
    np.testing.assert_array_equal(first, scatter(g, index, (9, 3)))


@pytest.mark.parametrize(
    "index",
    [
        slice(None, None, -1),
        slice(4, None, -2),
        (slice(None), -1),
        (None, 2, ..., None),
        (..., 0),
        (),
        True,
        False,
        np.int64(3),
        np.array(2),
        np.array([[True, False, True]] * 5),
        ([0, 0, 4], slice(None, None, -1)),
        (slice(1, 4), [2, 0, 2, 2]),
        ([0, 1], [2, 2]),
        ([[0], [1]], [[2, 2]]),
        (np.array([True, False, True, True, False]), 1),
        [],
        [True, False, True, False, False],
    ],
)
def test_every_kind_of_index_is_numpys_and_right_to_second_order(index):
    x = np.random.default_rng(0).standard_normal((5, 3))
    np.testing.assert_array_equal(Tensor(x)[index].numpy(), x[index])
    check_grads(lambda x: tanh(x[index]) * 2.0, x)


def test_second_derivatives_count_the_picks():
    """f = sum over picks of x^3: the Hessian is diagonal, 6 x times the number of picks."""
    x, v = np.array([1.0, 2.0, 3.0]), np.array([1.0, -1.0, 0.5])
    counts = np.array([2, 0, 1])
    np.testing.assert_allclose(
        hvp(lambda x: (x[[0, 2, 0]] ** 3).sum(), x, v), 6 * x * counts * v, rtol=1e-14
    )


def test_iterating_and_unpacking_pick_the_rows():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])

    def f(x):
        first, second = x
        return (first * second).sum() + sum(row.sum() for row in x)

    np.testing.assert_array_equal(grad(f)(x), x[::-1] + 1)


def test_a_picked_scalar_is_0d():
    assert Tensor([1.0, 2.0])[1].shape == ()
    assert Tensor(3.0)[()].shape == ()
    assert Tensor(3.0)[None].shape == (1,)
    assert grad(lambda x: x[()] * x[...])(3.0) == 6.0


@pytest.mark.parametrize(
    "pick",
    [
        lambda w, index: w[index],
        lambda w, index: w[(index, ...)],
        getitem,
        lambda w, index: take(w, index),
        lambda w, index: take(w, index, axis=0),
        lambda w, index: take_along_axis(w, index, 0),
        lambda w, index: scatter_add(0.0 * w, [0, 1, 2], w[index]),
    ],
)
def test_an_index_may_be_changed_after_its_use(pick):
    index, w = np.array([0, 0, 2]), Parameter([1.0, 2.0, 3.0])
    picked = pick(w, index).sum()
    index[:] = 1
    picked.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 0.0, 1.0])


# --- scatter ----------------------------------------------------------------------------


@given(data=st.data())
def test_scatter_add_is_numpys_add_at_without_the_change_in_place(data):
    x = data.draw(shapes.flatmap(values))
    index = data.draw(indices(x.shape))
    picked = x[index].shape
    added = data.draw(values(picked) | values(picked[1:]) | values(()))
    before, expected = x.copy(), x.copy()
    np.add.at(expected, index, added)
    np.testing.assert_allclose(scatter_add(x, index, added), expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(x, before)


def test_scatter_add_is_right_to_second_order_in_both_operands():
    x, v = np.array([[0.3, -0.7], [1.1, 0.2], [0.4, 0.9]]), np.array([[1.0, 2.0]] * 4)
    check_grads(lambda x, v: tanh(scatter_add(x, [0, 0, 2, -1], v)) * v.sum(), x, v)
    check_grads(lambda x, v: tanh(scatter_add(x, [0, 2], v)), x, np.array([0.5, 0.1]))


def test_values_broadcast_to_what_the_index_picks():
    np.testing.assert_array_equal(scatter(1.0, [0, 0, 2], (3,)), [2, 0, 1])
    np.testing.assert_array_equal(scatter(1.0, [0, 0, 2], 3), [2, 0, 1])
    assert grad(lambda v: (scatter(v, [0, 0, 2], (3,)) * np.array([1.0, 5.0, 7.0])).sum())(1.0) == 9


def test_a_histogram_is_a_scatter_of_ones():
    labels = np.random.default_rng(0).integers(0, 6, 100)
    np.testing.assert_array_equal(
        scatter(np.ones(100), labels, (6,)), np.bincount(labels, minlength=6)
    )


# --- along an axis ----------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1, -1, None])
@pytest.mark.parametrize("chosen", [1, -2, [0, 0, 1], [[0, 1], [-1, -1]], []])
def test_take_is_numpys(axis, chosen):
    x = np.arange(6.0).reshape(2, 3)
    expected = np.take(x, np.array(chosen, int), axis=axis)
    np.testing.assert_array_equal(take(Tensor(x), chosen, axis).numpy(), expected)
    assert take(x, chosen, axis).shape == expected.shape


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_take_along_axis_is_numpys_and_puts_sorted_cotangents_back(axis):
    x = np.random.default_rng(0).standard_normal((3, 4))
    order = np.argsort(x, axis=axis)
    ours = take_along_axis(Tensor(x), order, axis)
    np.testing.assert_array_equal(ours.numpy(), np.sort(x, axis=axis))
    w = np.random.default_rng(1).standard_normal(ours.shape)
    gradient = grad(lambda x: (take_along_axis(x, order, axis) * w).sum())(x)
    np.testing.assert_array_equal(np.take_along_axis(gradient, order, axis), w)


@given(seed=seeds)
def test_the_picked_log_probability_is_the_one_hot_product(seed):
    """Two ways to write the same cross entropy have the same value and gradient."""
    rng = np.random.default_rng(seed)
    p, labels = rng.uniform(0.1, 1.0, (4, 3)), rng.integers(0, 3, 4)

    def picked(p):
        return -take_along_axis(log(p), labels[:, None]).mean()

    def product(p):
        return -(log(p) * one_hot(labels, 3)).sum() / 4

    assert picked(p) == pytest.approx(product(p), rel=1e-14)
    np.testing.assert_allclose(grad(picked)(p), grad(product)(p), rtol=1e-14)


def test_one_hot_rows_are_rows_of_the_identity():
    labels = np.array([[2, 0], [1, 1]])
    np.testing.assert_array_equal(one_hot(labels, 4), np.eye(4)[labels])
    assert one_hot(1, 3).shape == (3,)
    assert one_hot([], 3).shape == (0, 3)
    assert one_hot(labels, 4, dtype=np.float32).dtype == np.float32


# --- errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (IndexError, r"getitem: received shape \(2, 3\), index=2\.", lambda x: getitem(x, 2)),
        (IndexError, r"getitem: .*\(2, 3\)", lambda x: getitem(x, [0, 5])),
        (IndexError, r"getitem: .*\(2, 3\)", lambda x: getitem(x, (0, 0, 0))),
        (IndexError, r"getitem: .*\(2, 3\)", lambda x: getitem(x, np.ones((3, 2), bool))),
        (IndexError, r"getitem: .*dtype float64.*astype", lambda x: getitem(x, [0.0, 1.0])),
        (IndexError, r"getitem: .*dtype float64", lambda x: getitem(x, np.array([]))),
        (IndexError, r"getitem: .*index=1\.0", lambda x: getitem(x, 1.0)),
        (IndexError, "getitem: a list in the index", lambda x: getitem(x, [[0], [0, 1]])),
        (IndexError, "getitem: a list in the index", lambda x: getitem(x, [Tensor(0.0)])),
        (TypeError, "getitem: a Tensor cannot be an index", lambda x: getitem(x, (0, Tensor(1.0)))),
        (TypeError, "getitem: .*slice", lambda x: getitem(x, slice(Tensor(1.0), None))),
        (IndexError, r"scatter: shape \(2,\), index 5", lambda x: scatter(x, 5, (2,))),
        (
            ValueError,
            r"scatter: .*\(2, 3\).*picks shape \(2,\)",
            lambda x: scatter(x, [0, 1], (2,)),
        ),
        (ValueError, r"scatter_add: .*\(1, 3\)", lambda x: scatter_add(x, 0, np.ones((1, 3)))),
        (TypeError, "scatter_add: a Tensor cannot be", lambda x: scatter_add(x, Tensor(0.0), 1.0)),
        (IndexError, r"take: received shape \(2, 3\).*axis=1", lambda x: take(x, [3], axis=1)),
        (IndexError, r"take: .*\(6,\)", lambda x: take(x, [6])),
        (ValueError, r"take: .*axis=2\. The axis", lambda x: take(x, [0], axis=2)),
        (TypeError, r"take: .*dtype float64", lambda x: take(x, [0.5])),
        (TypeError, "take: the indices are a Tensor", lambda x: take(x, Tensor([0]))),
        (IndexError, r"take_along_axis: .*\(2, 3\)", lambda x: take_along_axis(x, [[3], [0]])),
        (ValueError, r"take_along_axis: .*as many axes", lambda x: take_along_axis(x, [0])),
        (TypeError, "take_along_axis: .*bool", lambda x: take_along_axis(x, [[True], [False]])),
        (IndexError, "one_hot: .*from 0 to 3.*3 classes", lambda x: one_hot([0, 3], 3)),
        (IndexError, "one_hot: .*from -1", lambda x: one_hot([-1], 3)),
        (TypeError, "one_hot: .*float64", lambda x: one_hot([0.0], 3)),
    ],
)
@pytest.mark.parametrize("wrap", [np.asarray, Tensor], ids=["array", "tensor"])
def test_errors_name_the_operation_and_what_it_received(error, message, call, wrap):
    with pytest.raises(error, match=message):
        call(wrap(np.arange(6.0).reshape(2, 3)))
