"""Products of matrices: exponents and singular values to relative accuracy, by QR."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.learning import orthogonal
from learndyn.learning.signal import (
    gaussian_product_exponents,
    log_singular_values,
    product_exponents,
)


def gaussian(rng, count, n):
    return (rng.standard_normal((n, n)) / np.sqrt(n) for _ in range(count))


def test_exponents_of_gaussian_products_are_newmans():
    found = product_exponents(gaussian(np.random.default_rng(0), 2000, 40), burn_in=50)
    np.testing.assert_allclose(found.exponents, gaussian_product_exponents(40), atol=0.07)
    assert found.growth.shape == (1950, 40)
    np.testing.assert_allclose(found.history[-1], found.exponents, rtol=1e-12)


def test_small_singular_values_of_a_long_product_are_right_where_an_explicit_product_is_rounding():
    factors = list(gaussian(np.random.default_rng(1), 40, 8))
    with mpmath.workdps(100):
        product = mpmath.eye(8)
        for a in factors:
            product = mpmath.matrix(a.tolist()) * product
        exact = [float(mpmath.log(s)) for s in mpmath.svd_r(product, compute_uv=False)]
    np.testing.assert_allclose(log_singular_values(factors), exact, atol=1e-11)
    explicit = np.log(np.linalg.svd(np.linalg.multi_dot(factors[::-1]), compute_uv=False))
    assert abs(explicit[-1] - exact[-1]) > 1.0


@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6), seed=st.integers(0, 99))
def test_singular_values_of_rectangular_products(sizes, seed):
    rng = np.random.default_rng(seed)
    factors = [rng.standard_normal((b, a)) for a, b in pairwise(sizes)]
    product = np.eye(sizes[0])
    for a in factors:
        product = a @ product
    exact = np.linalg.svd(product, compute_uv=False)
    found = log_singular_values(factors)
    assert found.shape == exact.shape
    np.testing.assert_allclose(np.exp(found), exact, rtol=1e-7, atol=1e-12 * exact[0])
    np.testing.assert_allclose(log_singular_values([a.T for a in factors[::-1]]), found, atol=1e-6)


@given(exponents=st.lists(st.floats(-300.0, 300.0), min_size=1, max_size=5))
def test_a_diagonal_power_beyond_the_range_of_floats(exponents):
    a = np.diag(np.exp(exponents))
    expected = 5 * np.sort(exponents)[::-1]
    np.testing.assert_allclose(log_singular_values([a] * 5), expected, rtol=1e-12, atol=1e-10)


def test_orthogonal_factors_have_all_singular_values_one():
    rng = np.random.default_rng(0)
    factors = [orthogonal(rng, (), 30, 30)[0] for _ in range(20)]
    np.testing.assert_allclose(log_singular_values(factors), 0.0, atol=1e-12)
    np.testing.assert_allclose(product_exponents(factors).growth, 0.0, atol=1e-12)


def test_products_without_full_rank():
    assert log_singular_values([np.zeros((2, 2))]).tolist() == [-np.inf, -np.inf]
    narrow = log_singular_values([np.ones((5, 2)), np.ones((1, 5)), np.ones((4, 1))])
    np.testing.assert_allclose(narrow, [np.log(5 * np.sqrt(8)), -np.inf], rtol=1e-14)
    twins = log_singular_values([np.ones((3, 3)), np.eye(3)])
    assert twins[0] == pytest.approx(np.log(3.0)) and (twins[1:] < -30).all()


def test_products_side_by_side_are_the_products_one_by_one():
    a = np.random.default_rng(0).standard_normal((20, 3, 4, 4))
    together = product_exponents(a, count=2).growth
    assert together.shape == (20, 3, 2)
    np.testing.assert_allclose(
        together[:, 1], product_exponents(a[:, 1], count=2).growth, rtol=1e-9
    )


def test_a_product_that_stops_returns_what_there_is():
    factors = [np.eye(2), 2 * np.eye(2), np.full((2, 2), np.nan), np.eye(2)]
    found = product_exponents(factors)
    assert found.stopped == "factor 3 is not finite"
    np.testing.assert_allclose(found.growth, np.log([[1, 1], [2, 2]]), atol=1e-14)
    with pytest.raises(ArithmeticError, match="factor 3"):
        product_exponents(factors, burn_in=2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: product_exponents([]), "0 factors leave none"),
        (lambda: product_exponents([np.eye(2)], burn_in=-1), "burn_in must be"),
        (lambda: product_exponents([np.ones(2)]), "not a matrix"),
        (lambda: product_exponents([np.eye(2)], count=3), "1 <= count <= 2"),
        (lambda: product_exponents([np.ones((1, 2))]), "carries 2 directions"),
        (lambda: log_singular_values([]), "one or more matrices"),
        (lambda: log_singular_values([np.eye(2), np.eye(3)]), "factor 2 has shape"),
        (lambda: log_singular_values([np.full((2, 2), np.inf)]), "must be finite"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
