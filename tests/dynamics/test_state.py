"""A tree and its flat vector are the same data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from learndyn import Tensor, grad, ravel
from learndyn.autodiff.tree import leaves, paths, rebuild, tree_map

arrays = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.floats(-1e6, 1e6),
)
trees = st.recursive(
    arrays,
    lambda branches: (
        st.lists(branches, max_size=3)
        | st.dictionaries(st.text(max_size=2), branches, max_size=3)
        | st.tuples(branches, branches)
    ),
    max_leaves=6,
).filter(leaves)


@given(tree=trees)
def test_unravel_undoes_ravel(tree):
    z, unravel = ravel(tree)
    back = unravel(z)
    assert paths(back) == paths(tree)
    for a, b in zip(leaves(tree), leaves(back), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(ravel(back)[0], z)


@given(tree=trees)
def test_a_gradient_flows_through_unravel(tree):
    """d/dz sum_i w_i z_i = w, however the state is laid out."""
    z, unravel = ravel(tree)
    weights = tree_map(lambda leaf: np.random.default_rng(0).standard_normal(leaf.shape), tree)

    def f(z):
        parts = [(w * t).sum() for w, t in zip(leaves(weights), leaves(unravel(z)), strict=True)]
        return sum(parts[1:], start=parts[0])

    np.testing.assert_array_equal(grad(f)(z), ravel(weights)[0])


def test_a_flat_tensor_gives_tensors():
    z, unravel = ravel({"w": np.ones((2, 2)), "b": 0.0})
    parts = unravel(Tensor(z, requires_grad=True))
    assert parts["w"].requires_grad
    assert parts["w"].shape == (2, 2)


def test_a_vector_of_the_wrong_length_and_an_empty_tree_are_refused():
    _, unravel = ravel([np.ones(3)])
    with pytest.raises(ValueError, match=r"unravel: needs a vector of shape \(3,\), got shape \(4,\)"):
        unravel(np.ones(4))
    with pytest.raises(ValueError, match="ravel: the tree holds no arrays"):
        ravel({"a": [], "b": None})
    with pytest.raises(ValueError, match="rebuild: the tree has 2 leaves, got 1"):
        rebuild([1.0, 2.0], [1.0])
