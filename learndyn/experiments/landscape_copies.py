r"""Three minima in a plane that are one net, its units renumbered.

A permutation P of hidden units leaves the loss as it is, L(P theta) = L(theta), and keeps lengths. If
P^3 = 1, the plane through theta, P theta and P^2 theta is mapped to itself, turned by 120 degrees: the
three copies form an equilateral triangle, and the slice has its symmetry. At the centre c, where
P c = c, the gradient obeys P g = g, so that it has no component in the plane: the centre is a critical
point of the slice, exactly, whatever the loss is. It need not be one of the loss.

A descent from the centre keeps to the points that P leaves alone. It ends at a critical point of the
loss whose negative curvatures come in equal pairs: P turns their eigenspace without a fixed vector.

References
----------
Brea, J., Simsek, B., Illing, B. and Gerstner, W. (2019). Weight-space symmetry in deep networks gives
rise to permutation saddles, connected by equal-loss valleys across the loss landscape.
arXiv:1907.02911.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff import grad
from ..autodiff.tree import Tree
from ..dynamics import ravel
from ..learning import Adam, GradientDescent, Layer, train
from ..learning.landscape import (
    Basins,
    CriticalMarks,
    CriticalPoint,
    LineSlice,
    Plane,
    RidgeMarks,
    Slice,
    basins,
    critical_marks,
    critical_point,
    hessian_spectrum,
    interpolate,
    ridge_marks,
    slice_1d,
    slice_2d,
)
from ..learning.symmetry import permute_units
from .landscape_problems import regression, with_decay

REACH = 1.6  # half the side of the slice, in distances of a copy from the centre
ASIDE = 8.0  # cells from a ridge to where its sides are looked at
AWAY = 9.0  # cells around a maximum in which a ridge has no direction
POLISH = 800  # steps of the descent that keeps the symmetry
NEGATIVE = 1e-7  # of the largest magnitude: eigenvalues below minus this part count as negative


@dataclass(frozen=True, slots=True, eq=False)
class MarkedPoint:
    """A critical point of the slice, and what the whole loss is like there.

    Attributes
    ----------
    loss : float
    slope : float
        Euclidean length of the gradient of the loss.
    slope_in_plane : float
        Length of its projection on the plane.
    negative : int
        Negative eigenvalues of the whole Hessian.
    """

    loss: float
    slope: float
    slope_in_plane: float
    negative: int


@dataclass(frozen=True, slots=True, eq=False)
class RenumberedCopies:
    """The slice through a net and two of its renumbered copies.

    Attributes
    ----------
    surface : Slice
        In orthonormal coordinates, the centre of the triangle at (0, 0).
    corners : ndarray, shape (3, 2)
        Where the copies are.
    marks : CriticalMarks
    ridges : RidgeMarks
        Those that separate basins. A ridge in the sense of curvature also runs from the top down into
        each basin, until the slice bends upwards across it.
    basins : Basins
    way_down, across : LineSlice
        The loss from the initial net to the trained one, and from there to a copy.
    minimum, saddle, top : MarkedPoint
        At a copy, at the saddle of the slice between the first two copies, and at the centre.
    newton, descended : CriticalPoint
        Critical points of the whole loss: Newton's method from the saddle of the slice, and a descent
        from the centre, polished.
    disagreement : float
        Largest difference of the outputs of the three copies on the data.
    decay : float
        Of the quadratic penalty.
    """

    surface: Slice
    corners: np.ndarray
    marks: CriticalMarks
    ridges: RidgeMarks
    basins: Basins
    way_down: LineSlice
    across: LineSlice
    minimum: MarkedPoint
    saddle: MarkedPoint
    top: MarkedPoint
    newton: CriticalPoint
    descended: CriticalPoint
    disagreement: float
    decay: float

    @property
    def size(self) -> int:
        """Number of parameters, n."""
        return self.surface.plane.origin.size

    @property
    def radius(self) -> float:
        """Distance of a copy from the centre."""
        return float(np.linalg.norm(self.corners[0]))


def run(
    *, width: int = 9, decay: float = 0.003, steps: int = 1000, points: int = 81, seed: int = 0
) -> RenumberedCopies:
    """Train a net, renumber its units twice, and look at the plane of all three.

    Parameters
    ----------
    width : int, optional
        Hidden units, a multiple of 3: they are renumbered in cycles of three.
    decay : float, optional
        Of the penalty ``decay |theta|^2``.
    steps : int, optional
        Of Adam, before Newton's method refines the minimum.
    points : int, optional
        On a side of the slice.
    seed : int, optional

    Raises
    ------
    ValueError
        If the width is no multiple of 3.
    RuntimeError
        If the trained net is not refined to a minimum.
    """
    if width < 3 or width % 3:
        raise ValueError(f"landscape_copies: the width must be a multiple of 3, got {width}")
    rng = np.random.default_rng(seed)
    model, error = regression(width, rng=rng)
    loss = with_decay(error, decay)
    start = model.init(rng)
    found = critical_point(loss, train(loss, Adam(0.02), start, steps, every=steps).theta)
    if not found.converged or found.index:
        raise RuntimeError(
            f"landscape_copies: no minimum (gradient {found.gradient_norm:.1e}, index {found.index}). "
            "Train for more steps, or take another seed"
        )
    copies = renumbered(found.theta)
    plane, corners = triangle(copies)
    half = REACH * np.linalg.norm(corners[0])
    axis = np.linspace(-half, half, points)
    surface = slice_2d(loss, plane, axis, axis, batched=True)
    marks, divided = critical_marks(surface), basins(surface)
    saddle = plane.parameters(*saddle_between(marks, corners))
    centre = plane.parameters(0.0, 0.0)
    way = np.linspace(0.0, 1.0, 61)
    outputs = [model(copy, error.x) for copy in copies]
    return RenumberedCopies(
        surface, corners, marks,
        between(ridge_marks(surface, least=0.02), surface, divided, marks.maxima), divided,
        slice_1d(loss, interpolate(start, copies[0]), way, batched=True),
        slice_1d(loss, interpolate(copies[0], copies[1]), way, batched=True),
        marked(loss, copies[0], plane), marked(loss, saddle, plane), marked(loss, centre, plane),
        critical_point(loss, saddle), descend(loss, centre),
        float(max(np.abs(out - outputs[0]).max() for out in outputs)), decay,
    )  # fmt: skip


def renumbered(theta: list[Layer]) -> list[list[Layer]]:
    """Return a net and two copies, the units of its hidden layer renumbered in cycles of three."""
    width = theta[0].weight.shape[-1]
    order = np.arange(width).reshape(-1, 3)[:, [1, 2, 0]].ravel()
    once = permute_units(theta, [order])
    return [theta, once, permute_units(once, [order])]


def triangle(copies: list[list[Layer]]) -> tuple[Plane, np.ndarray]:
    """Return the plane through three nets, its origin at their mean, and where the nets are on it."""
    z = np.array([ravel(copy)[0] for copy in copies])
    centre = z.mean(axis=0)
    plane = Plane(centre, z[1] - z[0], z[2] - centre, copies[0]).orthonormal()
    return plane, plane.project(z).coordinates


def saddle_between(marks: CriticalMarks, corners: np.ndarray) -> np.ndarray:
    """Return the saddle of the slice that is nearest to the middle of the first two copies, shape (2,)."""
    middle = 0.5 * (corners[0] + corners[1])
    nearest: np.ndarray = marks.saddles[np.linalg.norm(marks.saddles - middle, axis=1).argmin()]
    return nearest


def between(ridges: RidgeMarks, surface: Slice, divided: Basins, maxima: np.ndarray) -> RidgeMarks:
    """Keep the points of ridges with a basin on either side, away from maxima."""
    labels = divided.labels
    corner = np.array([surface.xs[0], surface.ys[0]])
    spans = np.array([surface.xs[1] - surface.xs[0], surface.ys[1] - surface.ys[0]])
    sides = []
    for sign in (-1.0, 1.0):
        cells = np.rint((ridges.points - corner) / spans + sign * ASIDE * ridges.directions).astype(int)
        columns, rows = np.clip(cells, 0, np.array(labels.shape[::-1]) - 1).T
        sides.append(labels[rows, columns])
    kept = sides[0] != sides[1]
    for top in maxima:
        kept &= np.linalg.norm((ridges.points - top) / spans, axis=1) > AWAY
    return RidgeMarks(ridges.points[kept], ridges.directions[kept], ridges.curvatures[kept])


def marked(loss: Callable[[Tree], Any], theta: Tree, plane: Plane) -> MarkedPoint:
    """Look at the gradient and the Hessian of the whole loss at a point of an orthonormal plane."""
    gradient = ravel(grad(loss)(theta))[0]
    seen = np.hypot(plane.first @ gradient, plane.second @ gradient)
    values = hessian_spectrum(loss, theta).eigenvalues
    assert values is not None  # a net this small has an exact spectrum
    negative = int((values < -NEGATIVE * np.abs(values).max()).sum())
    return MarkedPoint(float(loss(theta)), float(np.linalg.norm(gradient)), float(seen), negative)


def descend(loss: Callable[[Tree], Any], theta: Tree) -> CriticalPoint:
    """Descend from a symmetric point, which keeps its symmetry, and refine where that ends."""
    end = train(loss, GradientDescent(0.05), theta, POLISH, every=POLISH).theta
    return critical_point(loss, end)
