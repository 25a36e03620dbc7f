"""Jacobians, Hessians and Gauss-Newton products against closed forms."""

import numpy as np
import pytest

from learndyn import (
    exp,
    gauss_newton_product,
    grad,
    hessian,
    hvp,
    jacobian,
    log_softmax,
    logsumexp,
    sigmoid,
    softmax,
    softplus,
    tanh,
)

A = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
X = np.array([0.3, -0.7, 0.2])


def test_the_jacobian_of_a_linear_map_is_its_matrix_in_either_mode():
    np.testing.assert_array_equal(jacobian(lambda x: A @ x)(X), A)  # two rows: reverse
    np.testing.assert_array_equal(jacobian(lambda x: A.T @ x)(X[:2]), A.T)  # two columns: forward


def test_a_jacobian_has_the_shape_of_the_output_then_of_the_input():
    x = np.arange(6.0).reshape(2, 3)
    result = jacobian(lambda x: x[:, None, :] ** 2)(x)
    assert result.shape == (2, 1, 3, 2, 3)
    np.testing.assert_array_equal(result.reshape(6, 6), np.diag(2 * x.ravel()))


def test_a_constant_has_jacobian_zero():
    np.testing.assert_array_equal(jacobian(lambda x: np.ones(2))(X), np.zeros((2, 3)))


def test_the_jacobian_of_softmax_is_diag_p_minus_p_p():
    p = softmax(X)
    np.testing.assert_allclose(jacobian(softmax)(X), np.diag(p) - np.outer(p, p), atol=1e-15)


def test_the_hessian_of_logsumexp_is_the_jacobian_of_softmax():
    np.testing.assert_allclose(hessian(logsumexp)(X), jacobian(softmax)(X), atol=1e-15)


def test_the_hessian_of_logistic_regression():
    """sum log(1 + e^z) with z = D w: D^T diag(p (1 - p)) D."""
    d = np.random.default_rng(0).standard_normal((7, 3))

    def loss(w):
        return softplus(d @ w).sum()

    p = sigmoid(d @ X)
    np.testing.assert_allclose(hessian(loss)(X), d.T @ np.diag(p * (1 - p)) @ d, rtol=1e-12)
    np.testing.assert_allclose(grad(loss)(X), d.T @ p, rtol=1e-13)


def test_a_jacobian_can_be_differentiated():
    """The Jacobian of exp(t x) is diag(t e^(t x)), and d/dt t e^(t x) = (1 + t x) e^(t x)."""

    def total(t):
        return jacobian(lambda x: exp(t * x))(X).sum()

    expected = np.sum((1 + 1.5 * X) * np.exp(1.5 * X))
    assert grad(total)(1.5) == pytest.approx(expected, rel=1e-13)


def test_gauss_newton_equals_j_transpose_h_j():
    w = np.random.default_rng(1).standard_normal((3, 4))
    targets = np.random.default_rng(2).standard_normal(4)
    v = np.array([1.0, -2.0, 0.5])

    def model(x):
        return tanh(x @ w)

    def loss(y):
        return -(log_softmax(y) * targets).sum()

    j = jacobian(model)(X)
    h = hessian(loss)(model(X))
    product = gauss_newton_product(model, loss, X, v)
    np.testing.assert_allclose(product, j.T @ h @ j @ v, rtol=1e-12, atol=1e-14)


def test_gauss_newton_is_the_hessian_for_a_linear_model():
    product = gauss_newton_product(lambda x: A @ x, logsumexp, X, X)
    np.testing.assert_allclose(product, hvp(lambda x: logsumexp(A @ x), X, X), rtol=1e-13)


def test_gauss_newton_takes_trees():
    theta = {"w": A, "b": np.zeros(2)}
    product = gauss_newton_product(lambda p: p["w"] @ X + p["b"], lambda y: (y * y).sum(), theta, theta)
    moved = A @ X
    np.testing.assert_allclose(product["b"], 2 * moved, rtol=1e-13)
    np.testing.assert_allclose(product["w"], 2 * np.outer(moved, X), rtol=1e-13)


def test_an_argument_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="jacobian: argnum is 1, but 1 positional"):
        jacobian(tanh, 1)(X)
