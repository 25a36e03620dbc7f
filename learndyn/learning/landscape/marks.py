"""Minima, saddles, maxima and ridges of a slice, found between its grid points.

At each inner grid point the nine values around it give gradient g and Hessian H of the slice by
central differences, exact for a quadratic. A critical point lies at the offset -H^-1 g, if that is
within one cell; its kind is told by the signs of the eigenvalues of H.

A ridge is where the loss is a maximum across the direction v of most negative curvature lambda,

    H v = lambda v,   lambda < 0,   g'v = 0

(the height ridge: Eberly, Gardner, Morse, Pizer and Scharlach, 1994, Ridges for image analysis).
Near a ridge point it is crossed at the offset -(g'v / lambda) v. Curvature, and so a ridge, is
measured in the coordinates of the slice; for true angles take the slice of ``plane.orthonormal()``.

All of it is about the function on the slice. A minimum there is one along two directions of n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .slices import Slice

_FLAT = 1e-9  # a determinant below this part of the squared size of H is a zero
_ALIKE = 1.5  # cells between two finds of one and the same point


@dataclass(frozen=True, slots=True, eq=False)
class CriticalMarks:
    """Critical points of a slice, to be drawn.

    Attributes
    ----------
    minima, saddles, maxima : ndarray, shape (k, 2)
        Coordinates (x, y) on the slice.
    """

    minima: np.ndarray
    saddles: np.ndarray
    maxima: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RidgeMarks:
    """Points on the ridges of a slice.

    Attributes
    ----------
    points : ndarray, shape (k, 2)
        Coordinates (x, y) on the slice.
    directions : ndarray, shape (k, 2)
        The unit vector v across the ridge.
    curvatures : ndarray, shape (k,)
        lambda, negative: how sharp the ridge is.
    """

    points: np.ndarray
    directions: np.ndarray
    curvatures: np.ndarray


def critical_marks(surface: Slice) -> CriticalMarks:
    """Find minima, saddles and maxima on a slice.

    Parameters
    ----------
    surface : Slice
        On evenly spaced, increasing xs and ys, three at least each. Points next to values that
        are not finite, and on the edge, are not judged.

    Raises
    ------
    ValueError
        If the grid is not of that kind.
    """
    (gx, gy), (hxx, hxy, hyy) = stencils(surface, "critical_marks")
    # In units of cells: the signs of the eigenvalues are the same in any unit (Sylvester).
    det = hxx * hyy - hxy * hxy
    with np.errstate(all="ignore"):
        dx, dy = (hxy * gy - hyy * gx) / det, (hxy * gx - hxx * gy) / det
        near = (np.abs(dx) <= 1.0) & (np.abs(dy) <= 1.0)
        near &= np.abs(det) > _FLAT * (hxx * hxx + 2.0 * hxy * hxy + hyy * hyy)
    kinds = {
        "minima": near & (det > 0.0) & (hxx > 0.0),
        "saddles": near & (det < 0.0),
        "maxima": near & (det > 0.0) & (hxx < 0.0),
    }
    found = {}
    for kind, mask in kinds.items():
        rows, columns = np.nonzero(mask)
        offsets = np.stack([dx[mask], dy[mask]], axis=1)
        cells = _distinct(np.stack([columns + 1, rows + 1], axis=1) + offsets, offsets)
        found[kind] = _coordinates(surface, cells)
    return CriticalMarks(**found)


def ridge_marks(surface: Slice, *, least: float = 1e-3) -> RidgeMarks:
    """Find points on the ridges of a slice.

    Parameters
    ----------
    surface : Slice
        As for ``critical_marks``.
    least : float, optional
        A ridge must have at least this part of the largest curvature on the slice: where it is
        flat, rounding makes ridges too.

    Raises
    ------
    ValueError
        If the grid is not of that kind.
    """
    (gx, gy), (hxx, hxy, hyy) = stencils(surface, "ridge_marks")
    sx, sy = spacing(surface, "ridge_marks")
    gradient = np.stack([gx / sx, gy / sy], axis=-1)
    hessian = np.stack([hxx / sx**2, hxy / (sx * sy), hxy / (sx * sy), hyy / sy**2], axis=-1)
    known = np.all(np.isfinite(hessian), axis=-1)
    hessian = np.where(known[..., None], hessian, 0.0).reshape(*known.shape, 2, 2)
    values, vectors = np.linalg.eigh(hessian)
    curvature, across = values[..., 0], vectors[..., 0]
    largest = float(np.abs(values).max())
    with np.errstate(all="ignore"):
        step = -(gradient * across).sum(axis=-1) / curvature
        offset = step[..., None] * across
        inside = (np.abs(offset) <= 0.5 * np.array([sx, sy])).all(axis=-1)
    mask = known & inside & (curvature < 0.0) & (-curvature >= least * largest)
    rows, columns = np.nonzero(mask)
    points = np.stack([surface.xs[columns + 1], surface.ys[rows + 1]], axis=1) + offset[mask]
    return RidgeMarks(points, across[mask], curvature[mask])


def stencils(
    surface: Slice, caller: str
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Gradient and Hessian at the inner grid points, in units of cells; nan next to a nan.

    Returns
    -------
    (gx, gy), (hxx, hxy, hyy) : ndarrays, shape (rows - 2, columns - 2)
    """
    spacing(surface, caller)
    f = np.where(np.isfinite(surface.losses), surface.losses, np.nan)
    centre, east, west = f[1:-1, 1:-1], f[1:-1, 2:], f[1:-1, :-2]
    north, south = f[2:, 1:-1], f[:-2, 1:-1]
    hxy = (f[2:, 2:] - f[2:, :-2] - f[:-2, 2:] + f[:-2, :-2]) / 4.0
    return (
        ((east - west) / 2.0, (north - south) / 2.0),
        (east - 2.0 * centre + west, hxy, north - 2.0 * centre + south),
    )


def spacing(surface: Slice, caller: str) -> tuple[float, float]:
    """The distances between grid points in x and y.

    Raises
    ------
    ValueError
        If they are not the same everywhere, or there are fewer than three points.
    """
    steps = []
    for name, axis in (("xs", surface.xs), ("ys", surface.ys)):
        gaps = np.diff(axis)
        even = len(axis) >= 3 and np.allclose(gaps, gaps[0], rtol=1e-6, atol=0.0)
        if not even or not gaps[0] > 0.0:
            raise ValueError(
                f"{caller}: {name} must hold 3 or more evenly spaced, increasing numbers, got "
                f"{len(axis)} from {axis[0]:.6g} to {axis[-1]:.6g}. Take them from np.linspace"
            )
        steps.append(float((axis[-1] - axis[0]) / (len(axis) - 1)))
    return steps[0], steps[1]


def _distinct(cells: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Of finds that are one point, seen from several grid points, the one with least offset."""
    order = np.argsort(np.abs(offsets).max(axis=1), kind="stable")
    kept: list[np.ndarray] = []
    for cell in cells[order]:
        if all(np.abs(cell - other).max() > _ALIKE for other in kept):
            kept.append(cell)
    return np.array(kept).reshape(-1, 2)


def _coordinates(surface: Slice, cells: np.ndarray) -> np.ndarray:
    """Fractional (column, row) numbers as (x, y) on the slice."""
    sx, sy = spacing(surface, "critical_marks")
    return np.array([surface.xs[0], surface.ys[0]]) + cells * np.array([sx, sy])
