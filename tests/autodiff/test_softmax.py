"""softmax and its family: closed forms, extreme logits, labels."""

import numpy as np
import pytest
from mpmath import mp

from learndyn.autodiff import Tensor, check_grads, grad, hvp, jvp, vjp
from learndyn.autodiff.rules.moments import layer_norm
from learndyn.autodiff.rules.softmax import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_cross_entropy,
)


def jacobian(f, x):
    return np.stack([jvp(f, (x,), (e,))[1] for e in np.eye(len(x))], axis=-1)


def hessian(f, x):
    return np.stack([hvp(f, x, e) for e in np.eye(len(x))], axis=-1)


X = np.array([0.3, -1.2, 2.0, 0.5])
P = np.exp(X) / np.exp(X).sum()
COVARIANCE = np.diag(P) - np.outer(P, P)


def test_logsumexp_has_gradient_p_and_hessian_diag_p_minus_pp():
    np.testing.assert_allclose(grad(logsumexp)(X), P, rtol=1e-15)
    np.testing.assert_allclose(hessian(logsumexp, X), COVARIANCE, atol=1e-16)


def test_the_jacobian_of_softmax_is_diag_p_minus_pp_in_both_modes():
    np.testing.assert_allclose(jacobian(softmax, X), COVARIANCE, atol=1e-16)
    _, back = vjp(softmax, X)
    np.testing.assert_allclose(np.stack([back(e)[0] for e in np.eye(4)]), COVARIANCE, atol=1e-16)


def test_the_jacobian_of_log_softmax_is_identity_minus_1p():
    np.testing.assert_allclose(jacobian(log_softmax, X), np.eye(4) - P[None, :], atol=1e-16)


def test_two_classes_are_the_logistic_function():
    """Cross entropy of logits (z, 0), label 0, is log(1 + e^-z): slope -q, curvature p q."""
    for z in (-30.0, -1.0, 0.0, 2.0, 30.0):
        f = lambda z: softmax_cross_entropy(z * np.array([[1.0, 0.0]]), [0])
        p, q = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))
        assert float(f(Tensor(z)).item()) == pytest.approx(np.logaddexp(0, -z), rel=1e-13)
        assert grad(f)(z) == pytest.approx(-q, rel=1e-12, abs=1e-16)
        assert hvp(f, z, 1.0) == pytest.approx(p * q, rel=1e-12, abs=1e-16)


