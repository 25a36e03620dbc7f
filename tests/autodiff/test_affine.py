"""Laws of the affine row and of the mean square: what they are made of, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn import Tensor, affine, grad, mean, mean_square, square

SHAPES = [
    ((4, 2), (2, 3), (3,)),
    ((4, 2), (2, 3), (1, 3)),
    ((4, 2), (2, 3), (4, 3)),
    ((4, 2), (2, 3), ()),
    ((2,), (2, 3), (3,)),
    ((4, 2), (2,), (4,)),
    ((2,), (2,), ()),
    ((5, 4, 2), (5, 2, 3), (5, 1, 3)),
    ((5, 4, 2), (2, 3), (3,)),
]


@pytest.mark.parametrize("shapes", SHAPES)
@given(seed=st.integers(0, 2**32))
def test_affine_and_its_gradient_are_those_of_product_and_sum_to_the_last_bit(shapes, seed):
    rng = np.random.default_rng(seed)
    operands = [rng.standard_normal(shape) for shape in shapes]
    weight = rng.standard_normal(np.shape(operands[0] @ operands[1]))
    np.testing.assert_array_equal(affine(*operands), operands[0] @ operands[1] + operands[2])
    fused = grad(lambda p: (weight * affine(*p)).sum())(operands)
    parts = grad(lambda p: (weight * (p[0] @ p[1] + p[2])).sum())(operands)
    for one, other in zip(fused, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_operands_of_affine_are_left_alone():
    x, w, b = np.ones((4, 2)), np.ones((2, 3)), np.ones(3)
    affine(Tensor(x, requires_grad=True), w, b)
    assert (x == 1).all() and (w == 1).all() and (b == 1).all()


def test_affine_keeps_the_wider_type_as_a_sum_does():
    x, w = np.ones((4, 2), np.float32), np.ones((2, 3), np.float32)
    for b in (np.ones(3, np.float32), np.ones(3), np.float64(1), 1.0, 1, True):
        assert affine(x, w, b).dtype == (x @ w + b).dtype


@pytest.mark.parametrize("b", [(2,), (5, 4, 3)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_bias_larger_than_the_product_is_an_error_that_says_so(b, kind):
    with pytest.raises(ValueError, match=r"affine: received shape \(4, 2\) and \(2, 3\) and .*bias"):
        affine(np.ones((4, 2)), np.ones((2, 3)), np.ones(b, kind))


@given(seed=st.integers(0, 2**32), axis=st.sampled_from([None, 0, 1, (0, 1), -1]))
def test_mean_square_is_the_mean_of_squares_with_its_gradient(seed, axis):
    x = np.random.default_rng(seed).standard_normal((3, 4))
    np.testing.assert_allclose(mean_square(x, axis=axis), mean(square(x), axis=axis), rtol=1e-14)
    fused = grad(lambda x: square(mean_square(x, axis=axis)).sum())(x)
    parts = grad(lambda x: square(mean(square(x), axis=axis)).sum())(x)
    np.testing.assert_allclose(fused, parts, rtol=1e-13)


def test_mean_square_of_nothing_warns_with_its_name():
    with pytest.warns(RuntimeWarning, match="mean_square: received shape"):
        assert np.isnan(mean_square(np.empty(0)))
