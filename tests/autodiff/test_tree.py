"""Laws of trees of arrays: taking apart and putting together are inverse, and order is kept."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learndyn.autodiff.tree import leaves, paths, rebuild, tree_map

Layer = namedtuple("Layer", "weight bias")
NUMBERS = st.floats(-9.0, 9.0)
TREES = st.recursive(
    NUMBERS | st.none() | NUMBERS.map(np.array) | NUMBERS.map(lambda x: np.full((2,), x)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.builds(Layer, inner, inner)
    ),
    max_leaves=8,
)


def shape_of(tree):
    """The structure alone, with types."""
    if isinstance(tree, dict):
        return {key: shape_of(branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree), [shape_of(branch) for branch in tree]
    return tree is None


@given(TREES)
def test_a_tree_is_rebuilt_from_its_leaves_with_its_own_types(tree):
    found = leaves(tree)
    again = rebuild(tree, found)
    assert shape_of(again) == shape_of(tree)
    assert all(a is b for a, b in zip(leaves(again), found, strict=True))


@given(TREES)
def test_every_leaf_has_a_path_of_its_own(tree):
    assert len(set(paths(tree))) == len(paths(tree)) == len(leaves(tree))


def test_a_path_leads_to_its_leaf():
    tree = {"net": [Layer(1.0, 2.0), (3.0, None)], "scale": 4.0}
    found = [eval(f"tree{path}", {"tree": tree}) for path in paths(tree)]
    assert found == leaves(tree) == [1.0, 2.0, 3.0, 4.0]
    assert paths(tree) == ["['net'][0].weight", "['net'][0].bias", "['net'][1][0]", "['scale']"]
    assert paths(5.0) == [""]


@given(TREES)
def test_a_map_of_a_composition_is_the_composition_of_maps(tree):
    once = tree_map(lambda x: 3.0 * (x + 1.0), tree)
    twice = tree_map(lambda x: 3.0 * x, tree_map(lambda x: x + 1.0, tree))
    assert shape_of(once) == shape_of(twice) == shape_of(tree)
    assert all(np.array_equal(a, b) for a, b in zip(leaves(once), leaves(twice), strict=True))


def test_a_map_of_several_trees_pairs_leaves_that_stand_in_the_same_place():
    one, two = {"a": 1.0, "b": [2.0, None]}, {"a": 10.0, "b": [20.0, None]}
    assert tree_map(lambda x, y: x - y, one, two) == {"a": -9.0, "b": [-18.0, None]}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_leaves_is_refused(count):
    for tree in ([1.0, 2.0], {"a": 1.0, "b": 2.0}, (np.ones(2), np.ones(3))):
        with pytest.raises(ValueError, match=f"the tree has 2 leaves, got {count}"):
            rebuild(tree, [0.0] * count)


def test_trees_that_differ_are_refused_with_the_first_place():
    with pytest.raises(ValueError, match=r"the trees differ at \['b'\]$"):
        tree_map(lambda x, y: x, {"a": 1.0}, {"a": 1.0, "b": 2.0})
    with pytest.raises(ValueError, match="the trees differ at their order"):
        tree_map(lambda x, y: x, {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0})
