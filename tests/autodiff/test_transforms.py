"""Laws of grad, backward, vjp, jvp and hvp, and of the graph under them."""

import numpy as np
import pytest

from learndyn.autodiff import (
    Parameter,
    Tensor,
    backward,
    exp,
    grad,
    hvp,
    jvp,
    no_grad,
    tanh,
    value_and_grad,
    vjp,
)

X = np.array([0.5, -1.0, 2.0])


def test_the_gradient_of_a_quadratic_is_linear():
    a = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.0]])
    np.testing.assert_allclose(grad(lambda x: 0.5 * (x @ a @ x))(X), a @ X, rtol=1e-15)
    np.testing.assert_allclose(hvp(lambda x: 0.5 * (x @ a @ x), X, X + 1), a @ (X + 1), rtol=1e-15)


def test_a_node_used_twice_gets_both_cotangents():
    assert grad(lambda x: x * x + x * x)(3.0) == 12.0


def test_integers_are_taken_as_floats():
    slope = grad(lambda x: (x**2).sum())
    np.testing.assert_array_equal(slope(np.array([1, 2, 3])), [2.0, 4.0, 6.0])
    assert grad(lambda x: x**3)(2) == 12.0


def test_derivatives_of_a_gaussian_at_zero_to_fourth_order():
    f, seen = (lambda x: exp(-(x**2))), []
    for _ in range(4):
        f = grad(f)
        seen.append(float(f(0.0)))
    assert seen == [0.0, -2.0, 0.0, 12.0]


def test_derivatives_of_tanh_to_fourth_order():
    t = np.tanh(0.7)
    f = tanh
    for expected in (
        1 - t**2,
        -2 * t * (1 - t**2),
        (6 * t**2 - 2) * (1 - t**2),
        (16 * t - 24 * t**3) * (1 - t**2),
    ):
        f = grad(f)
        assert f(0.7) == pytest.approx(expected, rel=1e-13)


def test_nested_derivatives_do_not_confuse_perturbations():
    """d/dx [ d/dy y (x - y) at y = x ] = d/dx [ -x ] = -1."""
    assert grad(lambda x: grad(lambda y: y * (x - y))(x))(2.0) == -1.0
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(5.0) == 1.0
    assert grad(lambda x: x * jvp(lambda y: x * y, (2.0,), (1.0,))[1])(3.0) == 6.0


def test_forward_over_reverse_and_reverse_over_reverse_agree():
    def f(x):
        return (tanh(x) * exp(0.3 * x)).sum() * (x * x).sum()

    v = np.array([1.0, -2.0, 0.5])
    reverse = hvp(f, X, v)
    forward = jvp(grad(f), (X,), (v,))[1]
    np.testing.assert_allclose(forward, reverse, rtol=1e-14, atol=1e-14)


def test_a_gradient_of_a_tree_is_a_tree():
    theta = {"layers": [(np.ones((2, 2)), np.zeros(2))], "scale": 3.0, "none": None}

    def f(theta):
        (w, b), = theta["layers"]
        return theta["scale"] * (w.sum() + b.sum())

    value, gradient = value_and_grad(f)(theta)
    assert value == 12.0
    assert gradient["scale"] == 4.0
    assert gradient["none"] is None
    np.testing.assert_array_equal(gradient["layers"][0][0], 3.0 * np.ones((2, 2)))
    np.testing.assert_array_equal(gradient["layers"][0][1], [3.0, 3.0])


def test_an_unused_leaf_has_gradient_zero():
    gradient = grad(lambda p: (p["a"] ** 2).sum())({"a": X, "b": np.ones(2)})
    np.testing.assert_array_equal(gradient["b"], [0.0, 0.0])


def test_the_hessian_of_a_linear_function_is_zero_and_no_error():
    np.testing.assert_array_equal(hvp(lambda x: (3.0 * x).sum(), X, X), np.zeros(3))
    assert grad(grad(lambda x: 3.0 * x))(1.0) == 0.0


def test_a_gradient_through_parameters_that_f_closes_over_is_recorded():
    """The penalty |df/dx|^2 is differentiated with respect to w: d/dw w^2 = 2 w."""
    w = Parameter(3.0)
    slope = grad(lambda x: w * x)(2.0)
    (slope * slope).backward()
    assert w.grad == 6.0
    with no_grad():
        assert not isinstance(grad(lambda x: w * x)(2.0), Tensor)


def test_backward_writes_leaves_only_and_replaces_what_was_there():
    w = Parameter([1.0, 2.0])
    hidden = w * 3.0
    loss = (hidden * hidden).sum()
    loss.backward()
    first = w.grad.copy()
    loss.backward()
    np.testing.assert_array_equal(first, [18.0, 36.0])
    np.testing.assert_array_equal(w.grad, first)
    assert hidden.grad is None
    assert loss.grad is None


