"""A long product of matrices: exponents by QR are Newman's, and the explicit product is rounding."""

import mpmath
import numpy as np

from learndyn.experiments import long_products
from learndyn.learning import lecun_normal


def test_exponents_are_newmans():
    result = long_products.exponents()
    assert result.deviation < 0.07
    # Each factor preserves the mean square, and yet the largest exponent is negative.
    assert -0.02 < result.predicted[0] < 0.0


def test_an_explicit_product_keeps_what_is_above_eps_times_its_largest_singular_value():
    result = long_products.run()
    right = int(result.right.sum())
    assert abs(right - result.predicted_right) <= 1
    assert result.right[:right].all()  # the largest ones
    # All others lie within a few powers of ten of the floor, wherever they belong.
    assert np.abs(result.explicit[right + 1 :] - result.floor).max() < 10.0
    assert result.chained[-1] < 5 * result.floor


def test_the_chain_agrees_with_a_hundred_digits():
    result = long_products.run(60, width=6, seed=1)
    rng = np.random.default_rng(1)
    with mpmath.workdps(120):
        product = mpmath.eye(6)
        for _ in range(60):
            product = mpmath.matrix(lecun_normal(rng, (), 6, 6)[0].tolist()) * product
        exact = [float(mpmath.log(s)) for s in mpmath.svd_r(product, compute_uv=False)]
    np.testing.assert_allclose(result.chained, exact, atol=1e-11)
