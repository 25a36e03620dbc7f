"""The Hessian as an operator, and the third derivatives beside it."""

import time

import numpy as np
import pytest

import learndyn as ld
from learndyn.dynamics import ravel
from learndyn.learning import MLP
from learndyn.learning.curvature import (
    curvature_gradients,
    gauss_newton_operator,
    gradient_and_hessian,
    hessian_operator,
)
from learndyn.learning.gradient_flow import flat_loss

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((6, 2)), RNG.standard_normal((6, 1))
MODEL = MLP((2, 3, 1))
THETA = MODEL.init(np.random.default_rng(1))


def loss(theta):
    return ld.mean_squared_error(MODEL(theta, X), Y)


def dense_hessian():
    z, unravel = ravel(THETA)
    return ld.hessian(lambda z: loss(unravel(z)))(z)


def test_the_operator_is_the_hessian_and_is_its_own_adjoint():
    operator = hessian_operator(loss, THETA)
    assert operator.symmetric
    np.testing.assert_allclose(operator.to_matrix(), dense_hessian(), atol=1e-14)
    u, v = RNG.standard_normal((2, operator.size))
    assert u @ operator.matvec(v) == pytest.approx(operator.rmatvec(u) @ v, rel=1e-12)


def test_gradient_and_hessian_come_from_one_evaluation():
    calls = []

    def counted(theta):
        calls.append(0)
        return loss(theta)

    z, flat = flat_loss(counted, THETA)
    gradient, hessian = gradient_and_hessian(flat, z)
    for v in np.eye(z.size):
        hessian.matvec(v)
    assert len(calls) == 1
    expected = ravel(ld.grad(loss)(THETA))[0]
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


def test_a_recorded_product_is_cheaper_than_one_that_starts_anew():
    operator = hessian_operator(loss, THETA)
    z, unravel = ravel(THETA)
    v = RNG.standard_normal(z.size)

    def shortest(product):
        spans = []
        for _ in range(15):
            start = time.perf_counter()
            product()
            spans.append(time.perf_counter() - start)
        return min(spans)

    anew = shortest(lambda: ld.hvp(loss, THETA, unravel(v)))
    recorded = shortest(lambda: operator.matvec(v))
    assert recorded < 0.8 * anew


def test_a_linear_loss_has_the_hessian_zero():
    operator = hessian_operator(lambda theta: (3.0 * theta).sum(), np.ones(2))
    np.testing.assert_array_equal(operator.to_matrix(), np.zeros((2, 2)))


def test_the_gauss_newton_matrix_is_jacobian_transposed_jacobian():
    """For the mean of N squared errors it is 2/N J'J."""
    z, unravel = ravel(THETA)
    jacobian = ld.jacobian(lambda z: MODEL(unravel(z), X)[:, 0])(z)
    operator = gauss_newton_operator(
        lambda theta: MODEL(theta, X), lambda y: ld.mean_squared_error(y, Y), THETA
    )
    assert operator.symmetric
    expected = 2.0 / len(X) * jacobian.T @ jacobian
    np.testing.assert_allclose(operator.to_matrix(), expected, atol=1e-14)


def test_for_a_model_that_is_linear_gauss_newton_is_the_hessian():
    def model(theta):
        return X @ theta

    def softplus_loss(y):
        return ld.logaddexp(0.0, y).sum()

    theta = RNG.standard_normal((2, 1))
    g = gauss_newton_operator(model, softplus_loss, theta).to_matrix()
    h = hessian_operator(lambda theta: softplus_loss(model(theta)), theta).to_matrix()
    np.testing.assert_allclose(g, h, atol=1e-14)


def test_curvature_gradients_are_differences_of_hessians():
    """grad (u_i' H u_j) along w is u_i' (dH/de) u_j, by central differences of the Hessian."""
    z, flat = flat_loss(loss, THETA)
    u = np.linalg.qr(RNG.standard_normal((z.size, 3)))[0]
    slopes = curvature_gradients(flat, z, u)
    w, e = RNG.standard_normal(z.size), 1e-5
    ahead, behind = (ld.hessian(flat)(z + s * e * w) for s in (1, -1))
    np.testing.assert_allclose(slopes @ w, u.T @ (ahead - behind) @ u / (2 * e), atol=1e-7)


def test_a_constant_curvature_has_gradient_zero_and_a_cubic_one_is_linear():
    _, flat = flat_loss(lambda w: (w * w).sum(), np.ones(2))
    np.testing.assert_array_equal(curvature_gradients(flat, np.ones(2), np.eye(2)), np.zeros((2, 2, 2)))
    _, flat = flat_loss(lambda w: (w * w * w).sum(), np.ones(2))
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0] = expected[1, 1, 1] = 6.0
    np.testing.assert_allclose(curvature_gradients(flat, np.ones(2), np.eye(2)), expected)


def test_a_direction_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(3,\)"):
        hessian_operator(loss, THETA).matvec(np.ones(3))
    gauss_newton = gauss_newton_operator(lambda t: X @ t, lambda y: (y * y).sum(), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"gauss_newton_operator: the direction has shape \(3,\)"):
        gauss_newton.matvec(np.ones(3))
