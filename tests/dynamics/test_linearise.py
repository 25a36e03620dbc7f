"""Laws of linearisation: adjointness, the chain rule, agreement with whole Jacobians."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import (
    MLP,
    GradientDescent,
    Parameter,
    detect_anomaly,
    jacobian,
    mean_squared_error,
    no_grad,
    training_map,
)
from learndyn.autodiff import concatenate, sin, tanh
from learndyn.dynamics import LinearOperator, linearise

W = np.random.default_rng(5).standard_normal((6, 6))


def net(z):
    return tanh(W @ z) + 0.1 * z * z


def pendulum(t, z):
    angle, speed = z[:1], z[1:]
    return concatenate([speed, -sin(angle) - 0.1 * t * speed])


def net_training():
    model = MLP((2, 3, 1))
    theta = model.init(np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((5, 2))
    y = np.prod(x, axis=1, keepdims=True)
    return training_map(
        lambda t: mean_squared_error(model(t, x), y), GradientDescent(0.3), theta
    )


@given(seed=st.integers(0, 2**32 - 1))
def test_matvec_and_rmatvec_are_adjoint(seed):
    rng = np.random.default_rng(seed)
    train = net_training()
    for system, z in [(net, rng.standard_normal(6)), (train, train.initial_state)]:
        operator = linearise(system, z)
        u, v = rng.standard_normal((2, z.size))
        left, right = u @ operator.matvec(v), operator.rmatvec(u) @ v
        size = np.linalg.norm(u) * np.linalg.norm(operator.matvec(v))
        assert abs(left - right) <= 1e-12 * size


def test_the_operator_written_out_is_the_jacobian():
    z = np.random.default_rng(2).standard_normal(6)
    np.testing.assert_allclose(linearise(net, z).to_matrix(), jacobian(net)(z), rtol=1e-12)
    train = net_training()
    z = train.initial_state
    np.testing.assert_allclose(
        linearise(train, z).to_matrix(), jacobian(train)(z), rtol=1e-10, atol=1e-13
    )


def test_the_jacobian_of_gradient_descent_is_symmetric():
    train = net_training()
    a = linearise(train, train.initial_state).to_matrix()
    np.testing.assert_allclose(a, a.T, atol=1e-14)


def test_a_flow_is_linearised_at_its_time():
    """d/dz of (speed, -sin(angle) - 0.1 t speed) = [[0, 1], [-cos(angle), -0.1 t]]."""
    a = linearise(pendulum, [0.7, -0.2], t=3.0).to_matrix()
    np.testing.assert_allclose(a, [[0.0, 1.0], [-np.cos(0.7), -0.3]], atol=1e-15)


def test_a_product_agrees_with_central_differences():
    rng = np.random.default_rng(3)
    z, v = rng.standard_normal((2, 6))
    h = 1e-5
    slope = (net(z + h * v) - net(z - h * v)) / (2 * h)
    np.testing.assert_allclose(linearise(net, z).matvec(v), slope, rtol=1e-8, atol=1e-8)


def test_the_jacobian_of_two_steps_is_the_product_of_both():
    z = 0.3 * np.random.default_rng(4).standard_normal(6)
    both = linearise(lambda z: net(net(z)), z).to_matrix()
    one, two = linearise(net, z).to_matrix(), linearise(net, net(z)).to_matrix()
    np.testing.assert_allclose(both, two @ one, rtol=1e-11, atol=1e-12)


def test_the_identity_hands_out_copies_and_a_constant_system_is_zero():
    v = np.ones(3)
    operator = linearise(lambda z: z, np.zeros(3))
    for product in (operator.matvec(v), operator.rmatvec(v)):
        product[0] = 7.0
        assert v[0] == 1.0
    constant = linearise(lambda z: np.ones(3), np.zeros(3))
    np.testing.assert_array_equal(constant.to_matrix(), np.zeros((3, 3)))
    np.testing.assert_array_equal(constant.rmatvec(v), np.zeros(3))


def test_products_are_plain_arrays_whatever_the_system_closes_over():
    weight = Parameter(W)
    z = np.ones(6)
    expected = W * (1 - np.tanh(W @ z) ** 2)[:, None]
    with no_grad():
        quiet = linearise(lambda z: tanh(weight @ z), z)
    with detect_anomaly():
        inspected = linearise(lambda z: tanh(weight @ z), z)
    for operator in (linearise(lambda z: tanh(weight @ z), z), quiet, inspected):
        assert type(operator.rmatvec(z)) is np.ndarray
        np.testing.assert_allclose(operator.to_matrix(), expected, rtol=1e-13)
        np.testing.assert_allclose(operator.rmatvec(z), expected.T @ z, rtol=1e-12)


def test_the_state_is_copied():
    z = np.array([2.0])
    operator = linearise(lambda z: z * z, z)
    z[0] = 100.0
    np.testing.assert_array_equal(operator.matvec(np.ones(1)), [4.0])


def test_an_operator_is_linear_over_the_complex_numbers():
    operator = LinearOperator.from_matrix(W)
    v = np.random.default_rng(6).standard_normal(6) + 1j * np.arange(6)
    np.testing.assert_allclose(operator(v), W @ v, rtol=1e-13)
    assert not operator.symmetric
    assert LinearOperator.from_matrix(W + W.T).symmetric


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match=r"linearise: the system took .*\(3,\) to .*\(2,\)"):
        linearise(lambda z: z[:2], np.ones(3))
    with pytest.raises(ValueError, match=r"linearise: the state must be a real vector.*ravel"):
        linearise(net, np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"matvec needs a vector of shape \(6,\), got \(5,\)"):
        linearise(net, np.ones(6)).matvec(np.ones(5))
    with pytest.raises(ValueError, match=r"needs a vector of shape \(6,\), got shape \(1,\)"):
        linearise(net, np.ones(6))(np.ones(1))
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        LinearOperator(0, lambda v: v)
    with pytest.raises(ValueError, match=r"square matrix of real numbers, got shape \(2, 3\)"):
        LinearOperator.from_matrix(np.ones((2, 3)))
    with pytest.raises(ValueError, match="holds 1 entries that are not finite"):
        LinearOperator.from_matrix([[np.nan]])
