r"""A loss landscape seen from all sides: its curvature along each direction of a plane.

The slice of ``landscape_copies`` has a maximum, saddles and minima. Around one of each, with the
principal curvatures lambda_1 <= lambda_2 of the slice there (the eigenvalues of its 2 x 2 Hessian
D' H D, D the orthonormal directions of the plane), the curvature along the direction at the angle
phi to the first principal one is

    kappa(phi) = lambda_1 cos^2 phi + lambda_2 sin^2 phi

(Euler, 1767, for surfaces; here a Rayleigh quotient of H). It keeps its sign where both lambda have
one sign. At a saddle it changes sign at tan^2 phi = -lambda_1 / lambda_2. Where a turn by a third
maps the slice to itself, lambda_1 = lambda_2, and kappa is the same in every direction: a quadratic
form with that symmetry has no other choice.

References
----------
Euler, L. (1767). Recherches sur la courbure des surfaces. Memoires de l'Academie des sciences de
Berlin 16 (for 1760), 119-143.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics import ravel
from ..learning import hessian_operator
from ..learning.landscape import Line, Plane, critical_point, slice_1d, slice_2d
from . import landscape_copies
from .landscape_copies import RenumberedCopies
from .landscape_problems import regression, with_decay

POINTS = ("maximum", "saddle", "minimum")
INDICES = (2, 1, 0)  # negative eigenvalues of the slice's Hessian
STEP = 1e-3  # of the second difference: its errors are below 1e-6 here
ALIKE = 1e-6  # curvatures that differ by less than this part are one; places are found to 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TurnedLandscape:
    """The loss around three points of a slice, on a grid that is turned, and its curvatures.

    Attributes
    ----------
    points : tuple of str, length p
        What the points are on the slice: maximum, saddle, minimum.
    places : ndarray, shape (p, 2)
        Where they are, in the coordinates of ``plane``.
    plane : Plane
        That of the copies, with orthonormal directions.
    azimuths : ndarray, shape (m,)
        phi, degrees: the angle of the grid's rows to the first principal direction.
    principal : ndarray, shape (p, 2)
        lambda_1 <= lambda_2.
    directions : ndarray, shape (p, 2)
        Unit vector of lambda_1 in the coordinates of ``plane``. Where the two are one, it leads to a copy.
    xs : ndarray, shape (columns,)
        Distances from the point along a row.
    ys : ndarray, shape (rows,)
        Distances of the rows, increasing away from the viewer; the middle row leads through the point.
    losses : ndarray, shape (p, m, rows, columns)
    measured : ndarray, shape (p, m)
        kappa along the middle row, as a second difference of the loss.
    predicted : ndarray, shape (p, m)
        d' H d, from products with the Hessian of the whole loss.
    """

    points: tuple[str, ...]
    places: np.ndarray
    plane: Plane
    azimuths: np.ndarray
    principal: np.ndarray
    directions: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    losses: np.ndarray
    measured: np.ndarray
    predicted: np.ndarray

    @property
    def profiles(self) -> np.ndarray:
        """The loss along the row through the point, shape (p, m, columns)."""
        return self.losses[:, :, self.ys.size // 2]

    @property
    def parabolas(self) -> np.ndarray:
        """What the Hessian predicts along that row, loss + kappa x^2 / 2, shape (p, m, columns)."""
        middle = self.profiles[..., self.xs.size // 2, None]
        return middle + 0.5 * self.predicted[..., None] * self.xs**2

    @property
    def alike(self) -> np.ndarray:
        """Whether both principal curvatures are one, shape (p,)."""
        return np.array([_alike(*each) for each in self.principal])

    @property
    def crossings(self) -> np.ndarray:
        """Angle at which kappa changes sign, degrees, shape (p,); nan where it keeps its sign."""
        first, second = self.principal.T
        changes = first * second < 0.0
        ratio = np.where(changes, -first, np.nan) / np.where(changes, second, 1.0)
        return np.degrees(np.arctan(np.sqrt(ratio)))


def run(
    azimuths: Sequence[float] = tuple(range(0, 180, 15)),
    *,
    across: float = 2.0,
    deep: float = 1.3,
    columns: int = 21,
    rows: int = 15,
    copies: RenumberedCopies | None = None,
    seed: int = 0,
) -> TurnedLandscape:
    """Turn the slice of ``landscape_copies`` around its maximum, a saddle and a minimum.

    Parameters
    ----------
    azimuths : sequence of float, optional
        phi, degrees.
    across, deep : float, optional
        How far the grid reaches from the point along a row, and across the rows.
    columns, rows : int, optional
        Of the grid, odd, so that the point lies on it.
    copies : RenumberedCopies, optional
        From ``landscape_copies.run(seed=seed)``. Computed anew by default.
    seed : int, optional
        That of the copies: it draws the data of their loss.

    Returns
    -------
    TurnedLandscape

    Raises
    ------
    ValueError
        If columns or rows are even or fewer than 3, a reach is not positive and finite, there is
        no finite azimuth, or the seed is not that of the copies.
    RuntimeError
        If the slice has no maximum or no saddle, or none of the right index where it is marked.
    """
    phi = _checked(azimuths, (across, deep), (columns, rows))
    copies = landscape_copies.run(seed=seed) if copies is None else copies
    loss, plane = loss_of(copies, seed), copies.surface.plane
    xs, ys = np.linspace(-across, across, columns), np.linspace(-deep, deep, rows)
    turns = np.radians(phi)
    places, hessians, views = [], [], []
    for place, other, index in zip(*_marked(copies), INDICES, strict=True):
        place = _refined(loss, plane, place, index)
        hessian = hessian_in_plane(loss, plane, place)
        first = _principal_direction(hessian, other - place)
        rows_of_view = np.cos(turns)[:, None] * first + np.sin(turns)[:, None] * _left_of(first)
        views.append([_view(loss, plane, place, along, xs, ys) for along in rows_of_view])
        places.append(place)
        hessians.append((hessian, first, np.einsum("mi,ij,mj->m", rows_of_view, hessian, rows_of_view)))
    return TurnedLandscape(
        POINTS, np.array(places), plane, phi,
        np.array([np.linalg.eigvalsh(hessian) for hessian, _, _ in hessians]),
        np.array([first for _, first, _ in hessians]), xs, ys,
        np.array([[losses for losses, _ in each] for each in views]),
        np.array([[curvature for _, curvature in each] for each in views]),
        np.array([predicted for _, _, predicted in hessians]),
    )  # fmt: skip


def loss_of(copies: RenumberedCopies, seed: int) -> Callable[[Tree], Any]:
    """Return the loss whose slice the copies show, for one net or each of an ensemble.

    Raises
    ------
    ValueError
        If another seed drew its data.
    """
    corner = copies.surface.plane.parameters(*copies.corners[0])
    loss = with_decay(regression(corner[0].weight.shape[-1], rng=seed)[1], copies.decay)
    if not np.isclose(float(loss(corner)), copies.minimum.loss, rtol=1e-9, atol=0.0):
        raise ValueError(
            f"turned_landscape: with seed={seed} the loss of the first copy is {float(loss(corner)):.6g} and "
            f"not {copies.minimum.loss:.6g}. Pass the seed that the copies were made with"
        )
    return loss


def hessian_in_plane(loss: Callable[[Tree], Any], plane: Plane, place: Any) -> np.ndarray:
    """Return D' H D at a place of a plane with directions D, shape (2, 2), from two products with H."""
    hessian = hessian_operator(loss, plane.parameters(*place))
    both = np.stack([plane.first, plane.second])
    seen = both @ np.stack([hessian.matvec(d) for d in both]).T
    return 0.5 * (seen + seen.T)


