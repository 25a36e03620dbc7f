"""The order of places within the layers of a picture: as few crossings as sweeps can find.

A place takes the mean rank of its neighbours in the layer before (the barycentre), down the
picture and up again; then neighbours are exchanged where that removes a crossing. To find the
fewest crossings of all is NP-hard, so the best order that was seen is kept.

References
----------
Sugiyama, K., Tagawa, S. and Toda, M. (1981). Methods for visual understanding of hierarchical
system structures. IEEE Trans. SMC 11, 109-125.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

_SWEEPS = 24


@dataclass(slots=True)
class Place:
    """A box, an edge's label, or the empty place of a long edge in one layer."""

    layer: int
    width: int
    height: int
    box: bool
    x: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """A part of an edge, from one layer to the next; it enters ``offset`` beside the centre."""

    tail: int
    head: int
    offset: float
    weight: float


def first_order(
    places: list[Place], edges: Sequence[tuple[int, int]], chains: list[list[int]]
) -> list[list[int]]:
    """Layers in the order of a walk from the last box back, the first operand first."""
    into: dict[int, list[int]] = {}
    for edge, (_, head) in enumerate(edges):
        into.setdefault(head, []).append(edge)
    rows: list[list[int]] = [[] for _ in range(1 + max(place.layer for place in places))]
    seen: set[int] = set()
    tails = {tail for tail, _ in edges}
    boxes = [i for i, place in enumerate(places) if place.box]
    stack = [i for i in reversed(boxes) if i not in tails]
    while stack:
        box = stack.pop()
        if box in seen:
            continue
        seen.add(box)
        rows[places[box].layer].append(box)
        for edge in into.get(box, ()):
            for place in chains[edge][1:-1]:
                rows[places[place].layer].append(place)
        stack += [chains[edge][0] for edge in reversed(into.get(box, ()))]
    return rows


def fewest_crossings(
    places: list[Place], links: list[Link], rows: list[list[int]]
) -> list[list[int]]:
    """Sweep down and up; return the order with the fewest crossings that was seen."""
    best, fewest = [list(row) for row in rows], count_crossings(places, links, rows)
    leaving: list[list[Link]] = [[] for _ in rows]  # the links below each layer
    for link in links:
        leaving[places[link.tail].layer].append(link)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        rank = {place: float(i) for row in rows for i, place in enumerate(row)}
        near: dict[int, list[float]] = {}
        for layer in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            _sort_by_neighbours(rows[layer], near, rank)
            rank.update({place: float(i) for i, place in enumerate(rows[layer])})
            if sweep % 2 == 0:
                for link in leaving[layer]:
                    near.setdefault(link.head, []).append(rank[link.tail])
            elif layer:
                for link in leaving[layer - 1]:
                    near.setdefault(link.tail, []).append(rank[link.head] + _inside(places, link))
        _swap_neighbours(places, links, rows)
        if (count := count_crossings(places, links, rows)) < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _inside(places: list[Place], link: Link) -> float:
    """Where a link enters its head, as a part of one place."""
    return link.offset / max(1, places[link.head].width)


def _sort_by_neighbours(
    row: list[int], near: dict[int, list[float]], rank: dict[int, float]
) -> None:
    """Sort by the mean place of the neighbours; a place without any keeps its own."""
    row.sort(key=lambda p: (math.fsum(near[p]) / len(near[p]) if near.get(p) else rank[p], rank[p]))


def count_crossings(places: list[Place], links: list[Link], rows: list[list[int]]) -> int:
    """Count the pairs of links that change sides between two layers."""
    rank = {place: i for row in rows for i, place in enumerate(row)}
    gaps: dict[int, list[tuple[int, float]]] = {}
    for link in links:
        end = rank[link.head] + _inside(places, link)
        gaps.setdefault(places[link.tail].layer, []).append((rank[link.tail], end))
    total = 0
    for pairs in gaps.values():
        # Links that leave one box together do not cross: they are sorted by where they end.
        ends: list[float] = []
        for _, end in sorted(pairs, reverse=True):
            total += bisect_left(ends, end)
            insort(ends, end)
    return total


def _swap_neighbours(places: list[Place], links: list[Link], rows: list[list[int]]) -> None:
    """Exchange neighbours wherever that removes a crossing of their own links."""
    rank = {place: i for row in rows for i, place in enumerate(row)}
    ends: dict[int, tuple[list[float], list[float]]] = {place: ([], []) for place in rank}
    for _ in range(4):
        for pair in ends.values():
            pair[0].clear()
            pair[1].clear()
        for link in links:
            ends[link.tail][1].append(rank[link.head] + _inside(places, link))
            ends[link.head][0].append(rank[link.tail] + 0.0)
        swapped = False
        for row in rows:
            for i in range(len(row) - 1):
                a, b = row[i], row[i + 1]
                now = sum(_inversions(ends[a][side], ends[b][side]) for side in (0, 1))
                then = sum(_inversions(ends[b][side], ends[a][side]) for side in (0, 1))
                if then < now:
                    row[i], row[i + 1] = b, a
                    swapped = True
        if not swapped:
            return
        rank = {place: i for row in rows for i, place in enumerate(row)}


def _inversions(left: list[float], right: list[float]) -> int:
    return sum(p > q for p in left for q in right)
