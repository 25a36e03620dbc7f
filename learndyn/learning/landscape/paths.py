"""Loss and curvature along a path between two solutions.

The barrier between theta0 and theta1 is the largest height of the loss on the straight path over
the chord between its ends,

    max over a in [0, 1] of  L((1 - a) theta0 + a theta1) - (1 - a) L(theta0) - a L(theta1)

(Entezari, Sedghi, Saukh and Neyshabur, 2022, The role of permutation invariance in linear mode
connectivity of neural networks; Frankle, Dziugaite, Roy and Carbin, 2020, Linear mode connectivity
and the lottery ticket hypothesis, take the mean of the ends in place of the chord). It is not
negative, since it is zero at the ends, and zero for a convex loss.

Along a path with unit tangent u the loss has the slope g'u and the curvature u'Hu per unit of
length; the latter is at most lambda_max of the Hessian H.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...autodiff.tree import Tree
from ...dynamics.modes import dominant_modes
from ...dynamics.progress import Progress
from ..curvature import gradient_and_hessian
from ..gradient_flow import FlatLoss, number
from .batched import losses_at
from .planes import as_vector, shape_template, unraveller


@dataclass(frozen=True, slots=True, eq=False)
class Barrier:
    """The loss on the straight path between two points, and its height over the chord.

    Attributes
    ----------
    height : float
        The barrier, not negative, in the unit of the loss; nan if the loss is nan on the path.
    position : float
        Coordinate from 0 to 1 where it is.
    coordinates, losses : ndarray, shape (points,)
        The path.
    """

    height: float
    position: float
    coordinates: np.ndarray
    losses: np.ndarray

    @property
    def chord(self) -> np.ndarray:
        """The straight line between the losses at the ends, shape (points,)."""
        return (1.0 - self.coordinates) * self.losses[0] + self.coordinates * self.losses[-1]


def barrier(
    loss: Callable[[Tree], Any],
    theta0: Tree,
    theta1: Tree,
    *,
    points: int = 25,
    batched: bool | None = None,
    progress: bool | None = None,
) -> Barrier:
    """Measure the barrier between two points.

    Parameters
    ----------
    loss, batched, progress
        As for ``slice_2d``.
    theta0, theta1 : tree of arrays
    points : int, optional
        How many on the path, both ends included. The true barrier is at least what they show.

    Returns
    -------
    Barrier
        Of height zero for two equal points.

    Raises
    ------
    ValueError
        If there are fewer than three points, or the parameters differ in size.
    """
    if points < 3:
        raise ValueError(f"barrier: needs at least 3 points, both ends included, got {points}")
    a = np.linspace(0.0, 1.0, points)
    z0 = as_vector(theta0, "theta0", "barrier")
    z1 = as_vector(theta1, "theta1", "barrier")
    if z0.shape != z1.shape:
        raise ValueError(f"barrier: theta0 has {z0.size} parameters, theta1 has {z1.size}")

    def path(start: int, stop: int) -> np.ndarray:
        return z0 + a[start:stop, None] * (z1 - z0)

    losses = losses_at(
        loss, path, points, shape_template(theta0),
        batched=batched, block=None, progress=progress, caller="barrier",
    )  # fmt: skip
    found = Barrier(0.0, 0.0, a, losses)
    with np.errstate(invalid="ignore"):  # infinite ends have no chord
        above = losses - found.chord
    above[[0, -1]] = 0.0  # by definition; rounding could say otherwise
    top = int(above.argmax())
    return Barrier(float(above[top]), float(a[top]), a, losses)


@dataclass(frozen=True, slots=True, eq=False)
class PathCurvature:
    """Slope and curvature at the points of a path.

    Attributes
    ----------
    lengths : ndarray, shape (m,)
        Length of the path from its first point.
    losses : ndarray, shape (m,)
    slopes : ndarray, shape (m,)
        g'u, the derivative of the loss by length; nan where the path stands still.
    curvatures : ndarray, shape (m,)
        u'Hu along the unit tangent u.
    largest : ndarray, shape (m,) or None
        lambda_max of the Hessian at each point, if it was asked for.
    converged : bool
        True if each lambda_max is within the tolerance.
    """

    lengths: np.ndarray
    losses: np.ndarray
    slopes: np.ndarray
    curvatures: np.ndarray
    largest: np.ndarray | None
    converged: bool


def path_curvature(
    loss: Callable[[Tree], Any],
    points: Any,
    template: Tree = None,
    *,
    largest: bool = True,
    tolerance: float = 1e-6,
    max_products: int = 10_000,
    progress: bool | None = None,
) -> PathCurvature:
    """Measure slope and curvature along a path given by its points.

    Parameters
    ----------
    loss : callable
        Takes a tree like ``template`` (a flat vector without one) to a tensor with one element.
    points : array_like, shape (m, n)
        For example ``line.points(coordinates)``, or the states of a run. The tangent at a point
        is the chord between its neighbours.
    template : tree of arrays, optional
        As for ``Line``.
    largest : bool, optional
        False leaves out lambda_max, which needs most of the work.
    tolerance, max_products
        Of the search for lambda_max, as for ``sharpness``. It starts from the eigenvector at
        the point before.
    progress : bool, optional
        As for ``slice_2d``.

    Raises
    ------
    ValueError
        If there are fewer than two finite points.
    """
    z = np.asarray(points, dtype=np.float64)
    if z.ndim != 2 or len(z) < 2 or not np.isfinite(z).all():
        raise ValueError(
            f"path_curvature: needs two finite points or more, shape (m, n), got shape {z.shape}"
        )
    flat = FlatLoss(loss, unraveller(template))
    found = np.full((4, len(z)), np.nan)
    start, converged = None, True
    with Progress("path_curvature", len(z), progress) as bar:
        for i, u in enumerate(_tangents(z)):
            gradient, hessian = gradient_and_hessian(flat, z[i])
            found[0, i] = number(flat(z[i]), z[i])
            if u is not None:
                found[1:3, i] = gradient @ u, u @ hessian.matvec(u)
            if largest:
                top = dominant_modes(
                    hessian, which="largest", start=start, tolerance=tolerance,
                    max_iterations=max_products,
                )  # fmt: skip
                found[3, i], start = top.values[0], top.vectors[:, 0]
                converged = converged and bool(top.converged)
            if i + 1 >= bar.next:
                bar.update(i + 1, i + 1)
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(z, axis=0), axis=1))])
    losses, slopes, curvatures, tops = found
    return PathCurvature(lengths, losses, slopes, curvatures, tops if largest else None, converged)


def _tangents(z: np.ndarray) -> list[np.ndarray | None]:
    """Unit chords between the neighbours of each point; None where there is no direction."""
    before = np.concatenate([z[:1], z[:-1]])
    after = np.concatenate([z[1:], z[-1:]])
    chords = after - before
    lengths = np.linalg.norm(chords, axis=1)
    return [c / size if size > 0.0 else None for c, size in zip(chords, lengths, strict=True)]