def test_the_hessian_of_logistic_regression_is_the_weighted_gram_matrix():
    """H = X^T diag(p q) X / n."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((20, 3)), rng.standard_normal(3)
    labels = rng.integers(0, 2, 20)

    def loss(w):
        return softmax_cross_entropy((x @ w)[:, None] * np.array([0.0, 1.0]), labels)

    p = 1 / (1 + np.exp(-x @ w))
    np.testing.assert_allclose(grad(loss)(w), x.T @ (p - labels) / 20, atol=1e-15)
    np.testing.assert_allclose(hessian(loss, w), (x.T * (p * (1 - p))) @ x / 20, atol=1e-15)


def test_cross_entropy_has_gradient_p_minus_onehot_over_the_number_of_rows():
    x = np.random.default_rng(1).standard_normal((2, 3, 4))
    labels = np.array([[0, 3, 1], [2, 2, 0]])
    p = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
    expected = (p - np.eye(4)[labels]) / 6
    for layout in (np.ascontiguousarray, np.asfortranarray):
        slope = grad(lambda x: softmax_cross_entropy(x, labels))(layout(x))
        np.testing.assert_allclose(slope, expected, atol=1e-16)
    value = softmax_cross_entropy(x, labels)
    picked = np.take_along_axis(log_softmax(x), labels[..., None], axis=-1)
    assert value == pytest.approx(-picked.mean(), rel=1e-14)


def test_an_overwritten_label_buffer_does_not_change_the_gradient():
    labels = np.array([0, 1])
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    expected = grad(lambda x: softmax_cross_entropy(x, [0, 1]))(x)

    def loss(x):
        value = softmax_cross_entropy(x, labels)
        labels[:] = 0
        return value

    np.testing.assert_array_equal(grad(loss)(x), expected)


# --- extreme logits -----------------------------------------------------------------------


def test_logits_of_ten_thousand_neither_overflow_nor_lose_the_derivative():
    x = np.array([1e4, 1e4 - 1, -1e4])
    with mp.workdps(50):
        weights = [mp.e ** mp.mpf(v) for v in x]
        total = sum(weights)
        p = np.array([float(w / total) for w in weights])
        log_p = np.array([float(mp.log(w / total)) for w in weights])
        value = float(mp.log(total))
    np.testing.assert_allclose(softmax(x), p, rtol=1e-15)
    np.testing.assert_allclose(log_softmax(x), log_p, rtol=1e-14)
    assert logsumexp(x) == pytest.approx(value, rel=1e-15)
    # p = exp(x - s) with s near 1e4, where numbers are 2e-12 apart.
    np.testing.assert_allclose(grad(logsumexp)(x), p, rtol=1e-11)
    np.testing.assert_allclose(grad(lambda x: log_softmax(x)[2])(x), [-p[0], -p[1], 1], rtol=1e-13)
    np.testing.assert_allclose(grad(lambda x: softmax(x)[0])(x), [p[0] * p[1], -p[0] * p[1], 0])
    np.testing.assert_allclose(grad(lambda x: softmax_cross_entropy(x, 2))(x), p - [0, 0, 1])
    np.testing.assert_allclose(hessian(logsumexp, x), np.diag(p) - np.outer(p, p), atol=1e-11)


def test_the_maximum_is_taken_along_the_axis_and_not_of_the_whole_array():
    """With one maximum for all, the row of small numbers would be 0 / 0."""
    x = np.array([[1e4, 1e4 + 1], [-1e4, -1e4 + 1]])
    expected = np.tile(softmax(np.array([0.0, 1.0])), (2, 1))
    np.testing.assert_array_equal(softmax(x), expected)
    np.testing.assert_array_equal(softmax(x.T, axis=0), expected.T)
    expected = np.tile(log_softmax(np.array([0.0, 1.0])), (2, 1))
    np.testing.assert_array_equal(log_softmax(x), expected)
    np.testing.assert_allclose(logsumexp(x, axis=1) - x[:, 1], np.log1p(np.exp(-1)), atol=2e-12)


def test_logsumexp_of_minus_infinities_is_minus_infinity_with_slope_zero():
    x = np.full(2, -np.inf)
    assert logsumexp(x) == -np.inf
    assert grad(logsumexp)(x).tolist() == [0, 0]
    assert hvp(logsumexp, x, np.ones(2)).tolist() == [0, 0]
    rows = np.array([[-np.inf, -np.inf], [0.0, -np.inf], [0.0, 0.0]])
    np.testing.assert_allclose(logsumexp(rows, axis=1), [-np.inf, 0, np.log(2)])
    slope = grad(lambda x: (logsumexp(x, axis=1) * np.array([1.0, 2.0, 3.0])).sum())(rows)
    np.testing.assert_allclose(slope, [[0, 0], [2, 0], [1.5, 1.5]])


def test_logsumexp_of_infinity_is_infinity_with_no_slope():
    x = np.array([np.inf, 1000.0, 0.0])
    assert logsumexp(x) == np.inf
    assert np.isnan(grad(logsumexp)(x)).all()
    assert np.isnan(logsumexp(np.array([np.nan, 1.0])))


def test_a_logit_of_minus_infinity_has_probability_0_and_does_not_spoil_the_others():
    x = np.array([0.0, -np.inf, 1.0])
    p = softmax(x)
    assert p[1] == 0.0
    slope = grad(lambda x: log_softmax(x)[0])(x)
    np.testing.assert_allclose(slope, np.array([1.0, 0, 0]) - p)
    np.testing.assert_allclose(grad(lambda x: softmax(x)[0])(x), p[0] * (np.array([1, 0, 0]) - p))
    np.testing.assert_allclose(grad(lambda x: softmax_cross_entropy(x, 0))(x), p - [1, 0, 0])


# --- laws ---------------------------------------------------------------------------------


def test_softmax_sums_to_one_and_its_derivative_to_zero():
    x, g = np.random.default_rng(2).standard_normal((2, 4, 5))
    for axis in (0, 1, -1, (0, 1), None):
        np.testing.assert_allclose(softmax(x, axis).sum(axis=axis), 1, rtol=1e-14)
        slope = grad(lambda x, axis=axis: (softmax(x, axis) * g).sum())(x)
        np.testing.assert_allclose(slope.sum(axis=axis), 0, atol=1e-15)
        np.testing.assert_allclose(np.exp(log_softmax(x, axis)), softmax(x, axis), rtol=1e-14)


@pytest.mark.parametrize("f", [softmax, log_softmax, layer_norm])
def test_a_negative_axis_is_the_positive_one_counted_from_the_end(f):
    x, g = np.random.default_rng(3).standard_normal((2, 2, 3, 4))
    for axis in range(3):
        slopes = [grad(lambda x, i=i: (f(x, i) * g).sum())(x) for i in (axis, axis - 3)]
        np.testing.assert_array_equal(*slopes)


@pytest.mark.parametrize("f", [softmax, log_softmax, lambda x: logsumexp(x, axis=-1)])
def test_a_single_class_is_certain(f):
    x = np.array([[3.0], [-4.0]])
    expected = x[:, 0] if f(x).ndim == 1 else np.ones((2, 1)) if f is softmax else np.zeros((2, 1))
    np.testing.assert_array_equal(f(x), expected)
    check_grads(f, x)


def test_third_derivatives_are_right():
    """d3 logsumexp is the third cumulant: for two equal logits 0, and -p q (p - q) in general."""
    f = lambda z: logsumexp(z * np.array([1.0, 0.0]))
    third = grad(grad(grad(f)))
    for z in (-1.0, 0.0, 2.0):
        p = 1 / (1 + np.exp(-z))
        assert third(z) == pytest.approx(p * (1 - p) * (1 - 2 * p), abs=1e-15)


# --- errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [softmax, log_softmax, logsumexp])
def test_an_empty_or_missing_axis_is_an_error_that_names_the_operation(f):
    with pytest.raises(ValueError, match=rf"{f.__name__}: received shape \(2, 0\).*be empty"):
        f(Tensor(np.zeros((2, 0))), axis=1)
    with pytest.raises(ValueError, match=rf"{f.__name__}: received shape \(2, 0\), axis=3"):
        f(Tensor(np.zeros((2, 0))), axis=3)
    assert f(np.zeros((0, 3)), axis=1).shape in ((0, 3), (0,))


@pytest.mark.parametrize(
    ("labels", "kind", "message"),
    [
        ([0.0, 1.0], TypeError, "dtype float64"),
        ([True, False], TypeError, "dtype bool"),
        (Tensor([0, 1]), TypeError, "Tensor"),
        ([0, 3], ValueError, "from 0 to 3 for 3 classes"),
        ([-1, 0], ValueError, "from -1 to 0"),
        ([0, 1, 2], ValueError, r"labels of shape \(3,\)"),
        ([[0, 1]], ValueError, r"labels of shape \(1, 2\)"),
    ],
)
def test_wrong_labels_are_refused(labels, kind, message):
    with pytest.raises(kind, match=f"softmax_cross_entropy: .*{message}"):
        softmax_cross_entropy(Tensor(np.zeros((2, 3))), labels)


def test_no_rows_have_no_mean():
    with pytest.raises(ValueError, match=r"logits of shape \(0, 3\)"):
        softmax_cross_entropy(np.zeros((0, 3)), np.zeros(0, int))
