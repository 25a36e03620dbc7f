"""What a tensor is, what a parameter is, and where NumPy begins."""

import copy
import gc
import threading
import weakref

import numpy as np
import pytest

from learndyn.autodiff import (
    Parameter,
    Tensor,
    absolute,
    exp,
    grad,
    log,
    mean,
    no_grad,
    power,
    relu,
    sigmoid,
    tanh,
    where,
)


def test_integers_and_booleans_become_float64_and_floats_are_kept():
    assert Tensor([1, 2]).dtype == np.float64
    assert Tensor([True, False]).dtype == np.float64
    assert Tensor(np.float32(1.5)).dtype == np.float32
    t = Tensor(np.ones(3, np.float32))
    assert tanh(2.0 * t + 1.0).dtype == np.float32


@pytest.mark.parametrize("bad", [[1j], ["a"], [object()], np.array(["2020"], "M8[Y]")])
def test_data_that_are_no_real_numbers_are_refused(bad):
    with pytest.raises(TypeError, match=r"Tensor: received dtype .* convert the data"):
        Tensor(bad)


def test_ragged_data_and_tensors_of_tensors_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        Tensor([[1.0], [1.0, 2.0]])
    with pytest.raises(TypeError, match="detach"):
        Tensor(Tensor(1.0))


def test_a_tensor_keeps_its_own_copy_of_the_data():
    source = np.ones(3)
    t = Tensor(source)
    source[0] = 7.0
    assert t.data[0] == 1.0
    out = t.numpy()
    out[0] = 7.0
    assert t.data[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        t.data[0] = 7.0


def test_changing_a_constant_after_its_use_does_not_change_the_gradient():
    """A caller may reuse one buffer for every minibatch."""
    x, w = np.array([1.0, 2.0]), Parameter([3.0, 4.0])
    loss = (w * x * x).sum()
    x[:] = 100.0
    loss.backward()
    np.testing.assert_array_equal(w.grad, [1.0, 4.0])


def test_changing_an_index_after_its_use_does_not_change_the_gradient():
    index, w = np.array([0, 0, 2]), Parameter([1.0, 2.0, 3.0])
    picked = w[index].sum()
    index[:] = 1
    picked.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 0.0, 1.0])


def test_a_graph_keeps_the_parameter_value_that_it_saw():
    w = Parameter(3.0)
    loss = w * w
    w.data = 100.0
    loss.backward()
    assert w.grad == 6.0


def test_a_second_derivative_through_a_replaced_value_is_an_error():
    w = Parameter(3.0)

    def f(x):
        y = w * x
        w.data = 100.0
        return y

    with pytest.raises(RuntimeError, match=r"multiply: .* given new data after it was used"):
        grad(f)(2.0)


def test_a_parameter_takes_new_data_of_its_own_shape_only():
    w = Parameter([1.0, 2.0], name="w")
    w.data = [3, 4]
    np.testing.assert_array_equal(w.data, [3.0, 4.0])
    with pytest.raises(ValueError, match=r"Parameter w: needs shape \(2,\), got \(3,\)"):
        w.data = np.ones(3)
    with pytest.raises(AttributeError):
        Tensor(1.0).data = 2.0


def test_a_tensor_cannot_be_changed_in_place():
    t = Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="setitem: .* where"):
        t[0] = 5.0
    before = t
    t += 1.0
    assert t is not before
    np.testing.assert_array_equal(before.data, [1.0, 2.0])


@pytest.mark.parametrize("left", [np.array([1.0, 2.0]), np.float64(2.0), 2, 2.0, [1.0, 2.0]])
def test_anything_on_the_left_of_an_operator_gives_a_tensor(left):
    t = Tensor([3.0, 4.0])
    for result, expected in [
        (left + t, np.add(left, [3, 4])),
        (left - t, np.subtract(left, [3, 4])),
        (left * t, np.multiply(left, [3, 4])),
        (left / t, np.divide(left, [3, 4])),
        (left**t, np.power(np.asarray(left, float), [3, 4])),
    ]:
        assert isinstance(result, Tensor)
        np.testing.assert_array_equal(result.data, expected)
    assert isinstance(np.ones((2, 2)) @ t, Tensor)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda t: np.asarray(t),
        lambda t: np.array([t, t]),
        lambda t: np.where(t > 0, t, 0.0),
        lambda t: np.sum(t),
        lambda t: np.ones(2).dot(t),
        lambda t: np.concatenate([t, t]),
        lambda t: np.exp(t),
    ],
)
def test_numpy_functions_refuse_a_tensor_with_a_helpful_error(misuse):
    with pytest.raises(TypeError, match=r"Tensor"):
        misuse(Tensor([1.0, 2.0]))


def test_the_numpy_error_names_the_function_and_the_way_out():
    with pytest.raises(TypeError, match=r"numpy\.where: .*learndyn\.where.*\.numpy\(\)"):
        np.where(True, Tensor(1.0), 0.0)
    with pytest.raises(TypeError, match=r"learndyn, or tensor\.numpy\(\)"):
        np.asarray(Tensor(1.0))


