"""Basins of a slice: which minimum each grid point descends to.

Grid points are visited from the lowest up, as if water rose (Vincent and Soille, 1991, Watersheds
in digital spaces). A minimum starts a basin, every other point joins the basin of its steepest
descent among its eight neighbours. Where two basins meet first is their pass, and the depth of a
basin is the height of its lowest pass over its minimum (its persistence).

A narrow valley that runs aslant through the grid has many grid points that are lower than all
their neighbours and are no minima. So basins start at the minima between grid points that
``critical_marks`` finds, and at no others (a watershed with markers: Beucher and Meyer, 1993):
water that gathers elsewhere joins the basin that it meets first. Points that descend to the edge
of the slice belong to no basin: their minimum, if there is one, is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .marks import critical_marks, spacing
from .slices import Slice

_STEPS = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0))
_OUTSIDE = -1  # the label of what flows over the edge


@dataclass(frozen=True, slots=True, eq=False)
class Basins:
    """The basins of a slice.

    Attributes
    ----------
    labels : ndarray of int, shape (rows, columns)
        Number of the basin of each grid point; -1 for those that descend over the edge of the
        slice or have no finite loss.
    cells : ndarray of int, shape (k, 2)
        Row and column of the grid point next to each minimum, the one of lowest loss first.
    minima : ndarray, shape (k, 2)
        Coordinates (x, y) of the minima, between grid points, as ``critical_marks`` has them.
    losses : ndarray, shape (k,)
        The loss at the grid point.
    depths : ndarray, shape (k,)
        How far the water rises from there until the basin flows over, into another or over the
        edge.
    """

    labels: np.ndarray
    cells: np.ndarray
    minima: np.ndarray
    losses: np.ndarray
    depths: np.ndarray


@dataclass(slots=True)
class _Flood:
    """Grid points joined so far: a forest whose roots are the starts of basins."""

    parent: np.ndarray  # of each grid point; its own number at a root, -1 if still dry
    loss: np.ndarray
    marked: np.ndarray  # True at minima
    edge: np.ndarray
    depth: float  # shallower basins are joined
    passes: dict[int, float] = field(default_factory=dict)  # root: loss where it flowed over

    def root(self, cell: int) -> int:
        """The start of the basin of a grid point, with shorter ways left behind."""
        parent = self.parent
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = int(parent[cell])
        return cell

    def meet(self, one: int, other: int, level: float) -> None:
        """Two basins touch: the lesser is joined to the greater, or both flow over.

        What drains over the edge is the greatest, then come minima from the lowest up, then water
        that gathered without a minimum.
        """
        edge, marked, loss = self.edge, self.marked, self.loss
        great, less = sorted((one, other), key=lambda r: (not edge[r], not marked[r], loss[r], r))
        if edge[less] or not marked[less] or level - loss[less] < self.depth:
            self.parent[less] = great
        else:
            self.passes.setdefault(great, level)
            self.passes.setdefault(less, level)


def basins(surface: Slice, *, depth: float = 0.0) -> Basins:
    """Divide a slice in the basins of its minima.

    Parameters
    ----------
    surface : Slice
        On evenly spaced, increasing xs and ys, three at least each.
    depth : float, optional
        Basins that are shallower, in the unit of the loss, are joined to the one that they flow
        into.

    Raises
    ------
    ValueError
        If the grid is not of that kind, or the depth is negative.
    """
    if not depth >= 0.0:
        raise ValueError(f"basins: depth must not be negative, got {depth}")
    spans = spacing(surface, "basins")
    shape = surface.losses.shape
    minima = critical_marks(surface).minima
    starts = _cells(surface, minima, spans)
    marked = np.zeros(surface.losses.size, dtype=bool)
    marked[starts] = True
    edge = np.ones(shape, dtype=bool)
    edge[1:-1, 1:-1] = False
    loss = surface.losses.ravel()
    flood = _Flood(np.full(loss.size, -1), loss, marked, edge.ravel(), depth)
    order = np.argsort(loss, kind="stable")
    for cell in order[np.isfinite(loss[order])].tolist():
        _wet(flood, cell, shape, spans)
    return _result(surface, flood, dict(zip(starts.tolist(), minima, strict=True)))


def _wet(flood: _Flood, cell: int, shape: tuple[int, int], spans: tuple[float, float]) -> None:
    """The water reaches a grid point."""
    row, column = divmod(cell, shape[1])
    steepest, target, touched = -1.0, cell, []
    for i, j in _STEPS:
        if 0 <= row + i < shape[0] and 0 <= column + j < shape[1]:
            other = cell + i * shape[1] + j
            if flood.parent[other] >= 0:
                touched.append(other)
                fall = flood.loss[cell] - flood.loss[other]
                slope = float(fall / np.hypot(i * spans[1], j * spans[0]))
                if slope > steepest and not flood.marked[cell]:
                    steepest, target = slope, other
    flood.parent[cell] = target
    mine = flood.root(cell)
    for other in touched:
        root = flood.root(other)
        if root != mine:
            flood.meet(mine, root, float(flood.loss[cell]))
            mine = flood.root(cell)
    if flood.edge[cell] and not flood.edge[mine]:
        flood.passes.setdefault(mine, float(flood.loss[cell]))


def _cells(surface: Slice, points: np.ndarray, spans: tuple[float, float]) -> np.ndarray:
    """Numbers of the inner grid points that are nearest to points (x, y)."""
    rows, columns = surface.losses.shape
    x, y = ((points - (surface.xs[0], surface.ys[0])) / spans).T
    row = np.clip(np.rint(y), 1, rows - 2).astype(int)
    return row * columns + np.clip(np.rint(x), 1, columns - 2).astype(int)


def _result(surface: Slice, flood: _Flood, minima: dict[int, np.ndarray]) -> Basins:
    wet = np.flatnonzero(flood.parent >= 0)
    roots = np.array([flood.root(int(cell)) for cell in wet], dtype=int)
    # Water without a minimum that met no basin lies behind points that are not finite.
    inner = [r for r in np.unique(roots).tolist() if flood.marked[r]]
    inner.sort(key=lambda r: (flood.loss[r], r))
    number = np.full(flood.loss.size, _OUTSIDE)
    number[inner] = np.arange(len(inner))
    labels = np.full(flood.loss.size, _OUTSIDE)
    labels[wet] = number[roots]
    starts = np.array(inner, dtype=int)
    level = np.array([flood.passes.get(r, np.inf) for r in inner], dtype=np.float64)
    return Basins(
        labels.reshape(surface.losses.shape),
        np.stack(np.divmod(starts, surface.losses.shape[1]), axis=1),
        np.array([minima[r] for r in inner]).reshape(-1, 2),
        flood.loss[starts],
        level - flood.loss[starts],
    )
