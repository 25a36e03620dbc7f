"""Lines and planes through parameter space, and what of a trajectory they show.

    theta(a) = origin + a d                 (line)
    theta(a, b) = origin + a d1 + b d2      (plane)

Points are flat float64 vectors of shape (n,). The directions need not have unit length nor be
orthogonal: coordinates count multiples of the directions, and a point is projected by least
squares. The share of variance that a line or plane explains is

    sum_t |P (theta_t - mean)|^2 / sum_t |theta_t - mean|^2

with P the orthogonal projection on its directions (Li, Xu, Taylor, Studer and Goldstein, 2018,
Visualizing the loss landscape of neural nets, section 7). A random walk of many steps in many
dimensions has shares 6 / (pi k)^2 along its principal directions k = 1, 2, ..., so a large share
alone does not show that learning is low-dimensional (Antognini and Sohl-Dickstein, 2018, PCA of
high dimensional random walks with comparison to neural network training).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...autodiff import Tensor
from ...autodiff.tree import Tree
from ...dynamics.state import ravel

_PARALLEL = 1e-10  # sine of the angle below which two directions span no plane


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A set of points, seen on a line or plane.

    Attributes
    ----------
    coordinates : ndarray, shape (m, k)
        Of the nearest point of the line (k = 1) or plane (k = 2), in units of its directions.
    explained : float
        Share of the variance of the points that lies in the line or plane, from 0 to 1; nan if
        the points do not differ.
    shares : ndarray, shape (k,)
        Share along each direction alone. They add up to ``explained`` if the directions are
        orthogonal.
    distances : ndarray, shape (m,)
        Euclidean distance of each point from the line or plane.
    """

    coordinates: np.ndarray
    explained: float
    shares: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line theta(a) = origin + a d through parameter space.

    Parameters
    ----------
    origin, direction : array_like, shape (n,)
    template : tree of arrays, optional
        Its structure and shapes are those that the loss takes; None if the loss takes the flat
        vector itself.

    Raises
    ------
    ValueError
        If shapes differ, a number is not finite, the direction is zero, or the template holds
        another number of parameters.
    """

    origin: np.ndarray
    direction: np.ndarray
    template: Tree = field(default=None, repr=False)

    def __post_init__(self) -> None:
        checked = _checked("Line", self.template, origin=self.origin, direction=self.direction)
        for name, vector in checked.items():
            object.__setattr__(self, name, vector)

    def point(self, a: float) -> np.ndarray:
        """Return the parameters at coordinate ``a``, shape (n,)."""
        return self.origin + a * self.direction

    def points(self, coordinates: Any) -> np.ndarray:
        """Return the parameters at m coordinates, shape (m, n)."""
        a = np.asarray(coordinates, dtype=np.float64)
        return self.origin + a[:, None] * self.direction

    def parameters(self, a: float) -> Tree:
        """Return the parameters at coordinate ``a`` as the tree that the loss takes."""
        return unraveller(self.template)(self.point(a))

    def project(self, states: Any) -> Projection:
        """Project points, shape (m, n) or (n,), on the line.

        Raises
        ------
        ValueError
            If the points have another number of parameters.
        """
        return _project("Line.project", states, self.origin, self.direction[None])


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane theta(a, b) = origin + a d1 + b d2 through parameter space.

    Parameters
    ----------
    origin, first, second : array_like, shape (n,)
    template : tree of arrays, optional
        Its structure and shapes are those that the loss takes; None if the loss takes the flat
        vector itself.

    Raises
    ------
    ValueError
        If shapes differ, a number is not finite, the directions are zero or parallel, or the
        template holds another number of parameters.
    """

    origin: np.ndarray
    first: np.ndarray
    second: np.ndarray
    template: Tree = field(default=None, repr=False)

    def __post_init__(self) -> None:
        checked = _checked(
            "Plane", self.template, origin=self.origin, first=self.first, second=self.second
        )
        for name, vector in checked.items():
            object.__setattr__(self, name, vector)
        if self.sine() <= _PARALLEL:
            raise ValueError(
                "Plane: the directions are parallel and span a line. Pass two that differ, or use "
                "Line"
            )

    def sine(self) -> float:
        """Return the sine of the angle between the directions, from 0 to 1."""
        u = self.first / np.linalg.norm(self.first)
        v = self.second / np.linalg.norm(self.second)
        return float(np.linalg.norm(v - (u @ v) * u))

    def point(self, a: float, b: float) -> np.ndarray:
        """Return the parameters at coordinates (a, b), shape (n,)."""
        return self.origin + a * self.first + b * self.second

    def parameters(self, a: float, b: float) -> Tree:
        """Return the parameters at coordinates (a, b) as the tree that the loss takes."""
        return unraveller(self.template)(self.point(a, b))

    def project(self, states: Any) -> Projection:
        """Project points, shape (m, n) or (n,), on the plane.

        Raises
        ------
        ValueError
            If the points have another number of parameters.
        """
        return _project("Plane.project", states, self.origin, np.stack([self.first, self.second]))

    def orthonormal(self) -> Plane:
        """Return the same plane with orthonormal directions, the first one kept (Gram-Schmidt).

        Distances on its slice are then distances in parameter space.
        """
        u = self.first / np.linalg.norm(self.first)
        v = self.second - (u @ self.second) * u
        v /= np.linalg.norm(v)
        v -= (u @ v) * u  # once more: the first pass loses digits where directions are close
        return replace(self, first=u, second=v / np.linalg.norm(v))


