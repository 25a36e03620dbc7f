"""Reductions: NumPy's results, and derivatives at ties, zeros and corners."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn.autodiff import AnomalyError, Parameter, Tensor, detect_anomaly, grad, hvp, square
from learndyn.autodiff.rules.moments import layer_norm, norm, std, var
from learndyn.autodiff.rules.reductions import max as largest
from learndyn.autodiff.rules.reductions import mean, prod
from learndyn.autodiff.rules.reductions import min as smallest
from learndyn.autodiff.rules.reductions import sum as total

from .cases.reductions import axes_of, reduced

NUMPY = {
    "sum": (total, np.sum),
    "mean": (mean, np.mean),
    "prod": (prod, np.prod),
    "var": (var, np.var),
    "std": (std, np.std),
    "max": (largest, np.max),
    "min": (smallest, np.min),
}


def hessian(f, x):
    """All columns of the Hessian of a function of a vector."""
    return np.stack([hvp(f, x, e) for e in np.eye(len(x))], axis=-1)


@pytest.mark.parametrize("name", NUMPY)
@given(data=st.data())
def test_shape_type_and_value_are_numpys(name, data):
    ours, numpys = NUMPY[name]
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    axis = data.draw(axes_of(shape))
    if name not in ("sum", "prod") and not reduced(shape, axis):
        shape, axis = (2, *shape), 0
    dtype = data.draw(st.sampled_from([np.float64, np.float32, np.int64, np.bool_]))
    x = np.random.default_rng(0).uniform(-3, 3, shape).astype(dtype)
    keepdims = data.draw(st.booleans())
    if name in ("var", "std"):
        x = x.astype(np.float64) if dtype is np.bool_ else x
    got, expected = (f(x, axis=axis, keepdims=keepdims) for f in (ours, numpys))
    assert np.shape(got) == np.shape(expected)
    assert np.asarray(got).dtype == np.asarray(expected).dtype
    rtol = 1e-5 if dtype is np.float32 else 1e-12
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol)


def test_the_norm_is_numpys():
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    assert norm(x) == pytest.approx(np.linalg.norm(x), rel=1e-15)
    for axis in (0, 1, 2, -1, (0, 1), (-1, 0)):
        for keepdims in (False, True):
            np.testing.assert_allclose(
                norm(x, axis, keepdims), np.linalg.norm(x, axis=axis, keepdims=keepdims), rtol=1e-15
            )
    assert norm(-3.0) == 3.0
    assert norm([3, 4]) == 5.0
    assert norm(np.ones((2, 2)), keepdims=True).shape == (1, 1)


# --- axes ---------------------------------------------------------------------------------

ALONG = {
    **{name: ours for name, (ours, _) in NUMPY.items()},
    "norm": norm,
    "layer_norm": layer_norm,
}


@pytest.mark.parametrize("name", ALONG)
def test_a_negative_axis_is_the_positive_one_counted_from_the_end(name):
    x = np.random.default_rng(1).uniform(0.5, 2, (2, 3, 4))
    for axis in range(3):
        slopes = [
            grad(lambda x, i=i: square(ALONG[name](x, axis=i)).sum())(x) for i in (axis, axis - 3)
        ]
        np.testing.assert_array_equal(*slopes)


@pytest.mark.parametrize("name", ALONG)
def test_axis_0_of_a_number_passes_as_in_numpy_and_can_be_differentiated(name):
    slope = grad(lambda x: ALONG[name](x, axis=0))(2.0)
    assert slope == (0.0 if name in ("var", "std", "layer_norm") else 1.0)


@pytest.mark.parametrize("name", ALONG)
@pytest.mark.parametrize("axis", [2, -3, (0, 0), (0, -2)])
def test_a_wrong_axis_is_an_error_that_names_the_operation(name, axis):
    with pytest.raises(ValueError, match=rf"{name}: received shape \(2, 3\), axis=.*Each axis"):
        ALONG[name](Tensor(np.ones((2, 3))), axis=axis)


def test_equal_columns_have_bitwise_equal_sums():
    """No product with ones, whose order of summation may depend on the column."""
    column = np.random.default_rng(2).standard_normal(1000)
    for width in (1, 2, 3, 8, 17):
        sums = total(np.repeat(column[:, None], width, axis=1), axis=0)
        assert len(set(sums.tolist())) == 1


def test_large_and_small_results_spread_alike():
    """Above some size the cotangent of a sum is a view, below it is written out."""
    for side in (3, 100):
        x, weight = np.random.default_rng(3).standard_normal((2, side, side))
        np.testing.assert_array_equal(
            grad(lambda x, w=weight: (total(x, axis=1) * w[0]).sum())(x),
            np.repeat(weight[0][:, None], side, axis=1),
        )


# --- nothing to reduce --------------------------------------------------------------------


def test_the_sum_of_nothing_is_0_and_the_product_is_1():
    assert total(Tensor(np.zeros(0))).item() == 0.0
    assert prod(Tensor(np.zeros(0))).item() == 1.0
    for f in (total, prod, norm):
        assert grad(lambda x, f=f: f(x))(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("f", [mean, var, std])
def test_an_average_of_nothing_warns_with_the_operations_name_and_is_nan(f):
    with pytest.warns(RuntimeWarning, match=rf"{f.__name__}: received shape \(0, 2\), axis=0"):
        value = f(np.zeros((0, 2)), axis=0)
    np.testing.assert_array_equal(value, [np.nan, np.nan])
    with pytest.warns(RuntimeWarning, match=f.__name__):
        assert grad(f)(np.zeros(0)).shape == (0,)
    # No result, no average: nothing to warn of.
    assert f(np.zeros((0, 2)), axis=1).shape == (0,)


@pytest.mark.parametrize("name", ["max", "min", "layer_norm"])
def test_an_extremum_of_nothing_is_an_error_that_names_the_operation(name):
    with pytest.raises(ValueError, match=rf"{name}: received shape \(2, 0\).*must not be empty"):
        ALONG[name](Tensor(np.zeros((2, 0))), axis=1)


def test_var_with_too_few_numbers_warns_and_has_no_gradient():
    with pytest.warns(RuntimeWarning, match="var: .* degrees of freedom .* ddof=1"):
        assert np.isnan(var(np.ones(1), ddof=1))
    with pytest.warns(RuntimeWarning, match="var"):
        assert np.isinf(var(np.array([1.0, 2.0]), ddof=2))
    with pytest.warns(RuntimeWarning, match="var"):
        assert np.isnan(grad(lambda x: var(x, ddof=2))(np.array([1.0, 2.0]))).all()


# --- closed forms -------------------------------------------------------------------------


def test_var_is_the_quadratic_form_of_the_centring_matrix():
    """With C = I - 11^T/n, var = x^T C x / (n - ddof), and its derivatives are 2 C x and 2 C."""
    x = np.random.default_rng(4).standard_normal(5)
    centring = np.eye(5) - 1 / 5
    for ddof in (0, 1, 2):
        f = lambda x, d=ddof: var(x, ddof=d)
        np.testing.assert_allclose(grad(f)(x), 2 * centring @ x / (5 - ddof), atol=1e-15)
        np.testing.assert_allclose(hessian(f, x), 2 * centring / (5 - ddof), atol=1e-15)


def test_var_of_numbers_far_from_zero_keeps_its_digits():
    x = 1e8 + np.array([1.0, 2.0, 3.0])
    assert var(x) == pytest.approx(2 / 3, rel=1e-12)
    np.testing.assert_allclose(grad(var)(x), [-2 / 3, 0, 2 / 3], atol=1e-12)


def test_the_norms_hessian_is_the_projection_across_over_the_length():
    x = np.array([3.0, -4.0, 12.0])
    unit = x / 13
    np.testing.assert_allclose(grad(norm)(x), unit, rtol=1e-15)
    projection = np.eye(3) - np.outer(unit, unit)
    np.testing.assert_allclose(hessian(norm, x), projection / 13, atol=1e-16)


def test_the_squared_norm_has_the_derivatives_of_the_sum_of_squares():
    x = np.random.default_rng(5).standard_normal(4)
    np.testing.assert_allclose(hessian(lambda x: square(norm(x)), x), 2 * np.eye(4), atol=1e-14)


def test_layer_norm_ignores_shift_and_with_no_eps_scale():
    x, weight = np.random.default_rng(6).standard_normal((2, 6))
    slope = grad(lambda x: (layer_norm(x, eps=0.0) * weight).sum())(x)
    assert abs(slope.sum()) < 1e-14
    assert abs(slope @ x) < 1e-14
    np.testing.assert_allclose(
        layer_norm(7.0 + 3.0 * x, eps=0.0), layer_norm(x, eps=0.0), rtol=1e-13
    )


def test_layer_norm_agrees_with_its_parts():
    x, weight = np.random.default_rng(7).standard_normal((2, 4, 3, 5))
    for axis in (-1, 0, (0, 2), None):

        def parts(x, axis=axis):
            centred = x - mean(x, axis=axis, keepdims=True)
            return centred / (mean(square(centred), axis=axis, keepdims=True) + 1e-3) ** 0.5

        fused, written = (
            grad(lambda x, f=f: (f(x) * weight).sum())(x)
            for f in (lambda x, axis=axis: layer_norm(x, axis, 1e-3), parts)
        )
        np.testing.assert_allclose(fused, written, atol=1e-14)


def test_layer_norm_of_equal_numbers_is_zero_with_a_finite_slope():
    x = np.full((2, 3), 5.0)
    np.testing.assert_array_equal(layer_norm(x), np.zeros((2, 3)))
    weight = np.array([1.0, 2.0, 3.0])
    slope = grad(lambda x: (layer_norm(x) * weight).sum())(x)
    np.testing.assert_allclose(slope, np.tile((weight - 2) / 1e-5**0.5, (2, 1)))
    direction = weight * np.ones((2, 1))
    assert np.isfinite(hvp(lambda x: square(layer_norm(x)).sum(), x, direction)).all()


# --- singular points ----------------------------------------------------------------------


def test_norm_at_zero_has_slope_zero_and_no_second_derivative():
    np.testing.assert_array_equal(grad(norm)(np.zeros(3)), np.zeros(3))
    assert np.isnan(hvp(norm, np.zeros(3), np.ones(3))).all()


def test_a_zero_row_does_not_disturb_its_neighbours():
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    f = lambda x: norm(x, axis=1).sum()
    np.testing.assert_allclose(grad(f)(x), [[0, 0], [0.6, 0.8]])
    curvature = hvp(f, x, np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert np.isnan(curvature[0]).all()
    np.testing.assert_allclose(curvature[1], [0.64 / 5, -0.48 / 5])


@pytest.mark.parametrize("length", [1, 4])
def test_std_of_equal_numbers_has_slope_zero_and_no_second_derivative(length):
    x = np.full(length, 2.0)
    np.testing.assert_array_equal(grad(std)(x), np.zeros(length))
    assert np.isnan(hvp(std, x, np.arange(1.0, length + 1))).all()


def test_the_anomaly_detector_names_the_corner():
    with pytest.raises(AnomalyError, match="inverse_or_zero"), detect_anomaly():
        hvp(norm, np.zeros(2), np.ones(2))


@pytest.mark.parametrize(
    ("x", "slope"), [([0, 2, 3], [6, 0, 0]), ([0, 0, 3], [0, 0, 0]), ([2, 3, 4], [12, 8, 6])]
)
def test_prod_needs_no_division(x, slope):
    x = np.array(x, float)
    np.testing.assert_array_equal(grad(prod)(x), slope)
    others = [[0, x[2], x[1]], [x[2], 0, x[0]], [x[1], x[0], 0]]
    np.testing.assert_array_equal(hessian(prod, x), others)


@given(zeros=st.lists(st.integers(0, 5), max_size=6), n=st.integers(1, 6))
def test_derivatives_of_prod_are_products_of_the_others_whatever_is_zero(zeros, n):
    x = np.random.default_rng(8).uniform(-2, 2, n)
    x[[i % n for i in zeros]] = 0.0
    np.testing.assert_allclose(grad(prod)(x), [np.prod(np.delete(x, i)) for i in range(n)])
    pairs = [[np.prod(np.delete(x, [i, j])) * (i != j) for j in range(n)] for i in range(n)]
    np.testing.assert_allclose(hessian(prod, x), pairs, atol=1e-15)


def test_prod_does_not_underflow_where_its_derivative_does_not():
    np.testing.assert_array_equal(grad(prod)(np.array([1e-200, 1e-200, 1e200])), [1, 1, 0])


@pytest.mark.parametrize("f", [largest, smallest])
def test_tied_extrema_share_the_derivative_in_equal_parts(f):
    sign = 1.0 if f is largest else -1.0
    x = sign * np.array([2.0, 2.0, 1.0])
    np.testing.assert_array_equal(grad(f)(x), [0.5, 0.5, 0.0])
    np.testing.assert_array_equal(grad(f)(np.zeros(4)), np.full(4, 0.25))
    rows = sign * np.array([[2.0, 2.0, 1.0], [0.0, 1.0, 3.0]])
    slope = grad(lambda x: (f(x, axis=1) * np.array([2.0, 5.0])).sum())(rows)
    np.testing.assert_array_equal(slope, [[1, 1, 0], [0, 0, 5]])
    np.testing.assert_array_equal(hvp(lambda x: square(f(x)), x, np.ones(3)), [1, 1, 0])


def test_an_extremum_that_is_nan_has_a_gradient_that_is_nan():
    x = np.array([[np.nan, 1.0], [1.0, 2.0]])
    slope = grad(lambda x: largest(x, axis=1).sum())(x)
    assert np.isnan(slope[0]).all()
    np.testing.assert_array_equal(slope[1], [0, 1])


def test_no_rule_warns_or_changes_what_it_was_given():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f in ALONG.values():
            w = Parameter(np.array([[1.0, 2.0], [5.0, 3.0]]))
            seed = np.array([[1.0, -2.0], [3.0, 4.0]])
            y = f(w, axis=-1)
            kept = seed[: y.shape[0], : y.shape[1]] if y.ndim == 2 else seed[0]
            before = kept.copy()
            y.backward(kept)
            np.testing.assert_array_equal(kept, before)
            np.testing.assert_array_equal(w.data, [[1, 2], [5, 3]])