def _checked(azimuths: Sequence[float], reach: tuple[float, float], shape: tuple[int, int]) -> np.ndarray:
    """The azimuths as an array, after a look at the grid."""
    if min(shape) < 3 or any(count % 2 == 0 for count in shape):
        raise ValueError(
            f"turned_landscape: the grid needs an odd number of columns and of rows, 3 or more, so that the "
            f"point lies on it; got {shape[0]} and {shape[1]}"
        )
    if not all(0.0 < each < np.inf for each in reach):
        raise ValueError(
            f"turned_landscape: the grid must reach further than 0, and not to infinity; got {reach[0]} and "
            f"{reach[1]}"
        )
    phi = np.array(azimuths, dtype=np.float64)
    if phi.ndim != 1 or not phi.size or not np.isfinite(phi).all():
        raise ValueError(f"turned_landscape: needs one or more finite azimuths, in degrees; got {azimuths!r}")
    return phi


def _marked(copies: RenumberedCopies) -> tuple[np.ndarray, np.ndarray]:
    """The three points as they are marked, and a copy beside each: where its row leads to."""
    corners = copies.corners
    saddles, maxima = copies.marks.saddles, copies.marks.maxima
    if not (len(saddles) and len(maxima)):
        raise RuntimeError(
            f"turned_landscape: the slice has {len(maxima)} maxima and {len(saddles)} saddles, and needs one of "
            "each. Take another seed"
        )
    saddle = landscape_copies.saddle_between(copies.marks, corners)
    return np.stack([maxima[0], saddle, corners[0]]), corners[[0, 0, 1]]


def _refined(loss: Callable[[Tree], Any], plane: Plane, place: np.ndarray, index: int) -> np.ndarray:
    """The critical point of the slice near a mark, which is placed from a grid."""
    parameters = ravel(plane.template)[1]

    def seen(ab: Any) -> Any:
        return loss(parameters(plane.origin + ab[0] * plane.first + ab[1] * plane.second))

    found = critical_point(seen, place)
    if not found.converged or found.index != index:
        raise RuntimeError(
            f"turned_landscape: no critical point of index {index} of the slice near {place.round(3).tolist()} "
            f"(slope {found.gradient_norm:.1e}, index {found.index}). Take another seed"
        )
    return np.asarray(found.theta)


def _alike(first: float, second: float) -> bool:
    return bool(second - first <= ALIKE * max(abs(first), abs(second)))


def _principal_direction(hessian: np.ndarray, toward: np.ndarray) -> np.ndarray:
    """The unit vector of the smaller eigenvalue, on the side of ``toward``; that way where both are one."""
    values, vectors = np.linalg.eigh(hessian)
    if _alike(*values):
        return toward / np.linalg.norm(toward)
    return vectors[:, 0] if vectors[:, 0] @ toward >= 0.0 else -vectors[:, 0]


def _left_of(direction: np.ndarray) -> np.ndarray:
    return np.array([-direction[1], direction[0]])


def _view(
    loss: Callable[[Tree], Any],
    plane: Plane,
    place: np.ndarray,
    along: np.ndarray,
    xs: np.ndarray,
    ys: np.ndarray,
) -> tuple[np.ndarray, float]:
    """The losses on the grid whose rows go ``along``, and the second difference along the middle one."""
    both = np.stack([plane.first, plane.second])
    origin, row = plane.point(*place), along @ both
    turned = Plane(origin, row, _left_of(along) @ both, plane.template)
    losses = slice_2d(loss, turned, xs, ys, batched=True, progress=False).losses
    before, at, after = slice_1d(
        loss, Line(origin, row, plane.template), [-STEP, 0.0, STEP], batched=True, progress=False
    ).losses
    return losses, float((before - 2.0 * at + after) / STEP**2)
