"""Laws of a graph's layout: edges go down, boxes keep apart, lines keep out of boxes."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learndyn.autodiff.graph_layout import layered_layout


@st.composite
def drawings(draw):
    """Boxes of any even size, edges that point to later boxes, some of them with a label."""
    count = draw(st.integers(1, 14))
    sides = st.integers(5, 60).map(lambda n: 2 * n)
    sizes = draw(st.lists(st.tuples(sides, sides), min_size=count, max_size=count))
    edges = []
    for head in range(1, count):
        edges += [(tail, head) for tail in draw(st.lists(st.integers(0, head - 1), max_size=3))]
    labels = None
    if draw(st.booleans()):
        label = st.none() | st.just((40, 14))
        labels = draw(st.lists(label, min_size=len(edges), max_size=len(edges)))
    return sizes, edges, labels


def bounds(centre, size):
    (x, y), (w, h) = centre, size
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def overlap(a, b):
    """True if the open rectangles share a point."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@given(drawings())
def test_every_edge_points_to_a_later_layer(drawing):
    sizes, edges, labels = drawing
    layout = layered_layout(sizes, edges, labels=labels)
    for tail, head in edges:
        assert layout.layers[tail] < layout.layers[head]
        assert (
            bounds(layout.centres[tail], sizes[tail])[3]
            < bounds(layout.centres[head], sizes[head])[1]
        )


@given(drawings())
def test_no_two_boxes_or_labels_overlap_and_all_are_inside(drawing):
    sizes, edges, labels = drawing
    layout = layered_layout(sizes, edges, labels=labels)
    rectangles = [bounds(c, s) for c, s in zip(layout.centres, sizes, strict=True)]
    rectangles += [
        bounds(c, s) for c, s in zip(layout.labels, labels or [], strict=False) if s is not None
    ]
    assert not any(overlap(a, b) for a, b in combinations(rectangles, 2))
    assert min(r[0] for r in rectangles) >= 0 and max(r[2] for r in rectangles) <= layout.width
    assert min(r[1] for r in rectangles) >= 0 and max(r[3] for r in rectangles) <= layout.height


@given(drawings())
def test_no_line_runs_through_a_box_or_a_label(drawing):
    """A slanted leg is drawn as a curve inside the rectangle that its ends span."""
    sizes, edges, labels = drawing
    layout = layered_layout(sizes, edges, labels=labels)
    obstacles = [bounds(c, s) for c, s in zip(layout.centres, sizes, strict=True)]
    obstacles += [
        bounds(c, s) for c, s in zip(layout.labels, labels or [], strict=False) if s is not None
    ]
    for pieces in layout.lines:
        for piece in pieces:
            for i, ((x, y), (u, v)) in enumerate(pairwise(piece)):
                assert y <= v
                assert i % 2 == 1 or x == u
                leg = (min(x, u) - 0.1, y, max(x, u) + 0.1, v)
                assert not any(overlap(leg, box) for box in obstacles)


@given(drawings())
def test_a_line_joins_its_two_boxes_through_its_label(drawing):
    sizes, edges, labels = drawing
    layout = layered_layout(sizes, edges, labels=labels)
    for k, (tail, head) in enumerate(edges):
        pieces = layout.lines[k]
        out, into = (bounds(layout.centres[i], sizes[i]) for i in (tail, head))
        assert pieces[0][0][1] == out[3] and out[0] < pieces[0][0][0] < out[2]
        assert pieces[-1][-1][1] == into[1] and into[0] < pieces[-1][-1][0] < into[2]
        label = labels[k] if labels else None
        assert len(pieces) == (1 if label is None else 2)
        if label is not None:
            x, y = layout.labels[k]
            assert pieces[0][-1] == (x, y - label[1] / 2)
            assert pieces[1][0] == (x, y + label[1] / 2)


@given(drawings())
@settings(max_examples=20)
def test_a_layout_has_whole_coordinates_and_is_the_same_each_time(drawing):
    sizes, edges, labels = drawing
    layout = layered_layout(sizes, edges, labels=labels)
    assert layout == layered_layout(sizes, edges, labels=labels)
    assert all(value == int(value) for centre in layout.centres for value in centre)


def crossings(layout):
    """Pairs of lines between the same two layers that change sides; for edges of one layer."""
    ends = [(line[0][0], line[-1][-1]) for line in layout.lines]
    pairs = combinations(ends, 2)
    return sum(y == v and (a - c) * (b - d) < 0 for ((a, y), (b, _)), ((c, v), (d, _)) in pairs)


def test_a_tree_is_drawn_without_crossings():
    """A binary tree whose leaves are given in a mixed order."""
    edges = [(3, 8), (0, 8), (5, 9), (1, 9), (7, 10), (2, 10), (6, 11), (4, 11)]
    edges += [(8, 12), (10, 12), (9, 13), (11, 13), (12, 14), (13, 14)]
    assert crossings(layered_layout([(40, 20)] * 15, edges)) == 0


def test_results_that_were_given_in_a_crossed_order_are_sorted():
    assert crossings(layered_layout([(40, 20)] * 5, [(0, 2), (1, 3), (0, 4)])) == 0


def test_operands_enter_from_left_to_right():
    """Also where the second one is used elsewhere, further left."""
    edges = [(1, 2), (0, 3), (1, 3), (2, 4), (3, 4)]
    lines = layered_layout([(40, 20)] * 5, edges).lines
    assert lines[1][-1][-1] < lines[2][-1][-1]
    assert lines[3][-1][-1] < lines[4][-1][-1]


def test_a_long_edge_is_straight_beside_the_boxes_that_it_passes():
    sizes = [(60, 40), (100, 40), (30, 40), (120, 40), (50, 40), (160, 40), (60, 40)]
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (0, 6)]
    inner = layered_layout(sizes, edges).lines[-1][0][2:-2]
    assert len(inner) == 10
    assert len({x for x, _ in inner}) == 1


def test_a_leaf_stands_just_above_its_first_use():
    layout = layered_layout([(40, 20)] * 5, [(0, 1), (1, 2), (3, 4), (2, 4)])
    assert layout.layers == (0, 1, 2, 2, 3)


def test_a_layout_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match=r"edge \(1, 0\) does not point to a later one of 2"):
        layered_layout([(2, 2)] * 2, [(1, 0)])
    with pytest.raises(ValueError, match=r"box 1 has size \(3, 2\)\. Sides must be even"):
        layered_layout([(2, 2), (3, 2)], [])
