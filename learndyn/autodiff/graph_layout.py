"""Where the boxes and lines of a graph's picture go: pure geometry, in four steps.

1. Layers: each edge points to a later layer (longest path), then what has slack moves closer
   to where it is used.
2. An edge that skips layers gets an empty place in each layer between.
3. The order within each layer: barycentre sweeps, keeping the order with fewest crossings.
4. Coordinates: minimise the sum of squared sideways shifts of all edges,

       sum over edges of w (x_tail - x_head)^2   with   x_{i+1} - x_i >= room between them,

   layer by layer. Each layer is an isotonic regression, which pooling solves exactly.

Data flow down the page. Coordinates are whole numbers, so that a picture has the same bytes
everywhere.

References
----------
Gansner, E. et al. (1993). A technique for drawing directed graphs. IEEE Trans. SE 19, 214-230.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .graph_order import Link, Place, fewest_crossings, first_order

Point = tuple[float, float]
Size = tuple[int, int]

_SETTLED = 0.02
_PORT_STEP = 22  # between two lines that enter the same box; with labels there is more room
_LABEL_GAP, _LINE_GAP = 8, 12
# By the number of empty ends: long edges are kept straight before short ones are (Gansner et
# al., section 4). What is used only once can stand aside, so that the trunk is straight.
_WEIGHT = {0: 1.0, 1: 2.0, 2: 8.0}
_CHAIN, _ASIDE = 4.0, 0.01


@dataclass(frozen=True, slots=True)
class Layout:
    """Places for the boxes and lines of a graph.

    Attributes
    ----------
    layers : tuple of int
        Of each box; an edge always points to a later one.
    centres : tuple of Point
        Of each box.
    lines : tuple of tuple of tuple of Point
        For each edge its pieces (two if its label stands between them), for each piece the
        corners. Every other leg is vertical, the first one included; the others lie between
        layers, where no box is.
    labels : tuple of Point or None
        Centre of each edge's label.
    width, height : int
        Of everything; the smallest coordinates are 0.
    """

    layers: tuple[int, ...]
    centres: tuple[Point, ...]
    lines: tuple[tuple[tuple[Point, ...], ...], ...]
    labels: tuple[Point | None, ...]
    width: int
    height: int


def layered_layout(
    sizes: Sequence[Size],
    edges: Sequence[tuple[int, int]],
    *,
    labels: Sequence[Size | None] | None = None,
    layer_gap: int = 30,
    box_gap: int = 16,
) -> Layout:
    """Lay out a graph whose edges point from a box to a later one.

    Parameters
    ----------
    sizes : sequence of (width, height)
        Of each box, even numbers. The boxes are in topological order.
    edges : sequence of (tail, head)
        Indices of boxes. The edges of one head enter it from left to right in the order given.
    labels : sequence of (width, height) or None, optional
        Size of the label on each edge. If there is any, labels have layers of their own.
    layer_gap, box_gap : int, optional
        Between layers, and between neighbours in one layer.

    Raises
    ------
    ValueError
        If an edge does not point to a later box, or a size is not even and positive.
    """
    _check(sizes, edges)
    labels = labels or [None] * len(edges)
    step = 2 if any(label is not None for label in labels) else 1
    layers = _layers(len(sizes), edges, step)
    places = [Place(layer, *size, True) for layer, size in zip(layers, sizes, strict=True)]
    chains = [
        _chain(places, tail, head, label) for (tail, head), label in zip(edges, labels, strict=True)
    ]
    links = _links(places, edges, chains)
    rows = fewest_crossings(places, links, first_order(places, edges, chains))
    _relax(places, links, chains, rows, box_gap)
    return _finished(places, len(sizes), rows, chains, links, labels, layer_gap)


def _check(sizes: Sequence[Size], edges: Sequence[tuple[int, int]]) -> None:
    for i, size in enumerate(sizes):
        if any(side <= 0 or side % 2 for side in size):
            raise ValueError(
                f"layered_layout: box {i} has size {size}. Sides must be even and positive"
            )
    for tail, head in edges:
        if not 0 <= tail < head < len(sizes):
            raise ValueError(
                f"layered_layout: edge {(tail, head)} does not point to a later one of "
                f"{len(sizes)} boxes. Sort the boxes so that operands come before results"
            )


# --- layers -----------------------------------------------------------------------------


def _layers(count: int, edges: Sequence[tuple[int, int]], step: int) -> list[int]:
    """Longest path from a source; then each box with slack moves down if that shortens edges."""
    above: list[set[int]] = [set() for _ in range(count)]
    below: list[set[int]] = [set() for _ in range(count)]
    for tail, head in edges:
        above[head].add(tail)
        below[tail].add(head)
    layers: list[int] = []
    for box in range(count):
        layers.append(max((layers[i] + step for i in above[box]), default=0))
    for box in reversed(range(count)):
        # An operand that is used only here follows, and a source may; from others edges grow.
        held = sum((0.5 if not above[i] else 1.0) for i in above[box] if len(below[i]) > 1)
        if below[box] and held < len(below[box]):
            layers[box] = min(layers[i] for i in below[box]) - step
    return layers


def _chain(places: list[Place], tail: int, head: int, label: Size | None) -> list[int]:
    """Add the empty places of an edge; the last one, just before the head, takes the label."""
    between = range(places[tail].layer + 1, places[head].layer)
    first = len(places)
    places.extend(Place(layer, 0, 0, False) for layer in between)
    if label is not None:
        places[-1].width, places[-1].height = label
    return [tail, *range(first, len(places)), head]


def _links(
    places: list[Place], edges: Sequence[tuple[int, int]], chains: list[list[int]]
) -> list[Link]:
    """All edges cut at the layers, with the offset at which each enters its head."""
    entering = Counter(head for _, head in edges)
    uses = Counter(tail for tail, _ in edges)
    used: dict[int, int] = {}
    links = []
    for (tail, head), chain in zip(edges, chains, strict=True):
        rank, count = used.get(head, 0), entering[head]
        used[head] = rank + 1
        wide = any(places[i].width for i in chain[1:-1])
        room = min(_PORT_STEP * (1 + wide), 0.6 * places[head].width / max(1, count - 1))
        port = round((rank - (count - 1) / 2) * room)
        alone = uses[tail] == 1
        for a, b in pairwise(chain):
            weight = _WEIGHT[(not places[a].box) + (not places[b].box)]
            if alone and count > 1 and not entering[tail]:
                weight = _ASIDE
            elif alone and count == 1:
                weight *= _CHAIN
            links.append(Link(a, b, port if b == head else 0, weight))
    return links


# --- coordinates ------------------------------------------------------------------------


def _relax(
    places: list[Place],
    links: list[Link],
    chains: list[list[int]],
    rows: list[list[int]],
    box_gap: int,
) -> None:
    """Minimise the weighted squares of all sideways shifts, one layer at a time."""
    pulls: dict[int, list[tuple[int, float, float]]] = {i: [] for i in range(len(places))}
    for link in links:
        pulls[link.tail].append((link.head, link.offset, link.weight))
        pulls[link.head].append((link.tail, -link.offset, link.weight))
    room = [[_room(places[a], places[b], box_gap) for a, b in pairwise(row)] for row in rows]
    for row, gaps in zip(rows, room, strict=True):
        x = -sum(gaps) / 2
        for place, gap in zip(row, [*gaps, 0], strict=True):
            places[place].x = x
            x += gap
    order = list(range(len(rows)))
    # A small picture has the time to settle; the largest gets what a reader will wait for.
    for turn in range(min(150, max(16, 200_000 // len(places)))):
        before = [place.x for place in places]
        for layer in order if turn % 2 == 0 else reversed(order):
            wanted, weights = [], []
            for place in rows[layer]:
                pull = total = 0.0
                for i, offset, weight in pulls[place]:
                    pull += weight * (places[i].x + offset)
                    total += weight
                wanted.append(pull / total if total else places[place].x)
                weights.append(total or 1e-3)
            for place, x in zip(rows[layer], _apart(wanted, weights, room[layer]), strict=True):
                places[place].x = x
        _straighten(places, chains, rows, box_gap)
        if max(abs(place.x - x) for place, x in zip(places, before, strict=True)) < _SETTLED:
            break


def _straighten(
    places: list[Place], chains: list[list[int]], rows: list[list[int]], box_gap: int
) -> None:
    """Put the inner places of each long edge on as few vertical lines as the rest leaves free."""
    beside: dict[int, tuple[int | None, int | None]] = {}
    for row in rows:
        for left, place, right in zip([None, *row], row, [*row[1:], None], strict=False):
            beside[place] = (left, right)
    for chain in sorted(chains, key=len, reverse=True):
        run: list[Place] = []
        low, high = -math.inf, math.inf
        for i in chain[1:-1]:
            left, right = beside[i]
            least = (
                -math.inf
                if left is None
                else places[left].x + _room(places[left], places[i], box_gap)
            )
            most = (
                math.inf
                if right is None
                else places[right].x - _room(places[i], places[right], box_gap)
            )
            if max(low, least) > min(high, most):
                _align(run, low, high)
                run, low, high = [], -math.inf, math.inf
            run.append(places[i])
            low, high = max(low, least), min(high, most)
        _align(run, low, high)


def _align(run: list[Place], low: float, high: float) -> None:
    """Move some places to their mean, or as near to it as is free."""
    if len(run) > 1:
        x = min(max(math.fsum(place.x for place in run) / len(run), low), high)
        for place in run:
            place.x = x


def _room(a: Place, b: Place, box_gap: int) -> int:
    """Least distance between the centres of neighbours; two lines may come closer than boxes."""
    gap = box_gap if a.box or b.box else _LABEL_GAP if a.width or b.width else _LINE_GAP
    return (a.width + b.width) // 2 + gap


def _apart(wanted: list[float], weights: list[float], room: list[int]) -> list[float]:
    """The nearest places with enough room, by pooling adjacent violators."""
    starts = [0]
    for gap in room:
        starts.append(starts[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for x, weight, start in zip(wanted, weights, starts, strict=True):
        mean, count = x - start, 1
        while pools and pools[-1][0] > mean:
            other, heavy, members = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + members
        pools.append((mean, weight, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + start for mean, start in zip(means, starts, strict=True)]


def _finished(
    places: list[Place],
    boxes: int,
    rows: list[list[int]],
    chains: list[list[int]],
    links: list[Link],
    labels: Sequence[Size | None],
    layer_gap: int,
) -> Layout:
    """Round, move to the origin, and draw the lines through what is free."""
    left = min(math.floor(place.x + 0.5) - place.width // 2 for place in places)
    for place in places:
        place.x = math.floor(place.x + 0.5) - left
    tops, bottoms, y = [], [], 0
    for row in rows:
        tops.append(y)
        y += max(places[i].height for i in row)
        bottoms.append(y)
        y += layer_gap
    middle = [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)]
    offsets = iter(links)
    lines = []
    for chain in chains:
        enters = [next(offsets).offset if n else 0 for n in range(len(chain))]
        stops = [(places[i], i < boxes, x) for i, x in zip(chain, enters, strict=True)]
        lines.append(_line(stops, tops, bottoms))
    centres = [(place.x, middle[place.layer]) for place in places]
    width = max(place.x + place.width // 2 for place in places)
    return Layout(
        tuple(place.layer for place in places[:boxes]),
        tuple(centres[:boxes]),
        tuple(lines),
        tuple(
            None if label is None else centres[chain[-2]]
            for label, chain in zip(labels, chains, strict=True)
        ),
        int(width),
        bottoms[-1],
    )


def _line(
    chain: list[tuple[Place, bool, float]], tops: list[int], bottoms: list[int]
) -> tuple[tuple[Point, ...], ...]:
    """The corners of one edge: straight down within layers, sideways only between them."""
    pieces: list[list[Point]] = [[]]
    for n, (place, is_box, offset) in enumerate(chain):
        top, bottom = tops[place.layer], bottoms[place.layer]
        above, below = ((top + bottom + sign * place.height) / 2 for sign in (-1, 1))
        if not is_box and not place.height:
            pieces[-1] += [(place.x, top), (place.x, bottom)]
            continue
        if n:
            pieces[-1] += [(place.x + offset, top), (place.x + offset, above)]
            pieces.append([])
        pieces[-1] += [(place.x, below), (place.x, bottom)]
    # What was begun under the last box leads nowhere.
    return tuple(tuple(piece) for piece in pieces[:-1])
