"""Laws of the order within layers: neighbours are sorted by where their lines end, then swapped where it helps."""

from itertools import combinations, permutations

from learndyn.autodiff.graph_layout import layered_layout

from .test_graph_layout import crossings


def fewest(edges, tails, heads):
    """The fewest crossings between two layers, over all orders of both."""
    return min(
        sum((t[a] - t[c]) * (h[b - tails] - h[d - tails]) < 0 for (a, b), (c, d) in combinations(edges, 2))
        for t in permutations(range(tails))
        for h in permutations(range(heads))
    )


def test_sorting_by_neighbours_untangles_what_swaps_of_two_cannot():
    edges = [(2, 9), (1, 6), (2, 8), (2, 7), (3, 6), (4, 6), (2, 5), (0, 6)]
    assert crossings(layered_layout([(40, 20)] * 10, edges)) == fewest(edges, 5, 5) == 0


def test_swaps_of_two_find_the_fewest_crossings_that_sorting_misses():
    edges = [(0, 5), (1, 4), (0, 4), (3, 4), (0, 7), (3, 6), (2, 5), (3, 5)]
    assert crossings(layered_layout([(40, 20)] * 8, edges)) == fewest(edges, 4, 4) == 3


def test_a_box_that_only_a_shared_leaf_feeds_stands_right_above_its_one_user():
    """0 feeds 1 and 2; the chain 2, 3, 4 is longer than 1, 4, so 1 may stand beside 3."""
    edges = [(0, 1), (0, 2), (2, 3), (1, 4), (3, 4)]
    assert layered_layout([(40, 20)] * 5, edges).layers == (0, 2, 1, 2, 3)


def test_a_box_that_a_shared_result_feeds_stays_close_to_it():
    """As before, but what feeds 1 and 2 is itself a result: its line would grow as much as is saved."""
    edges = [(0, 1), (1, 2), (1, 3), (3, 4), (2, 5), (4, 5)]
    assert layered_layout([(40, 20)] * 6, edges).layers == (0, 1, 2, 2, 3, 4)