def test_gradients_share_no_memory_with_one_another():
    a, b = Parameter(np.ones(3)), Parameter(np.ones(3))
    (a + b).backward(np.arange(3.0))
    a.grad[0] = 100.0
    assert b.grad[0] == 0.0


def test_backward_takes_a_cotangent_for_a_tensor_of_any_shape():
    w = Parameter(X)
    (w * w).backward([1.0, 0.0, -1.0])
    np.testing.assert_array_equal(w.grad, 2 * X * [1.0, 0.0, -1.0])
    with pytest.raises(ValueError, match=r"cotangent has shape \(2,\), but its value has shape \(3,\)"):
        (w * w).backward([1.0, 0.0])


def test_the_gradient_of_a_float32_leaf_is_float32():
    w = Parameter(np.ones(3, np.float32))
    (w * w).sum().backward()
    assert w.grad.dtype == np.float32


def test_what_cannot_be_differentiated_says_so():
    w = Parameter(X)
    cases = {
        r"backward: needs a result with one element, got shape \(3,\).*\.sum\(\)": lambda: (
            w * 2
        ).backward(),
        r"backward: this tensor of shape \(\) was not computed from a Parameter": lambda: Tensor(
            1.0
        ).backward(),
        r"backward: .* nothing to differentiate": lambda: w.detach().sum().backward(),
        r"grad: needs a result with one element, got shape \(3,\)": lambda: grad(tanh)(X),
        r"grad: the result does not depend on argument 0": lambda: grad(lambda x: 3.0)(1.0),
        r"grad: the result does not depend on argument 1": lambda: grad(lambda x, y: x, 1)(1.0, 2.0),
        r"grad: argnum is 2, but 1 positional": lambda: grad(lambda x: x, 2)(1.0),
        r"jvp: the tangent has shape \(2,\)": lambda: jvp(tanh, (X,), (np.ones(2),)),
        r"vjp: the cotangent has shape \(\)": lambda: vjp(tanh, X)[1](1.0),
        r"tree_map: the trees differ at": lambda: hvp(lambda p: p["a"], {"a": 1.0}, {"b": 1.0}),
    }
    for message, call in cases.items():
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="grad: the function returned list. Return one Tensor"):
        grad(lambda x: [x])(1.0)
    with pytest.raises(TypeError, match="grad: received dtype complex128"):
        grad(lambda x: x)(1j)


def test_a_comparison_cuts_the_graph_and_grad_says_so():
    with pytest.raises(ValueError, match="does not depend"):
        grad(lambda x: (x > 0) * 1.0)(2.0)


def test_forty_doublings_take_forty_nodes():
    """A node that is used twice is visited once: 2^40 paths would never end."""

    def f(x):
        for _ in range(40):
            x = x + x
        return x

    assert grad(f)(1.0) == 2.0**40


def test_a_chain_of_fifty_thousand_operations_needs_no_recursion():
    w = Parameter(1.0)
    y = w
    for _ in range(50_000):
        y = y * 1.0
    y.backward()
    assert w.grad == 1.0
    del y  # frees the chain; a recursive destructor would overflow here


def test_vjp_can_be_called_again_and_jvp_leaves_its_arguments_alone():
    value, back = vjp(lambda x: x * x, X)
    np.testing.assert_array_equal(value, X * X)
    for scale in (1.0, 2.0):
        np.testing.assert_array_equal(back(scale * np.ones(3))[0], 2 * scale * X)
    tangent = np.ones(3)
    before = tangent.copy()
    jvp(lambda x: x, (X,), (tangent,))[1][0] = 7.0
    np.testing.assert_array_equal(tangent, before)


def test_backward_is_also_a_function():
    w = Parameter(2.0)
    backward(w * w)
    assert w.grad == 4.0


def test_auxiliary_output_is_handed_on_as_plain_numbers():
    def f(x):
        hidden = tanh(x)
        return hidden.sum(), {"hidden": hidden, "note": 3}

    gradient, aux = grad(f, has_aux=True)(X)
    (value, _), same = value_and_grad(f, has_aux=True)(X)
    np.testing.assert_array_equal(gradient, same)
    np.testing.assert_allclose(gradient, 1 - np.tanh(X) ** 2, rtol=1e-15)
    assert value == np.tanh(X).sum()
    np.testing.assert_array_equal(aux["hidden"], np.tanh(X))
    assert isinstance(aux["hidden"], np.ndarray)
    assert aux["note"] == 3
    with pytest.raises(TypeError, match="has_aux=True the function returns a pair"):
        grad(lambda x: x, has_aux=True)(1.0)


def test_an_inner_transform_leaves_nothing_tracked_behind():
    """The inner run differentiates 2.0 as well; to the outer one that is a constant."""
    result = grad(lambda x: vjp(lambda a, b: a * a * b, x, 2.0)[1](1.0)[0])(3.0)
    assert not isinstance(result, Tensor)
    assert result == 4.0