def as_vector(theta: Tree, role: str, caller: str) -> np.ndarray:
    """Return a tree of arrays, or a vector, as a flat float64 vector with finite components."""
    z = ravel(theta)[0]
    if not np.isfinite(z).all():
        bad = int((~np.isfinite(z)).sum())
        raise ValueError(
            f"{caller}: {role} holds {bad} of {z.size} numbers that are not finite. Take a finite "
            "state, for example one before the run diverged"
        )
    return z


def unraveller(template: Tree) -> Callable[[Any], Tree]:
    """Return the way from a flat vector to the tree that a loss takes: none without a template."""
    return (lambda z: z) if template is None else ravel(template)[1]


def shape_template(theta: Tree) -> Tree:
    """Return ``theta`` as a template, or None where it is itself a flat vector."""
    flat = isinstance(theta, np.ndarray | Tensor) and theta.ndim == 1
    return None if flat else theta


def _checked(caller: str, template: Tree, **vectors: Any) -> dict[str, np.ndarray]:
    """Float64 copies of the origin and the directions, after a look at them."""
    found: dict[str, np.ndarray] = {}
    for name, vector in vectors.items():
        z = np.array(vector, dtype=np.float64)
        if z.ndim != 1 or not z.size:
            raise ValueError(
                f"{caller}: {name} must be a vector, got shape {z.shape}. Flatten a tree with ravel"
            )
        found[name] = as_vector(z, name, caller)
        if name != "origin" and not z.any():
            raise ValueError(f"{caller}: {name} is zero, so that there is nowhere to go")
    sizes = {name: z.size for name, z in found.items()}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"{caller}: origin and directions differ in length: {sizes}")
    if template is not None:
        needed = ravel(template)[0].size
        if needed != found["origin"].size:
            raise ValueError(
                f"{caller}: the template holds {needed} parameters, the origin "
                f"{found['origin'].size}. Pass the parameters without the rest of a rule's state"
            )
    return found


def _project(caller: str, states: Any, origin: np.ndarray, rows: np.ndarray) -> Projection:
    """Least squares on the span of ``rows``, shape (k, n)."""
    states = np.atleast_2d(np.asarray(states, dtype=np.float64))
    if states.ndim != 2 or states.shape[1] != origin.size:
        raise ValueError(
            f"{caller}: needs points of shape (m, {origin.size}), got {states.shape}. Of the "
            "states of a rule with memory take the parameters only"
        )
    lengths = np.linalg.norm(rows, axis=1)
    q, r = np.linalg.qr((rows / lengths[:, None]).T)
    away = states - origin
    inside = away @ q
    coordinates = np.linalg.solve(r, inside.T).T / lengths
    distances = np.linalg.norm(away - inside @ q.T, axis=1)
    spread = states - states.mean(axis=0)
    total = float((spread * spread).sum())
    if total > 0.0:
        explained = float(((spread @ q) ** 2).sum()) / total
        shares = ((spread @ rows.T / lengths) ** 2).sum(axis=0) / total
    else:
        explained, shares = float("nan"), np.full(len(rows), np.nan)
    return Projection(coordinates, explained, shares, distances)
