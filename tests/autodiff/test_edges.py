"""Laws at the edges of the transformations: constants, cotangents that are tensors, other types, replaced gradients."""

import numpy as np
import pytest

from learndyn.autodiff import (
    GradientCheckError,
    Parameter,
    Tensor,
    backward,
    check_grads,
    grad,
    jvp,
    operation,
    square,
)


def test_a_function_that_ignores_its_argument_has_tangent_zero_and_gradient_zero():
    value, tangent = jvp(lambda x: np.array([1.0, 2.0]), (np.ones(3),), (np.ones(3),))
    np.testing.assert_array_equal(value, [1.0, 2.0])
    np.testing.assert_array_equal(tangent, [0.0, 0.0])


def test_a_cotangent_may_be_a_tensor():
    x = Parameter([1.0, 2.0])
    backward(square(x), Tensor([3.0, -1.0]))
    np.testing.assert_array_equal(x.grad, [6.0, -4.0])


def test_what_was_not_made_from_a_parameter_has_no_gradient():
    with pytest.raises(ValueError, match="was not computed from a Parameter"):
        backward(Tensor([1.0]))


def test_a_gradient_may_be_replaced_by_one_of_its_own_shape_or_cleared():
    x = Parameter([1.0, 2.0])
    backward(square(x), np.ones(2))
    x.grad = [5, 6]
    assert x.grad.dtype == np.float64
    np.testing.assert_array_equal(x.grad, [5.0, 6.0])
    x.grad = None
    assert x.grad is None
    with pytest.raises(ValueError, match="grad"):
        x.grad = [1.0, 2.0, 3.0]


def test_a_leaf_is_what_no_operation_made():
    x = Parameter(2.0)
    assert x.is_leaf
    assert not square(x).is_leaf
    assert Tensor(1.0).is_leaf


def test_a_parameter_takes_integers_as_floats_and_refuses_another_shape():
    x = Parameter([1.0, 2.0])
    x.data = np.array([3, 4])
    assert x.data.dtype == np.float64
    np.testing.assert_array_equal(x.data, [3.0, 4.0])
    with pytest.raises(ValueError, match="shape"):
        x.data = np.ones(3)


def test_a_gradient_through_a_gradient_follows_a_tensor_from_outside():
    """d/da [ d/dx a x^2 at x = a ] = d/da 2 a^2 = 4 a."""
    outer = grad(lambda a: grad(lambda x: a * square(x))(a))
    assert outer(3.0) == 12.0


def test_a_rule_that_gives_another_shape_is_named():
    wrong = operation(
        "halve",
        lambda x: x / 2.0,
        vjp=(lambda g, y, x: (g / 2.0).reshape(-1, 1),),
        jvp=(lambda g, y, x: g / 2.0,),
    )
    with pytest.raises((GradientCheckError, ValueError), match="shape"):
        check_grads(wrong, np.array([1.0, 2.0]), order=1)
