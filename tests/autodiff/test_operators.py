"""A tensor's methods and operators are NumPy's, and carry the derivative of the function."""

import numpy as np
import pytest

from learndyn.autodiff import Parameter, Tensor, check_grads, grad

X = np.random.default_rng(0).standard_normal((2, 1, 3))
SQUARE = np.random.default_rng(1).standard_normal((3, 3))

METHODS = [
    lambda x: x.sum(),
    lambda x: x.sum(-1),
    lambda x: x.sum(axis=(0, 2), keepdims=True),
    lambda x: x.mean(0),
    lambda x: x.prod(axis=-1),
    lambda x: x.max(axis=2),
    lambda x: x.min(),
    lambda x: x.var(),
    lambda x: x.var(axis=(0, 2), keepdims=True),
    lambda x: x.std(axis=-1, ddof=1),
    lambda x: x.clip(-0.5, 0.5),
    lambda x: x.clip(min=-0.3),
    lambda x: x.dot(SQUARE),
    lambda x: x.diagonal(0, 0, 2),
    lambda x: x.trace(offset=1, axis1=0, axis2=2),
    lambda x: x.cumsum(),
    lambda x: x.cumsum(2),
    lambda x: x.reshape(3, 2),
    lambda x: x.reshape((3, -1)),
    lambda x: x.reshape(-1),
    lambda x: x.ravel(),
    lambda x: x.flatten(),
    lambda x: x.squeeze(),
    lambda x: x.squeeze(axis=1),
    lambda x: x.transpose(),
    lambda x: x.transpose(2, 0, 1),
    lambda x: x.transpose((-1, 0, 1)),
    lambda x: x.swapaxes(0, -1),
    lambda x: x.repeat(2),
    lambda x: x.repeat([1, 0, 2], axis=2),
    lambda x: x.take([5, 0, 0]),
    lambda x: x.take([[2, 0]], axis=-1),
    lambda x: x.T,
    lambda x: x.mT,
    lambda x: x[..., None, 1:],
    lambda x: -x,
    lambda x: +x,
    lambda x: abs(x),
    lambda x: x + x[0],
    lambda x: 1 - x,
    lambda x: 2.0 / x,
    lambda x: x @ x[0].T,
    lambda x: x**2,
]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_gives_what_numpy_gives_and_its_derivative(method):
    expected = method(X)
    result = method(Tensor(X))
    assert isinstance(result, Tensor)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-15, atol=1e-15)
    check_grads(lambda x: method(x) * method(x), X)


def test_the_place_of_an_extreme_value_is_an_integer_without_derivative():
    t = Parameter(X)
    for place in (t.argmax(), t.argmin(axis=2), t.argmax(0, keepdims=True)):
        assert not isinstance(place, Tensor)
        assert np.asarray(place).dtype.kind == "i"
    np.testing.assert_array_equal(t.argmax(axis=2), X.argmax(axis=2))
    np.testing.assert_array_equal(t.argmin(0, keepdims=True), X.argmin(0, keepdims=True))
    picked = t.ravel()[t.argmax()]
    picked.backward()
    assert t.grad.sum() == t.grad.ravel()[X.argmax()] == 1.0


def test_a_matrix_transpose_needs_a_matrix():
    with pytest.raises(ValueError, match=r"mT: needs at least two axes, got shape \(3,\)"):
        Tensor(np.ones(3)).mT  # noqa: B018 - the access is what raises


def test_a_method_of_a_0d_tensor_gives_numpys_shape():
    t = Tensor(2.0)
    assert t.T.shape == t.squeeze().shape == t.transpose().shape == t.reshape(()).shape == ()
    assert t.ravel().shape == t.cumsum().shape == t.flatten().shape == t.reshape(1).shape == (1,)


def test_a_quadratic_form_in_operators_has_the_gradient_of_its_symmetric_part():
    x = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(
        grad(lambda x: x @ SQUARE @ x)(x), (SQUARE + SQUARE.T) @ x, rtol=1e-14
    )
    np.testing.assert_allclose(
        grad(lambda a: (a @ a.T).sum())(SQUARE), 2 * np.tile(SQUARE.sum(0), (3, 1)), rtol=1e-13
    )


def test_each_method_has_a_docstring():
    for name in ("sum", "reshape", "transpose", "take", "clip", "argmax", "squeeze", "backward"):
        assert getattr(Tensor, name).__doc__