def test_shape_errors_name_the_operation_the_shapes_and_the_way_out():
    t = Tensor(np.ones((2, 3)))
    cases = {
        r"add: received shape \(2, 3\) and \(2,\)\. Shapes must broadcast": lambda: t + np.ones(2),
        r"matmul: received shape \(2, 3\) and \(2, 3\)\. The last axis": lambda: t @ t,
        r"sum: received shape \(2, 3\), axis=2.*Each axis": lambda: t.sum(axis=2),
        r"reshape: received shape \(2, 3\), shape=5\. The number of": lambda: t.reshape(5),
        r"transpose: .*axes=\(0, 0\)": lambda: t.transpose(0, 0),
        r"matmul: received shape \(\) and \(2, 3\)": lambda: Tensor(1.0) @ t,
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(IndexError, match=r"getitem: received shape \(2, 3\), index=5"):
        t[5]
    with pytest.raises(IndexError, match=r"getitem: .*index=1\.5\. Index with integers"):
        t[1.5]
    with pytest.raises(TypeError, match="getitem: a Tensor cannot be an index"):
        t[Tensor(1.0)]
    with pytest.raises(TypeError, match="where: the condition is a Tensor"):
        where(t, t, t)


def test_operands_that_are_no_numbers_name_the_operation():
    t = Tensor(1.0)
    for bad in ("a", 1j, None, object()):
        with pytest.raises(TypeError, match="add: received an operand"):
            t + bad
    with pytest.raises(ValueError, match="add: an operand is no array"):
        t + [[1.0], [1.0, 2.0]]


def test_comparisons_are_elementwise_and_hash_is_identity():
    a, b = Tensor([1.0, 2.0]), Tensor([1.0, 3.0])
    np.testing.assert_array_equal(a == b, [True, False])
    np.testing.assert_array_equal(a != b, [False, True])
    np.testing.assert_array_equal(a < b, [False, True])
    np.testing.assert_array_equal(1.5 > a, [True, False])
    assert {a: 1}[a] == 1
    assert len({a, b, Tensor([1.0, 2.0])}) == 3
    with pytest.raises(ValueError, match="ambiguous"):
        a in [b]  # noqa: B015 - list membership compares values, which must not pass in silence


def test_a_0d_tensor_has_no_length_and_is_not_iterated():
    t = Tensor(2.0)
    assert t.shape == () == (t * 2).shape == Tensor([1.0, 2.0])[0].shape == Tensor([1.0]).sum().shape
    with pytest.raises(TypeError, match="0-d"):
        len(t)
    with pytest.raises(TypeError, match="0-d"):
        iter(t)
    assert float(t) == t.item() == 2.0
    assert [x.item() for x in Tensor([1.0, 2.0])] == [1.0, 2.0]


def test_item_and_truth_need_one_element():
    with pytest.raises(ValueError, match=r"item: needs exactly one element, got shape \(2,\)"):
        Tensor([1.0, 2.0]).item()
    with pytest.raises(ValueError, match="bool: .*ambiguous"):
        bool(Tensor([1.0, 2.0]))
    assert Tensor(1.0)
    assert not Tensor([0.0])


def test_no_grad_records_nothing_and_only_in_its_own_thread():
    w, seen = Parameter(2.0), []
    with no_grad():
        assert not (w * w).requires_grad
        worker = threading.Thread(target=lambda: seen.append((w * w).requires_grad))
        worker.start()
        worker.join()
    assert seen == [True]
    assert (w * w).requires_grad

    @no_grad()
    def inner():
        return w * w

    assert not inner().requires_grad
    assert (w * w).requires_grad


def test_no_grad_ends_when_an_error_leaves_it():
    with pytest.raises(RuntimeError, match="stop"), no_grad():
        raise RuntimeError("stop")
    assert (Parameter(1.0) * 2).requires_grad


def test_detach_cuts_the_graph():
    w = Parameter(3.0)
    (w * (w * 1.0).detach()).backward()
    assert w.grad == 3.0


def test_a_graph_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        w = Parameter(np.ones(3))
        hidden = tanh(w * 2.0)
        watch = weakref.ref(hidden)
        loss = (hidden * hidden).sum()
        loss.backward()
        del hidden, loss
        assert watch() is None
    finally:
        gc.enable()


def test_repr_shows_the_value_and_where_it_came_from():
    assert repr(Tensor([1.0, 2.0])) == "Tensor([1., 2.])"
    assert repr(Parameter(1.0)) == "Parameter(1., requires_grad=True)"
    assert repr(tanh(Parameter(0.0))) == "Tensor(0., op=tanh)"


def test_values_at_the_far_ends_are_right_and_raise_no_warning():
    """filterwarnings=error: an overflow warning here fails the test."""
    x = np.array([-800.0, -200.0, 0.0, 200.0, 800.0])
    np.testing.assert_array_equal(sigmoid(x)[[0, 2, 4]], [0.0, 0.5, 1.0])
    assert 0 < sigmoid(x)[1] < 1e-80
    np.testing.assert_allclose(grad(lambda t: sigmoid(t).sum())(x)[[0, 2, 4]], [0.0, 0.25, 0.0])
    np.testing.assert_array_equal(grad(lambda t: tanh(t).sum())(x), [0, 0, 1, 0, 0])


def test_conventions_at_kinks():
    assert grad(relu)(0.0) == 0.0
    assert grad(absolute)(0.0) == 0.0
    assert grad(lambda t: where(t > 0, t, 2.0 * t))(0.0) == 2.0


def test_powers_at_zero():
    assert grad(lambda t: t**2)(0.0) == 0.0
    assert grad(lambda t: t**1)(0.0) == 1.0
    assert grad(lambda t: t**0)(0.0) == 0.0
    assert grad(lambda b: power(0.0, b))(1.0) == 0.0


def test_masking_inside_and_outside_keeps_the_derivative_finite():
    def safe_log(t):
        positive = t > 0
        return where(positive, log(where(positive, t, 1.0)), 0.0).sum()

    np.testing.assert_array_equal(grad(safe_log)(np.array([-1.0, 0.0, 2.0])), [0.0, 0.0, 0.5])


def test_copies_share_no_state():
    w = Parameter([1.0])
    twin = copy.deepcopy(w)
    twin.data = [5.0]
    assert w.data[0] == 1.0


def test_functions_on_plain_numbers_return_plain_numbers():
    assert isinstance(exp(1.0), float)
    assert isinstance(mean(np.ones(3)), float)
